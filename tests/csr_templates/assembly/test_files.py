"""``output``: the files of a set of stacks, in memory."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from troposphere import ImportValue, Parameter, Ref, Tags, Template, ec2, s3, sns, sqs

from cfn_analysis.model.rendering import load
from csr_templates import STACKS, RenderError, Stack, StackTemplate
from csr_templates.assembly import files as output
from csr_templates.assembly.schemas import schema_files
from csr_templates.cli import main as cli
from csr_templates.environments.environment import EnvironmentsError
from csr_templates.hand_over import operator_policies
from csr_templates.stacks.parts import names
from csr_templates.stacks.parts import parameters as part

ROOT = Path(__file__).resolve().parents[3]


def bucket_template() -> StackTemplate:
    """Return a template without mistakes."""
    t = StackTemplate("One bucket")
    t.add_parameter(part.project_name())
    t.add_parameter(part.environment())
    t.section("Storage")
    t.add_resource(
        s3.Bucket("SiteBucket", DeletionPolicy="Retain", UpdateReplacePolicy="Retain", Tags=names.tags())
    )
    return t


def broken_template() -> StackTemplate:
    """Return a template with findings."""
    t = StackTemplate("A bucket whose name refers to nothing")
    t.add_parameter(part.project_name())
    t.add_parameter(part.environment())
    t.add_resource(s3.Bucket("LostBucket", BucketName=Ref("Nowhere"), Tags=names.tags()))
    return t


def unrenderable_template() -> StackTemplate:
    """Return a template that cannot be rendered."""
    t = bucket_template()
    t.set_metadata({"Empty": None})
    return t


def sized_template() -> StackTemplate:
    """Return a template with values that depend on the environment."""
    t = StackTemplate("A queue")
    t.add_parameter(part.project_name())
    t.add_parameter(Parameter("Environment", Type="String", Default="prod", AllowedValues=["dev", "prod"]))
    t.add_parameter(Parameter("Size", Type="Number", Default=1))
    t.add_parameter(Parameter("Key", Type="String", Default="package.zip"))
    t.add_resource(
        sqs.Queue(
            "Queue",
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            MessageRetentionPeriod=60,
            ReceiveMessageWaitTimeSeconds=Ref("Size"),
            Tags=Tags(Project=Ref("ProjectName"), Environment=Ref("Environment"), Key=Ref("Key")),
        )
    )
    return t


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    """Parameter files of two environments."""
    folder = tmp_path / "parameters"
    folder.mkdir()
    (folder / "shared.json").write_text("{}")
    (folder / "dev.json").write_text('{"Environment": "dev", "Size": 2}')
    (folder / "prod.json").write_text('{"Environment": "prod"}')
    return folder


def stack(
    build: Callable[[], StackTemplate] = bucket_template,
    *,
    name: str = "site",
    template: str = "site.yaml",
    region: str = "us-east-1",
) -> Stack:
    """Return a small stack."""
    return Stack(name, template, region, build)


def test_assembles_every_template_and_the_manifest_last() -> None:
    """The set contains one file per stack, in deploy order, and ends with stacks.json."""
    assembly = output.assemble([stack(), stack(name="logs", template="logs.yaml")], lint=False)

    assert list(assembly.files) == [
        "site.yaml",
        "logs.yaml",
        "stack-policies/site.json",
        "stack-policies/logs.json",
        *(operator_policies.path(name) for name in operator_policies.CALLS),
        "bootstrap/site.yaml",
        "bootstrap/logs.yaml",
        *schema_files(assembly.stacks, []),
        "reference.md",
        "stacks.json",
    ]
    assert [(built.name, built.file, built.region) for built in assembly.stacks] == [
        ("site", "site.yaml", "us-east-1"),
        ("logs", "logs.yaml", "us-east-1"),
    ]
    assert [built.text.encode() for built in assembly.stacks] == list(assembly.files.values())[:2]


@pytest.mark.parametrize(("lint", "seconds"), [(True, 3.704), (False, 1.235)])
def test_says_how_long_it_took(monkeypatch: pytest.MonkeyPatch, lint: bool, seconds: float) -> None:
    """Each stack has the seconds that it and its roles took to build and to lint."""
    clock = itertools.count(100, step=1.23456)
    monkeypatch.setattr("csr_templates.assembly.files.time.perf_counter", lambda: next(clock))

    assert output.assemble([stack()], lint=lint).seconds == {"site": seconds}


def test_page_is_about_the_stacks() -> None:
    """The reference page of the set describes its stacks, with their sections and parameters."""

    def keyed() -> StackTemplate:
        t = sized_template()
        t.sections["Queue"] = "Letters"
        return t

    api = Stack("api", "api.yaml", "us-east-1", keyed, per_deploy=("Key",))
    page = output.assemble([stack(), api], lint=False).files["reference.md"].decode()

    assert "| Letters | `Queue` |" in page
    assert "\n- `Key` (String)\n  - **Set at each deploy.**\n" in page


@pytest.mark.parametrize(
    ("region", "mistakes"), [("us-east-1", 0), ("ap-northeast-1", 1)], ids=["its own", "another"]
)
def test_values_are_checked_for_the_region_of_the_stack(parameters: Path, region: str, mistakes: int) -> None:
    """An Availability Zone must be in the region of the stack."""

    def zoned() -> StackTemplate:
        t = sized_template()
        t.add_parameter(Parameter("Zone", Type="AWS::EC2::AvailabilityZone::Name", Default="us-east-1a"))
        return t

    (parameters / "shared.json").write_text('{"Zone": "us-east-1b"}')
    site = Stack("site", "site.yaml", region, zoned, per_deploy=("Key",))
    if not mistakes:
        assert output.read_environments([site], parameters)
        return
    with pytest.raises(EnvironmentsError) as caught:
        output.read_environments([site], parameters)
    assert [mistake.key for mistake in caught.value.findings] == ["Zone"]


def test_template_text_is_the_rendered_stack() -> None:
    """A file contains the template of the stack, below a header with its module and the command."""
    text = output.assemble([stack()], lint=False).files["site.yaml"].decode("ascii")

    assert load(text) == bucket_template().to_dict()
    assert text == output.render(stack())
    assert "# ---- Storage ----" in text
    assert text.split("\n")[:2] == [
        f"# Generated from {__name__.replace('.', '/')}.py; edit that file, not this one.",
        "# Refresh with: make templates",
    ]


def test_files_of_environments_follow_the_templates(parameters: Path) -> None:
    """Each stack has two files per environment: for pipelines and for Git sync."""
    stacks = [stack(), Stack("api", "api.yaml", "us-east-1", sized_template, per_deploy=("Key",))]

    files = output.assemble(
        stacks, parameters=parameters, lint=False, in_repository=PurePosixPath("infra/cfn")
    ).files

    assert list(files)[:11] == [
        "site.yaml",
        "api.yaml",
        "parameters/dev/site.json",
        "deployments/dev/site.yaml",
        "parameters/dev/api.json",
        "deployments/dev/api.yaml",
        "parameters/prod/site.json",
        "deployments/prod/site.yaml",
        "parameters/prod/api.json",
        "deployments/prod/api.yaml",
        "stack-policies/site.json",
    ]
    assert files["parameters/dev/api.json"].startswith(
        b'{\n  "Parameters": {\n    "ProjectName": "csr-lambda-api",\n'
        b'    "Environment": "dev",\n    "Size": "2"\n  },\n'
        b'  "Tags": {\n    "Project": "csr-lambda-api",\n    "Environment": "dev"\n  },\n  "StackPolicy": {\n'
    )
    assert json.loads(files["parameters/dev/site.json"]) == {
        "Parameters": {"ProjectName": "csr-lambda-api", "Environment": "dev"},
        "Tags": {"Project": "csr-lambda-api", "Environment": "dev"},
        "StackPolicy": json.loads(files["stack-policies/site.json"]),
    }
    assert files["deployments/dev/api.yaml"].decode("ascii").split("\n")[2:] == [
        "# Set at each deploy, so a copy of this file must add: Key",
        'template-file-path: "infra/cfn/api.yaml"',
        "parameters:",
        '  ProjectName: "csr-lambda-api"',
        '  Environment: "dev"',
        '  Size: "2"',
        "tags:",
        '  Project: "csr-lambda-api"',
        '  Environment: "dev"',
        "",
    ]


def test_without_a_repository_there_are_no_deployment_files() -> None:
    """Only deployment files are missing, because Git sync requires a repository."""

    def files(in_repository: PurePosixPath | None) -> dict[str, bytes]:
        parameters = ROOT / "parameters"
        return output.assemble(parameters=parameters, lint=False, in_repository=in_repository).files

    outside, inside = files(None), files(PurePosixPath("out"))
    manifest = json.loads(outside.pop("stacks.json"))

    assert {path: inside[path] for path in outside} == outside
    assert {path.split("/")[0] for path in set(inside) - set(outside)} == {"deployments", "stacks.json"}
    assert all(not entry["deploymentFiles"] and entry["parameterFiles"] for entry in manifest["stacks"])
    assert list(manifest["files"]) == list(outside)


def test_deploy_policies_serve_every_project(parameters: Path) -> None:
    """The policies use the project in the tag of the role, so they do not depend on parameter files."""
    api = Stack("api", "api.yaml", "us-east-1", sized_template, per_deploy=("Key",))
    path = "bootstrap/api.yaml"
    (parameters / "shared.json").write_text("{}")

    with_files = output.assemble([api], parameters=parameters, lint=False).files[path]
    without = output.assemble([api], lint=False).files[path]

    assert with_files == without
    assert b"${aws:PrincipalTag/Project}-${aws:PrincipalTag/Environment}-" in without


def test_a_type_without_permissions_is_a_problem() -> None:
    """It is reported together with the other problems of the stack, and the set is not clean."""

    def table_template() -> StackTemplate:
        t = bucket_template()
        t.add_resource(sns.SubscriptionResource("Subscription", TopicArn="arn", Protocol="sms"))
        return t

    lost = stack(table_template, name="lost", template="lost.yaml")._replace(rollback_triggers=("Gone",))
    assembly = output.assemble([stack(), lost], lint=False)

    trigger, problem = assembly.problems
    assert trigger == (
        "Stack lost: The rollback trigger Gone is not an alarm of the template that has an AlarmName. "
        "Correct rollback_triggers in the listing of the stacks."
    )
    assert problem.startswith(
        "Stack lost: AWS::SNS::Subscription requires sns:GetSubscriptionAttributes, "
        "sns:SetSubscriptionAttributes, sns:Subscribe and 1 more, but no ARN of "
        "src/csr_templates/hand_over/deploy_scopes.txt matches. Add a line to it, such as: "
    )
    assert not assembly.is_clean


def test_mistakes_in_the_parameter_files_are_raised(parameters: Path) -> None:
    """If parameter files have mistakes, no files are assembled."""
    (parameters / "dev.json").write_text('{"Environment": "dev", "Size": "two"}')

    with pytest.raises(EnvironmentsError, match='Found "two"'):
        output.assemble([Stack("api", "api.yaml", "us-east-1", sized_template)], parameters=parameters)


def test_same_stacks_give_same_bytes() -> None:
    """Two assemblies are equal: they do not depend on the time or on random values."""
    first = output.assemble([stack()], lint=False).files

    assert output.assemble([stack()], lint=False).files == first


@pytest.mark.parametrize(
    ("stacks", "message"),
    [
        (
            [stack(), stack(name="logs")],
            "Stack logs: Another stack or the manifest has the file name site.yaml too. Choose "
            "a different file name.",
        ),
        (
            [stack(template="stacks.json")],
            "Stack site: Another stack or the manifest has the file name stacks.json too. "
            "Choose a different file name.",
        ),
    ],
    ids=["of another stack", "of the manifest"],
)
def test_fails_on_a_file_name_that_is_taken(stacks: list[Stack], message: str) -> None:
    """Two templates cannot have the same file name, or that of the manifest."""
    with pytest.raises(ValueError) as caught:
        output.assemble(stacks, lint=False)

    assert str(caught.value) == message


def test_render_error_names_the_stack() -> None:
    """A template that cannot be rendered is reported with its stack."""
    with pytest.raises(RenderError) as caught:
        output.assemble(
            [stack(), stack(unrenderable_template, name="logs", template="logs.yaml")], lint=False
        )

    assert str(caught.value).startswith("Stack logs: Metadata.Empty")


@pytest.mark.parametrize(
    ("result", "returned"),
    [
        (Template(Description="One bucket"), "an object of type troposphere.Template"),
        (bucket_template().to_dict(), "an object of type dict"),
        (StackTemplate, "an object of type type"),
        (None, "None"),
    ],
    ids=["troposphere's", "dict", "class", "None"],
)
def test_another_result_of_build_is_a_message(result: Any, returned: str, parameters: Path) -> None:
    """If ``build`` returns something else, the message contains the stack, wherever the template is used."""
    logs = stack(lambda: result, name="logs", template="logs.yaml")
    for ask in (
        partial(output.assemble, [stack(), logs], lint=False),
        partial(output.read_environments, [logs], parameters),
        partial(output.render, logs),
    ):
        with pytest.raises(RenderError) as caught:
            ask()

        assert str(caught.value) == (
            f"Stack logs: build() in {__file__} returned {returned}, but must return a StackTemplate. Create "
            "the template with StackTemplate from csr_templates, and return it."
        )


def test_lints_each_stack_in_its_region() -> None:
    """Findings of all stacks are collected, each with its stack, its file and its line in Python."""
    assembly = output.assemble([stack(), stack(broken_template, name="lost", template="lost.yaml")])

    assert [(f.stack, f.file, f.rule, f.logical_id) for f in assembly.findings if f.severity == "error"] == [
        ("lost", "lost.yaml", "E1020", "LostBucket")
    ]
    assert {f.stack for f in assembly.findings} == {"lost"}
    assert all(f.source.startswith("test_files.py:") for f in assembly.findings)


def subnet_template() -> StackTemplate:
    """Return a template with a parameter whose format only the linter checks."""
    t = sized_template()
    t.add_parameter(Parameter("Vpc", Type="String", Default="vpc-0123456789abcdef0"))
    t.add_resource(ec2.Subnet("Subnet", VpcId=Ref("Vpc"), CidrBlock="10.0.0.0/24"))
    return t


def test_lints_with_the_values_of_each_environment(parameters: Path) -> None:
    """A value that its property does not allow is found for each environment.

    The defaults have no findings.
    """
    for name in ("dev", "prod"):
        (parameters / f"{name}.json").write_text(f'{{"Environment": "{name}", "Vpc": "subnet-1"}}')
    api = Stack("api", "api.yaml", "us-east-1", subnet_template)

    findings = output.assemble([api], parameters=parameters, every_environment=True).findings

    assert [
        (finding.logical_id, finding.rule, finding.message.rpartition(" (")[2]) for finding in findings
    ] == [
        ("Subnet", "W1030", "with the values of dev)"),
        ("Subnet", "W1030", "with the values of prod)"),
    ]
    assert output.assemble([api], parameters=parameters).findings == ()


def test_a_wrong_default_is_a_problem() -> None:
    """If stacks move to another region but keep their defaults, the set is not clean, even without files."""
    in_us_east_1 = [stack for stack in STACKS if stack.region == "us-east-1"]
    moved = [stack if stack in in_us_east_1 else stack._replace(region="eu-west-1") for stack in STACKS]

    assembly = output.assemble(moved, lint=False)

    assert [problem.partition(": Found")[0] for problem in assembly.problems] == [
        "Stack network: Parameters.AvailabilityZone1.Default",
        "Stack network: Parameters.AvailabilityZone2.Default",
        "Stack frontend: Parameters.ApiRegion.Default",
    ]
    assert not assembly.is_clean


def test_stacks_that_do_not_fit_together_are_not_clean() -> None:
    """An import without an export is a problem even without lint."""

    def importing() -> StackTemplate:
        t = bucket_template()
        t.resources["SiteBucket"].BucketName = ImportValue("nowhere")
        return t

    assembly = output.assemble([stack(importing)], lint=False)

    assert not assembly.is_clean
    assert assembly.problems == (
        "Stack site: Resources.SiteBucket.Properties.BucketName: It imports nowhere, which no earlier stack "
        "of us-east-1 exports. Specify an existing output, or add it to its stack.",
    )
    assert output.assemble([stack()], lint=False).is_clean


def test_a_house_rule_is_not_repeated_by_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """cfn-lint asks for the policies of a resource with data, too; the house rule says which ones."""

    def queue() -> StackTemplate:
        t = StackTemplate("One queue")
        t.add_resource(sqs.Queue("LooseQueue"))
        return t

    declared = stack(queue)
    assert "I3011" in {finding.rule for finding in output.assemble([declared]).findings}
    monkeypatch.setattr(output, "STACKS", [declared])
    assembly = output.assemble([declared])

    assert sum("LooseQueue contains data" in problem for problem in assembly.problems) == 2
    assert "I3011" not in {finding.rule for finding in assembly.findings}


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """The lints that run from here on: stack and parameter values."""
    from cfn_analysis.linting import runner as linting
    from cfn_analysis.linting import workers

    monkeypatch.setattr(workers, "_cores", lambda: 1)
    calls: list[tuple[str, dict[str, str]]] = []
    lint = linting.lint

    def counted(*positional: Any, stack: str, parameters: dict[str, str], **options: Any) -> list[Any]:
        calls.append((stack, dict(parameters)))
        return lint(*positional, stack=stack, parameters=parameters, **options)

    monkeypatch.setattr(linting, "lint", counted)
    return calls


def test_clean_templates_are_not_linted_again(
    tmp_path: Path, parameters: Path, linted: list[tuple[str, dict[str, str]]]
) -> None:
    """The second build lints nothing. After a change, only the changed template or value is linted."""
    stacks = [stack(), Stack("api", "api.yaml", "us-east-1", sized_template)]

    def build() -> list[tuple[str, dict[str, str]]]:
        linted.clear()
        output.assemble(stacks, parameters=parameters, every_environment=True, clean_lints=tmp_path / "cache")
        return sorted((lint for lint in linted if "bootstrap" not in lint[0]), key=str)

    of_site = {"ProjectName": "csr-lambda-api", "Environment": "dev"}
    dev = {**of_site, "Size": "2", "Key": "package.zip"}
    assert build() == [("api", dev), ("api", {}), ("site", of_site), ("site", {})]
    assert build() == []
    assert linted == []

    (parameters / "dev.json").write_text('{"Environment": "dev", "Size": 3}')
    assert build() == [("api", {**dev, "Size": "3"})]

    stacks[0] = stack(region="ap-northeast-1")
    assert build() == [("site", of_site), ("site", {})]


def test_only_clean_lints_are_saved_and_only_in_a_cache(
    tmp_path: Path, linted: list[tuple[str, dict[str, str]]]
) -> None:
    """Templates with findings are linted again, and so is every template in a build without a cache."""
    lost = stack(broken_template)

    first = output.assemble([lost], clean_lints=tmp_path).findings
    second = output.assemble([lost], clean_lints=tmp_path).findings
    assert first == second != ()
    assert list(tmp_path.iterdir()) == []

    output.assemble([stack()])
    output.assemble([stack()])
    assert linted == [("site", {})] * 2 + [("site (bootstrap)", {}), ("site", {})] * 2


def test_a_build_without_changes_does_not_load_cfn_lint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second build of the real stacks does not import cfn-lint.

    The first is replaced, and has no findings.
    """
    from cfn_analysis.linting import runner as linting

    monkeypatch.setattr(linting, "lint", lambda *_, **__: [])
    arguments = ["build", "--quiet", "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]
    program = (
        "import sys; from csr_templates.cli.main import main; "
        f"code = main({arguments!r}); print('cfnlint' in sys.modules); sys.exit(code)"
    )

    assert cli.main(arguments) == 0
    second = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert second.stdout == "False\n"


def test_assembling_without_lint_does_not_load_cfn_lint() -> None:
    """Without lint, cfn-lint is not imported, and a template with mistakes has no findings."""
    program = (
        "import sys; from csr_templates.assembly import files; files.assemble(lint=False); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'cfnlint', 'boto3'}))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
    assert output.assemble([stack(broken_template)], lint=False).findings == ()

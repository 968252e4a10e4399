"""The parameter files: accepted content, its result, and every message about a mistake."""

# ruff: noqa: E501 - messages are on one line, so that they can be searched for

import functools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Equals, ImportValue, Not, Parameter, Ref, Sub
from troposphere.ec2 import VPC, Subnet
from troposphere.iam import Role
from troposphere.s3 import Bucket

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates import STACKS, Stack, StackTemplate, network
from csr_templates.assembly import files as output
from csr_templates.assembly import folder as writing
from csr_templates.cli import folders
from csr_templates.cli import main as cli
from csr_templates.environments import environment as environments
from csr_templates.environments.environment import EnvironmentsError
from csr_templates.environments.files import ParameterFinding
from csr_templates.stacks.parts.parameters import environment, project_name

REPOSITORY = Path(__file__).resolve().parents[3]


def three_environments() -> Parameter:
    """Return the parameter Environment, whose values do not depend on the project's own."""
    parameter = environment()
    parameter.AllowedValues = ["dev", "staging", "prod"]
    parameter.ConstraintDescription = "must be dev, staging or prod"
    return parameter


def network_stack() -> StackTemplate:
    """Return our network stack for these environments."""
    t = network.build()
    t.parameters["Environment"] = three_environments()
    return t


def app() -> StackTemplate:
    """Return a stack with every kind of parameter and constraint, and names that can become too long."""
    t = StackTemplate("What the network has no use for")
    t.add_parameter(project_name())
    t.add_parameter(three_environments())
    t.add_parameter(Parameter("Owner", Type="String", AllowedPattern="[a-z]+"))
    t.add_parameter(
        Parameter("VpcCidr", Type="String", Default="10.2.0.0/16", AllowedPattern="(10|x)[.][0-9./]+")
    )
    t.add_parameter(
        Parameter(
            "MemorySize",
            Type="Number",
            Default=1024,
            MinValue=128,
            MaxValue=10240,
            ConstraintDescription="must be a number of MB from 128 to 10240",
        )
    )
    t.add_parameter(Parameter("Retention", Type="Number", Default=90, AllowedValues=[30, 90]))
    t.add_parameter(Parameter("Share", Type="Number", Default="0.5", MinValue=0, MaxValue=1))
    t.add_parameter(Parameter("CacheEnabled", Type="String", Default="true", AllowedValues=["true", "false"]))
    t.add_parameter(Parameter("Title", Type="String", Default="Shop", MinLength=2, MaxLength=10))
    t.add_parameter(Parameter("Notes", Type="String", Default=""))
    t.add_parameter(Parameter("LambdaProvisionedConcurrency", Type="Number", Default=10, MinValue=0))
    t.add_parameter(Parameter("LambdaReservedConcurrency", Type="Number", Default=500, MinValue=0))
    t.add_parameter(Parameter("Subtitle", Type="String", Default=""))
    t.add_parameter(Parameter("PackageVersion", Type="String", Default=""))
    production = Equals(Ref("Environment"), "prod")
    t.add_rule(
        "Production",
        {
            "RuleCondition": production,
            "Assertions": [
                {
                    "Assert": Equals(Ref("CacheEnabled"), "true"),
                    "AssertDescription": "Production answers from its cache.",
                },
                {"Assert": Not(Equals(Ref("PackageVersion"), "")), "AssertDescription": "Name the version."},
            ],
        },
    )
    t.add_rule(
        "Secrets",
        {"Assertions": [{"Assert": Not(Equals(Ref("Notes"), "secret")), "AssertDescription": "No."}]},
    )
    t.add_resource(
        Bucket(
            "Documents",
            BucketName=Sub("${ProjectName}-${Environment}-papers-to-be-scanned-${AWS::AccountId}"),
        )
    )
    t.add_resource(
        Role(
            "Clerk",
            RoleName=Sub("${ProjectName}-${Title}-clerk"),
            AssumeRolePolicyDocument={"Version": "2012-10-17"},
        )
    )
    return t


TEST_STACKS = (
    # Built once, because the tests change only files.
    Stack("network", "main.yaml", "ap-northeast-1", functools.cache(network_stack)),
    Stack("app", "app.yaml", "us-east-1", functools.cache(app), per_deploy=("PackageVersion",)),
)
SCHEMAS = (
    BuiltStack("network", "app.yaml", "ap-northeast-1", network_stack().to_dict()),
    BuiltStack("app", "app.yaml", "us-east-1", app().to_dict(), per_deploy=("PackageVersion",)),
)

DROP = object()
"""Marks a key to omit, or a file to remove."""


def addresses(second: int) -> dict[str, str]:
    """Return a VPC 10.<second>.0.0/16 with its subnets."""
    return {
        "VpcCidr": f"10.{second}.0.0/16",
        "PublicSubnet1Cidr": f"10.{second}.1.0/24",
        "PublicSubnet2Cidr": f"10.{second}.2.0/24",
        "PrivateSubnet1Cidr": f"10.{second}.3.0/24",
        "PrivateSubnet2Cidr": f"10.{second}.4.0/24",
    }


TRIAL = {
    "AvailabilityZone1": "ap-northeast-1a",
    "AvailabilityZone2": "ap-northeast-1d",
    "CacheEnabled": False,
    "Notes": "",
    "Retention": 30,
    "Share": 0.25,
    "Title": "Trial-shop",
}
GOOD: dict[str, dict[str, Any]] = {
    "shared": {"ProjectName": "csr-lambda-api", "Owner": "ops"},
    "dev": {"Environment": "dev", **addresses(0), **TRIAL, "MemorySize": 128},
    "staging": {"Environment": "staging", **addresses(1), **TRIAL, "MemorySize": 512},
    "prod": {"Environment": "prod", **addresses(2)},
}


def lay_out(folder: Path, changes: dict[str, Any]) -> None:
    """Write the good files into ``folder``, with ``changes``: keys of a file, its text or bytes, or DROP."""
    folder.mkdir()
    for name in dict.fromkeys([*GOOD, *changes]):
        change = changes.get(name, {})
        path = folder / f"{name}.json"
        if change is DROP:
            continue
        if isinstance(change, bytes):
            path.write_bytes(change)
        elif isinstance(change, str):
            path.write_bytes(change.encode())
        else:
            values = {**GOOD.get(name, {}), **change}
            path.write_text(json.dumps({key: value for key, value in values.items() if value is not DROP}))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a folder ``parameters``, which does not exist, in an empty current folder."""
    monkeypatch.chdir(tmp_path)
    return Path("parameters")


class Bad(NamedTuple):
    """Files with findings, and the complete messages."""

    id: str
    changes: dict[str, Any]
    messages: list[str]


def from_data(value: Any) -> Any:
    """Return a value of ``mistakes.yaml`` with what its words stand for."""
    if isinstance(value, dict):
        return {key: from_data(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_data(item) for item in value]
    return DROP if value == "<drop>" else value.replace("<known>", KNOWN) if isinstance(value, str) else value


def in_dev(identifier: str, key: str, value: str, message: str) -> Bad:
    """Return the good files with one bad value in dev.json, which is too long for the table."""
    shown = json.dumps(value, ensure_ascii=value == "\ud800")  # half of a surrogate pair cannot be printed
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    return Bad(identifier, {"dev": {key: value}}, [f"parameters/dev.json: {key}: Found {shown}, {message}"])


NETWORK_SAYS = 'Constraint in the network template: "must be an IPv4 CIDR block such as 10.2.0.0/16, with a prefix length from /16 to /28".'
NOT_A_ZONE = (
    "which is not an Availability Zone of ap-northeast-1, the region of the stack, such as "
    'ap-northeast-1a. Constraint in the network template: "must be an Availability Zone of this account in this region".'
)
MEMORY_SAYS = 'Constraint in the app template: "must be a number of MB from 128 to 10240".'
APP_SAYS = "This is a constraint in the app template."
ONE_NUMBER = "but the parameter must be a number in its shortest form, such as 1024."
KNOWN = f"The parameters are: {', '.join(sorted({name for stack in SCHEMAS for name in stack.in_files}))}."
DATA = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))
TABLE = [
    *(Bad(**from_data(case)) for case in DATA),
    Bad(
        "twice",
        {"dev": '{"Environment": "prod", ' + json.dumps(GOOD["dev"])[1:]},
        [
            'parameters/dev.json: Environment: The key appears more than once, as "prod" and "dev". Keep one.',
        ],
    ),
    in_dev("half a character", "Notes", "\ud800", f"which contains half of a surrogate pair. {APP_SAYS}"),
    in_dev(
        "far too long", "Notes", "n" * 5000, f"which has 5000 bytes, more than the limit of 4096. {APP_SAYS}"
    ),
    in_dev(
        "far above the range",
        "MemorySize",
        "9" * 5000,
        f"which has 5000 bytes, more than the limit of 4096 and which is more than 10240. {MEMORY_SAYS}",
    ),
]


@pytest.mark.parametrize("case", TABLE, ids=[case.id for case in TABLE])
def test_mistake_is_explained(case: Bad, folder: Path) -> None:
    """Each mistake has a message with file, key, value and allowed values. There are no other messages."""
    if case.id != "no folder":
        lay_out(folder, case.changes)

    with pytest.raises(EnvironmentsError) as caught:
        environments.read(folder, SCHEMAS)

    assert [str(finding) for finding in caught.value.findings] == case.messages


# ---- Keys that are not parameters ----


def test_account_of_an_environment(folder: Path) -> None:
    """The own account of an environment has priority over the shared one, and is not a parameter."""
    lay_out(folder, {"shared": {"AccountId": "000000000012"}, "prod": {"AccountId": "123456789012"}})

    found = environments.read(folder, SCHEMAS)

    assert {environment.name: environment.account for environment in found} == {
        "dev": "000000000012",
        "staging": "000000000012",
        "prod": "123456789012",
    }
    assert all("AccountId" not in environment.values for environment in found)


def test_schema_of_an_editor_is_ignored(folder: Path) -> None:
    """Any file can name a schema; without an account, an environment has none."""
    schema = {"$schema": "../parameters.schema.json"}
    lay_out(folder, {})
    without = environments.read(folder, SCHEMAS)
    for path in folder.iterdir():
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | schema), "utf-8")

    assert environments.read(folder, SCHEMAS) == without
    assert {environment.account for environment in without} == {""}


def test_parameter_with_the_name_of_the_account_is_refused(folder: Path) -> None:
    """The account of a file must not be taken for a value of a template, in a build with or without files."""
    t = app()
    t.add_parameter(Parameter("AccountId", Type="String", Default=""))
    stacks = [*SCHEMAS[:1], BuiltStack("app", "app.yaml", "us-east-1", t.to_dict())]
    lay_out(folder, {})
    message = (
        "Stack app: The template has a parameter AccountId, but this key of a parameter file states the "
        "account of the environment. Use the pseudo parameter AWS::AccountId, or another name."
    )

    with pytest.raises(ValueError, match=re.escape(message)):
        environments.read(folder, stacks)
    with pytest.raises(ValueError, match=re.escape(message)):
        environments.default_problems(stacks)


# ---- The same findings at the command line ----


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the good files as ``parameters`` and a build of them as ``out``."""
    place = tmp_path_factory.mktemp("built")
    lay_out(place / "parameters", {})
    writing.write(
        output.assemble(TEST_STACKS, parameters=place / "parameters", lint=False).files, place / "out"
    )
    return place


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and time of change of every file below ``folder``."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def headline(count: int) -> str:
    """Return the first line of the output, before the findings."""
    return f"There {'is 1 error' if count == 1 else f'are {count} errors'} in the parameter files."


OTHER_STACKS = (
    "The parameter files do not fit the stacks of csr_templates, which are used without --stacks. If the files "
    "are of other stacks, name these: --stacks MODULE:NAME. Otherwise, correct the files."
)


def case_headline(case: Bad) -> str:
    """Return the first line for a case: keys that no template has may be of other stacks."""
    if any("No template has" in message for message in case.messages):
        return OTHER_STACKS
    return headline(len(case.messages))


AT_THE_COMMAND_LINE = [
    case for case in TABLE if case.id in ("no folder", "everything at once", "half a character")
]


@pytest.mark.parametrize("case", AT_THE_COMMAND_LINE, ids=[case.id for case in AT_THE_COMMAND_LINE])
def test_command_explains_and_writes_nothing(
    case: Bad, folder: Path, built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints the same message, ends with 2, and does not change out/."""
    monkeypatch.setattr(cli, "STACKS", TEST_STACKS)
    if case.id != "no folder":
        lay_out(folder, case.changes)
    before = contents(built / "out")

    code = cli.main(["build", "--no-lint", "--parameters", "parameters", "--out", str(built / "out")])

    assert code == 2
    assert capsys.readouterr() == (
        "",
        "\n".join([f"csr-templates: {case_headline(case)}", *case.messages, ""]),
    )
    assert contents(built / "out") == before


@pytest.mark.parametrize("options", [["build"], ["build", "--check"], ["environments"]], ids=" ".join)
def test_every_command_checks_the_files(
    options: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All commands print the same message about a finding, and do not create a folder."""
    monkeypatch.setattr(cli, "STACKS", TEST_STACKS)
    lay_out(folder, {"dev": ""})
    output_option = ["--out", "out"] if options[0] == "build" else []

    code = cli.main([*options, "--parameters", "parameters", *output_option])

    assert (code, capsys.readouterr()) == (
        2,
        (
            "",
            "csr-templates: There is 1 error in the parameter files.\n"
            "parameters/dev.json: The file is empty. A file without values contains {}.\n",
        ),
    )
    assert not Path("out").exists()


@pytest.mark.parametrize(
    "command", [["environments"], ["parameters", "dev", "network"], ["build"]], ids=" ".join
)
def test_files_of_other_stacks_are_not_blamed(
    command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --stacks, files of a library user are compared with our stacks, which the first line says."""
    lay_out(
        folder, {"dev": DROP, "staging": DROP, "prod": DROP, "live": {"Environment": "live", "Queue": "a"}}
    )

    assert cli.main([*command, "--parameters", "parameters"]) == 2

    first, *messages = capsys.readouterr().err.splitlines()
    assert first == f"csr-templates: {OTHER_STACKS}"
    assert any("Queue" in message for message in messages)


def test_stack_of_another_project_is_not_one_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --stacks, a stack of a library user is unknown, and the message says how to name its listing."""
    assert cli.main(["parameters", "prod", "receipts"]) == 2

    assert capsys.readouterr().err == (
        "csr-templates: There is no stack 'receipts'. The stacks are: network, database, api, frontend. For "
        "the stacks of another project, add --stacks MODULE:NAME.\n"
    )


def test_files_of_the_checkout_are_of_its_stacks(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt key in our own files is an error of the file, not of other stacks."""
    lay_out(folder, {"dev": {"VpcCird": "a"}})
    monkeypatch.setattr(cli, "STACKS", TEST_STACKS)
    monkeypatch.setattr(folders, "checkout", lambda: Path.cwd())

    assert cli.main(["environments"]) == 2

    assert capsys.readouterr().err.splitlines()[0] == f"csr-templates: {headline(1)}"


def test_json_lists_the_mistakes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --format json each finding is an object with file, key and message."""
    monkeypatch.setattr(cli, "STACKS", TEST_STACKS)
    lay_out(folder, {"dev": "", "prod": {"Title": "A"}})

    cli.main(["build", "--format", "json", "--parameters", "parameters", "--out", "out"])

    document = json.loads(capsys.readouterr().out)
    assert (document["status"], document["message"]) == ("error", headline(2))
    assert document["mistakes"] == [
        {
            "file": "parameters/dev.json",
            "key": "",
            "message": "The file is empty. A file without values contains {}.",
        },
        {
            "file": "parameters/prod.json",
            "key": "Title",
            "message": 'Found "A", which has the length 1, less than 2. This is a constraint in the app template.',
        },
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"Environment": "dev", "VpcCidr": "10.0.0.0/33"}',
            f'VpcCidr: Found "10.0.0.0/33", which does not match the pattern. {NETWORK_SAYS}',
        ),
        (
            '{"Environment": "d\u00e9v"}',
            'Environment: Found "d\u00e9v", but the name of the file is dev.json. Write "dev", or rename the file.',
        ),
    ],
    ids=["value", "other alphabet"],
)
def test_program_explains(text: str, message: str, folder: Path) -> None:
    """The installed command prints one message without a traceback, and ends with 2, for the real stacks."""
    folder.mkdir()
    (folder / "shared.json").write_text("{}")
    (folder / "dev.json").write_text(text, encoding="utf-8")

    done = subprocess.run(
        [
            sys.executable,
            REPOSITORY / "build.py",
            "--no-lint",
            "--parameters",
            "parameters",
            "--out",
            "out",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert f"parameters/dev.json: {message}\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("out").exists()


def shop() -> StackTemplate:
    """Return a stack with parameters of each width."""
    t = StackTemplate("A shop")
    t.add_parameter(environment())
    t.add_parameter(Parameter("Title", Type="String", Default=""))
    t.add_parameter(Parameter("Size", Type="Number", Default=1))
    t.add_parameter(Parameter("Notes", Type="String", Default="Open from nine to five, but not on Sundays"))
    return t


def test_table_shows_what_differs_from_production(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each parameter is a row, and each environment a column. A star marks differences from production."""
    monkeypatch.setattr(cli, "STACKS", (Stack("shop", "shop.yaml", "us-east-1", shop),))
    folder.mkdir()
    (folder / "shared.json").write_text("{}")
    (folder / "dev.json").write_text('{"Environment": "dev", "Title": "Trial"}')
    (folder / "prod.json").write_text('{"Environment": "prod"}')

    assert cli.main(["environments", "--parameters", "parameters"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "               dev                                         prod",
        "Environment  * dev                                         prod",
        'Title        * Trial                                       ""',
        "Size           1                                           1",
        "Notes          Open from nine to five, but not on Su...    Open from nine to five, but not on Su...",
        "* differs from prod",
    ]


def test_folder_of_the_checkout_is_the_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --parameters, the files of the checkout are used, from any current folder."""
    assert cli.main(["environments"]) == 0
    production = json.loads((REPOSITORY / "parameters" / "prod.json").read_text())
    assert production["VpcCidr"] in capsys.readouterr().out


def test_installed_package_looks_into_the_current_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a checkout, ./parameters is used if it exists. It is not required for a build."""
    monkeypatch.setattr(cli, "STACKS", TEST_STACKS)
    monkeypatch.setattr(folders, "checkout", lambda: None)

    assert cli.main(["environments"]) == 2
    assert capsys.readouterr().err == (
        "csr-templates: There is no folder ./parameters. Specify the folder of the parameter files: --parameters DIR.\n"
    )
    assert cli.main(["build", "--no-lint", "--quiet"]) == 0
    assert not Path("out", "parameters").exists()

    lay_out(folder, {})
    assert cli.main(["build", "--no-lint", "--quiet"]) == 0
    assert sorted(path.name for path in Path("out", "parameters").iterdir()) == ["dev", "prod", "staging"]


def test_refresh_command_names_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that --check prints reads the same parameter files."""
    monkeypatch.setattr(cli, "STACKS", TEST_STACKS)
    lay_out(folder, {})

    assert cli.main(["build", "--no-lint", "--check", "--parameters", "parameters", "--out", "out"]) == 1
    assert capsys.readouterr().out.endswith("build.py --out out --parameters parameters\n")


def test_folder_without_permission_is_explained(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the folder cannot be listed, the finding is about the folder."""
    lay_out(folder, {})

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)

    with pytest.raises(EnvironmentsError) as caught:
        environments.read(folder, SCHEMAS)

    reason = "The folder cannot be read (Permission denied). Change its permissions."
    assert caught.value.findings == (ParameterFinding("parameters", "", reason),)
    assert str(caught.value) == f"parameters: {reason}"


# ---- Valid files ----


def test_values_are_complete_strings(folder: Path) -> None:
    """Each stack gets each of its parameters as a string: own values, shared ones, defaults."""
    lay_out(folder, {})

    dev, staging, prod = environments.read(folder, SCHEMAS)

    assert [dev.name, staging.name, prod.name] == ["dev", "staging", "prod"]
    assert prod.parameters["app"] == {
        "ProjectName": "csr-lambda-api",
        "Environment": "prod",
        "Owner": "ops",
        "VpcCidr": "10.2.0.0/16",
        "MemorySize": "1024",
        "Retention": "90",
        "Share": "0.5",
        "CacheEnabled": "true",
        "Title": "Shop",
        "Notes": "",
        "LambdaProvisionedConcurrency": "10",
        "LambdaReservedConcurrency": "500",
        "Subtitle": "",
    }
    assert {name: dev.parameters["app"][name] for name in ("MemorySize", "CacheEnabled", "Share")} == {
        "MemorySize": "128",
        "CacheEnabled": "false",
        "Share": "0.25",
    }
    assert list(prod.parameters["network"]) == list(SCHEMAS[0].parameters)
    assert prod.values == {**prod.parameters["network"], **prod.parameters["app"]}


def test_strings_are_as_good_as_numbers_and_booleans(folder: Path) -> None:
    """A number or boolean can be in quotes, as in the parameter files of CloudFormation."""
    lay_out(folder, {})
    plain = environments.read(folder, SCHEMAS)
    lay_out(
        folder.with_name("quoted"), {"dev": {"MemorySize": "128", "CacheEnabled": "false", "Share": "0.25"}}
    )

    assert environments.read(folder.with_name("quoted"), SCHEMAS) == plain


def test_other_files_are_not_environments(folder: Path) -> None:
    """Notes, backups, hidden files and folders in the same folder are ignored."""
    lay_out(folder, {})
    expected = environments.read(folder, SCHEMAS)
    for name in ("README.md", "dev.json.orig", "dev.json~", ".dev.json", "qa"):
        (folder / name).write_text("not JSON")
    (folder / "old").mkdir()

    assert environments.read(folder, SCHEMAS) == expected


def test_mistakes_of_a_template_are_not_those_of_the_files(folder: Path) -> None:
    """A wrong reference in a template is reported by the linter. The files are still checked."""
    lay_out(folder, {"dev": {"Title": "A"}})
    broken = app()
    broken.add_resource(Bucket("Lost", BucketName=Ref("Nowhere")))
    schema = BuiltStack("app", "app.yaml", "us-east-1", broken.to_dict(), per_deploy=("PackageVersion",))

    with pytest.raises(EnvironmentsError) as caught:
        environments.read(folder, [SCHEMAS[0], schema])

    assert [finding.key for finding in caught.value.findings] == ["Title"]


def test_production_is_what_the_defaults_describe(folder: Path) -> None:
    """Production is the default of the parameter Environment.

    Without the parameter, there is no production.
    """
    lay_out(folder, {})
    files = {"shared": "{}", "dev": "{}", "staging": "{}", "prod": "{}"}
    lay_out(folder.with_name("bare"), files)

    found = environments.read(folder, SCHEMAS)
    bare = environments.read(folder.with_name("bare"), [BuiltStack("bare", "app.yaml", "us-east-1", {})])

    assert [one.name for one in found if one.is_production] == ["prod"]
    assert [one.name for one in bare] == ["dev", "prod", "staging"]
    assert not any(one.is_production for one in bare)


# ---- The project's own files ----


@pytest.fixture(scope="module")
def ours() -> dict[str, environments.Environment]:
    """The project's own environments by name."""
    return {one.name: one for one in output.read_environments(STACKS, REPOSITORY / "parameters")}


def test_our_environments_are_clean(ours: dict[str, environments.Environment]) -> None:
    """Each environment of the templates has a file without findings."""
    assert list(ours) == environment().AllowedValues


WHOLE = "in api must be a whole number, written in digits only. Correct the value."
MEMORY = f"but MemorySize of ApiFunction {WHOLE}"
CONCURRENCY = f"but ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions of ApiFunctionAlias {WHOLE}"
LAMBDA_MEMORY_SAYS = 'Constraint in the api template: "must be a whole number from 128 to 10240".'


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("LambdaMemorySize", "1024.5", f'Found "1024.5", {MEMORY}'),
        ("LambdaMemorySize", '"1024.5"', f'Found "1024.5", {MEMORY}'),
        ("LambdaMemorySize", "1024.0", f"Found 1024.0, {ONE_NUMBER} {LAMBDA_MEMORY_SAYS}"),
        ("LambdaMemorySize", '"1024.0"', f'Found "1024.0", {ONE_NUMBER} {LAMBDA_MEMORY_SAYS}'),
        ("LambdaMemorySize", "1e3", f"Found 1e3, {ONE_NUMBER} {LAMBDA_MEMORY_SAYS}"),
        ("LambdaProvisionedConcurrency", "10.5", f'Found "10.5", {CONCURRENCY}'),
        (
            "LambdaReservedConcurrency",
            "500.5",
            f'Found "500.5", but ReservedConcurrentExecutions of ApiFunction {WHOLE}',
        ),
        (
            "ApiRegion",
            '"eu-west-1"',
            'Found "eu-west-1", but Region of Fn::GetStackOutput for ApiGatewayId in frontend must be ap-northeast-1, the region of stack api. Correct the value.',
        ),
    ],
)
def test_our_templates_refuse_what_their_properties_do(
    tmp_path: Path, key: str, text: str, message: str
) -> None:
    """A build rejects a value that a property does not allow, in every notation in a file."""
    folder = tmp_path / "parameters"
    shutil.copytree(REPOSITORY / "parameters", folder)
    values = json.loads((folder / "prod.json").read_text())
    values.pop(key, None)
    (folder / "prod.json").write_text(json.dumps(values)[:-1] + f', "{key}": {text}}}')

    with pytest.raises(EnvironmentsError) as caught:
        output.assemble(parameters=folder, lint=False)

    assert [(one.file, one.key, one.message) for one in caught.value.findings] == [
        ((folder / "prod.json").as_posix(), key, message)
    ]


def test_a_default_that_a_template_refuses(folder: Path) -> None:
    """Default zones of the old region are a finding in each environment that does not set its zones."""
    moved = [BuiltStack("network", "app.yaml", "eu-west-1", SCHEMAS[0].template), SCHEMAS[1]]
    zones = {"AvailabilityZone1": "eu-west-1a", "AvailabilityZone2": "eu-west-1b"}
    lay_out(folder, {"dev": zones, "staging": zones})

    with pytest.raises(EnvironmentsError) as caught:
        environments.read(folder, moved)

    assert list(map(str, caught.value.findings)) == [
        f'parameters/prod.json: {name}: Found by default "ap-northeast-1{letter}", '
        f"{NOT_A_ZONE.replace('of ap-northeast-1', 'of eu-west-1').replace('as ap-northeast-1', 'as eu-west-1')} "
        "Add the key here, or correct the default in the template."
        for name, letter in (("AvailabilityZone1", "a"), ("AvailabilityZone2", "c"))
    ]


# Pattern elements that Java (used by CloudFormation) and Python interpret in the same way. Not included are
# \\d, \\w, \\s and . (other characters in Python), ^ and $ (a line feed), look-arounds, nested classes.
_QUANTIFIER = r"( [*+?] \?? | \{ [0-9]+ (,[0-9]*)? \} )?"
PORTABLE = re.compile(
    rf"""
    ( [A-Za-z0-9 _:/@%,;=<>~'"!\#-] {_QUANTIFIER}                      # itself
    | \\[\[\](){{}}.*+?|^$\\/-] {_QUANTIFIER}                           # itself, escaped
    | \[ \^? ( [A-Za-z0-9 _:/@%,;=<>~'"!\#.*+?(){{}}|$-] | \\[\[\]\\^-] )+ \] {_QUANTIFIER}
    | \( (\?:)? | \) {_QUANTIFIER} | \|
    )*
    """,
    re.VERBOSE,
)


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_patterns_mean_the_same_to_cloudformation(stack: Stack) -> None:
    """Patterns use only common elements of Java and Python, so CloudFormation rejects the same values."""
    for name, declaration in stack.build().to_dict()["Parameters"].items():
        assert PORTABLE.fullmatch(declaration.get("AllowedPattern", "")), name


@pytest.mark.parametrize(
    "pattern", [r"\d+", "a.b", "^a$", "(?i)a", "[[:alpha:]]", "[a-z&&[def]]", "(?=a)b", r"a\Z"]
)
def test_other_patterns_are_found(pattern: str) -> None:
    """Patterns with different meanings, or that only one language supports, are distinguished."""
    assert not PORTABLE.fullmatch(pattern)


# ---- Errors in a stack ----


def two_vpcs(*cidrs: str) -> BuiltStack:
    """Return a stack with two VPCs and a subnet in each, whose networks only the checks restrict."""
    t = StackTemplate("Two networks")
    for name, cidr in zip(("First", "FirstSubnet", "Second", "SecondSubnet"), cidrs, strict=True):
        t.add_parameter(Parameter(f"{name}Cidr", Type="String", Default=cidr))
    t.add_resource(VPC("First", CidrBlock=Ref("FirstCidr")))
    t.add_resource(Subnet("FirstSubnet", VpcId=Ref("First"), CidrBlock=Ref("FirstSubnetCidr")))
    t.add_resource(VPC("Second", CidrBlock=Ref("SecondCidr")))
    t.add_resource(Subnet("SecondSubnet", VpcId=Ref("Second"), CidrBlock=Ref("SecondSubnetCidr")))
    t.add_resource(Subnet("Elsewhere", VpcId=ImportValue("vpc"), CidrBlock="10.7.0.0/24"))
    return BuiltStack("pair", "app.yaml", "us-east-1", t.to_dict())


def test_subnets_are_compared_only_within_their_vpc(folder: Path) -> None:
    """Two VPCs of an environment, and their subnets, can have the same addresses."""
    lay_out(folder, {"shared": "{}", "dev": "{}", "staging": DROP, "prod": DROP})

    environments.read(folder, [two_vpcs("10.0.0.0/16", "10.0.1.0/24", "10.0.0.0/16", "10.0.1.0/24")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ten", "which is not an IPv4 network, such as 10.2.0.0/16."),
        ("10.0.0.0/33", "which is not an IPv4 network, such as 10.2.0.0/16."),
        ("fd00::/64", "which is not an IPv4 network, such as 10.2.0.0/16."),
        ("10.0.0.0", "but networks of a VPC must be from /16 to /28."),
        ("10.0.0.0/15", "but networks of a VPC must be from /16 to /28."),
        ("10.0.0.0/29", "but networks of a VPC must be from /16 to /28."),
        ("10.0.0.1/28", "which is a host address. The network of this address is 10.0.0.0/28."),
        ("10.0.0.0/255.255.0.0", "which AWS writes as 10.0.0.0/16."),
    ],
)
def test_networks_are_those_that_a_vpc_can_have(text: str, message: str, folder: Path) -> None:
    """A network that AWS would reject is a finding, even if the template allows any text."""
    lay_out(folder, {"shared": "{}", "dev": "{}", "staging": DROP, "prod": DROP})

    with pytest.raises(EnvironmentsError) as caught:
        environments.read(folder, [two_vpcs(text, "10.0.1.0/24", "10.2.0.0/16", "10.2.1.0/24")])

    assert str(caught.value) == f'parameters/dev.json: FirstCidr: Found by default "{text}", {message}'


@pytest.mark.parametrize(
    ("parameters", "per_deploy", "message"),
    [
        (
            {"Title": {"Type": "String", "Default": "Mall"}},
            (),
            "The default of Title is 'Mall', but that of an earlier stack is 'Shop'. Use the same "
            "default in both templates.",
        ),
        (
            {"Ids": {"Type": "CommaDelimitedList"}},
            (),
            "The parameter Ids has the type CommaDelimitedList, but only values of String, "
            "Number, AWS::EC2::AvailabilityZone::Name can be checked. Use one of them.",
        ),
        (
            {},
            ("Version", "Key"),
            "The template does not have the parameter Key, Version, which the stack lists as per-deploy. "
            "Declare it, or remove it from the list.",
        ),
    ],
    ids=["two defaults", "type that nobody judges", "undeclared and per deploy"],
)
def test_mistake_of_a_stack_is_refused(
    parameters: dict[str, Any], per_deploy: tuple[str, ...], message: str, folder: Path
) -> None:
    """A stack for which the files could not be checked is rejected."""
    lay_out(folder, {})
    other = BuiltStack("other", "other.yaml", "us-east-1", {"Parameters": parameters}, per_deploy=per_deploy)

    with pytest.raises(ValueError, match=r"^Stack ") as caught:
        environments.read(folder, [*SCHEMAS, other])

    assert str(caught.value) == f"Stack other: {message}"


# ---- Any file ----


def satisfies(text: str, declaration: dict[str, Any]) -> bool:
    """Return whether CloudFormation accepts a value, according to its documentation of each constraint."""
    checks: dict[str, Callable[[Any], Any]] = {
        "AllowedPattern": lambda pattern: re.compile(rf"(?:{pattern})\Z").match(text),
        "AllowedValues": lambda values: text in map(str, values),
        "MinLength": lambda low: len(text) >= low,
        "MaxLength": lambda high: len(text) <= high,
        "MinValue": lambda low: Decimal(text) >= low,
        "MaxValue": lambda high: Decimal(text) <= high,
    }
    return all(check(declaration[name]) for name, check in checks.items() if name in declaration)


ANY_SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
RIGHT_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "MemorySize": st.integers(128, 10240) | st.integers(128, 10240).map(str),
    "Retention": st.sampled_from([30, 90, "30", "90"]),
    "Share": st.integers(0, 1) | st.sampled_from([0.5, "0.125"]),
    "Title": st.text("abc+", min_size=2, max_size=10),
    "Notes": st.text(st.characters(exclude_categories=["Cs"]), max_size=100).filter(
        lambda text: text != "secret"
    ),
    "AvailabilityZone1": st.sampled_from(["ap-northeast-1a", "ap-northeast-1b"]),
    "AvailabilityZone2": st.sampled_from(["ap-northeast-1c", "ap-northeast-1d"]),
    "PrivateSubnet2Cidr": st.integers(4, 255).map("10.2.{}.0/24".format),
    "LambdaProvisionedConcurrency": st.integers(0, 100),
    "LambdaReservedConcurrency": st.integers(100, 1000) | st.just(0),
}


def read_production(changes: dict[str, Any]) -> environments.Environment:
    """Read the good files with changes of production's, and return production."""
    with TemporaryDirectory() as place:
        lay_out(Path(place, "parameters"), {"prod": changes})
        return environments.read(Path(place, "parameters"), SCHEMAS)[-1]


@given(st.fixed_dictionaries({}, optional=RIGHT_VALUES))
def test_right_values_are_accepted(changes: dict[str, Any]) -> None:
    """Every value that the templates allow is passed on with the text of the file."""
    found = read_production(changes).values

    assert {name: found[name] for name in changes} == {name: str(value) for name, value in changes.items()}


@given(st.sampled_from(sorted(RIGHT_VALUES)), st.data())
def test_accepted_values_satisfy_the_templates(name: str, data: st.DataObject) -> None:
    """A value is either rejected with a message, or it is text that every template accepts."""
    value = data.draw(ANY_SCALAR | RIGHT_VALUES[name])
    try:
        accepted = read_production({name: value})
    except EnvironmentsError as error:
        assert all(str(finding).endswith((".", '".')) for finding in error.findings)
        return

    for schema in SCHEMAS:
        for parameter, text in accepted.parameters[schema.name].items():
            assert satisfies(text, dict(schema.parameters[parameter])), parameter


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "The folder does not exist. Specify the folder of the parameter files."),
        ("a" * 300, "The folder cannot be read (File name too long). Change its permissions."),
        ("", "The folder does not contain an environment, which is a file such as prod.json."),
    ],
    ids=["missing", "too long", "empty"],
)
def test_mistake_of_the_folder_has_no_key(tmp_path: Path, name: str, message: str) -> None:
    """If the finding is about the folder, the key is an empty text."""
    folder = tmp_path / name
    with pytest.raises(EnvironmentsError) as caught:
        environments.read(folder, SCHEMAS)

    assert caught.value.findings == (ParameterFinding(folder.as_posix(), "", message),)

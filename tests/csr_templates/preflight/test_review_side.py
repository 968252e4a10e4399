"""``csr-templates review --before deployed:ENV``: each deployed state and its verdict."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest import mock

import pytest

from cfn_analysis.model.template_text import read_template
from csr_templates.cli import account_facts
from csr_templates.cli import main as command_line
from csr_templates.hand_over import built_folder
from csr_templates.hand_over.operator_policies import CALLS, DEPLOYED
from csr_templates.preflight import deployed_state
from csr_templates.preflight.checked_account import CheckedAccount, collect
from csr_templates.preflight.resolved_environment import resolve_environment
from tests.cfn_analysis.reviewing.test_report import SCHEMA as REVIEW_SCHEMA
from tests.system import PROJECT, STACK_NAMES

from .conftest import listed_calls
from .deployed_account import (
    API,
    DATA,
    NETWORK,
    SITE,
    TOKYO,
    VIRGINIA,
    DeployedAccount,
    MockStack,
    write_folder,
)
from .mock_account import ENVIRONMENT, session
from .recorded import AwsError

OUT: Final = Path(__file__).resolve().parents[3] / "out"
MORE_TIME: Final = NETWORK.replace("VisibilityTimeout: 30", "VisibilityTimeout: 60")
SECRET: Final = "swordfish"


class World(NamedTuple):
    """The account and the folder of the small system."""

    account: DeployedAccount
    folder: Path


class Report(NamedTuple):
    """The exit status and the output of a run; the output without line breaks."""

    code: int
    out: str
    err: str


Review = Callable[..., Report]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An account whose calls pass through botocore, and a folder that is not in a repository."""
    folder = tmp_path_factory.mktemp("deployed")
    with pytest.MonkeyPatch.context() as changed:
        for name, value in ENVIRONMENT.items():
            changed.setenv(name, value)
        changed.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
        account = DeployedAccount(CheckedAccount(session=session()))
        changed.setattr(account_facts, "CheckedAccount", lambda profile: account.client)
        yield World(account, write_folder(folder / "out"))


@pytest.fixture
def world(opened: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The small system, deployed as the folder has it."""
    monkeypatch.chdir(opened.folder.parent)
    opened.account.reset()
    return opened


@pytest.fixture
def review(world: World, capsys: pytest.CaptureFixture[str]) -> Review:
    """Runs the command with the deployed state as the earlier side."""

    def run(*arguments: str, after: str = "out") -> Report:
        code = command_line.main(["review", "--before", "deployed:prod", "--after", after, *arguments])
        captured = capsys.readouterr()
        return Report(code, " ".join(captured.out.split()), captured.err)

    return run


def test_what_is_deployed_as_it_was_built_has_no_change(review: Review) -> None:
    """Each stack has its ID, status, last update and drift, and what AWS does not show is said."""
    report = review()

    assert report.code == 0
    assert (
        "shop-prod-network/1 api (ap-northeast-1): UPDATE_COMPLETE, last update 2026-11-20T01:02:03Z"
        in report.out
    )
    assert (
        "deployed:prod -> out No changes. api: AWS hides Password. The review assumes the same value."
        in report.out
    )
    assert "api: Image is a parameter of Systems Manager. The review uses its deployed value;" in report.out
    assert report.out.count("drift: never checked") == 3
    assert report.out.endswith("No change: network, api, site.")


@pytest.mark.parametrize("name", DATA["states"])
def test_each_deployed_state_has_its_verdict(world: World, review: Review, name: str) -> None:
    """Only what the deploy makes worse, and what is not known, ends with 1; the rest is said."""
    state = DATA["states"][name]
    world.account.change(state)

    report = review()

    unsaid = [text for text in state["said"] if text not in report.out]
    assert (report.code, unsaid) == (state["code"], []), report.out


def test_nothing_deployed_may_be_the_wrong_account(world: World, review: Review) -> None:
    """All stacks are new; the caller is named."""
    world.account.stacks.clear()

    report = review()

    assert report.code == 0
    assert (
        "None of the 3 stacks of prod exists in account 123456789012. Is it the wrong account or role? The "
        "caller is arn:aws:sts::123456789012:assumed-role/reader/me." in report.out
    )


def test_an_export_that_is_imported_outside_the_folder_cannot_be_removed(
    world: World, review: Review, tmp_path: Path
) -> None:
    """The deploy fails, and the importing stack is named, but not shown as part of the folder."""
    inside = NETWORK.partition("Outputs:")[0]
    imports_nothing = API.replace(
        '!ImportValue {"Fn::Sub": "${ProjectName}-${Environment}-QueueArn"}', "nothing"
    )
    write_folder(tmp_path / "out", network=inside, api=imports_nothing)
    world.account.stack("api").template = imports_nothing
    world.account.imports["shop-prod-QueueArn"] = ["billing"]

    report = review(after=str(tmp_path / "out"))

    assert report.code == 1
    assert (
        "will-fail network.QueueArn The deploy fails: the export ${ProjectName}-${Environment}-QueueArn is "
        "removed, but the deployed billing (outside the folder) imports it." in report.out
    )
    assert report.out.endswith("No change: api, site.")


def test_a_deployed_stack_policy_denies_the_update(world: World, review: Review, tmp_path: Path) -> None:
    """The policy that counts is the deployed one."""
    gone = NETWORK.replace(
        "  Topic:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Ref Label}\n", ""
    )
    assert gone != NETWORK
    write_folder(tmp_path / "out", network=gone)
    world.account.stack("network").policy = DATA["states"]["another stack policy"]["set"]["site"]["policy"]

    report = review(after=str(tmp_path / "out"))

    assert report.code == 1
    assert "will-fail network.Topic" in report.out


def test_a_character_that_aws_replaces_is_not_a_change(world: World, review: Review, tmp_path: Path) -> None:
    """AWS returns ``?`` for each character outside ASCII, in parameters and in templates."""
    folder = write_folder(
        tmp_path / "out",
        site=SITE.replace(
            "Type: AWS::SNS::Topic", 'Type: AWS::SNS::Topic, Properties: {DisplayName: "通知 (site)"}'
        ),
    )
    parameters = folder / "parameters" / "network.json"
    document = json.loads(parameters.read_text("utf-8"))
    document["Parameters"]["Label"] = "待ち行列 1"
    parameters.write_text(json.dumps(document), "utf-8")
    deployed = (folder / "site.yaml").read_text("utf-8")
    world.account.stack("site").template = deployed.encode("ascii", "replace").decode()
    world.account.stack("network").parameters["Label"] = "???? 1"

    report = review(after=str(folder))
    world.account.stack("network").parameters["Label"] = "???? 2"
    changed = review(after=str(folder))

    assert report.out.endswith("No change: network, api, site.")
    assert "parameter Label: ???? 2 -> 待ち行列 1" in changed.out


def test_secrets_are_in_no_fact_and_no_report(world: World, review: Review, tmp_path: Path) -> None:
    """Neither the value of a NoEcho parameter in the folder, nor literals of the deployed template."""
    hidden = SITE.replace(
        "Topic: {Type: AWS::SNS::Topic}",
        "Login: {Type: AWS::SecretsManager::Secret, DeletionPolicy: Retain, UpdateReplacePolicy: Retain,"
        f" Properties: {{SecretString: {SECRET}}}}}",
    )
    write_folder(tmp_path / "out", site=hidden)
    world.account.stack("site").template = hidden
    world.account.stack("network").parameters["Label"] = f"mysql://me:{SECRET}@db/x"
    path = tmp_path / "facts.json"

    for form in ("text", "json", "markdown", "sarif"):
        report = review("--save-facts", str(path), "--format", form, after=str(tmp_path / "out"))
        assert SECRET not in report.out
        assert SECRET not in path.read_text("utf-8")
        if form == "text":
            assert "site: values in the deployed template that look like secrets are hidden." in report.out
            assert "network: AWS hides Label. The review assumes the same value." in report.out
            assert report.out.endswith("No change: network, api, site.")


def test_saved_facts_give_the_same_report_offline(
    world: World, review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The review with facts makes no call, and is refused for another environment."""
    path = tmp_path / "facts.json"
    world.account.stack("network").template = MORE_TIME
    saved = review("--save-facts", str(path))
    monkeypatch.setattr(account_facts, "CheckedAccount", None)

    assert review("--facts", str(path)) == saved
    other = tmp_path / "dev.json"
    other.write_text(
        path.read_text("utf-8").replace('"environment": "prod"', '"environment": "dev"'), "utf-8"
    )
    report = review("--facts", str(other))
    assert (report.code, report.out) == (2, "")
    assert report.err.startswith(
        "csr-templates: The facts are of dev of shop in account 123456789012, but prod"
    )


def test_the_policy_allows_exactly_the_calls(world: World, review: Review) -> None:
    """All of them only read; another stack of the environment is read with the same calls."""
    world.account.stacks.append(
        MockStack("shop-prod-old", TOKYO, SITE, {"ProjectName": "shop", "Environment": "prod"})
    )
    review()

    listed = listed_calls(CALLS[DEPLOYED])
    assert {(call.service, call.operation) for call in world.account.made} == listed
    assert {name for _, name in listed if not name.startswith(("Describe", "Get", "List"))} == set()


@pytest.mark.parametrize("operation", CALLS[DEPLOYED]["cloudformation"])
def test_a_denied_call_is_said_and_never_a_pass(world: World, review: Review, operation: str) -> None:
    """The message names the action and the policy that allows it."""
    world.account.failing[operation] = AwsError("AccessDenied", "not authorized", 403)

    report = review()

    assert report.code == 1
    assert f"cloudformation:{operation} is not permitted in ap-northeast-1." in report.out
    assert (
        "Attach operator-policies/deployed.json of the output folder to the role of the caller." in report.out
    )
    assert "No risks" not in report.out


def test_a_region_that_does_not_answer_is_not_known(world: World, review: Review) -> None:
    """The stacks of the other regions are compared."""
    for operation in CALLS[DEPLOYED]["cloudformation"]:
        world.account.failing[f"{operation} us-east-1"] = AwsError(
            "UnrecognizedClientException", "invalid", 403
        )

    report = review()

    assert report.code == 1
    assert "Risks: 1 unknown" in report.out or "unknown site" in report.out
    assert (
        "cloudformation DescribeStacks in us-east-1 failed with UnrecognizedClientException: invalid"
        in report.out
    )
    assert report.out.endswith("No change: network, api.")


def test_facts_that_lack_a_call_are_not_known(world: World, review: Review, tmp_path: Path) -> None:
    """Facts that another command saved contain only a part."""
    path = tmp_path / "facts.json"
    review("--save-facts", str(path))
    document = json.loads(path.read_text("utf-8"))
    document["facts"] = [fact for fact in document["facts"] if fact["operation"] != "GetTemplate"]
    path.write_text(json.dumps(document), "utf-8")

    report = review("--facts", str(path))

    assert report.code == 1
    assert (
        "The saved facts do not contain the answer of cloudformation GetTemplate in us-east-1." in report.out
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("a: 1", "Cannot read the template of shop-prod-api in the facts: it has no mapping Resources"),
        ({"a": 1}, "FILE does not contain facts of an account. Specify a file that --save-facts wrote."),
    ],
)
def test_facts_with_another_text_as_template_are_refused(
    world: World, review: Review, tmp_path: Path, answer: Any, sentence: str
) -> None:
    """A command saves only templates that a review can read."""
    path = tmp_path / "facts.json"
    review("--save-facts", str(path))
    document = json.loads(path.read_text("utf-8"))
    next(fact for fact in document["facts"] if fact["operation"] == "GetTemplate")["answer"] = answer
    path.write_text(json.dumps(document), "utf-8")

    report = review("--facts", str(path))

    assert report.code == 2
    assert report.err.startswith(f"csr-templates: {sentence.replace('FILE', path.as_posix())}")


def test_a_missing_folder_of_the_facts_is_reported_before_the_calls(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise, the answers of all calls are lost."""
    monkeypatch.setattr(account_facts, "CheckedAccount", None)
    report = review("--save-facts", str(tmp_path / "no" / "facts.json"))

    assert report.code == 2
    folder = (tmp_path / "no").as_posix()
    assert f"the folder {folder} does not exist. Create it, or specify another file." in report.err


def test_an_unknown_state_can_be_accepted(world: World, review: Review) -> None:
    """As any other kind of risk."""
    world.account.stack("api").status = "UPDATE_IN_PROGRESS"

    assert review("--accept", "unknown:api").code == 0


def test_the_json_says_what_is_deployed(world: World, review: Review) -> None:
    """For programs, with the same content as the lines above the report."""
    document = json.loads(review("--format", "json").out)

    assert set(document) <= set(REVIEW_SCHEMA["properties"])
    assert document["deployed"]["account"] == "123456789012"
    assert [stack["name"] for stack in document["deployed"]["stacks"]] == ["network", "api", "site"]
    assert (document["deployed"]["missing"], document["deployed"]["unknown"]) == ([], [])


@pytest.mark.acceptance
def test_the_built_system_is_read_in_two_seconds(world: World, review: Review) -> None:
    """If each call takes 100 milliseconds; what is deployed as it was built has no change."""
    folder = built_folder.read(lambda name: (OUT / name).read_bytes(), "out")
    world.account.deploy(folder, "prod")
    facts = world.account.client.start(PROJECT, "prod")
    environment = resolve_environment(folder, "prod", facts.account)
    started = time.monotonic()
    with mock.patch.object(world.account, "seconds", 0.1):
        collect(world.account.client, environment, facts, deployed_state.missing_calls)
    spent = time.monotonic() - started

    report = review(after=OUT.as_posix())

    assert spent + 0.1 < 2  # with GetCallerIdentity
    assert len(world.account.made) > 40
    assert (report.code, "No changes." in report.out) == (0, True)
    assert report.out.endswith(f"No change: {', '.join(STACK_NAMES)}.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--before", "deployed:prdo"], "There is no environment prdo. Did you mean 'prod'?"),
        (["--environment", "dev"], "--before deployed:prod reviews only prod. Remove --environment."),
        (["--after", "out/api.yaml"], "--before deployed:prod needs an output folder."),
        (
            ["--before", "deployed:"],
            "--before deployed: has no environment. Specify one: --before deployed:NAME",
        ),
        (
            ["--parameters-after", "x.json"],
            "--parameters-after is for two templates, not for --before deployed",
        ),
        (["--parameters-before", "x.json"], "--parameters-before is for two templates, not for --before"),
        (["--region", "eu-west-1"], "--region is for two templates, not for --before deployed:prod. Remove"),
        (["--before", "out", "--facts", "a.json"], "--facts is for --before deployed:ENVIRONMENT."),
        (["--before", "out", "--profile", "a"], "--profile is for --before deployed:ENVIRONMENT."),
    ],
)
def test_wrong_input_ends_with_2(review: Review, arguments: list[str], sentence: str) -> None:
    """The message is one sentence about what to do."""
    report = review(*arguments)

    assert (report.code, report.out) == (2, "")
    assert report.err.startswith(f"csr-templates: {sentence}")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (AwsError("ExpiredToken", "expired", 403), "The AWS credentials have expired."),
        (AwsError("InvalidClientTokenId", "invalid", 403), "AWS rejects the credentials."),
        (AwsError("AccessDenied", "no", 403), "The credentials do not allow sts:GetCallerIdentity"),
    ],
)
def test_wrong_credentials_are_one_sentence(
    world: World, review: Review, error: AwsError, sentence: str
) -> None:
    """The command ends with 2, because nothing is known."""
    world.account.failing["GetCallerIdentity"] = error

    report = review()

    assert (report.code, report.out) == (2, "")
    assert report.err.startswith(f"csr-templates: {sentence}")


def test_a_parameter_of_another_account_ends_with_2(world: World, review: Review, tmp_path: Path) -> None:
    """The caller would compare with the wrong account."""
    folder = write_folder(
        tmp_path / "out", site=SITE.replace("Resources:", "  CertificateArn: {Type: String}\nResources:")
    )
    path = folder / "parameters" / "site.json"
    document = json.loads(path.read_text("utf-8"))
    document["Parameters"]["CertificateArn"] = "arn:aws:acm:us-east-1:210987654321:certificate/x"
    path.write_text(json.dumps(document), "utf-8")

    report = review(after=str(folder))

    assert (report.code, report.out) == (2, "")
    assert (
        "CertificateArn of prod is in account 210987654321, but the caller is in account 123456789012."
        in report.err
    )


def git(folder: Path, *arguments: str) -> str:
    """Run Git as an author without a name of their own."""
    options = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *options, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.strip()


def test_a_template_stored_as_json_is_equal(world: World, review: Review, tmp_path: Path) -> None:
    """No commit has its text, but the report does not say that it was changed."""
    root = tmp_path / "checkout"
    folder = write_folder(root / "out")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=first")
    world.account.stack("network").template = json.dumps(read_template(NETWORK))

    report = review(after=str(folder))

    assert f"template: equal to {folder.as_posix()}, in another notation" in report.out
    assert "matches no commit" not in report.out


@pytest.mark.parametrize("status", ["DELETE_FAILED", "UPDATE_ROLLBACK_FAILED", "UPDATE_IN_PROGRESS"])
def test_a_stack_outside_the_folder_that_failed_is_named(world: World, review: Review, status: str) -> None:
    """A removed stack often ends in such a status; what it still has is not known."""
    world.account.stack("site").name = "shop-prod-old"
    world.account.stack("old").status = status

    report = review()

    assert report.code == 1
    assert "unknown old" in report.out
    assert f"shop-prod-old in us-east-1 is in status {status}" in report.out


def test_a_stack_of_a_known_name_in_the_other_region(world: World, review: Review) -> None:
    """It is another stack: the one of the folder is compared, and this one is not in the folder."""
    network = world.account.stack("network")
    world.account.stacks.append(replace(network, region=VIRGINIA))

    report = review()

    assert "not in the folder: shop-prod-network (us-east-1)" in report.out
    assert "orphan network (us-east-1)" in report.out
    assert "not deployed" not in report.out


def test_the_commit_of_a_deployed_template_is_named(world: World, review: Review, tmp_path: Path) -> None:
    """By its content, in a repository with its whole history; line ends do not matter."""
    root = tmp_path / "checkout"
    folder = write_folder(root / "out")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=first")
    first = git(root, "log", "-1", "--abbrev=12", "--format=%h, %cs")
    write_folder(folder, network=MORE_TIME)
    git(root, "commit", "--quiet", "--all", "--message=second")
    second = git(root, "log", "-1", "--abbrev=12", "--format=%h, %cs")
    world.account.stack("network").template = NETWORK.replace("\n", "\r\n")
    world.account.stack("api").template = API.replace("Retain", "Delete")

    report = review(after=str(folder))
    world.account.stack("network").template = MORE_TIME
    later = review(after=str(folder))
    write_folder(folder, api=API.replace("Retain", "Delete"))
    uncommitted = review(after=str(folder))

    assert f"template: commit {first}, of {folder.as_posix()}" in report.out
    assert f"template: matches no commit of {folder.as_posix()}" in report.out
    assert f"template: equal to {folder.as_posix()} (unchanged since commit {second})" in later.out
    assert f"template: equal to {folder.as_posix()}, which is not committed" in uncommitted.out

    git(tmp_path, "clone", "--quiet", "--depth=1", root.as_uri(), "shallow")
    world.account.stack("network").template = NETWORK
    shallow = review(after=str(tmp_path / "shallow" / "out"))
    assert shallow.out.count("not compared with commits") == 3
    assert f"commit {first}" not in shallow.out

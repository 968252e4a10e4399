"""What a block of the hand-over and a command of ``csr-operate`` both do: one table of cases for both.

A case is a state of the account and what it must lead to. The block runs in bash with ``jq``, and the queries
of its ``aws`` with ``jmespath``, as in the AWS CLI; the command runs in this process. Both see the same
account: moto, and the same answers of CloudFormation. For the check of the origin key, see
``test_origin_keys``.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import pytest

from tests.csr_templates.operating.conftest import Operator
from tests.csr_templates.operating.recorded import FAULTS
from tests.csr_templates.operating.stacks import ACCOUNT, PLANNED, stack_event
from tests.csr_templates.operating.world import World
from tests.docs.conftest import require_programs
from tests.docs.pages import HAND_OVER, read

from .operated import Pipeline, operated, pipeline

NAME: Final = "csr-lambda-api-prod-api"
REGION: Final = "ap-northeast-1"
CHANGE_SET: Final = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/release-1/api"
VARIABLES: Final = f"""\
stack=api environment=prod region={REGION} name={NAME} account={ACCOUNT} template=api.yaml
bucket=csr-lambda-api-prod-artifacts-{ACCOUNT}-{REGION} role=arn:aws:iam::{ACCOUNT}:role/service
cp out/parameters/prod/api.json parameters.json
"""

Way = Literal["block", "command"]
both_ways = pytest.mark.parametrize("way", ["block", "command"])


def block(text: str) -> str:
    """Return the code of the only block of the hand-over with a text."""
    (code,) = [block.text for block in read(HAND_OVER).shell() if text in block.text]
    return code


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    """Someone who types commands for production."""
    (tmp_path / "operator").mkdir()
    with operated(tmp_path / "operator") as started:
        yield started


@pytest.fixture
def world(operator: Operator) -> World:
    """The account, with the function, the packages and the buckets for templates."""
    operator.world.create_artifacts()
    operator.world.create_function()
    operator.world.create_packages()
    return operator.world


@pytest.fixture
def shell(world: World, tmp_path: Path) -> Iterator[Pipeline]:
    """The pipeline, in the same account."""
    require_programs()
    (tmp_path / "pipeline").mkdir()
    with pipeline(world, tmp_path / "pipeline") as started:
        yield started


class End(NamedTuple):
    """How a way has ended.

    Attributes:
        verdict: one word of the table.
        text: what was printed.
    """

    verdict: str
    text: str


# ---- The Lambda versions that rolled-back deploys leave ----


class Versions(NamedTuple):
    """The Lambda versions, and what a deploy of api without a package then does with that in S3.

    Attributes:
        published: numbers of the versions.
        own: number of the version of the stack; 0 if it has none.
        status: of the stack; empty if it does not exist.
        verdict: ``keeps`` the object version, ``copies`` it to a new one, or is ``refused``.
    """

    published: tuple[int, ...]
    own: int
    status: str
    verdict: str


LEFT: Final = {
    "the newest": Versions((1, 2, 3), 3, "UPDATE_COMPLETE", "keeps"),
    "the only one": Versions((1,), 1, "CREATE_COMPLETE", "keeps"),
    "one left": Versions((1, 2, 3), 2, "UPDATE_ROLLBACK_COMPLETE", "copies"),
    "left before an update of alarms": Versions((1, 2, 3), 2, "UPDATE_COMPLETE", "copies"),
    "two left": Versions((1, 2, 3), 1, "UPDATE_ROLLBACK_COMPLETE", "copies"),
    "a number of two digits": Versions(tuple(range(1, 11)), 9, "UPDATE_ROLLBACK_COMPLETE", "copies"),
    "an older one left": Versions((1, 2, 3, 4), 4, "UPDATE_COMPLETE", "keeps"),
    "after an import": Versions((), 0, "IMPORT_COMPLETE", "keeps"),
    "no stack yet": Versions((), 0, "", "keeps"),
    "a change set of the first deploy": Versions((), 0, "REVIEW_IN_PROGRESS", "keeps"),
    "an update in progress": Versions((1, 2, 3), 2, "UPDATE_IN_PROGRESS", "refused"),
    "a rollback that failed": Versions((1, 2, 3), 2, "UPDATE_ROLLBACK_FAILED", "refused"),
}


@pytest.fixture
def bare(operator: Operator) -> World:
    """The account, without a function."""
    operator.world.create_artifacts()
    operator.world.create_packages()
    return operator.world


def publish(world: World, case: Versions) -> None:
    """Let Lambda have the published versions, and the stack its status and version."""
    stack = world.stacks.stacks["api"]
    if case.published:
        world.create_function(len(case.published))
        function, _, _ = stack.physical_ids["ApiFunctionVersion"].rpartition(":")
        stack.physical_ids["ApiFunctionVersion"] = f"{function}:{case.own}"
    if case.status:
        stack.status = case.status
    else:
        del world.stacks.stacks["api"]


@pytest.mark.parametrize("case", LEFT.values(), ids=LEFT)
def test_block_finds_left_versions(case: Versions, bare: World, tmp_path: Path) -> None:
    """It prints the newest version, if a rolled-back deploy has left it."""
    require_programs()
    publish(bare, case)
    with pipeline(bare, tmp_path) as shell:
        run = shell.run(f"left_version {REGION} {NAME}")

    verdicts = {"": "keeps", f"{len(case.published)}\n": "copies"}
    assert ("refused" if run.returncode else verdicts[run.stdout]) == case.verdict, run.stderr


@pytest.mark.parametrize("case", LEFT.values(), ids=LEFT)
def test_command_finds_left_versions(case: Versions, bare: World, operator: Operator) -> None:
    """A deploy without a package copies that in S3."""
    publish(bare, case)
    run = operator.run("plan-deploy", "api")

    if "cloudformation:CreateChangeSet" not in run.called:
        verdict = "refused"
    elif "s3:CopyObject" in run.called:
        verdict = "copies"
    else:
        verdict = "keeps"
    assert (verdict, run.status) == (case.verdict, int(verdict == "refused")), run.err


# ---- What a change set would do ----


class Planned(NamedTuple):
    """A new change set.

    Attributes:
        reason: why it fails; empty if it does not.
        verdict: ``planned``, ``nothing`` to deploy, or ``failed``.
        shown: what is printed of its failure.
    """

    reason: str
    verdict: str
    shown: Collection[str] = ()


VALIDATION: Final[Mapping[str, Any]] = {
    "EventId": "1",
    "OperationId": "5",
    "Timestamp": PLANNED,
    "EventType": "VALIDATION_ERROR",
    "LogicalResourceId": "ApiStage",
    "ValidationPath": "/Resources/ApiStage/Properties/Wrong",
    "ValidationStatusReason": "No such property",
}
PLANS: Final = {
    "changes": Planned("", "planned"),
    "no changes": Planned(
        "The submitted information didn't contain changes. Submit different information to create a change "
        "set.",
        "nothing",
    ),
    "no updates": Planned("No updates are to be performed.", "nothing"),
    "a failed validation": Planned(
        "The following hook(s)/validation failed: [AWS::EarlyValidation].",
        "failed",
        ["AWS::EarlyValidation", "ApiStage", "/Resources/ApiStage/Properties/Wrong", "No such property"],
    ),
    "another reason": Planned("Requires capabilities : [CAPABILITY_AUTO_EXPAND]", "failed", ["capabilities"]),
    "a reason that contains a part of the sentence": Planned(
        "Updates are not performed", "failed", ["Updates are not performed"]
    ),
}


def planned_by_block(shell: Pipeline) -> End:
    """Create a change set with the block that passes rollback triggers."""
    run = shell.run(f'{VARIABLES}{block("--rollback-configuration file://")}\necho "<$changes>"')
    if run.returncode:
        return End("failed", run.stderr)
    if run.stdout.endswith("<>\n"):
        return End("nothing", run.stderr)
    return End("planned", run.stderr)


def planned_by_command(operator: Operator) -> End:
    """Create a change set with plan-deploy."""
    run = operator.run("plan-deploy", "api")
    text = "\n".join([*run.out, *run.err])
    if run.status:
        return End("failed", text)
    if run.out[-1] == "No changes to deploy.":
        return End("nothing", text)
    return End("planned", text)


@both_ways
@pytest.mark.parametrize("case", PLANS.values(), ids=PLANS)
def test_outcome_of_a_change_set(
    case: Planned, way: Way, world: World, operator: Operator, shell: Pipeline
) -> None:
    """Only the two sentences by which the AWS CLI recognizes it mean that there is nothing to deploy."""
    world.stacks.refusal = case.reason
    world.stacks.validations = [dict(VALIDATION)]

    end = planned_by_block(shell) if way == "block" else planned_by_command(operator)

    assert end.verdict == case.verdict, end.text
    assert [part for part in case.shown if part not in end.text] == []


# ---- Why a deploy was rolled back ----


class RolledBack(NamedTuple):
    """The end of a deploy.

    Attributes:
        status: of the stack.
        events: what DescribeStackEvents returns.
        failures: what DescribeEvents returns of the failed events.
        shown: what is printed.
        hidden: what is not printed.
        is_denied: whether the failed events cannot be read.
    """

    status: str
    events: list[dict[str, Any]]
    failures: list[dict[str, Any]]
    shown: Collection[str] = ()
    hidden: Collection[str] = ()
    is_denied: bool = False


def failed_event(reason: str, time: datetime) -> dict[str, Any]:
    """Return an event of DescribeEvents."""
    return {
        "EventId": "1",
        "OperationId": "2",
        "Timestamp": time,
        "EventType": "STACK_EVENT",
        "LogicalResourceId": "ApiStage",
        "ResourceStatus": "UPDATE_FAILED",
        "ResourceStatusReason": reason,
    }


ROLLBACK: Final = "UPDATE_ROLLBACK_IN_PROGRESS"
DURING: Final = PLANNED + timedelta(minutes=5)
BEFORE: Final = PLANNED - timedelta(days=1)
ALARM: Final = stack_event("", ROLLBACK, "The alarm deploy-failing is in ALARM.", time=DURING)
CANCELLED: Final = stack_event("", ROLLBACK, "The following resource(s) failed: [ApiStage].", time=DURING)
EXISTS: Final = failed_event("v1 already exists", DURING)
OLD_ALARM: Final = stack_event("", ROLLBACK, "The alarm of last week.", time=BEFORE)
OLD_FAILURE: Final = failed_event("of last week", BEFORE)
ROLLED_BACK: Final = {
    "success": RolledBack("UPDATE_COMPLETE", [OLD_ALARM], [OLD_FAILURE], hidden=["last week"]),
    "an alarm": RolledBack(
        "UPDATE_ROLLBACK_COMPLETE", [ALARM, OLD_ALARM], [], ["The alarm deploy-failing"], ["last week"]
    ),
    "a resource": RolledBack(
        "UPDATE_ROLLBACK_COMPLETE",
        [CANCELLED, OLD_ALARM],
        [EXISTS, OLD_FAILURE],
        ["The following resource(s) failed: [ApiStage].", "ApiStage", "UPDATE_FAILED", "v1 already exists"],
        ["last week"],
    ),
    "a rollback that fails": RolledBack(
        "UPDATE_ROLLBACK_FAILED", [CANCELLED], [EXISTS], ["v1 already exists"]
    ),
    "failures that cannot be read": RolledBack(
        "UPDATE_ROLLBACK_COMPLETE", [ALARM], [EXISTS], ["The alarm deploy-failing"], ["v1"], is_denied=True
    ),
}


def executed_by_block(shell: Pipeline) -> End:
    """Execute the change set with the block of the page."""
    run = shell.run(f"{VARIABLES}changes={CHANGE_SET}\n{block('execute-change-set')}")
    return End("rolled back" if run.returncode else "deployed", run.stderr)


def executed_by_command(operator: Operator) -> End:
    """Execute the change set with run-changes."""
    run = operator.run("run-changes", CHANGE_SET)
    assert "cloudformation:ExecuteChangeSet" in run.called
    return End("rolled back" if run.status else "deployed", "\n".join([*run.out, *run.err]))


@both_ways
@pytest.mark.parametrize("case", ROLLED_BACK.values(), ids=ROLLED_BACK)
def test_reasons_of_a_rollback(
    case: RolledBack, way: Way, world: World, operator: Operator, shell: Pipeline
) -> None:
    """The reason of the rollback, and the failed events, since the change set was created."""
    world.plan("api")
    stack = world.stacks.stacks["api"]
    stack.ends, stack.events, stack.failures = case.status, case.events, case.failures
    if case.is_denied:
        world.recorder.failing["cloudformation:DescribeEvents"] = FAULTS["denied"]()

    end = executed_by_block(shell) if way == "block" else executed_by_command(operator)

    assert end.verdict == ("deployed" if case.status == "UPDATE_COMPLETE" else "rolled back"), end.text
    assert [part for part in case.shown if part not in end.text] == []
    assert [part for part in case.hidden if part in end.text] == []


# ---- Validations that do not stop a deploy ----


class Validated(NamedTuple):
    """The validations of a change set.

    Attributes:
        events: what DescribeEvents returns of it.
        warnings: the resources that are warned about.
        is_denied: whether they cannot be read.
    """

    events: list[dict[str, Any]]
    warnings: Collection[str] = ()
    is_denied: bool = False


def validated(logical_id: str, mode: str, status: str = "FAILED") -> dict[str, Any]:
    """Return an event of a validation."""
    return {
        **VALIDATION,
        "LogicalResourceId": logical_id,
        "ValidationFailureMode": mode,
        "ValidationStatus": status,
    }


VALIDATED: Final = {
    "none": Validated([]),
    "a failed one": Validated([validated("ApiStage", "WARN")], ["ApiStage"]),
    "a skipped one": Validated([validated("ApiStage", "WARN", "SKIPPED")], ["ApiStage"]),
    "one that stops": Validated([validated("ApiStage", "FAIL")]),
    "several": Validated(
        [validated("ApiStage", "WARN"), validated("ApiFunction", "FAIL"), validated("UsagePlan", "WARN")],
        ["ApiStage", "UsagePlan"],
    ),
    "unknown": Validated([validated("ApiStage", "WARN")], is_denied=True),
}


@both_ways
@pytest.mark.parametrize("case", VALIDATED.values(), ids=VALIDATED)
def test_warnings_of_validations(
    case: Validated, way: Way, world: World, operator: Operator, shell: Pipeline
) -> None:
    """Each is a line that begins with Warning; that they are unknown is said, and stops nothing."""
    world.plan("api").events = case.events
    if case.is_denied:
        world.recorder.failing["cloudformation:DescribeEvents"] = FAULTS["denied"]()

    if way == "block":
        run = shell.run(f"validation_warnings {CHANGE_SET}")
        status, lines, text = run.returncode, run.stdout.splitlines(), run.stderr
    else:
        shown = operator.run("show-changes", CHANGE_SET)
        status, lines, text = shown.status, shown.out, "\n".join([*shown.out, *shown.err])

    warned = [line.split()[1:4] for line in lines if re.match(r"Warning\b(?!s)", line)]
    assert len(warned) == len(case.warnings)
    for words, resource in zip(warned, case.warnings, strict=True):
        assert resource in words
    if case.is_denied:
        assert "Validations are not shown" in text or "unknown" in text
    elif way == "block":
        assert (status, text) == (0, "")
    else:
        assert status == 0

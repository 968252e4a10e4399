"""The origin key: whatever a person does, the API accepts what CloudFront sends, or the deploy is refused.

Two ways decide on each case of the model (``key_model``), and must agree: the block of the hand-over, which
bash runs, and ``csr-operate``, whose commands run against moto.
"""

import subprocess
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any, Final
from uuid import UUID

import pytest

from tests.csr_templates.operating.conftest import Operator, Run
from tests.csr_templates.operating.stacks import DeployedStack
from tests.docs.pages import (
    CHANGES,
    CHANGES_JA,
    HAND_OVER,
    Block,
    in_each_language,
    read,
    shell_function,
    spans,
)

from .key_model import ACCEPTED, AT_REST, Allows, Case, State, Walk, steps, walk
from .operated import operated
from .world import Terminal

FUNCTIONS: Final = "".join(shell_function(name) for name in ("value", "deployed", "origin_key"))
# An aws that knows one case, and the check. A line of the input is a case, a line of the output a status.
SCRIPT: Final = """\
CHANGES=arn:aws:cloudformation:nowhere:123456789012:changeSet/x/1
sleep() { [ "$KIND" = patient ] || exit 1; }
stack() { # stack STATUS VALUE
  if [ "$1" = none ]; then echo "Stack with id csr-lambda-api-prod-x does not exist" >&2; return 254; fi
  printf '%s\\t%s\\n' "$1" "$2"
}
aws() {
  case $* in
    *"$FAULTY"*)
      case $KIND in
        fails) echo "An error occurred" >&2; return 254 ;;
        none) echo None; return ;;
        empty) return ;;
      esac ;;
  esac
  case $* in
    *describe-change-set*StackName*) echo "csr-lambda-api-prod-$STEP" ;;
    *describe-change-set*"'OriginKeys'"* | *describe-change-set*"'OriginKey'"*) echo "$WANTED" ;;
    *describe-stacks*--region\\ ap-northeast-1*-prod-api\\ *"'OriginKeys'"*) stack "$API" "$OF_API" ;;
    *describe-stacks*--region\\ us-east-1*-prod-frontend\\ *"'OriginKey'"*)
      stack "$FRONTEND" "$OF_FRONTEND" ;;
    *list-secret-version-ids*us-east-1*-prod-origin-api-key-"$WANTED"\\ *)
      if [ "$COPY" = none ]; then echo "ResourceNotFoundException" >&2; return 254; fi; echo "$COPY" ;;
    *list-secret-version-ids*ap-northeast-1*-prod-origin-api-key-"$WANTED"\\ *) echo newest ;;
    *) echo "not expected: $*" >&2; exit 99 ;;
  esac
}
while read -r STEP WANTED API OF_API FRONTEND OF_FRONTEND COPY KIND FAULTY; do
  origin_key "$CHANGES" < /dev/null > /dev/null 2> "$ERRORS"
  echo $?
done
"""
NEWEST: Final = str(UUID(int=2))
OLDER: Final = str(UUID(int=1))
SOURCE: Final = "ap-northeast-1"
TARGET: Final = "us-east-1"


class PipelineBlock:
    """The block of the hand-over, run by one bash for all cases."""

    def __init__(self, errors: str) -> None:
        self.bash = subprocess.Popen(
            ["bash", "-c", FUNCTIONS + SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/bin:/bin", "ERRORS": errors, "LC_ALL": "C"},
        )

    def run(self, case: Case, kind: str = "-", faulty: str = "-") -> int:
        """Run the block.

        Args:
            case: what it sees.
            kind: what goes wrong with a command: it ``fails``, or prints nothing (``empty``) or ``none``. Or
                ``patient``: what the block waits for does not come, and it waits to the end.
            faulty: part of the command.

        Returns:
            Its exit status.
        """
        copy = {True: "newest", False: "older", None: "none"}[case.is_copied]
        api, frontend = (f"{stack[0] or '-'} {stack[1] or '-'}" for stack in (case.api, case.frontend))
        assert self.bash.stdin is not None
        assert self.bash.stdout is not None
        self.bash.stdin.write(f"{case.step} {case.new} {api} {frontend} {copy} {kind} {faulty}\n")
        self.bash.stdin.flush()
        return int(self.bash.stdout.readline())


class Commands:
    """The commands of ``csr-operate``, run against moto in the state of a case."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self._world = operator.world

    def run(self, case: Case) -> Run:
        """Execute a change set of api or frontend, or set a new value of a key."""
        self._world.reset()
        self._set_stack("api", "OriginKeys", case.api)
        self._set_stack("frontend", "OriginKey", case.frontend)
        self._set_secret(case.new, case.is_copied)
        if case.step == "value":
            secret = self._world.name(f"OriginApiKeySecret{case.new.upper()}")
            return self.operator.run("new-origin-key", case.new, "--confirm", secret)
        self._set_stack(case.step, "", ("UPDATE_COMPLETE", ""))
        self._world.plan(case.step, OriginKeys=case.new, OriginKey=case.new)
        (change_set,) = self._world.stacks.change_sets
        return self.operator.run("run-changes", change_set)

    def _set_stack(self, name: str, parameter: str, stack: tuple[str, str]) -> None:
        """Let a stack have a status and a value; ``None`` is what the AWS CLI prints for no value."""
        status, value = stack
        self._world.stacks.stacks.pop(name, None)
        if status in ("", "none"):
            return
        parameters = {} if value in ("", "None") else {parameter: value}
        deployed = DeployedStack(self._world.environment.stack(name), status, parameters=parameters)
        self._world.stacks.stacks[name] = deployed

    def _set_secret(self, key: str, is_copied: bool | None) -> None:
        """Let the secret of a key exist, and its copy be the newest version, an older one, or missing."""
        if key not in ("a", "b"):
            return
        name = self._world.name(f"OriginApiKeySecret{key.upper()}")
        versions = {SOURCE: NEWEST}
        if is_copied is not None:
            versions[TARGET] = NEWEST if is_copied else OLDER
        for region, version in versions.items():
            self._world.client("secretsmanager", region).create_secret(
                Name=name, SecretString="{}", ClientRequestToken=version
            )


class Ways:
    """Both ways; what they have decided is remembered."""

    def __init__(self, block: PipelineBlock, commands: Commands) -> None:
        self._block = block
        self._commands = commands
        self._decided: dict[Case, bool] = {}

    def allows(self, case: Case) -> bool:
        """Return whether a person may go on, which both ways say."""
        case = seen(case)
        if case not in self._decided:
            self._decided[case] = self._decide(case)
        return self._decided[case]

    def _decide(self, case: Case) -> bool:
        run = self._commands.run(case)
        assert run.status in (0, 1), (case, run.err)
        is_done = bool({"cloudformation:ExecuteChangeSet", "secretsmanager:PutSecretValue"} & set(run.called))
        assert is_done == (run.status == 0), (case, run.err)
        if case.step != "value":
            status = self._block.run(case)
            assert status in (0, 1), case
            assert is_done == (status == 0), (case, run.err)
        return is_done


def at_rest(stack: tuple[str, str]) -> tuple[str, str]:
    """Return one status for all in which a stack has been deployed."""
    return ("UPDATE_COMPLETE", stack[1]) if stack[0] in AT_REST and stack[0] != "none" else stack


def seen(case: Case) -> Case:
    """Return a case without what its block does not look at: the stack that it changes itself.

    A block that looks at both stacks ends at the first that is being changed. Stacks at rest are alike
    (``test_stacks_at_rest_are_alike``).
    """
    case = case._replace(api=at_rest(case.api), frontend=at_rest(case.frontend))
    if case.step == "api":
        return case._replace(api=("", ""), is_copied=True)
    if case.step == "frontend":
        return case._replace(frontend=("", ""))
    return case if case.api[0] in AT_REST else case._replace(frontend=("none", ""))


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipelineBlock]:
    """The block of the hand-over."""
    started = PipelineBlock(str(tmp_path_factory.mktemp("blocks") / "errors"))
    yield started
    started.bash.communicate()


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """The commands of the operators."""
    with operated(tmp_path_factory.mktemp("operated")) as operator:
        yield Commands(operator)


@pytest.fixture(scope="module")
def allows(block: PipelineBlock, commands: Commands) -> Allows:
    """What both ways decide."""
    return Ways(block, commands).allows


@pytest.fixture(scope="module")
def walked(allows: Allows) -> Walk:
    """All that can be reached with the checks."""
    return walk(allows)


def test_cloudfront_never_sends_what_the_api_refuses(walked: Walk) -> None:
    """In no order of steps, stops, failures and rollbacks is CloudFront left with a key that is refused."""
    assert walked.refused == []
    assert len(walked.next) > 4_000
    assert {case.step for case in walked.cases} == {"api", "frontend", "value"}


def without(step: str, allows: Allows, case: Case) -> bool:
    """Decide as if one kind of step had no check."""
    return case.step == step or allows(case)


def without_status(allows: Allows, case: Case) -> bool:
    """Decide as if a stack that is being changed had been deployed."""
    api, frontend = (
        ("UPDATE_COMPLETE", value) if value else (status, value)
        for status, value in (case.api, case.frontend)
    )
    return allows(case._replace(api=api, frontend=frontend))


def without_copy(allows: Allows, case: Case) -> bool:
    """Decide as if any copy of a secret were the newest version, as the status InSync would say."""
    return allows(case._replace(is_copied=None if case.is_copied is None else True))


@pytest.mark.parametrize(
    "blind",
    [
        pytest.param(partial(without, "api"), id="api"),
        pytest.param(partial(without, "frontend"), id="frontend"),
        pytest.param(partial(without, "value"), id="new value"),
        pytest.param(without_status, id="status of the other stack"),
        pytest.param(without_copy, id="version of the copy"),
    ],
)
def test_every_part_of_the_check_is_needed(blind: Callable[[Allows, Case], bool], allows: Allows) -> None:
    """Without any part of it, there is a way to a site whose requests the API refuses."""
    assert walk(partial(blind, allows)).refused


def test_check_belongs_right_before_the_execution(allows: Allows) -> None:
    """A change set that was checked only when it was created may be wrong by the time it is executed."""
    refused = walk(allows, checked_early=True).refused

    assert any(step.startswith("change set: ") for step in refused)


def test_no_state_is_a_dead_end(walked: Walk) -> None:
    """From wherever a person stops, the key can still be changed: to b and to a, with both stacks at rest."""
    before: dict[State, list[State]] = {}
    for state, following in walked.next.items():
        for after in following:
            before.setdefault(after, []).append(state)
    for key in "ab":
        goal = {
            state
            for state in walked.next
            if state.api[1] == state.frontend[1] == key
            and {state.api.status, state.frontend.status} <= set(AT_REST)
        }
        reached, waiting = set(goal), deque(goal)
        while waiting:
            for state in before.get(waiting.popleft(), []):
                if state not in reached:
                    reached.add(state)
                    waiting.append(state)
        assert goal
        assert reached == set(walked.next)


@pytest.mark.parametrize("path", in_each_language(CHANGES, CHANGES_JA), ids=lambda path: path.name)
def test_table_of_states(path: Any, allows: Allows) -> None:
    """The table lists the states that a person may stop in, with the steps that the blocks allow there."""
    table = next(table for table in read(path).tables if "`both`" in str(table.rows))
    listed = {}
    for accepted, sent, deploys, values in table.rows:
        words = spans(deploys)
        listed[spans(accepted)[0], spans(sent)[0]] = (
            {*zip(words[::2], words[1::2], strict=True)},
            set(spans(values)),
        )
    expected = {}
    for accepted, keys in ACCEPTED.items():
        for sent in keys:
            state = State()._replace(
                api=State().api._replace(status="UPDATE_COMPLETE", value=accepted),
                frontend=State().frontend._replace(status="UPDATE_COMPLETE", value=sent),
                secrets=(1, 1),
                copies=(1, 1),
            )
            allowed = [
                (step, new)
                for step, new, _ in steps(state)
                if allows(Case(step, new, state.api[:2], state.frontend[:2]))
            ]
            expected[accepted, sent] = (
                {("OriginKeys", new) for step, new in allowed if step == "api" and new != accepted}
                | {("OriginKey", new) for step, new in allowed if step == "frontend" and new != sent},
                {new for step, new in allowed if step == "value"},
            )

    assert listed == expected


MOVING: Final = (
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "UPDATE_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "IMPORT_IN_PROGRESS",
)
"""Statuses that do not say what is deployed."""


@pytest.mark.parametrize(
    ("step", "status"),
    [
        *product(("api", "frontend", "value"), MOVING),
        ("frontend", "none"),
        ("frontend", "REVIEW_IN_PROGRESS"),
        ("frontend", "ROLLBACK_COMPLETE"),
        ("value", "none"),
    ],
)
def test_other_stack_must_be_at_rest(step: str, status: str, allows: Allows) -> None:
    """What would fit is refused while the other stack is in a state that does not say what is deployed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    """
    fits = {"api": ("a", "a", "a"), "frontend": ("a", "a", "a"), "value": ("b", "a", "a")}
    new, accepted, sent = fits[step]
    case = Case(step, new, ("UPDATE_COMPLETE", accepted), ("CREATE_COMPLETE", sent))

    moving = case._replace(frontend=(status, "a"))
    if step == "frontend":
        moving = case._replace(api=(status, "a"))

    assert allows(case)
    assert not allows(moving)


@pytest.mark.parametrize(
    ("step", "faulty"),
    [
        ("api", ["StackName", "'OriginKeys'", "us-east-1"]),
        ("frontend", ["StackName", "'OriginKey'", "'OriginKeys'", "secret-version-ids --region us-east-1"]),
        ("frontend", ["secret-version-ids --region ap-northeast-1"]),
    ],
)
@pytest.mark.parametrize("kind", ["fails", "empty", "none"])
def test_block_stops_at_whatever_goes_wrong(
    step: str, faulty: list[str], kind: str, block: PipelineBlock
) -> None:
    """Whichever command fails, or finds nothing: the script does not go on.

    For csr-operate, test_every_command lets each call fail.
    """
    case = Case(step, "a", ("UPDATE_COMPLETE", "a"), ("UPDATE_COMPLETE", "a"))

    assert block.run(case) == 0
    for command in faulty:
        assert block.run(case, kind, command) != 0, command


@pytest.mark.parametrize("is_copied", [False, None], ids=["older version", "no copy"])
def test_copy_that_does_not_come(is_copied: bool | None, block: PipelineBlock, commands: Commands) -> None:
    """The wait for the newest version of the secret ends, and with 1."""
    case = Case("frontend", "a", ("UPDATE_COMPLETE", "both"), ("", ""), is_copied)

    assert block.run(case, "patient") == 1
    run = commands.run(case)
    assert run.status == 1
    assert run.err[0].startswith("us-east-1 does not have the newest version of ")


def test_a_copy_that_is_made_again_ends_the_refusal(commands: Commands) -> None:
    """As on the pages: replicate-origin-key, and then the same change set."""
    assert commands.run(Case("frontend", "a", ("UPDATE_COMPLETE", "a"), ("", ""), None)).status == 1
    (change_set,) = commands.operator.world.stacks.change_sets

    copied = commands.operator.run("replicate-origin-key", "a")
    executed = commands.operator.run("run-changes", change_set)

    assert (copied.status, executed.status) == (0, 0)


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"])
@pytest.mark.parametrize("step", ["api", "frontend", "value"])
def test_stacks_at_rest_are_alike(
    step: str, status: str, block: PipelineBlock, commands: Commands, allows: Allows
) -> None:
    """It does not matter how a stack has come to be deployed, only with what."""
    for new, accepted, sent in product("ab", ACCEPTED, "ab"):
        if not accepted:
            continue
        case = Case(step, new, (status, accepted), (status, sent))
        is_allowed = allows(Case(step, new, ("UPDATE_COMPLETE", accepted), ("UPDATE_COMPLETE", sent)))

        assert (commands.run(case).status == 0) == is_allowed
        if step != "value":
            assert (block.run(case) == 0) == is_allowed


@pytest.mark.parametrize("status", ["none", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"])
def test_first_deploy_of_the_api_is_allowed(status: str, allows: Allows) -> None:
    """Where CloudFront sends nothing yet, the API may accept any key."""
    assert all(allows(Case("api", new, ("", ""), (status, ""))) for new in ("a", "b", "both"))


def test_imported_frontend_sends_nothing(allows: Allows) -> None:
    """A stack that was imported without its parameters has no distribution; with them, it counts."""
    assert allows(Case("api", "b", ("", ""), ("IMPORT_COMPLETE", "None")))
    assert not allows(Case("api", "b", ("", ""), ("IMPORT_COMPLETE", "a")))
    assert not allows(Case("api", "b", ("", ""), ("UPDATE_COMPLETE", "None")))


def test_only_what_was_checked_is_executed(commands: Commands) -> None:
    """The page and the command check a change set right before they execute it."""
    (block,) = [block for block in read(HAND_OVER).shell() if "execute-change-set" in block.code]
    lines = [line.strip() for line in block.code.splitlines()]
    (number,) = [number for number, line in enumerate(lines) if "execute-change-set" in line]
    called = commands.run(Case("frontend", "a", ("UPDATE_COMPLETE", "a"), ("", ""))).called
    before = called[: called.index("cloudformation:ExecuteChangeSet")]

    assert lines[number - 1] == 'origin_key "$changes"'
    assert before[-2:] == ["secretsmanager:ListSecretVersionIds"] * 2


@pytest.mark.parametrize("stack", ["api", "frontend"])
def test_check_is_what_the_cli_takes(stack: str, terminal: Terminal) -> None:
    """With production's values the check passes, and looks at the other stack and at the secret."""
    change_set = f"arn:aws:cloudformation:ap-northeast-1:123456789012:changeSet/x/{stack}"
    session = terminal.session([Block("", 1, "sh", f"{FUNCTIONS}origin_key {change_set}\n")])
    read_from = [
        (command.region, command.parameters.get("StackName") or command.parameters.get("SecretId"))
        for command in session.seen
        if command.operation in ("DescribeStacks", "ListSecretVersionIds")
    ]
    secret = "csr-lambda-api-prod-origin-api-key-a"
    expected = {
        "api": [("us-east-1", "csr-lambda-api-prod-frontend")],
        "frontend": [
            ("ap-northeast-1", "csr-lambda-api-prod-api"),
            ("ap-northeast-1", secret),
            ("us-east-1", secret),
        ],
    }

    assert (session.status, session.err) == (0, "")
    assert read_from == expected[stack]

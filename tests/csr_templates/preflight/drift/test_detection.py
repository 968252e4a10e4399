"""Detecting the drift of all stacks side by side: waits, ends, and what becomes a fact."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from csr_templates.hand_over.operator_policies import VERIFY
from csr_templates.preflight import facts as saved
from csr_templates.preflight.drift import detection
from csr_templates.preflight.facts import Facts
from csr_templates.preflight.services import cloudformation_calls
from tests.csr_templates.preflight.drifting_account import DriftingAccount, changed
from tests.csr_templates.preflight.services.conftest import CUSTOM, environment_of
from tests.csr_templates.preflight.services.recorded_account import SECRETS, AwsError

Show = Callable[[Sequence[str], float], None]
ENVIRONMENT = environment_of("prod", CUSTOM)
NAMES = [stack.deployed_name for stack in ENVIRONMENT.stacks]
API = next(name for name in NAMES if name.endswith("-api"))


class Clock:
    """A clock whose time passes only while something waits."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.seconds += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Replaces the clock."""
    clock = Clock()
    monkeypatch.setattr(detection, "time", clock)
    yield clock


def detect(
    account: DriftingAccount, show: Show = lambda names, seconds: None, limit: float = 1800.0
) -> Facts:
    """Return the facts after a detection."""
    facts = account.start(ENVIRONMENT.project, ENVIRONMENT.name, VERIFY)
    detection.detect(account, ENVIRONMENT, facts, show, limit)  # type: ignore[arg-type]  # the same method
    return facts


def outcome(facts: Facts, name: str) -> Any:
    """Return what came of the detection of a stack."""
    region = next(stack.region for stack in ENVIRONMENT.stacks if stack.deployed_name == name)
    return facts.answer(cloudformation_calls.detection.query(region, name))


def test_all_stacks_are_detected_at_once(clock: Clock) -> None:
    """It takes as long as the slowest one, and the progress names what still runs."""
    account = DriftingAccount(ENVIRONMENT)
    account.pending = {name: number for number, name in enumerate(NAMES)}
    shown: list[tuple[list[str], float]] = []
    facts = detect(account, lambda names, seconds: shown.append((list(names), seconds)))

    assert {outcome(facts, name)["Status"] for name in NAMES} == {"DETECTION_COMPLETE"}
    assert shown[0] == (NAMES, 0.0)
    assert shown[-1][0] == NAMES[-1:]
    assert clock.seconds == 5.0 * len(NAMES)
    operations = [query.operation for query in account.asked]
    assert operations.count("DetectStackDrift") == len(NAMES)
    assert operations.index("DescribeStackDriftDetectionStatus") > max(
        index for index, name in enumerate(operations) if name == "DetectStackDrift"
    )


def test_the_detection_of_another_caller_is_waited_for() -> None:
    """CloudFormation accepts one detection of a stack at a time."""
    account = DriftingAccount(ENVIRONMENT)
    account.busy[API] = 3

    assert outcome(detect(account), API)["Status"] == "DETECTION_COMPLETE"
    assert account.busy[API] == 0


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "IMPORT_COMPLETE", "ROLLBACK_COMPLETE"])
def test_a_stack_that_cannot_be_detected_is_not_disturbed(status: str) -> None:
    """No detection is started while a stack is updated."""
    account = DriftingAccount(ENVIRONMENT)
    account.status[API] = status
    facts = detect(account)

    assert outcome(facts, API) == {"Status": "NOT_STARTED", "Reason": status, "Started": ""}
    started = [query for query in account.asked if query.operation == "DetectStackDrift"]
    assert len(started) == len(NAMES) - 1


def test_it_ends_after_the_limit(clock: Clock) -> None:
    """What is not over by then is not read, because it would be the result of an earlier detection."""
    account = DriftingAccount(ENVIRONMENT)
    account.pending[API] = 10_000
    facts = detect(account, limit=60.0)

    assert outcome(facts, API)["Status"] == "DETECTION_IN_PROGRESS"
    assert clock.seconds == 60.0
    read = [dict(query.parameters)["StackName"] for query in account.asked if _reads_drifts(query.operation)]
    assert read == [name for name in NAMES if name != API]


def _reads_drifts(operation: str) -> bool:
    return operation == "DescribeStackResourceDrifts"


def test_ctrl_c_says_what_goes_on(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """The detections that are over are not named."""
    account = DriftingAccount(ENVIRONMENT)
    account.pending[API] = 10_000

    def interrupted(seconds: float) -> None:
        clock.seconds += seconds
        if clock.seconds > 20:
            raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", interrupted)
    with pytest.raises(detection.DetectionStoppedError) as raised:
        detect(account)

    assert str(raised.value).startswith(f"Stopped. The drift detection of {API} goes on in AWS.")


def test_a_denied_call_ends_the_stack_and_no_other() -> None:
    """Its result is unknown; the others have theirs."""

    def denied(query: Any, answer: Any) -> Any:
        if query.operation == "DetectStackDrift" and dict(query.parameters)["StackName"] == API:
            raise AwsError("denied")
        return answer

    facts = detect(DriftingAccount(ENVIRONMENT, denied))
    failures = [fact.failure.code for fact in facts if fact.failure is not None]

    assert failures == ["denied"]
    assert outcome(facts, NAMES[0])["Status"] == "DETECTION_COMPLETE"


def test_a_question_without_an_answer_is_asked_again() -> None:
    """A detection is given up after eight failures in succession."""
    answers = iter([False, False, True])

    def unsteady(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeStackDriftDetectionStatus" and not next(answers, True):
            raise AwsError("throttled")
        return answer

    def never(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeStackDriftDetectionStatus":
            raise AwsError("throttled")
        return answer

    assert outcome(detect(DriftingAccount(ENVIRONMENT, unsteady)), NAMES[0])["Status"] == "DETECTION_COMPLETE"
    facts = detect(DriftingAccount(ENVIRONMENT, never))
    assert {fact.failure.code for fact in facts if fact.failure is not None} == {"throttled"}


def test_secrets_do_not_become_facts() -> None:
    """Where the template has a reference to a secret, the value of the account is hidden."""
    account = DriftingAccount(ENVIRONMENT)
    frontend = ENVIRONMENT.stacks[-1]
    properties = account.properties(frontend, "Distribution")
    origins = properties["DistributionConfig"]["Origins"]
    places = [(number, origin) for number, origin in enumerate(origins) if "OriginCustomHeaders" in origin]
    ((number, _),) = places
    steps = ("DistributionConfig", "Origins", number, "OriginCustomHeaders", 0, "HeaderValue")
    account.actual["frontend", "Distribution"] = changed(properties, steps, SECRETS[0])
    api = ENVIRONMENT.stack("api")
    assert api is not None
    function = account.properties(api, "ApiFunction")
    variables = {**function["Environment"]["Variables"], "DB_PASSWORD": SECRETS[1]}
    account.actual["api", "ApiFunction"] = changed(function, ("Environment", "Variables"), variables)
    account.actual["api", "ApiFunction"]["Description"] = None
    text = saved.as_json(detect(account))

    assert "OriginCustomHeaders/0/HeaderValue" in text
    assert not any(secret in text for secret in SECRETS)

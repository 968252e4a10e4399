"""Detects the drift of the stacks of an environment, side by side.

CloudFormation detects the drift of one stack once at a time, and goes on when the caller has left.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/detect-drift-stack.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.reviewing.hiding import HIDDEN_VALUE
from csr_templates.preflight import hidden
from csr_templates.preflight.drift.differences import value_at
from csr_templates.preflight.facts import Fact, FailedCall, now
from csr_templates.preflight.services import cloudformation_calls

if TYPE_CHECKING:
    from csr_templates.preflight.checked_account import CheckedAccount
    from csr_templates.preflight.facts import Facts
    from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment

DETECTABLE: Final = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_FAILED",
)
"""The states of a stack whose drift can be detected.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/detect-drift-stack.html"""
NOT_STARTED: Final = "NOT_STARTED"
IN_PROGRESS: Final = "DETECTION_IN_PROGRESS"
LIMIT_SECONDS: Final = 1800.0
"""After which the command no longer waits. CloudFormation does not state a limit; a stack takes minutes."""
_SECONDS: Final = 5.0  # between two questions
_MOST_FAILURES: Final = 8  # in succession
_BUSY: Final = "already in progress"


class DetectionStoppedError(Exception):
    """Ctrl-C was pressed; the message says what goes on."""


class _Detection:
    """The detection of one stack.

    Attributes:
        stack: the stack.
        id: of the detection; empty until it has started.
        fact: what came of it; None until it is over.
    """

    def __init__(self, stack: EnvironmentStack) -> None:
        self.stack = stack
        self.id = ""
        self.fact: Fact | None = None
        self._query = cloudformation_calls.detection.query(stack.region, stack.deployed_name)
        self._started = ""
        self._failures = 0

    def go_on(self, account: CheckedAccount) -> None:
        """Start the detection, or look at it."""
        if self.id:
            self._look(account)
        else:
            self._start(account)

    def end(self, status: str, reason: str) -> None:
        """Record what came of it."""
        answer = {"Status": status, "Reason": reason, "Started": self._started}
        self.fact = Fact(self._query, now(), answer)

    def _start(self, account: CheckedAccount) -> None:
        stack = account.ask(cloudformation_calls.stack.query(self.stack.region, self.stack.deployed_name))
        if stack.failure is not None:
            self._fail(stack.failure)
            return
        if not stack.answer:
            self.fact = Fact(self._query, now())
            return
        status = stack.answer[0]["StackStatus"]
        if status not in DETECTABLE:
            self.end(NOT_STARTED, status)
            return
        self._started = now()
        started = account.ask(self._query)
        if started.failure is None:
            self.id = started.answer
        elif _BUSY not in started.failure.message:  # of another caller; it is waited for
            self._fail(started.failure)

    def _look(self, account: CheckedAccount) -> None:
        status = account.ask(cloudformation_calls.detection_status.query(self.stack.region, self.id))
        if status.failure is not None:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                self._fail(status.failure)
            return
        self._failures = 0
        if status.answer["DetectionStatus"] != IN_PROGRESS:
            self.end(status.answer["DetectionStatus"], status.answer.get("DetectionStatusReason", ""))

    def _fail(self, failure: FailedCall) -> None:
        self.fact = Fact(self._query, now(), failure=failure)


def detect(
    account: CheckedAccount,
    environment: ResolvedEnvironment,
    facts: Facts,
    show: Callable[[Sequence[str], float], None],
    limit_seconds: float = LIMIT_SECONDS,
) -> None:
    """Detect the drift of the chosen stacks, and add what was found to the facts.

    Args:
        account: the account.
        environment: the environment.
        facts: get the results.
        show: gets the names of the stacks whose detection is not over, and the seconds since the start.
        limit_seconds: after which the detections that are not over are left alone.

    Raises:
        AccountError: the credentials are not valid.
        DetectionStoppedError: Ctrl-C was pressed.
    """
    detections = [_Detection(stack) for stack in environment.chosen]
    try:
        _wait(account, detections, show, limit_seconds)
    except KeyboardInterrupt as error:
        names = [detection.stack.deployed_name for detection in detections if _is_left(detection)]
        if not names:
            raise
        raise DetectionStoppedError(
            f"Stopped. The drift detection of {', '.join(names)} goes on in AWS. It changes no resource. "
            "Until it ends, no other one of the same stack can start."
        ) from error
    for detection in detections:
        if detection.fact is not None:
            facts.add([detection.fact])
        if detection.id and not _is_left(detection):
            facts.add([_found(account, detection.stack)])


def _wait(
    account: CheckedAccount,
    detections: Sequence[_Detection],
    show: Callable[[Sequence[str], float], None],
    limit_seconds: float,
) -> None:
    begin = time.monotonic()
    while True:
        for detection in detections:
            if detection.fact is None:
                detection.go_on(account)
        running = [detection for detection in detections if detection.fact is None]
        if not running:
            return
        seconds = time.monotonic() - begin
        if seconds >= limit_seconds:
            for detection in running:
                detection.end(IN_PROGRESS, f"not over after {round(limit_seconds)} seconds")
            return
        show([detection.stack.deployed_name for detection in running], seconds)
        time.sleep(_SECONDS)


def _is_left(detection: _Detection) -> bool:
    """Return whether a detection was started and is not over."""
    if not detection.id:
        return False
    if detection.fact is None:
        return True
    return detection.fact.failure is None and detection.fact.answer["Status"] == IN_PROGRESS


def _found(account: CheckedAccount, stack: EnvironmentStack) -> Fact:
    """Return the fact with all resources of a stack, without the values of secrets."""
    fact = account.ask(cloudformation_calls.resource_drifts.query(stack.region, stack.deployed_name))
    if fact.failure is not None:
        return fact
    return fact._replace(answer=[_without_secrets(stack, drift) for drift in fact.answer])


def _without_secrets(stack: EnvironmentStack, drift: Mapping[str, Any]) -> dict[str, Any]:
    """Return a drift without the values for which the template has a secret."""
    resource = stack.built.template["Resources"].get(drift["LogicalResourceId"], {})
    differences = []
    for difference in drift.get("PropertyDifferences", []):
        expected = value_at(resource.get("Properties", {}), difference["PropertyPath"])
        if hidden.is_secret_in(stack.built.template, expected):
            differences.append({**difference, "ExpectedValue": HIDDEN_VALUE, "ActualValue": HIDDEN_VALUE})
        else:
            differences.append(difference)
    return {**drift, "PropertyDifferences": differences}

"""Waits that show the progress. Ctrl-C ends only the wait, and what goes on in AWS goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from csr_templates.account.errors import DENIED
from csr_templates.operating import words
from csr_templates.operating.aws import Aws, Description
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import NoAnswer, Stop, StoppedWaiting

SECONDS: Final = 15.0
"""Between two questions."""

DELETED: Final = "DELETE_COMPLETE"
REVIEW: Final = "REVIEW_IN_PROGRESS"
"""Of a stack that does not exist yet, but has a change set."""
ROLLED_BACK: Final = "UPDATE_ROLLBACK_COMPLETE"
ROLLBACK_FAILED: Final = "UPDATE_ROLLBACK_FAILED"
DEPLOYED: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
"""Statuses of a stack whose last operation has succeeded."""

_REPORT_SECONDS: Final = 60.0
_BEGIN_SECONDS: Final = 60.0  # until AWS shows that an operation has begun
_MOST_FAILURES: Final = 8  # in succession
_MOST_DENIALS: Final = 2  # a changed policy may need seconds until it counts


def sleep(seconds: float) -> None:
    """Pause. Tests replace it."""
    time.sleep(seconds)


def until(aws: Aws, what: str, status: Callable[[], str], is_over: Callable[[str], bool], again: str) -> str:
    """Wait, and return the last status.

    The status is printed when it changes, and each minute.

    Args:
        aws: the account.
        what: what is waited for, such as ``the stack api``.
        status: asks for the status.
        is_over: whether a status ends the wait.
        again: the command that goes on with the wait, or shows what is waited for.

    Raises:
        DryRunEndedError: in a dry run.
        NoAnswer: the status cannot be read: AWS denied two questions in succession, or eight had no answer.
        StoppedWaiting: Ctrl-C was pressed.
    """
    aws.end_dry_run(f"wait for {what}")
    words.say(f"Waits for {what}. Ctrl-C stops only the waiting; continue with: {again}")
    shown = ""
    seconds = 0.0
    failures = 0
    try:
        while True:
            now = aws.ask(status)
            if isinstance(now, str):
                failures = 0
            else:
                failures += 1
                if failures == (_MOST_DENIALS if now.code == DENIED else _MOST_FAILURES):
                    raise NoAnswer(f"{now.why} Continue with: {again}")
            if str(now) != shown or seconds >= _REPORT_SECONDS:
                words.say(f"  {words.in_jst(words.now())}  {what}: {now}")
                shown = str(now)
                seconds = 0.0
            if isinstance(now, str) and is_over(now):
                return now
            sleep(SECONDS)
            seconds += SECONDS
    except KeyboardInterrupt:
        raise StoppedWaiting(
            f"Stopped waiting for {what}; what was started continues in AWS. Continue with: {again}"
        ) from None


def changed_from(before: str) -> Callable[[str], bool]:
    """Return a function that says whether a status can be believed: it differs from that before a call.

    AWS shows the status before a call for some seconds, which a wait would take for the result. After a
    minute, it counts too: what was started has ended between two questions, or has not begun.

    Args:
        before: the status before the call.
    """
    remaining = _BEGIN_SECONDS

    def is_changed(status: str) -> bool:
        nonlocal remaining
        remaining -= SECONDS
        return status != before or remaining < 0

    return is_changed


def for_stack(
    aws: Aws, stack: Stack, before: str, *, stack_id: str = "", again: str = "", shows_events: bool = False
) -> str:
    """Wait until the operation that was just started on a stack is over, and return the status.

    Args:
        aws: the account.
        stack: the stack.
        before: its status before the operation, which AWS may still show for some seconds.
        stack_id: of a stack that is deleted; its name would not be found any more.
        again: the command that goes on with the wait; without it, ``wait``.
        shows_events: whether the newest event is shown too, as far as it can be read.
    """
    is_changed = changed_from(before)

    def status() -> str:
        description = describe(aws, stack, stack_id)
        now = DELETED
        if description:
            now = str(description["StackStatus"])
        if not shows_events:
            return now
        event = aws.ask(partial(_newest_event, aws, stack))
        if not event or not isinstance(event, str):  # it cannot be read, or there is none
            return now
        return f"{now}, {event}"

    def is_over(shown: str) -> bool:
        now = shown.partition(",")[0]
        return is_changed(now) and not now.endswith("_IN_PROGRESS")

    again = again or aws.command("wait", stack.name)
    end = until(aws, f"the stack {stack.name}", status, is_over, again)
    return end.partition(",")[0]


def _newest_event(aws: Aws, stack: Stack) -> str:
    """Return the newest event of a stack in words; the first page of events begins with it."""
    client = aws.client("cloudformation", stack.region)
    for event in client.describe_stack_events(StackName=stack.deployed)["StackEvents"]:
        return f"{event['LogicalResourceId']} {event['ResourceStatus']}"
    return ""


def describe(aws: Aws, stack: Stack, stack_id: str) -> Description | None:
    """Return the description of a stack, also of a deleted one if its ID is given."""
    return aws.describe(stack._replace(deployed=stack_id or stack.deployed))


def require(status: str, expected: str, stack: Stack, aws: Aws) -> None:
    """Check how an operation on a stack has ended.

    Raises:
        Stop: it has another status.
    """
    if status != expected:
        raise failed(status, stack, aws)


def failed(status: str, stack: Stack, aws: Aws) -> Stop:
    """Return the end of a command whose operation on a stack has failed; the way on is its reason."""
    aws.way_on = aws.command("why-failed", stack.name)
    return Stop(f"The stack {stack.name} is {status}. The reason: {aws.way_on}")

"""Waits that show the progress. Ctrl-C ends only the wait, and what goes on in AWS goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from csr_templates.operating import words
from csr_templates.operating.aws import Aws, Description
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop, StoppedWaiting

SECONDS: Final = 15.0
"""Between two questions."""

_REPORT_SECONDS: Final = 60.0
_LEAVE_SECONDS: Final = 60.0  # until a stack shows that an operation has begun
_MOST_FAILURES: Final = 8  # in succession


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
        again: the command that goes on with the wait.

    Raises:
        DryRunEndedError: in a dry run.
        StoppedWaiting: Ctrl-C was pressed, or AWS does not answer for two minutes.
    """
    aws.end_dry_run(f"wait for {what}")
    words.say(f"Waits for {what}. Ctrl-C stops only the waiting; go on with: {again}")
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
                if failures == _MOST_FAILURES:
                    raise StoppedWaiting(f"{now.why} Go on with: {again}")
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
            f"Stopped waiting for {what}; what was started goes on in AWS. Go on with: {again}"
        ) from None


def for_stack(aws: Aws, stack: Stack, before: str, *, stack_id: str = "") -> str:
    """Wait until the operation that was just started on a stack is over, and return the status.

    Args:
        aws: the account.
        stack: the stack.
        before: its status before the operation, which AWS may still show for some seconds.
        stack_id: of a stack that is deleted; its name would not be found any more.
    """
    remaining = _LEAVE_SECONDS

    def status() -> str:
        nonlocal remaining
        description = describe(aws, stack, stack_id)
        return str(description["StackStatus"]) if description else "DELETE_COMPLETE"

    def is_over(status: str) -> bool:
        nonlocal remaining
        if status == before and remaining > 0:
            remaining -= SECONDS
            return False
        return not status.endswith("_IN_PROGRESS")

    return until(aws, f"the stack {stack.name}", status, is_over, aws.command("wait", stack.name))


def describe(aws: Aws, stack: Stack, stack_id: str) -> Description | None:
    """Return the description of a stack, also of a deleted one if its ID is given."""
    return aws.describe(stack._replace(deployed=stack_id or stack.deployed))


def require(status: str, expected: str, stack: Stack, aws: Aws) -> None:
    """Check how an operation on a stack has ended.

    Raises:
        Stop: it has another status.
    """
    if status != expected:
        raise Stop(f"The stack {stack.name} is {status}. The reason: {aws.command('why-failed', stack.name)}")

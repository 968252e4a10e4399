"""Waits that show the progress. Ctrl-C ends only the wait, and what goes on in AWS goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, TypeVar

from csr_templates.account.errors import DENIED
from csr_templates.operating import words
from csr_templates.operating.aws import Aws, Description, Unknown
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import NoAnswer, Stop, StoppedWaiting

T = TypeVar("T")

SECONDS: Final = 15.0
"""Between two questions."""

DELETED: Final = "DELETE_COMPLETE"
REVIEW: Final = "REVIEW_IN_PROGRESS"
"""Of a stack that does not exist yet, but has a change set."""
ROLLED_BACK: Final = "UPDATE_ROLLBACK_COMPLETE"
ROLLBACK_FAILED: Final = "UPDATE_ROLLBACK_FAILED"
DEPLOYED: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
"""Statuses of a stack whose last operation has succeeded."""

OF_STACK: Final = "minutes, with a new distribution or cluster up to half an hour"
"""How long an operation on a stack takes."""

_REPORT_SECONDS: Final = 60.0
_BEGIN_SECONDS: Final = 60.0  # until AWS shows that an operation has begun
_MOST_FAILURES: Final = 8  # in succession
_MOST_DENIALS: Final = 2  # a changed policy may need seconds until it counts


def sleep(seconds: float) -> None:
    """Pause. Tests replace it."""
    time.sleep(seconds)


class Sight(NamedTuple):
    """What is true now of something that changes.

    Attributes:
        sentence: in the words of a person, such as ``version 7 answers all requests``.
        is_there: whether the effect that is waited for is there.
        failure: why it will not come, if the service says so.
    """

    sentence: str
    is_there: bool = False
    failure: str = ""


class Duration(NamedTuple):
    """How long an effect takes.

    Attributes:
        usual: in words, such as ``2 to 4 minutes``.
        limit_seconds: after which the command ends with status 1.
    """

    usual: str
    limit_seconds: float


def until(
    aws: Aws, what: str, status: Callable[[], str], is_over: Callable[[str], bool], usual: str, again: str
) -> str:
    """Wait, and return the last status.

    The status is printed when it changes, and each minute.

    Args:
        aws: the account.
        what: what is waited for, such as ``the stack api``.
        status: asks for the status.
        is_over: whether a status ends the wait.
        usual: how long it takes, in words.
        again: the command that goes on with the wait, or shows what is waited for.

    Raises:
        DryRunEndedError: in a dry run.
        NoAnswer: the status cannot be read: AWS denied two questions in succession, or eight had no answer.
        StoppedWaiting: Ctrl-C was pressed.
    """
    aws.end_dry_run(f"wait for {what}")
    words.say(f"Waits for {what}, usually {usual}. Ctrl-C stops only the waiting; continue with: {again}")
    watch = _Watch(aws, what, again)
    try:
        while True:
            now = watch.ask(status)
            watch.show(str(now))
            if isinstance(now, str) and is_over(now):
                return now
            sleep(SECONDS)
    except KeyboardInterrupt:
        raise StoppedWaiting(
            f"Stopped waiting for {what}; what was started continues in AWS. Continue with: {again}"
        ) from None


def for_effect(
    aws: Aws,
    what: str,
    look: Callable[[], Sight],
    duration: Duration,
    again: str,
    *,
    is_needed: bool = False,
) -> None:
    """Wait until the effect of a change is there, and print what is true then.

    With ``--no-wait``, only what is true now is printed. In a dry run, there is nothing to read.

    Args:
        aws: the account.
        what: what is waited for, such as ``version 7 of the function``.
        look: reads what is true now.
        duration: how long it takes.
        again: the command that shows it again, or goes on with the wait.
        is_needed: whether the next call needs the effect, so that ``--no-wait`` does not count.

    Raises:
        DryRunEndedError: in a dry run.
        NoAnswer: it cannot be read, as in ``until``.
        Stop: the service says that it failed, or it takes longer than the limit.
        StoppedWaiting: Ctrl-C was pressed.
    """
    aws.end_dry_run(f"wait for {what}")
    watch = _Watch(aws, what, again)
    is_announced = False
    try:
        while True:
            sight = watch.ask(look)
            if isinstance(sight, Sight):
                _require_no_failure(sight)
                if sight.is_there:
                    words.say(f"Now {sight.sentence}.")
                    return
                if not aws.is_waiting and not is_needed:
                    words.say(f"Now {sight.sentence}. It goes on in AWS, usually for {duration.usual}.")
                    words.say(f"Look again with: {again}")
                    return
            if not is_announced:
                words.say(
                    f"Waits for {what}, usually {duration.usual}. Ctrl-C stops only the waiting; look again "
                    f"with: {again}"
                )
                is_announced = True
            watch.show(_sentence(sight))
            _require_time_left(_sentence(sight), watch.seconds, duration, again)
            sleep(SECONDS)
    except KeyboardInterrupt:
        raise StoppedWaiting(
            f"Stopped waiting for {what} after {words.elapsed(watch.seconds)}. {watch.last_sentence}It goes "
            f"on by itself in AWS. Look again with: {again}"
        ) from None


def _require_no_failure(sight: Sight) -> None:
    """Check that the service does not say that it failed.

    Raises:
        Stop: it does.
    """
    if sight.failure:
        raise Stop(f"{_capitalized(sight.failure)}. Now {sight.sentence}.")


def _require_time_left(sentence: str, seconds: float, duration: Duration, again: str) -> None:
    """Check that a wait does not take longer than its limit.

    Raises:
        Stop: it does.
    """
    if seconds >= duration.limit_seconds:
        raise Stop(
            f"{_capitalized(sentence)}, after {words.elapsed(seconds)}; usual are {duration.usual}. It may "
            f"still go on. Look again with: {again}"
        )


def _sentence(sight: Sight | Unknown) -> str:
    if isinstance(sight, Unknown):
        return str(sight)
    return sight.sentence


def _capitalized(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


class _Watch:
    """One wait: its questions without an answer, and the lines that show it.

    Attributes:
        last_sentence: the last line that was shown, as a sentence; empty before the first.
    """

    def __init__(self, aws: Aws, what: str, again: str) -> None:
        self.last_sentence = ""
        self._aws = aws
        self._what = what
        self._again = again
        self._began = words.now()
        self._shown = ""
        self._shown_at = 0.0
        self._failures = 0

    @property
    def seconds(self) -> float:
        """Since the wait began."""
        return (words.now() - self._began).total_seconds()

    def ask(self, read: Callable[[], T]) -> T | Unknown:
        """Return the answer, or why it is unknown.

        Raises:
            NoAnswer: AWS denied two questions in succession, or eight had no answer.
        """
        answer = self._aws.ask(read)
        if not isinstance(answer, Unknown):
            self._failures = 0
            return answer
        self._failures += 1
        if self._failures == (_MOST_DENIALS if answer.code == DENIED else _MOST_FAILURES):
            raise NoAnswer(f"{answer.why} Continue with: {self._again}")
        return answer

    def show(self, now: str) -> None:
        """Print a line when it differs from the last one, and each minute."""
        seconds = self.seconds
        if now == self._shown and seconds - self._shown_at < _REPORT_SECONDS:
            return
        after = ""
        if seconds >= 1:
            after = f"after {words.elapsed(seconds)}  "
        words.say(f"  {words.in_jst(words.now())}  {after}{self._what}: {now}")
        self.last_sentence = f"{_capitalized(now)}. "
        self._shown = now
        self._shown_at = seconds


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
    end = until(aws, f"the stack {stack.name}", status, is_over, OF_STACK, again)
    return end.partition(",")[0]


def _newest_event(aws: Aws, stack: Stack) -> str:
    """Return the newest event of a stack in words; the first page of events begins with it."""
    client = aws.client("cloudformation", stack.region)
    for event in client.describe_stack_events(StackName=stack.deployed)["StackEvents"]:
        return f"{event['LogicalResourceId']} {event['ResourceStatus']}"
    return ""


def ends_here(aws: Aws, stack: Stack) -> bool:
    """Return whether the command ends now that AWS has accepted a change of a stack: with ``--no-wait``."""
    if aws.is_waiting:
        return False
    again = aws.command("wait", stack.name)
    aws.say_done(f"AWS has accepted it, and goes on with {stack.deployed}. Look again with: {again}")
    return True


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

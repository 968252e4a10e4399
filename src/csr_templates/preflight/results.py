"""Checks and their results. A check judges one subject at a time, only from needs and facts."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from csr_templates.preflight.facts import Facts, Lookup, NoAnswerError, Query
from csr_templates.preflight.needs import Needs, StackNeeds

FAIL: Final = "FAIL"
UNKNOWN: Final = "UNKNOWN"
WARN: Final = "WARN"
PASS: Final = "PASS"
STATUSES: Final = (FAIL, UNKNOWN, WARN, PASS)
"""In the order of the report. UNKNOWN means that a fact is missing; it is never a pass."""
UNEXPECTED: Final = (AttributeError, LookupError, TypeError, ValueError)
"""The errors of a judgment that reads an answer with an unexpected structure."""


class SkippedError(Exception):
    """A subject has no result, because the result of another check explains why it is not there."""


class Subject(NamedTuple):
    """The subject of one judgment.

    Attributes:
        id: its ID for ``--ignore``: a name, a quota, a stack.
        stack: the stack that needs it.
        about: additional data for the judgment.
    """

    id: str
    stack: StackNeeds
    about: Any = None


class Verdict(NamedTuple):
    """The result of one judgment.

    Attributes:
        status: PASS, WARN or FAIL. Only a judgment that was not possible is UNKNOWN.
        sentence: the finding.
        remedy: what to do; empty for PASS.
    """

    status: str
    sentence: str
    remedy: str = ""


class Check(NamedTuple):
    """A question about an account.

    Attributes:
        name: its name for ``--ignore``.
        summary: the condition that it checks, for the documentation.
        subjects: returns the subjects for the needs.
        judge: returns the verdict for one subject. It raises ``NoAnswerError`` if a fact is missing.
    """

    name: str
    summary: str
    subjects: Callable[[Needs], Iterable[Subject]]
    judge: Callable[[Subject, Needs, Lookup], Verdict]


class Result(NamedTuple):
    """The result of a check for one subject.

    Attributes:
        check: name of the check.
        subject: ID of the subject.
        stack: name of the stack that needs it.
        status: PASS, WARN, FAIL or UNKNOWN.
        sentence: the finding.
        remedy: what to do.
        command: AWS CLI command that shows the checked fact.
        why: for UNKNOWN, the reason in a few words.
        is_ignored: whether it does not change the exit code.
    """

    check: str
    subject: str
    stack: str
    status: str
    sentence: str
    remedy: str = ""
    command: str = ""
    why: str = ""
    is_ignored: bool = False

    @property
    def is_bad(self) -> bool:
        """Whether it makes the exit code 1."""
        return self.status in (FAIL, UNKNOWN) and not self.is_ignored


def passed(sentence: str) -> Verdict:
    """Return a verdict with status PASS."""
    return Verdict(PASS, sentence)


def warned(sentence: str, remedy: str) -> Verdict:
    """Return a verdict with status WARN: the deploy works, but the operator should check the finding."""
    return Verdict(WARN, sentence, remedy)


def failed(sentence: str, remedy: str) -> Verdict:
    """Return a verdict with status FAIL: the deploy, or its result, will not work."""
    return Verdict(FAIL, sentence, remedy)


def judge(checks: Sequence[Check], needs: Needs, facts: Facts) -> list[Result]:
    """Return the results of all checks."""
    results = (
        _result(check, subject, needs, Lookup(facts)) for check in checks for subject in check.subjects(needs)
    )
    return [result for result in results if result]


def missing_calls(checks: Sequence[Check], needs: Needs, facts: Facts) -> list[Query]:
    """Return the calls that the checks read and that were not made, without duplicates."""
    lookup = Lookup(facts)
    for check in checks:
        for subject in check.subjects(needs):
            _result(check, subject, needs, lookup)
    return list(lookup.missing.values())


def unreadable(error: Exception) -> str:
    """Return why an answer cannot be read, one of ``UNEXPECTED`` in words."""
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]}"
    return str(error).rstrip(".") or "it has another form"


def _result(check: Check, subject: Subject, needs: Needs, lookup: Lookup) -> Result | None:
    why = ""
    try:
        verdict = check.judge(subject, needs, lookup)
    except SkippedError:
        return None
    except NoAnswerError as error:
        verdict, why = Verdict(UNKNOWN, str(error), error.remedy), error.why
    except UNEXPECTED as error:
        # One unexpected answer must not hide the results of all other checks.
        why = "unexpected answer"
        verdict = Verdict(
            UNKNOWN,
            f"The check {check.name} cannot read an answer of AWS: {unreadable(error)}.",
            "Check this manually. Report the error, with the file of --save-facts, to the maintainers of "
            "csr-templates.",
        )
    command = lookup.asked[-1].command if lookup.asked else ""
    return Result(check.name, subject.id, subject.stack.name, *verdict, command, why)

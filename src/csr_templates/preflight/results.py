"""Checks and their results. A check judges one subject at a time, only from templates and facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from csr_templates.preflight.facts import Facts, Lookup, NoAnswerError, Query
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment

FAIL: Final = "FAIL"
UNKNOWN: Final = "UNKNOWN"
WARN: Final = "WARN"
SKIP: Final = "SKIP"
PASS: Final = "PASS"
STATUSES: Final = (FAIL, UNKNOWN, WARN, SKIP, PASS)
"""In the order of the report. UNKNOWN means that a fact is missing; it is never a pass. SKIP
means that there is nothing to look at, such as no drift detection since the last deploy: neither a pass nor a
fault."""
UNEXPECTED: Final = (AttributeError, LookupError, TypeError, ValueError)
"""The errors of a judgment that reads an answer with an unexpected structure."""
_FIND_RESOURCES: Final = ("DescribeStacks", "ListStackResources")
"""Operations with which a judgment finds a resource in its stack."""


class SkippedError(Exception):
    """A subject has no result, because the result of another check explains why it is not there."""


class TemplateResource(NamedTuple):
    """A resource of a template, as what a subject is about.

    Attributes:
        logical_id: its logical ID.
        properties: its properties, resolved; not those that it has in the account.
    """

    logical_id: str
    properties: Mapping[str, Any]


class Subject(NamedTuple):
    """The subject of one judgment.

    Attributes:
        id: its ID for ``--ignore``: a name, a quota, a stack.
        stack: the stack that it belongs to.
        about: what a judgment needs besides the ID. The subjects of a check have one type of it, which the
            judgment names where it reads it; such as ``TemplateResource``.
    """

    id: str
    stack: EnvironmentStack
    about: Any = None


class Result(NamedTuple):
    """The result of one judgment.

    Attributes:
        status: PASS, SKIP, WARN or FAIL. Only a judgment that was not possible is UNKNOWN.
        sentence: what was found.
        remedy: what to do; empty for PASS.
        shown_by: the call whose answer shows this, if it is another one than ``_shown_by`` returns.
    """

    status: str
    sentence: str
    remedy: str = ""
    shown_by: Query | None = None


class Check(NamedTuple):
    """A question about an account.

    Attributes:
        name: its name for ``--ignore``.
        summary: the condition that it checks, for the documentation.
        subjects: returns the subjects in an environment.
        judge: returns the result for one subject. It raises ``NoAnswerError`` if a fact is missing.
    """

    name: str
    summary: str
    subjects: Callable[[ResolvedEnvironment], Iterable[Subject]]
    judge: Callable[[Subject, ResolvedEnvironment, Lookup], Result]


class CheckResult(NamedTuple):
    """The result of a check for one subject, as the report shows it.

    Attributes:
        check: name of the check.
        subject: ID of the subject.
        stack: name of the stack that it belongs to.
        status: PASS, SKIP, WARN, FAIL or UNKNOWN.
        sentence: what was found.
        remedy: what to do.
        command: AWS CLI command that shows the checked fact: the call that the judgment names, or else the
            last one that it read, besides those that find a resource in its stack.
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


def passed(sentence: str, shown_by: Query | None = None) -> Result:
    """Return a result with status PASS."""
    return Result(PASS, sentence, shown_by=shown_by)


def skipped(sentence: str, remedy: str, shown_by: Query | None = None) -> Result:
    """Return a result with status SKIP: nothing was looked at, and the remedy says how to look at it."""
    return Result(SKIP, sentence, remedy, shown_by)


def warned(sentence: str, remedy: str, shown_by: Query | None = None) -> Result:
    """Return a result with status WARN: the deploy works, but the operator should look at it."""
    return Result(WARN, sentence, remedy, shown_by)


def failed(sentence: str, remedy: str, shown_by: Query | None = None) -> Result:
    """Return a result with status FAIL: the deploy, or its result, will not work."""
    return Result(FAIL, sentence, remedy, shown_by)


def judge(checks: Sequence[Check], environment: ResolvedEnvironment, facts: Facts) -> list[CheckResult]:
    """Return the results of all checks."""
    results = []
    for check in checks:
        for subject in check.subjects(environment):
            result = _result(check, subject, environment, Lookup(facts))
            if result is not None:
                results.append(result)
    return results


def missing_calls(checks: Sequence[Check], environment: ResolvedEnvironment, facts: Facts) -> list[Query]:
    """Return the calls that the checks read and that were not made, without duplicates.

    Each judgment runs until a ``MissingFactError`` ends it at its first missing answer. Only the calls that
    it looked up matter; its result, also the one about missing facts, is dropped.
    """
    lookup = Lookup(facts)
    for check in checks:
        for subject in check.subjects(environment):
            _result(check, subject, environment, lookup)
    return list(lookup.missing.values())


def unreadable(error: Exception) -> str:
    """Return why an answer cannot be read, one of ``UNEXPECTED`` in words."""
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]}"
    return str(error).rstrip(".") or "it has another form"


def _result(
    check: Check, subject: Subject, environment: ResolvedEnvironment, lookup: Lookup
) -> CheckResult | None:
    why = ""
    try:
        result = check.judge(subject, environment, lookup)
    except SkippedError:
        return None
    except NoAnswerError as error:
        why = error.why
        result = Result(UNKNOWN, str(error), error.remedy, error.query)
    except UNEXPECTED as error:
        # One unexpected answer must not hide the results of all other checks.
        why = "unexpected answer"
        result = Result(
            UNKNOWN,
            f"The check {check.name} cannot read an answer of AWS: {unreadable(error)}.",
            "Check this manually. Report the error, with the file of --save-facts, to the maintainers of "
            "csr-templates.",
        )
    query = result.shown_by or _shown_by(lookup.looked_up)
    command = ""
    if query is not None:
        command = query.command
    return CheckResult(
        check.name,
        subject.id,
        subject.stack.name,
        result.status,
        result.sentence,
        result.remedy,
        command,
        why,
    )


def _shown_by(looked_up: Sequence[Query]) -> Query | None:
    """Return the last call of a judgment, besides those that find a resource in its stack.

    Of a judgment that made no other calls, such as of a resource that its stack does not have, it is the last
    one; None without calls.
    """
    for query in reversed(looked_up):
        if query.service != "cloudformation" or query.operation not in _FIND_RESOURCES:
            return query
    if looked_up:
        return looked_up[-1]
    return None

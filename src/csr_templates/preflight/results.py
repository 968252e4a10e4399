"""Checks and what they find: each judges single subjects, from needs and facts alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from csr_templates.preflight.facts import Facts, Lookup, NoAnswerError, Query, UnaskedError
from csr_templates.preflight.needs import Needs, StackNeeds

FAIL: Final = "FAIL"
UNKNOWN: Final = "UNKNOWN"
WARN: Final = "WARN"
PASS: Final = "PASS"
STATUSES: Final = (FAIL, UNKNOWN, WARN, PASS)
"""In the order of a report. UNKNOWN: it could not be judged, which is never a pass."""


class Subject(NamedTuple):
    """What one judgment is about.

    Attributes:
        id: what ``--ignore`` calls it: a name, a quota, a stack.
        stack: the stack that needs it.
        about: what else the judgment has to know.
    """

    id: str
    stack: StackNeeds
    about: Any = None


class Verdict(NamedTuple):
    """What a judgment says.

    Attributes:
        status: PASS, WARN or FAIL.
        sentence: what was found.
        remedy: what to do; empty for PASS.
    """

    status: str
    sentence: str
    remedy: str = ""


class Check(NamedTuple):
    """A question about an account.

    Attributes:
        name: what ``--ignore`` calls it.
        summary: what it holds, as the pages say it.
        subjects: what it is asked about, for some needs.
        judge: answers for one subject. It raises ``NoAnswerError`` or ``UnaskedError``
            where a fact is missing.
    """

    name: str
    summary: str
    subjects: Callable[[Needs], Iterable[Subject]]
    judge: Callable[[Subject, Needs, Lookup], Verdict]


class Result(NamedTuple):
    """What a check says about a subject.

    Attributes:
        check: name of the check.
        subject: ID of the subject.
        stack: name of the stack that needs it.
        status: PASS, WARN, FAIL or UNKNOWN.
        sentence: what was found.
        remedy: what to do.
        command: shows what was looked at.
        why: for UNKNOWN, the reason in a few words.
        is_ignored: whether the caller does not want it to count.
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
        """Whether it lets the run end with 1."""
        return self.status in (FAIL, UNKNOWN) and not self.is_ignored


def passed(sentence: str) -> Verdict:
    """Return that the account takes it."""
    return Verdict(PASS, sentence)


def warned(sentence: str, remedy: str) -> Verdict:
    """Return that it works, or cannot be checked yet, and that the caller should know."""
    return Verdict(WARN, sentence, remedy)


def failed(sentence: str, remedy: str) -> Verdict:
    """Return that the deploy, or what it is for, will fail."""
    return Verdict(FAIL, sentence, remedy)


def judge(checks: Sequence[Check], needs: Needs, facts: Facts) -> list[Result]:
    """Return what all checks say, from facts that are there.

    Args:
        checks: the checks.
        needs: what the templates need.
        facts: the answers; what is missing among them must be unknown, not unasked.
    """
    complete = Facts(facts.time, facts.account, facts.caller, facts, is_complete=True)
    return [_result(check, subject, needs, complete) for check in checks for subject in check.subjects(needs)]


def unasked(checks: Sequence[Check], needs: Needs, facts: Facts) -> list[Query]:
    """Return the calls that have to be made before the checks can be judged, or judged further."""
    found: dict[str, Query] = {}
    for check in checks:
        for subject in check.subjects(needs):
            try:
                check.judge(subject, needs, Lookup(facts))
            except UnaskedError as missing:
                found.update({query.key: query for query in missing.queries})
            except NoAnswerError:
                pass
    return list(found.values())


def _result(check: Check, subject: Subject, needs: Needs, facts: Facts) -> Result:
    lookup = Lookup(facts)
    try:
        verdict = check.judge(subject, needs, lookup)
    except NoAnswerError as error:
        return Result(
            check.name,
            subject.id,
            subject.stack.name,
            UNKNOWN,
            str(error),
            error.remedy,
            error.query.command,
            error.why,
        )
    command = lookup.asked[-1].command if lookup.asked else ""
    return Result(check.name, subject.id, subject.stack.name, *verdict, command)

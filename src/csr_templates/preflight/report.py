"""The report of a run as text, JSON or Markdown, ordered by status."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from cfn_analysis.model.escaping import for_markdown, for_terminal, markdown_block, markdown_code
from cfn_analysis.model.wording import hint
from csr_templates.preflight.facts import Facts
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import FAIL, PASS, SKIP, STATUSES, UNKNOWN, WARN, CheckResult

FORMAT_VERSION: Final = 1
_WORDS: Final = {FAIL: "failed", UNKNOWN: "unknown", WARN: "with a warning", SKIP: "skipped", PASS: "passed"}


class IgnoreError(ValueError):
    """There is no such check; the message suggests the nearest name."""


def ignore(results: Iterable[CheckResult], ignored: Sequence[str]) -> list[CheckResult]:
    """Return the results, with those to ignore marked. ``ignored`` has ``CHECK`` or ``CHECK:ID`` for each."""
    pairs = {tuple(option.split(":", 1)) for option in ignored}
    return [
        result._replace(is_ignored=(result.check,) in pairs or (result.check, result.subject) in pairs)
        for result in results
    ]


def require_checks(ignored: Sequence[str], checks: Sequence[str], page: str = "docs/preflight.md") -> None:
    """Check that each check to ignore exists. ``checks`` has the names of all checks, which ``page`` lists.

    Raises:
        IgnoreError: there is no such check.
    """
    for name in sorted({option.partition(":")[0] for option in ignored}):
        if name not in checks:
            raise IgnoreError(
                f"There is no check {name or repr(name)}.{hint(name, checks)} The checks are listed "
                f"in {page}."
            )


def ordered(results: Iterable[CheckResult]) -> list[CheckResult]:
    """Return the results sorted by status, with ignored results last."""
    return sorted(results, key=lambda result: (result.is_ignored, STATUSES.index(result.status)))


def last_line(results: Sequence[CheckResult]) -> str:
    """Return the counts of the results, and the reasons of the unknown ones."""
    counts = Counter(result.status for result in results if not result.is_ignored)
    ignored = sum(result.is_ignored for result in results)
    shown = [status for status in STATUSES if status != SKIP or counts[SKIP]]
    parts = [f"{counts[status]} {_WORDS[status]}" for status in shown]
    if ignored:
        parts.append(f"{ignored} ignored")
    whys = Counter(result.why for result in results if result.status == UNKNOWN and not result.is_ignored)
    reasons = "; ".join(f"{count} ({why})" for why, count in sorted(whys.items()))
    return f"{', '.join(parts)}.{f' Unknown: {reasons}.' if reasons else ''}"


def as_text(
    results: Sequence[CheckResult],
    environment: ResolvedEnvironment,
    facts: Facts,
    command: str = "Preflight",
    *,
    is_verbose: bool = False,
) -> str:
    """Return the report of a command for a terminal; if it is verbose, with what passed."""
    lines = [_title(command, environment, facts), ""]
    for group in _groups(results):
        for result in group:
            mark = " (ignored)" if result.is_ignored else ""
            lines.append(f"{result.status:8}{result.check}:{result.subject} [{result.stack}]{mark}")
            lines.append(f"        {result.sentence}")
            if result.command:
                lines.append(f"        $ {result.command}")
        lines += [f"        > {group[0].remedy}", ""]
    for check, count in _passed(results).items():
        lines.append(f"{PASS:8}{check}{f' ({count})' if count > 1 else ''}")
        if is_verbose:
            lines += [f"        {line}" for line in _what_passed(results, check)]
    lines += ["", last_line(results)]
    return "\n".join(for_terminal(line) for line in lines)


def as_markdown(
    results: Sequence[CheckResult],
    environment: ResolvedEnvironment,
    facts: Facts,
    command: str = "Preflight",
    *,
    is_verbose: bool = False,
) -> str:
    """Return the report of a command for a pull request or a step summary of a pipeline.

    If it is verbose, it has what passed.
    """
    summary = for_markdown(last_line(results))
    lines = [f"### {for_markdown(_title(command, environment, facts))}", "", summary]
    for group in _groups(results):
        for result in group:
            mark = ", ignored" if result.is_ignored else ""
            subject = markdown_code(f"{result.check}:{result.subject}")
            lines += ["", f"- **{result.status}**{mark} {subject} ({for_markdown(result.stack)})"]
            lines.append(f"  {for_markdown(result.sentence)}")
            if result.command:
                lines += ["", *(f"  {line}" for line in markdown_block(result.command, "sh"))]
        lines += ["", f"  **To do:** {for_markdown(group[0].remedy)}"]
    if passed := _passed(results):
        names = ", ".join(f"`{check}` ({count})" for check, count in passed.items())
        lines += ["", "<details><summary>passed</summary>", "", names]
        if is_verbose:
            for check in passed:
                lines += ["", f"`{check}`", ""]
                lines += [f"- {for_markdown(line)}" for line in _what_passed(results, check)]
        lines += ["", "</details>"]
    return "\n".join([*lines, "", summary])


def as_json(results: Sequence[CheckResult], environment: ResolvedEnvironment, facts: Facts) -> str:
    """Return the report as JSON, as ``report.schema.json`` describes it."""
    document = {
        "formatVersion": FORMAT_VERSION,
        "environment": environment.name,
        "account": facts.account,
        "time": facts.time,
        "stacks": [stack.name for stack in environment.chosen],
        "counts": _counts(results),
        "summary": last_line(results),
        "results": [_result_document(result) for result in ordered(results)],
    }
    return json.dumps(document, indent=2)


def _counts(results: Sequence[CheckResult]) -> dict[str, int]:
    """Return the number of results with each status, and of those that are ignored."""
    counts = dict.fromkeys([*STATUSES, "ignored"], 0)
    for result in results:
        if result.is_ignored:
            counts["ignored"] += 1
        else:
            counts[result.status] += 1
    return counts


def _result_document(result: CheckResult) -> dict[str, Any]:
    return {
        "check": result.check,
        "id": result.subject,
        "stack": result.stack,
        "status": result.status,
        "ignored": result.is_ignored,
        "sentence": result.sentence,
        "remedy": result.remedy,
        "command": result.command,
        "why": result.why,
    }


def _groups(results: Iterable[CheckResult]) -> list[list[CheckResult]]:
    """Return the results that did not pass, grouped by check and remedy."""
    not_passed = [result for result in ordered(results) if result.status != PASS]
    return [list(group) for _, group in groupby(not_passed, _group_key)]


def _group_key(result: CheckResult) -> tuple[str, str, bool, str]:
    return result.check, result.status, result.is_ignored, result.remedy


def _title(command: str, environment: ResolvedEnvironment, facts: Facts) -> str:
    stacks = ", ".join(stack.name for stack in environment.chosen)
    return f"{command} of {environment.name} ({stacks}) in account {facts.account}, at {facts.time}"


def _what_passed(results: Iterable[CheckResult], check: str) -> list[str]:
    """Return a line for each result of a check that passed."""
    return [
        f"{result.subject} [{result.stack}] {result.sentence}"
        for result in results
        if result.check == check and result.status == PASS
    ]


def _passed(results: Iterable[CheckResult]) -> Counter[str]:
    return Counter(result.check for result in results if result.status == PASS)

"""Lint findings and risks of a review as one SARIF document, at the Python lines of the stack modules.

GitHub accepts 20 runs for each file and 25,000 results for each run, of which it displays 5,000. Each run
needs a different category.
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.reviewing import digest
from cfn_analysis.reviewing.kinds import DATA_LOSS, EXPORT, KINDS, UNKNOWN, WILL_FAIL
from csr_templates.cli import folders

if TYPE_CHECKING:
    from cfn_analysis.linting.runner import Finding
    from cfn_analysis.model.wiring import Node
    from cfn_analysis.reviewing.judging import Judgment
    from cfn_analysis.reviewing.report import Review
    from cfn_analysis.reviewing.sides import Side

NOT_JUDGED: Final = "change-not-judged"
"""The rule of a change that the review does not judge."""
EFFECT: Final = "change-effect"
"""The rule of a change that is not a risk, and whose effect the review knows."""
MOST_RESULTS: Final = 5_000
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "informational": "note"}
_ERRORS: Final = (WILL_FAIL, UNKNOWN, DATA_LOSS, EXPORT)


class SarifResult(NamedTuple):
    """A finding or a risk at one line.

    Attributes:
        rule: ID of the lint rule, or kind of the risk.
        level: ``error``, ``warning`` or ``note``.
        message: the text shown.
        file: path from the root of the repository.
        line: from 1.
        key: identifies the result independent of its line.
        reason: the reason of its acceptance; None if it is not accepted.
    """

    rule: str
    level: str
    message: str
    file: str
    line: int
    key: str
    reason: str | None = None


def document(after: Side, review: Review) -> str:
    """Return the findings in the later templates and the risks of the change."""
    from cfn_analysis.linting import runner  # takes half a second, not for other formats

    findings = []
    for stack in after.stacks:
        module = next((path for path in after.modules(stack) if path.is_file()), None)
        findings += runner.lint(
            stack.text, stack.region, stack=stack.name, file=_template(review, stack.file), source=module
        )
    runs = [_run("lint", lint_results(after, findings)), _run("review", review_results(review))]
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=2)


def lint_results(after: Side, findings: Iterable[Finding]) -> list[SarifResult]:
    """Return findings as results, at the line of the stack module if it is known."""
    modules = {}
    for stack in after.stacks:
        files = [path for path in after.modules(stack) if path.is_file()]
        if files:
            modules[stack.name] = files[-1].as_posix()
    results = []
    for finding in findings:
        file, line = finding.file, finding.line
        _, colon, number = finding.source.rpartition(":")
        if colon and finding.stack in modules:
            file, line = _relative(modules[finding.stack]), int(number)
        key = f"{finding.stack} {finding.path} {finding.rule}"
        results.append(SarifResult(finding.rule, _LEVELS[finding.severity], finding.message, file, line, key))
    return results


def review_results(review: Review) -> list[SarifResult]:
    """Return risks, and as notes the changes that are not judged, or have effects, as results.

    They are at the line of the stack module, otherwise at the line of the template.
    """
    results = []
    for risk in review.risks:
        file, line = _source(review, risk.subject)
        message = f"{risk.message}{_where(risk.environments)}"
        level = "error" if risk.kind in _ERRORS else "warning"
        key = f"{risk.stack} {risk.name} {risk.kind} {risk.path} {','.join(_named(risk.environments))}"
        reason = risk.reason if risk.accepted else None
        results.append(SarifResult(risk.kind, level, message, file, line, key, reason))
    results += [_note(review, judgment, NOT_JUDGED, "Not judged") for judgment in review.not_judged]
    results += [_note(review, judgment, EFFECT, "Effect") for judgment in review.effects]
    return results


def _note(review: Review, judgment: Judgment, rule: str, title: str) -> SarifResult:
    names = [environment.name for environment in review.environments]
    (group,) = digest.change_groups([judgment], names)
    file, line = _source(review, judgment.subject)
    (place,) = group.places
    message = f"{title}: {place}  {group.change}{_where(judgment.environments)}"
    if group.effect:
        message += f". {group.effect}"
    where = ",".join(_named(judgment.environments))
    key = f"{judgment.subject.stack} {judgment.subject.name} {rule} {judgment.path} {where}"
    return SarifResult(rule, "note", message, file, line, key)


def _source(review: Review, subject: Node) -> tuple[str, int]:
    """Return the file and the line that declare a resource, or a stack."""
    source = review.sources.get(subject.stack, {})
    place = ""
    if source and subject.name:
        place = source[subject.name]
    path, _, line = place.rpartition(":")
    if line.isdigit():
        return path, int(line)
    if place:
        return place, 1
    stack = None
    for changes in review.environments:
        for compared in changes.stacks:
            if compared.built.name == subject.stack:
                stack = compared.built
    if stack is None:
        return _template(review, ""), 1
    return _template(review, stack.file), _line(stack.text, subject.name)


def _named(environments: Sequence[str]) -> list[str]:
    """Return the environments with a name; that of a single template has none."""
    return [name for name in environments if name]


def _where(environments: Sequence[str]) -> str:
    """Return environments in words, for the end of a message."""
    names = _named(environments)
    if not names:
        return ""
    return f" ({', '.join(names)})"


def _run(category: str, results: Sequence[SarifResult]) -> dict[str, Any]:
    shown = results[:MOST_RESULTS]
    rules = list(dict.fromkeys(finding.rule for finding in shown))
    ranks = {kind: rank for rank, kind in enumerate(KINDS)}
    rules.sort(key=lambda rule: (ranks.get(rule, 0), rule))
    run: dict[str, Any] = {
        "automationDetails": {"id": f"csr-templates/{category}/"},
        "tool": {"driver": {"name": f"csr-templates {category}", "rules": [{"id": rule} for rule in rules]}},
        "results": [_result(finding) for finding in shown],
    }
    if len(results) > len(shown):
        run["properties"] = {"resultsLeftOut": len(results) - len(shown)}
    return run


def _result(result: SarifResult) -> dict[str, Any]:
    written: dict[str, Any] = {
        "ruleId": result.rule,
        "level": result.level,
        "message": {"text": result.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": result.file, "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": result.line},
                }
            }
        ],
        "partialFingerprints": {"csrTemplates/v1": hashlib.sha256(result.key.encode()).hexdigest()[:32]},
    }
    if result.reason is not None:
        written["suppressions"] = [{"kind": "external", "justification": result.reason or "--accept"}]
    return written


def _template(review: Review, file: str) -> str:
    """Return the path of a template in ``--after``, which is a folder or the template itself."""
    if not file or Path(review.after).is_file():
        return _relative(review.after)
    return _relative(f"{review.after}/{file}")


def _relative(path: str) -> str:
    return folders.short_path(Path(path)).as_posix()


def _line(text: str, name: str) -> int:
    """Return the line that declares a resource; 1 if the text does not have it."""
    if not name:
        return 1
    declaration = re.search(rf"^ +\"?{re.escape(name)}\"?:", text, re.MULTILINE)
    if declaration is None:
        return 1
    return text.count("\n", 0, declaration.start()) + 1

"""Lints template text with cfn-lint, in this process and the same way on every machine.

The result depends only on the arguments: not on ``.cfnlintrc``, ``AWS_*`` variables, the current folder,
other files, downloaded schemas, or cfn-lint configuration in the Metadata of the template. A resource may
ignore a rule with a reason.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import cfnlint.rules
from cfnlint.config import ConfigMixIn
from cfnlint.context import ParameterSet
from cfnlint.decode import decode_str
from cfnlint.formatters import BaseFormatter, Formatter, JsonFormatter, JUnitFormatter, SARIFFormatter
from cfnlint.helpers import LIMITS, REGIONS
from cfnlint.match import Match
from cfnlint.rules import Rules
from cfnlint.rules.errors import ParseError, RuleError
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from cfnlint.template import Template

from cfn_analysis.model.resolving import is_list
from cfn_analysis.model.source_lines import candidate_lines, line_of
from cfn_analysis.model.template_text import TemplateSource, TemplateTextError, source_path, source_text
from cfn_analysis.model.wording import hint
from cfn_analysis.rules.template.ignore_without_reason import IgnoreWithoutReason, ignored_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMATS: dict[str, type[BaseFormatter]] = {
    "text": Formatter,
    "json": JsonFormatter,
    "sarif": SARIFFormatter,
    "junit": JUnitFormatter,
}

# Message of cfn-lint for a value, such as a reference, that is not in a list.
_NOT_ONE_OF = re.compile(r"('[^']*') is not one of (\[.*?\])(.*)", re.DOTALL)
_MANY = 20  # longer lists are only counted

UNREADABLE = (
    "Check for a section of the wrong type, and for keys that YAML does not read as text: On, Yes, 404."
)


class LintError(ValueError):
    """A lint cannot run: an unknown region or format, a text that cannot be read, or a missing package."""


class Finding(NamedTuple):
    """A finding of a rule in a template."""

    stack: str
    logical_id: str
    """The resource, parameter, output …; empty for a finding about the whole template."""
    path: str
    """From the root of the template: ``Resources/Vpc/Properties/CidrBlock``."""
    rule: str
    severity: str
    """``error``, ``warning`` or ``informational``."""
    message: str
    file: str
    line: int
    """Line in the YAML, from 1."""
    source: str
    """Where the stack's module makes it, ``network.py:123``; empty if no call there has the ID."""

    def __str__(self) -> str:
        """Return the finding as two lines for a terminal, with the Python line first if it is known."""
        place = f"{self.file or '<template>'}:{self.line}"
        first, last = place, ""
        if self.source:
            first, last = self.source, f"({place})"
        head = (f"{first}:", self.severity, self.rule, self.stack, self.path, last)
        return f"{' '.join(part for part in head if part)}\n  {self.message}"


def lint(
    template: TemplateSource,
    region: str,
    *,
    stack: str = "",
    file: str = "",
    source: Path | None = None,
    parameters: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Return the findings of cfn-lint and our rules in the template of one stack, in the order of lines.

    Args:
        template: YAML or JSON, as text, as bytes or as a file. Broken text is a finding (E0000), not an
            exception.
        region: The region the stack is deployed to.
        stack: The stack's name, repeated in each finding.
        file: The template's file name, repeated in each finding; it is not opened. By default the path of
            ``template``.
        source: The stack's Python module, which is searched for the logical IDs.
        parameters: Values that replace the defaults of the parameters, as text; a value that AWS does not
            accept is a finding in the property that uses it.

    Raises:
        OSError: The file cannot be read.
        LintError: cfn-lint does not know the region, or the template is not UTF-8, or it is the path of a
            file as a ``str``.
    """
    file = file or source_path(template)
    try:
        text = source_text(template)
    except TemplateTextError as error:
        raise LintError(f"Cannot read {file or 'the template'}: {error}") from error
    reported = matches(text, [region], file=file, parameters=parameters)
    lines: Mapping[str, int] = {}
    if source and reported:
        lines = candidate_lines(source.read_text("utf-8"))
    return [_finding(match, stack, file, source, lines) for match in reported]


def matches(
    text: str,
    regions: Sequence[str],
    *,
    file: str = "",
    parameters: Mapping[str, str] | None = None,
) -> list[Match]:
    """Return the findings as cfn-lint's own objects, for ``format_matches``; arguments as in ``lint``."""
    if not regions:
        raise LintError("There is no region to lint for. Specify one, such as ap-northeast-1.")
    if unknown := [region for region in regions if region not in REGIONS]:
        raise LintError(
            f"cfn-lint does not support the region {unknown[0]!r}.{hint(unknown[0], REGIONS)} It "
            f"supports {', '.join(sorted(REGIONS))}."
        )
    unique: list[Match] = []
    for match in _run(text, list(regions), file, parameters or {}):
        if match not in unique:
            unique.append(match)
    return sorted(unique, key=lambda m: (m.linenumber, m.columnnumber, m.rule.id, _path(m), m.message))


def format_matches(reported: Sequence[Match], kind: str) -> str:
    """Return matches as one text, by cfn-lint's own formatter.

    The formats are ``text``, ``json``, ``sarif`` and ``junit``.

    Raises:
        LintError: There is no such format, or a package it needs is not installed.
    """
    if kind not in FORMATS:
        raise LintError(f"There is no format {kind!r}: use one of {', '.join(FORMATS)}.")
    rules = Rules(dict(all_rules()))
    # JUnit reports unused rules as skipped; every run uses all rules except the experimental ones.
    rules.used_rules.update({rule.id: rule for rule in rules.values() if not rule.experimental})
    formatter: Any = FORMATS[kind]()  # its methods carry no types
    try:
        return formatter.print_matches(list(reported), rules, _config([])) or ""
    except ImportError as error:
        raise LintError(
            f"The format {kind} needs packages that are not installed. Run: "
            'python -m pip install "cfn-lint[junit,sarif]"'
        ) from error


@cache
def all_rules() -> Rules:
    """Return cfn-lint's rules and ours, loaded once for all templates (a quarter of a second)."""
    # cfn-lint prefers newer resource schemas from the user's cache (cfn-lint --update-specs), so findings
    # would differ between machines. Initialized with folders, its manager uses these.
    shipped = Path(cfnlint.__file__).parent / "data" / "schemas"
    PROVIDER_SCHEMA_MANAGER.__init__(shipped / "providers", shipped / "resources")  # type: ignore[misc]
    rules = Rules.create_from_directory(str(Path(cfnlint.rules.__file__).parent))
    rules.update(Rules.create_from_module("cfn_analysis.rules"))
    return rules


def _config(regions: list[str]) -> ConfigMixIn:
    """Return a configuration from these arguments only: an empty config file replaces ``.cfnlintrc``."""
    return ConfigMixIn(["--config-file", os.devnull], regions=regions, include_checks=["I"])


def _run(text: str, regions: list[str], file: str, parameters: Mapping[str, str]) -> list[Match]:
    """Run the rules as cfn-lint's runner does, but without configuration in the template's Metadata."""
    template, broken = decode_str(text)
    if broken:
        return [replace(match, filename=file) for match in broken]
    if not isinstance(template, dict):
        return [
            Match.create("The template is not a mapping of sections such as Resources.", file, ParseError())
        ]

    values = _typed(parameters, template.get("Parameters"))
    try:
        # Without the file name, because rules would open a file of that name in the current folder.
        cfn = Template("", template, regions, [ParameterSet(parameters=values)] if values else None)
    except Exception as error:  # cfn-lint catches exceptions of its rules, but not of the template model
        return [Match.create(f"cfn-lint cannot read the template ({error}). {UNREADABLE}", file, RuleError())]
    if untransformed := cfn.transform():
        return [replace(match, filename=file) for match in untransformed]
    reported = [
        _with_suggestion(match)
        for match in all_rules().run(file, cfn, _config(regions))
        if not _is_ignored(match, cfn)
    ]
    return [*reported, *_about_size(text, file)]


def _with_suggestion(match: Match) -> Match:
    """Add the nearest allowed value to a message that lists them; replace a long list with its length."""
    if not (parts := _NOT_ONE_OF.fullmatch(match.message)):
        return match
    value, allowed, rest = parts.groups()
    values = re.findall(r"'([^']*)'", allowed)
    if len(values) > _MANY:
        allowed = f"the {len(values)} allowed values"
    changed = replace(match, message=f"{value} is not one of {allowed}{rest}.{hint(value[1:-1], values)}")
    if hasattr(match, "path"):  # not a field of the frozen dataclass, so replace() drops it
        object.__setattr__(changed, "path", match.path)
    return changed


def _about_size(text: str, file: str) -> list[Match]:
    """Check the size of the template, as E1002 and I1002 do for a file."""
    size, limit = len(text.encode("utf-8", "surrogatepass")), LIMITS["template"]["body"]
    if size <= LIMITS["threshold"] * limit:
        return []
    rule, says = "I1002", "close to the limit of CloudFormation"
    if size > limit:
        rule, says = "E1002", "more than the limit of CloudFormation"
    message = f"The template has {size} bytes, {says}, which is {limit}."
    return [Match.create(message, file, all_rules()[rule])]


def _typed(values: Mapping[str, str], declared: Any) -> dict[str, Any]:
    """Split the values of list parameters, as CloudFormation does."""
    typed: dict[str, Any] = dict(values)
    if not isinstance(declared, Mapping):
        return typed
    for name, value in values.items():
        declaration = declared.get(name)
        if isinstance(declaration, Mapping) and is_list(declaration):
            typed[name] = value.split(",")
    return typed


def _is_ignored(match: Match, cfn: Template) -> bool:
    section, logical_id = (*_steps(match), "", "")[:2]
    if section != "Resources" or match.rule.id == IgnoreWithoutReason.id:
        return False
    return match.rule.id in ignored_checks(cfn.get_resources().get(logical_id))


def _finding(match: Match, stack: str, file: str, source: Path | None, lines: Mapping[str, int]) -> Finding:
    logical_id = (*_steps(match), "", "")[1]
    python_line = ""
    if source and logical_id:
        line = line_of(logical_id, lines)
        if line:
            python_line = f"{source.name}:{line}"
    return Finding(
        stack=stack,
        logical_id=logical_id,
        path=_path(match),
        rule=match.rule.id,
        severity=match.rule.severity,
        message=match.message,
        file=file,
        line=match.linenumber,
        source=python_line,
    )


def _steps(match: Match) -> list[str]:
    steps: Iterable[Any] = getattr(match, "path", None) or []  # a parse error does not have a path
    return [str(step) for step in steps]


def _path(match: Match) -> str:
    return "/".join(_steps(match))

"""How a rule is tried alone, and what the tables of its test file hold.

The name of a test file says which rule it is about: ``rules/s3/test_unreachable_website.yaml`` is about
``cfn_analysis.rules.s3.unreachable_website``. It holds two tables of named snippets: ``good``, in which the
rule finds nothing, and ``bad``. What rows share is written once: ``head``, with which each text begins, and
``text``, ``path`` and ``message`` with holes, which the rows fill by name. A row has its own text, path or
message instead of the shared one, and ``also`` has its further findings. ``regions`` and ``parameters`` are
options of the lint.

    text: |
      Bucket: {Type: AWS::S3::Bucket, Properties: {<properties>}}
    path: Resources/Bucket/Properties
    good: {name: {properties: "BucketName: a"}, another name: a whole text}
    bad: {name: {properties: "BucketName: A", message: text}}

A table whose rows are computed is Python, ``test_unreachable_website.py``: ``GOOD = {"name": text}`` and
``BAD = {"name": (text, path, message)}``, for a further finding ``(text, path, message, path, message)``. A
row of ``BAD`` without a path has that of the file's ``PATH``, and a row may end with options of the lint:
``{"regions": [...]}``. What snippets or messages share is a ``frame``, and what rows share a ``row``.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import Any, NamedTuple

from cfnlint.config import ConfigMixIn
from cfnlint.context import ParameterSet
from cfnlint.decode import decode_str
from cfnlint.rules import CloudFormationLintRule, Rules
from cfnlint.template import Template

from cfn_analysis.rules import RULES

REGION = "ap-northeast-1"
PARTS = ("text", "path", "message")
HOLE = re.compile(r"<([a-z_]+)(=[^>]*)?>")


class Case(NamedTuple):
    """A row of a table."""

    name: str
    text: str
    expected: list[tuple[str, str]]
    """Path and message of each finding."""
    regions: Sequence[str] = (REGION,)
    parameters: Mapping[str, str] | None = None


def cases(table: Mapping[str, Any], path: str = "") -> Iterator[Case]:
    """Yield the rows of a table whose findings without a path are at this one."""
    for name, cells in table.items():
        text, *rest = (cells,) if isinstance(cells, str) else cells
        options = rest.pop() if rest and isinstance(rest[-1], dict) else {}
        if len(rest) == 1:
            rest = [path, *rest]
        yield Case(name, text, list(zip(rest[::2], rest[1::2], strict=True)), **options)


def rows_of(table: Mapping[str, Any], kind: str) -> Iterator[Case]:
    """Yield the rows of a YAML file, of the kind ``good`` or ``bad``."""
    shared = "".join(str(table.get(part, "")) for part in PARTS)
    allowed = {*PARTS, *(name for name, _ in HOLE.findall(shared))}
    for name, cells in table[kind].items():
        row = {"text": cells} if isinstance(cells, str) else dict(cells)
        options: dict[str, Any] = {key: row.pop(key) for key in ("regions", "parameters") if key in row}
        findings = [{}, *row.pop("also", [])]  # besides the first, what differs in each
        for finding in findings:
            unknown = sorted({*row, *finding} - allowed)
            assert not unknown, f"{unknown} in {name} is neither {', '.join(PARTS)} nor a hole."
        expected = [_finding(table, row | finding) for finding in findings] if kind == "bad" else []
        yield Case(name, _whole_text(table, row), expected, **options)


def _finding(table: Mapping[str, Any], row: dict[str, Any]) -> tuple[str, str]:
    return _filled(table, row, "path"), _filled(table, row, "message")


def _whole_text(table: Mapping[str, Any], row: dict[str, Any]) -> str:
    """Return the head of the table and the text of a row, which may be only the resources."""
    head, text = str(table.get("head", "")), _filled(table, row, "text")
    if re.search("^Resources:", text, re.MULTILINE):
        return f"{head}{text}"
    if "Resources:" not in head:
        head += "Resources:\n"
    return head + indent(text, "  ")


def _filled(table: Mapping[str, Any], row: Mapping[str, Any], part: str) -> str:
    """Return the text, path or message of a row: its own, or that of the file with its holes filled."""
    shared = table.get(part, "")
    holes = {name for name, _ in HOLE.findall(shared)}
    if part in row and part not in holes:
        return str(row[part])
    return frame(shared)(**{name: value for name, value in row.items() if name in holes})


def frame(text: str) -> Callable[..., str]:
    """Return a function that writes its arguments into the holes of a text.

    A hole is ``<name>``, or ``<name=default>`` where it appears first. The arguments are given by name, or in
    the order of the text: first what has no default, then the rest.
    """
    holes: dict[str, str | None] = {}
    for name, default in HOLE.findall(text):
        holes.setdefault(name, default[1:] if default else None)
    order = sorted(holes, key=lambda name: holes[name] is not None)

    def fill(*values: object, **named: object) -> str:
        values_by_hole = {**holes, **dict(zip(order[: len(values)], values, strict=True)), **named}
        missing = [name for name, value in values_by_hole.items() if value is None]
        unknown = sorted(values_by_hole.keys() - holes.keys())
        assert not missing, f"{missing} is missing in the frame: {text}"
        assert not unknown, f"{unknown} is not in the frame: {text}"
        return HOLE.sub(lambda hole: str(values_by_hole[hole[1]]), text)

    return fill


def row(*frames: str) -> Callable[..., tuple[str, ...]]:
    """Return a function that makes a row: text, path and message are frames with common holes."""
    fill = frame("\0".join(frames))
    return lambda *values, **named: tuple(fill(*values, **named).split("\0"))


def decoded(snippet: str) -> Any:
    """Return a snippet as a template.

    One that begins with a resource gets the line ``Resources:``. A condition that it uses and does not
    declare has its own parameter, and ``NotProd`` is the opposite of ``Prod``.
    """
    text = f"Resources:\n{snippet}" if snippet.lstrip("\n").startswith("  ") else snippet
    template, broken = decode_str(text)
    assert template is not None, broken

    declared = template.get("Conditions", {})
    used = set(re.findall(r"(?:!If \[|!Condition |Condition: )([A-Z]\w*)", text))
    for name in sorted({name.removeprefix("Not") for name in used if name not in declared}):
        template.setdefault("Parameters", {})[f"{name}Parameter"] = {"Type": "String"}
        template.setdefault("Conditions", {}).update(
            {
                name: {"Fn::Equals": [{"Ref": f"{name}Parameter"}, "true"]},
                f"Not{name}": {"Fn::Not": [{"Condition": name}]},
            }
        )
    return template


def rule_of(test_file: Path) -> CloudFormationLintRule:
    """Return the rule that a test file is about."""
    module = f"cfn_analysis.rules.{test_file.parent.name}.{test_file.stem.removeprefix('test_')}"
    return next(rule() for rule in RULES if rule.__module__ == module)


def file_of_tests(rule: CloudFormationLintRule | type[CloudFormationLintRule]) -> Path:
    """Return the test file of a rule, which is Python only if no YAML file exists."""
    *_, folder, name = rule.__module__.split(".")
    file = Path(__file__).parent / folder / f"test_{name}.yaml"
    return file if file.exists() else file.with_suffix(".py")


def only(*rules: CloudFormationLintRule) -> Rules:
    """Return a set of these rules, without any of cfn-lint's own."""
    chosen = Rules()
    chosen.extend(list(rules))
    return chosen


@cache  # cfn-lint reads it, and makes three parsers of arguments for it
def configuration(*regions: str) -> ConfigMixIn:
    """Return cfn-lint's configuration for regions, without that of a user."""
    return ConfigMixIn(["--config-file", os.devnull], regions=list(regions))


def findings(
    rule: CloudFormationLintRule,
    text: str,
    regions: Sequence[str] = (REGION,),
    parameters: Mapping[str, str] | None = None,
) -> list[tuple[str, str]]:
    """Return path and message of what a rule finds, with no other rule."""
    sets = [ParameterSet(parameters=dict(parameters))] if parameters else None
    cfn = Template("template.yaml", decoded(text), list(regions), sets)
    everything = list(only(rule).run("template.yaml", cfn, configuration(*regions)))

    # cfn-lint turns an exception in a rule into a finding of another.
    assert not [match.message for match in everything if "xception" in match.message]
    return [(_path(match), match.message) for match in everything if match.rule.id == rule.id]


def _path(match: Any) -> str:
    return "/".join(str(step) for step in getattr(match, "path", []))

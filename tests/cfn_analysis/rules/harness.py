"""How a rule is tried alone, and what the tables of its test file hold.

The name of a test file says which rule it is about: ``rules/s3/test_unreachable_website.py`` is about
``cfn_analysis.rules.s3.unreachable_website``. It holds two tables of named snippets: ``GOOD``, in which the
rule finds nothing, and ``BAD``.

    GOOD = {"name": text}
    BAD = {"name": (text, path, message)}, for a further finding (text, path, message, path, message)

A row may end with options of the lint: ``{"regions": [...]}`` or ``{"parameters": {...}}``.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cfnlint.config import ConfigMixIn
from cfnlint.context import ParameterSet
from cfnlint.decode import decode_str
from cfnlint.rules import CloudFormationLintRule, Rules
from cfnlint.template import Template

from cfn_analysis.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REGION = "ap-northeast-1"


class Case(NamedTuple):
    """A row of a table."""

    name: str
    text: str
    expected: list[tuple[str, str]]
    """Path and message of each finding."""
    regions: Sequence[str] = (REGION,)
    parameters: Mapping[str, str] | None = None


def cases(table: Mapping[str, Any]) -> Iterator[Case]:
    """Yield the rows of a table."""
    for name, row in table.items():
        text, *rest = (row,) if isinstance(row, str) else row
        options = rest.pop() if rest and isinstance(rest[-1], dict) else {}
        yield Case(name, text, list(zip(rest[::2], rest[1::2], strict=True)), **options)


def rule_of(test_file: Path) -> CloudFormationLintRule:
    """Return the rule that a test file is about."""
    module = f"cfn_analysis.rules.{test_file.parent.name}.{test_file.stem.removeprefix('test_')}"
    return next(rule() for rule in RULES if rule.__module__ == module)


def file_of_tests(rule: CloudFormationLintRule | type[CloudFormationLintRule]) -> Path:
    """Return the test file of a rule."""
    *_, folder, name = rule.__module__.split(".")
    return Path(__file__).parent / folder / f"test_{name}.py"


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
    template, broken = decode_str(text)
    assert template is not None, broken

    sets = [ParameterSet(parameters=dict(parameters))] if parameters else None
    cfn = Template("template.yaml", template, list(regions), sets)
    everything = list(only(rule).run("template.yaml", cfn, configuration(*regions)))

    # cfn-lint turns an exception in a rule into a finding of another.
    assert not [match.message for match in everything if "xception" in match.message]
    return [
        ("/".join(str(step) for step in getattr(match, "path", [])), match.message)
        for match in everything
        if match.rule.id == rule.id
    ]

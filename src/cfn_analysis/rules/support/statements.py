"""The statements of a web ACL's rules, including nested statements."""

from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.values import Path, existing, items

# The index of the rule, and the path from there.
RulePath = tuple[int, *tuple[str | int, ...]]


def statements(rules: list[Any]) -> Iterator[tuple[str, Any, RulePath]]:
    """Yield kind, body and path of each statement of rules without Fn::If, the outer before the inner.

    An unknown statement has the kind "".
    """
    for index, rule in enumerate(rules):
        if not isinstance(rule, dict) or is_function(rule)[0]:
            yield "", rule, (index,)
        else:
            yield from _inside(rule.get("Statement"), (index, "Statement"))


def rule_lists(validator: Validator, properties: Any) -> Iterator[tuple[list[Any], Validator]]:
    """Yield the rules of a web ACL or rule group, once for each case."""
    for rules, case in scenarios(validator, properties.get("Rules")):
        if isinstance(rules, list):
            yield rules, case


def _inside(statement: Any, path: RulePath) -> Iterator[tuple[str, Any, RulePath]]:
    if not isinstance(statement, dict) or is_function(statement)[0]:
        yield "", statement, path
        return
    for kind, body in statement.items():
        yield kind, body, (*path, kind)
        parts = body if isinstance(body, dict) else {}
        for name in {"ScopeDownStatement", "Statement"} & parts.keys():
            yield from _inside(parts[name], (*path, kind, name))
        for index, part in enumerate(items(parts.get("Statements"))):
            yield from _inside(part, (*path, kind, "Statements", index))


def place(properties: Any, rules: list[Any], path: Path) -> Path:
    """Return the path of a part of the rules, or of all rules if conditions change their number."""
    written = properties["Rules"]
    if isinstance(written, list) and len(written) == len(rules):
        return existing(properties, ("Rules", *path))
    return ("Rules",)

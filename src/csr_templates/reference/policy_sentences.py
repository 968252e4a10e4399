"""Policy documents of a template in words: who may do what, on what, and under which condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from csr_templates.cloudformation.references import in_words
from csr_templates.reference.markdown import code, codes


class Policy(NamedTuple):
    """One policy document of a resource.

    Attributes:
        place: the name of the policy, or the property that holds the document.
        statements: one Markdown sentence for each statement.
    """

    place: str
    statements: list[str]


def policies(resource: Mapping[str, Any]) -> list[Policy]:
    """Return the policies of a resource, those included that AWS keeps and the template only names."""
    properties = resource.get("Properties", {})
    found = [Policy(name, list(map(sentence, statements))) for name, statements in _documents(properties)]
    if managed := properties.get("ManagedPolicyArns"):
        found.append(Policy("ManagedPolicyArns", [f"{codes(map(in_words, _as_list(managed)))}."]))
    return found


def sentence(statement: Mapping[str, Any]) -> str:
    """Return a statement as one Markdown sentence; one that a condition decides, as it stands."""
    if "Effect" not in statement:
        return f"{code(in_words(statement))}."
    who = _principals(statement)
    allows = statement.get("Effect") == "Allow"
    if who == "Anybody":
        verb = "Anybody may" if allows else "Nobody may"
    elif who:
        verb = f"{who} {'may' if allows else 'must not'}"
    else:
        verb = "Allows" if allows else "Denies"
    words = [f"{verb} {_either(statement, 'Action')}"]
    if {"Resource", "NotResource"} & set(statement):
        words.append(f"on {_either(statement, 'Resource')}")
    if conditions := list(_conditions(statement)):
        words.append(f"if {' and '.join(conditions)}")
    sid = f"{code(str(statement['Sid']))}: " if "Sid" in statement else ""
    return f"{sid}{' '.join(words)}."


def _documents(properties: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for key, value in properties.items():
        if isinstance(value, Mapping) and "Statement" in value:
            yield key, _as_list(value["Statement"])
        elif key == "Policies":
            for policy in _as_list(value):
                if isinstance(policy, Mapping) and "PolicyDocument" in policy:
                    yield in_words(policy["PolicyName"]), _as_list(policy["PolicyDocument"]["Statement"])
                elif isinstance(policy, Mapping):
                    yield key, [policy]


def _principals(statement: Mapping[str, Any]) -> str:
    principal = statement.get("Principal")
    if principal is None:
        return ""
    if principal == "*":
        return "Anybody"
    return ", ".join(codes(map(in_words, _as_list(names))) for names in principal.values())


def _either(statement: Mapping[str, Any], key: str) -> str:
    if f"Not{key}" in statement:
        return f"everything but {codes(map(in_words, _as_list(statement[f'Not{key}'])))}"
    return codes(map(in_words, _as_list(statement.get(key, []))))


def _conditions(statement: Mapping[str, Any]) -> Iterator[str]:
    # Sorted as in the rendered template, where the order of the code does not count either.
    for operator, tests in sorted(statement.get("Condition", {}).items()):
        for key, values in sorted(tests.items()):
            yield f"{code(key)} {operator} {' or '.join(code(in_words(one)) for one in _as_list(values))}"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

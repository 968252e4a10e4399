"""Policy documents of a template in words: principals, actions, resources and conditions."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import as_list, in_words
from csr_templates.reference.markdown import code, codes

_LONGEST: Final = 160  # characters of a sentence in one line


class Policy(NamedTuple):
    """One policy document of a resource.

    Attributes:
        place: the name of the policy, or the property with the document.
        statements: one Markdown sentence for each statement; a long one in several lines.
    """

    place: str
    statements: list[str]


def policies(resource: Mapping[str, Any]) -> list[Policy]:
    """Return the policies of a resource, including AWS managed policies."""
    properties = resource.get("Properties", {})
    found = [Policy(name, list(map(sentence, statements))) for name, statements in _documents(properties)]
    if managed := properties.get("ManagedPolicyArns"):
        found.append(Policy("ManagedPolicyArns", [f"{codes(map(in_words, as_list(managed)))}."]))
    return found


def sentence(statement: Mapping[str, Any]) -> str:
    """Return a statement as one Markdown sentence; one in Fn::If is returned as written.

    A long one has several lines: principals and actions, then each resource and each value of a condition.
    """
    if "Effect" not in statement:
        return f"{code(in_words(statement))}."
    who = _principals(statement)
    allows = statement.get("Effect") == "Allow"
    if who == "Everyone":
        verb = "Everyone can" if allows else "No one can"
    elif who:
        verb = f"{who} {'can' if allows else 'cannot'}"
    else:
        verb = "Allows" if allows else "Denies"
    sid = f"{code(str(statement['Sid']))}: " if "Sid" in statement else ""
    words = [f"{sid}{verb} {_either(statement, 'Action')}"]
    if {"Resource", "NotResource"} & set(statement):
        words.append(f"on {_either(statement, 'Resource')}")
    conditions = list(_conditions(statement))
    tests = [f"{name} {' or '.join(values)}" for name, values in conditions]
    text = " ".join([*words, f"if {' and '.join(tests)}"] if tests else words)
    if len(text) <= _LONGEST:
        return f"{text}."
    for number, (name, values) in enumerate(conditions):
        words += [
            f"{'and if' if number else 'if'} {name} {values[0]}",
            *(f"or {value}" for value in values[1:]),
        ]
    return "\n".join(words)


def _documents(properties: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for key, value in properties.items():
        if isinstance(value, dict) and "Statement" in value:
            yield key, as_list(value["Statement"])
        elif key == "Policies":
            for policy in as_list(value):
                if isinstance(policy, Mapping) and "PolicyDocument" in policy:
                    yield in_words(policy["PolicyName"]), as_list(policy["PolicyDocument"]["Statement"])
                elif isinstance(policy, Mapping):
                    yield key, [policy]


def _principals(statement: Mapping[str, Any]) -> str:
    principal = statement.get("Principal")
    if principal is None:
        return ""
    if principal == "*":
        return "Everyone"
    return ", ".join(codes(map(in_words, as_list(names))) for names in principal.values())


def _either(statement: Mapping[str, Any], key: str) -> str:
    if f"Not{key}" in statement:
        return f"everything except {codes(map(in_words, as_list(statement[f'Not{key}'])))}"
    return codes(map(in_words, as_list(statement.get(key, []))))


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the key of each condition, and its values, of which one must match."""
    # Sorted as in the rendered template, which does not depend on the order of the code either.
    for operator, tests in sorted(statement.get("Condition", {}).items()):
        for key, values in sorted(tests.items()):
            yield f"{code(key)} {operator}", [code(in_words(value)) for value in as_list(values)]

"""Policy documents of a template in words: principals, actions, resources and conditions."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import as_list, in_words
from csr_templates.reference.markdown import code, codes

_EVERYONE: Final = "Everyone"
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
    policies_of_resource = []
    for name, statements in _documents(properties):
        policies_of_resource.append(Policy(name, [sentence(statement) for statement in statements]))
    if managed := properties.get("ManagedPolicyArns"):
        policies_of_resource.append(Policy("ManagedPolicyArns", [f"{_values(managed)}."]))
    return policies_of_resource


def sentence(statement: Mapping[str, Any]) -> str:
    """Return a statement as one Markdown sentence; one in Fn::If is returned as written.

    A long one has several lines: principals and actions, then each resource and each value of a condition.
    """
    if "Effect" not in statement:
        return f"{code(in_words(statement))}."
    start = f"{_verb(statement)} {_either(statement, 'Action')}"
    if "Sid" in statement:
        start = f"{code(str(statement['Sid']))}: {start}"
    lines = [start]
    if "Resource" in statement or "NotResource" in statement:
        lines.append(f"on {_either(statement, 'Resource')}")
    conditions = list(_conditions(statement))
    on_one_line = " ".join(lines)
    if conditions:
        tests = [f"{name} {' or '.join(values)}" for name, values in conditions]
        on_one_line += f" if {' and '.join(tests)}"
    if len(on_one_line) <= _LONGEST:
        return f"{on_one_line}."
    conjunction = "if"
    for name, (first, *alternatives) in conditions:
        lines.append(f"{conjunction} {name} {first}")
        lines += [f"or {value}" for value in alternatives]
        conjunction = "and if"
    return "\n".join(lines)


def _verb(statement: Mapping[str, Any]) -> str:
    """Return who may or may not do what follows."""
    allows = statement["Effect"] == "Allow"
    principals = _principals(statement)
    if not principals:
        return "Allows" if allows else "Denies"
    if allows:
        return f"{principals} can"
    if principals == _EVERYONE:
        return "No one can"
    return f"{principals} cannot"


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
        return _EVERYONE
    return ", ".join(_values(names) for names in principal.values())


def _either(statement: Mapping[str, Any], key: str) -> str:
    """Return the actions or resources of a statement, or those that it excepts."""
    if f"Not{key}" in statement:
        return f"everything except {_values(statement[f'Not{key}'])}"
    return _values(statement.get(key, []))


def _values(value: Any) -> str:
    """Return a value or a list of values as code."""
    return codes(in_words(member) for member in as_list(value))


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the key of each condition, and its values, of which one must match."""
    # Sorted as in the rendered template, which does not depend on the order of the code either.
    for operator, tests in sorted(statement.get("Condition", {}).items()):
        for key, values in sorted(tests.items()):
            yield f"{code(key)} {operator}", [code(in_words(value)) for value in as_list(values)]

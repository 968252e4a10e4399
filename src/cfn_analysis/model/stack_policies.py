"""Stack policies: whether CloudFormation denies an update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cfn_analysis.model.wildcards import matches

if TYPE_CHECKING:
    from cfn_analysis.model.built_stack import Document

REPLACE: Final = "Update:Replace"
DELETE: Final = "Update:Delete"
MODIFY: Final = "Update:Modify"


def denies(policy: Document, action: str, name: str, type_name: str) -> bool:
    """Return whether a stack policy denies an update action on a resource. An empty policy denies nothing."""
    statements = policy.get("Statement", [])
    effects = {
        statement.get("Effect")
        for statement in (statements if isinstance(statements, list) else [statements])
        if _concerns(statement, action, name, type_name)
    }
    return bool(policy) and ("Deny" in effects or "Allow" not in effects)


def _concerns(statement: Document, action: str, name: str, type_name: str) -> bool:
    for key, value in (("Action", action), ("Resource", f"LogicalResourceId/{name}")):
        listed = _listed_texts(statement.get(key, statement.get(f"Not{key}", [])))
        is_matched = any(matches(str(pattern), value) for pattern in listed)
        is_inverted = key not in statement
        if is_matched is is_inverted:
            return False
    if "Condition" not in statement:
        return True
    types: list[str] = []
    for condition in statement["Condition"].values():
        types += _listed_texts(condition.get("ResourceType", []))
    return any(matches(pattern, type_name) for pattern in types)


def _listed_texts(value: str | list[str] | None) -> list[str]:
    """Return the texts of a value that is one text or a list."""
    if isinstance(value, str):
        return [value]
    return value or []

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
    wanted = {"Action": action, "Resource": f"LogicalResourceId/{name}"}
    for key, value in wanted.items():
        listed = statement.get(key, statement.get(f"Not{key}"))
        patterns = [listed] if isinstance(listed, str) else listed or []
        if any(matches(str(pattern), value) for pattern in patterns) is (key not in statement):
            return False
    types = [
        pattern
        for condition in statement.get("Condition", {}).values()
        for given in [condition.get("ResourceType", [])]
        for pattern in ([given] if isinstance(given, str) else given)
    ]
    return "Condition" not in statement or any(matches(pattern, type_name) for pattern in types)

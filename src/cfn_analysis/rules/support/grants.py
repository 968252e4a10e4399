"""Actions that a service needs and the role that it assumes does not allow."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.documents import each, texts
from cfn_analysis.rules.support.policies import (
    MANAGED,
    ROLE,
    SourcedStatement,
    allows,
    may_match_action,
    roles,
)
from cfn_analysis.rules.support.references import target


class MissingActions(NamedTuple):
    """Actions that a role of the template does not allow in one case."""

    role: str
    absent: list[str]
    """The actions that it does not allow."""
    policies: list[str]
    """The separate policies without which it does not allow one of the others."""
    case: Validator


def missing(
    validator: Validator, role: Any, actions: Sequence[str], logical_id: str = ""
) -> Iterator[MissingActions]:
    """Yield a role of the template that does not allow all actions itself, for each case.

    Without a ``logical_id``, only actions are compared, not resources.
    """
    role_id, properties = target(validator, role, ROLE)
    if not role_id:
        return
    arns = properties.get("ManagedPolicyArns")
    for statements, case, plain in roles(validator, role_id, {"arns": arns}):
        if statements is None:
            continue
        managed = _managed_actions(texts((plain or {}).get("arns")))
        sources = {
            action: _sources(statements, action, logical_id) for action in actions if action not in managed
        }
        absent = [action for action, granting in sources.items() if not granting]
        separate = {min(granting) for granting in sources.values() if granting and role_id not in granting}
        if absent or separate:
            yield MissingActions(role_id, absent, sorted(separate), case)


def _managed_actions(arns: Sequence[str]) -> set[str]:
    """Return the actions that managed policies allow."""
    actions: set[str] = set()
    for end, allowed in MANAGED.items():
        if any(arn.endswith(end) for arn in arns):
            actions.update(allowed)
    return actions


def _sources(statements: Sequence[SourcedStatement], action: str, logical_id: str) -> set[str]:
    """Return the role or the policies whose statements may allow an action."""
    return {source for source, statement in statements if _grants(statement, action, logical_id)}


def _grants(statement: Any, action: str, logical_id: str) -> bool:
    """Return whether a statement may allow an action; unknown parts count as allowed."""
    if logical_id:
        return allows(statement, action, logical_id)
    if not isinstance(statement, dict):
        return True
    if statement.get("Effect") == "Deny":
        return False
    if "NotAction" in statement:
        return True
    return any(may_match_action(pattern, action) for pattern, _ in each(statement.get("Action")))

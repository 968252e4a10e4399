"""Policies of roles and resources: newly allowed, or no longer denied, access.

All policies of one role, bucket, queue or other subject are evaluated together.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.access_properties import managed_policies
from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing.access.documents import IDENTITIES, Policy, policies_by_subject
from cfn_analysis.reviewing.access.not_judged import NOT_JUDGED
from cfn_analysis.reviewing.access.statements import Access, Statement, not_covered, statements
from cfn_analysis.reviewing.access.wildcards import EVERYTHING
from cfn_analysis.reviewing.values import words
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource

_MOST: Final = 3  # of what a sentence lists


def wider_policies(
    before: Mapping[str, ResolvedStack], after: Mapping[str, ResolvedStack]
) -> Iterator[tuple[Node, str]]:
    """Yield the resources whose policies allow more or deny less than before, and a sentence about each."""
    had, has = (
        {Node(stack, name) for stack, side in sides.items() for name, _ in side.existing()}
        for sides in (before, after)
    )
    old, new = policies_by_subject(before), policies_by_subject(after)
    for subject in dict.fromkeys([*new, *old]):
        was, will = old.get(subject, []), new.get(subject, [])
        if sorted(policy.text for policy in was) == sorted(policy.text for policy in will):
            continue
        for policy in will:
            is_new = policy.owner is not None and policy.owner not in had
            if found := _more(policy, was, _opening if is_new else _allowing):
                yield policy.node, _allowed(policy.node.name, found)
        for policy in was:
            stays = policy.owner is None or policy.owner in has
            if stays and (found := _more(policy, will, _denying)):
                yield policy.node, _no_longer_denied(policy.node.name, found)


def _more(
    policy: Policy, others: Sequence[Policy], counts: Callable[[Policy, Statement], bool]
) -> list[Access]:
    """Return the access that a policy covers and others do not, also by the names of resources."""
    found: list[Access] = []
    for key in ("document", "named"):
        given = [statement for by in others for statement in statements(getattr(by, key))]
        found = [
            access
            for statement in statements(getattr(policy, key))
            if counts(policy, statement)
            for access in not_covered(statement, given)
        ]
        if not found:
            break
    return found


def attached(
    before: Mapping[str, ResolvedStack], after: Mapping[str, ResolvedStack]
) -> Iterator[tuple[Node, str]]:
    """Yield resources with a new managed policy or without their boundary, and a sentence about each."""
    for stack, side in after.items():
        for name, resource in side.existing():
            was = before[stack].resources.get(name) if stack in before else None
            was = was if was is not None and was.exists is not False else None
            if resource.type in NOT_JUDGED or (was and was.properties == resource.properties):
                continue
            node = Node(stack, name)
            had = _attached(before[stack], was) if was else {}
            for text, written in _attached(side, resource).items():
                if text not in had:
                    yield node, f"{name} gets the managed policy {written}, with all its permissions."
            if was:
                yield from _boundary(node, was.properties, resource.properties)


def _boundary(node: Node, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[Node, str]]:
    """Yield a sentence if the permissions boundary is removed or another one."""
    old, new = before.get("PermissionsBoundary"), after.get("PermissionsBoundary")
    if not old or old == new:
        return
    if new:
        now = (
            f"changes its permissions boundary from {_policy_in_words(old)} to {_policy_in_words(new)}, "
            "which cannot be shown to be narrower"
        )
    else:
        now = f"loses its permissions boundary {_policy_in_words(old)}, which limited its policies"
    yield node, f"{node.name} {now}."


def _attached(side: ResolvedStack, resource: Resource) -> dict[str, str]:
    """Return the managed policies of a resource, as text for a comparison and in words."""
    return {
        json.dumps(side.expand(policy), sort_keys=True): _policy_in_words(policy)
        for _, attached_policies in managed_policies(resource.properties)
        for policy in as_list(attached_policies)
    }


def _policy_in_words(policy: Any) -> str:
    """Return the ARN of a managed policy, or the name in a reference to one."""
    if isinstance(policy, Mapping) and not is_unknown(policy):
        return ", ".join(_policy_in_words(part) for key, part in policy.items() if key != "Path")
    return words(policy)


def _allowing(_: Policy, statement: Statement) -> bool:
    return not statement.denies


def _denying(_: Policy, statement: Statement) -> bool:
    return statement.denies


def _opening(policy: Policy, statement: Statement) -> bool:
    """Return whether a statement about a new resource can allow new access.

    The permissions of a new role are new access. A new bucket, key or queue was not accessible before: only
    statements that open it to everyone count. For a new role, the trust policy does not count for services.
    """
    if statement.denies:
        return False
    if policy.kind in IDENTITIES.values():
        return True
    if policy.kind == "limit":
        return False
    if EVERYTHING in statement.principals.includes:
        return not statement.conditions
    return policy.kind == "trust" and not all(
        "".join(principal).startswith("Service:") for principal in statement.principals.includes
    )


def _allowed(name: str, found: Sequence[Access]) -> str:
    unsure = "" if all(access.is_known for access in found) else _UNSURE
    return f"{name} allows more than before: {_first_parts(_in_words(found))}.{unsure}"


_UNSURE: Final = " A part of it is known only after the deploy, so it cannot be shown to be narrower."


def _no_longer_denied(name: str, found: Sequence[Access]) -> str:
    return f"{name} no longer denies the following in all cases: {_first_parts(_in_words(found))}."


def _in_words(found: Sequence[Access]) -> list[str]:
    alike: dict[tuple[str, tuple[str, ...], tuple[str, ...]], dict[str, None]] = {}
    for access in found:
        alike.setdefault((access.principal, access.actions, access.dropped), {})[access.resource] = None
    parts = []
    for (principal, actions, dropped), resources in alike.items():
        where = f" on {beginning(list(resources), _MOST)}" if any(resources) else ""
        who = f" by {principal}" if principal else ""
        is_named = dropped and dropped != ("Condition",)
        limit = f", no longer limited as before by {beginning(dropped, _MOST)}" if is_named else ""
        what = beginning(actions, _MOST) if where or actions != ("*",) else "all access"
        parts.append(f"{what}{where}{who}{limit}")
    return parts


def _first_parts(parts: Sequence[str]) -> str:
    more = f"; and {len(parts) - _MOST} more" if len(parts) > _MOST else ""
    return "; ".join(parts[:_MOST]) + more

"""Policies of roles and resources: newly allowed, or no longer denied, access.

All policies of one role, bucket, queue or other subject are evaluated together.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.access_properties import managed_policies
from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list
from cfn_analysis.model.wildcards import EVERYTHING
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.access.documents import IDENTITIES, SubjectPolicy, policies_by_subject
from cfn_analysis.reviewing.access.not_judged import NOT_JUDGED
from cfn_analysis.reviewing.access.statements import Access, Statement, not_covered, statements
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import OPENS
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.reviewing.values import words
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource, resource_at

_MOST: Final = 3  # of what a sentence lists


def wider_policies(before: Stacks, after: Stacks) -> Iterator[Risk]:
    """Yield the resources whose policies allow more or deny less than before."""
    had, has = dict(existing_resources(before)), dict(existing_resources(after))
    old, new = policies_by_subject(before), policies_by_subject(after)
    for subject in dict.fromkeys([*new, *old]):
        was, will = old.get(subject, []), new.get(subject, [])
        if sorted(policy.text for policy in was) == sorted(policy.text for policy in will):
            continue
        for policy in will:
            is_new = policy.owner is not None and policy.owner not in had
            if found := _more(policy, was, _opens if is_new else lambda _, statement: not statement.denies):
                known = all(access.is_known for access in found)
                access = sentences.first(_in_words(found))
                yield risk(OPENS, policy.node, sentences.ACCESS_ALLOWED, access=access, is_known=known)
        for policy in was:
            stays = policy.owner is None or policy.owner in has
            if stays and (found := _more(policy, will, lambda _, statement: statement.denies)):
                access = sentences.first(_in_words(found))
                yield risk(OPENS, policy.node, sentences.ACCESS_NO_LONGER_DENIED, access=access)


def _more(
    policy: SubjectPolicy, others: Sequence[SubjectPolicy], counts: Callable[[SubjectPolicy, Statement], bool]
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


def attached(before: Stacks, after: Stacks) -> Iterator[Risk]:
    """Yield the resources with a new managed policy or group, or without their boundary."""
    for node, resource in existing_resources(after):
        was = resource_at(node, before)
        if resource.type in NOT_JUDGED or (was and was.properties == resource.properties):
            continue
        had = _attached(before[node.stack], node, was) if was else {}
        for key, opening in _attached(after[node.stack], node, resource).items():
            if key not in had:
                yield opening
        old, new = (side and side.properties.get("PermissionsBoundary") for side in (was, resource))
        if old and old != new:
            sentence = sentences.BOUNDARY_CHANGED if new else sentences.BOUNDARY_REMOVED
            yield risk(OPENS, node, sentence, old=_policy_in_words(old), new=_policy_in_words(new))


def _attached(side: ResolvedStack, node: Node, resource: Resource) -> dict[str, Risk]:
    """Return what gives a resource the permissions of a managed policy or a group, by a text to compare."""
    found: dict[str, Risk] = {}
    for _, policies in managed_policies(resource.properties):
        for policy in as_list(policies):
            key = json.dumps(side.with_names(policy), sort_keys=True)
            arn = _policy_in_words(policy)
            found[key] = risk(OPENS, node, sentences.MANAGED_POLICY_ATTACHED, arn=arn)
    for user, group in _memberships(resource):
        key = json.dumps(side.with_names([user, group]), sort_keys=True)
        who = words(user) if user else "the user"
        found[key] = risk(OPENS, node, sentences.GROUP_JOINED, user=who, group=words(group))
    return found


def _memberships(resource: Resource) -> list[tuple[Any, Any]]:
    """Return the pairs of user and group; the user is empty for the resource itself."""
    if resource.type == "AWS::IAM::User":
        return [("", group) for group in as_list(resource.properties.get("Groups"))]
    if resource.type == "AWS::IAM::UserToGroupAddition":
        group = resource.properties.get("GroupName")
        return [(user, group) for user in as_list(resource.properties.get("Users"))]
    return []


def _policy_in_words(policy: Any) -> str:
    """Return the ARN of a managed policy, or the name in a reference to one."""
    if isinstance(policy, Mapping) and not is_unknown(policy):
        return ", ".join(_policy_in_words(part) for key, part in policy.items() if key != "Path")
    return words(policy)


def _opens(policy: SubjectPolicy, statement: Statement) -> bool:
    """Return whether a statement about a new resource can allow new access.

    The permissions of a new role are new access. A new bucket, key or queue was not accessible before: only
    statements that open it to everyone count. For a new role, the trust policy does not count for services.
    """
    if statement.denies:
        return False
    if policy.kind in IDENTITIES:
        return True
    if policy.kind == "limit":
        return False
    if EVERYTHING in statement.principals.includes:
        return not statement.conditions
    named = map("".join, statement.principals.includes)
    return policy.kind == "trust" and not all(principal.startswith("Service:") for principal in named)


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

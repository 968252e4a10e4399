"""Policies of roles and resources: newly allowed, or no longer denied, access.

All policies of one role, bucket, queue or other subject are evaluated together.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.access_properties import managed_policies
from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import Place, as_list, place_in_words, value_at
from cfn_analysis.model.wildcards import EVERYTHING
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing import sentences, writing
from cfn_analysis.reviewing.access.documents import IDENTITIES, SubjectPolicy, policies_by_subject
from cfn_analysis.reviewing.access.not_judged import NOT_JUDGED
from cfn_analysis.reviewing.access.statements import Access, Statement, not_covered, statements
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import OPENS
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.reviewing.values import words
from cfn_analysis.updates.comparison import path_of_place
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource, resource_at

_MOST: Final = 3  # of what a sentence lists
# Of the access of a new statement: the conditions that limit it in the earlier ones.
WIDER: Final = "no longer limited as before by"
# Of the access of an earlier statement: the conditions that limit it in the new ones.
NARROWER: Final = "now limited by"


def wider_policies(before: Stacks, after: Stacks) -> Iterator[Risk]:
    """Yield the resources whose policies allow more or deny less than before."""
    had, has = dict(existing_resources(before)), dict(existing_resources(after))
    old, new = policies_by_subject(before), policies_by_subject(after)
    for subject in dict.fromkeys([*new, *old]):
        was, will = old.get(subject, []), new.get(subject, [])
        if sorted(policy.text for policy in was) == sorted(policy.text for policy in will):
            continue
        closings = _closings(was, will, had, has)
        for policy in will:
            is_new = policy.owner is not None and policy.owner not in had
            counts = _opens if is_new else allows
            for place, added in accesses_not_covered(policy, was, counts).items():
                # A new resource has no earlier access that this could be narrower than.
                is_known = is_new or all(access.is_known for access in added)
                paths = _paths(policy, place, had, has)
                access = writing.first(in_words(added, WIDER))
                closed = _besides(access, closings.get((policy.node, paths), ()))
                yield risk(
                    OPENS,
                    policy.node,
                    sentences.ACCESS_ALLOWED,
                    paths=paths,
                    access=access,
                    is_known=is_known,
                    lost=closed,
                )
        for policy in was:
            if policy.owner is not None and policy.owner not in has:
                continue
            if _remains(policy, will, had, has):
                continue
            for place, lost in accesses_not_covered(policy, will, denies).items():
                paths = _paths(policy, place, had, has)
                access = writing.first(in_words(lost, NARROWER))
                closed = _besides(access, closings.get((policy.node, paths), ()))
                sentence = sentences.ACCESS_NO_LONGER_DENIED
                yield risk(OPENS, policy.node, sentence, paths=paths, access=access, denied=closed)


def _remains(
    policy: SubjectPolicy,
    will: Sequence[SubjectPolicy],
    had: Mapping[Node, Resource],
    has: Mapping[Node, Resource],
) -> bool:
    """Return whether a removed policy still applies: it is retained, and no new one replaces it."""
    if policy.node in has or any(new.node not in had for new in will):
        return False
    return had[policy.node].retention_policy("DeletionPolicy").startswith("Retain")


def _besides(opened: tuple[str, ...], closed: tuple[str, ...]) -> tuple[str, ...]:
    """Return closed access in words, in short if only the conditions differ from those of the opened one."""
    opened_under_conditions = [text.replace(WIDER, NARROWER) for text in opened]
    closed_under_conditions = [text.replace(WIDER, NARROWER) for text in closed]
    if opened_under_conditions == closed_under_conditions:
        return ("the same under other conditions",)
    return closed


def _closings(
    was: Sequence[SubjectPolicy],
    will: Sequence[SubjectPolicy],
    had: Mapping[Node, Resource],
    has: Mapping[Node, Resource],
) -> dict[tuple[Node, tuple[str, ...]], tuple[str, ...]]:
    """Return resource and paths of a statement -> the access that it no longer allows, or newly denies.

    A statement that also allows more, or denies less, is reported: what it takes away must not be hidden by
    that. Otherwise, a statement that is only stricter is not judged.
    """
    closings = {}
    for policies, others, counts, how_limited in (
        (was, will, allows, NARROWER),
        (will, was, denies, WIDER),
    ):
        for policy in policies:
            for place, access in accesses_not_covered(policy, others, counts).items():
                key = policy.node, _paths(policy, place, had, has)
                closings[key] = writing.first(in_words(access, how_limited))
    return closings


def _paths(
    policy: SubjectPolicy, place: Place, had: Mapping[Node, Resource], has: Mapping[Node, Resource]
) -> tuple[str, ...]:
    """Return the path of a statement, or all changed properties if they together are the policy."""
    before, after = had.get(policy.node), has.get(policy.node)
    if policy.place:
        return (_path(policy, place, before, after),)
    if before is None or after is None:
        return ()
    old, new = before.properties, after.properties
    return tuple(key for key in dict.fromkeys([*new, *old]) if old.get(key) != new.get(key))


def _path(policy: SubjectPolicy, place: Place, before: Resource | None, after: Resource | None) -> str:
    old, new = _properties(before), _properties(after)
    if policy.kind == "grant" or isinstance(value_at(new or old, policy.place), str):  # JSON as a text
        place = ()
    return path_of_place(old, new, (*policy.place, *place))


def _properties(resource: Resource | None) -> Mapping[str, Any]:
    if resource is None:
        return {}
    return resource.properties


Counts = Callable[[SubjectPolicy, Statement], bool]


def accesses_not_covered(
    policy: SubjectPolicy, others: Sequence[SubjectPolicy], counts: Counts
) -> dict[Place, list[Access]]:
    """Return the access that each statement covers and others do not, also by the names of resources."""
    by_document = _not_covered(policy, policy.document, [compared.document for compared in others], counts)
    if not by_document:
        return {}
    return _not_covered(policy, policy.named, [compared.named for compared in others], counts)


def _not_covered(
    policy: SubjectPolicy, document: Any, others: Sequence[Any], counts: Counts
) -> dict[Place, list[Access]]:
    covering: list[Statement] = []
    for compared in others:
        covering += statements(compared)
    by_place: dict[Place, list[Access]] = {}
    for statement in statements(document):
        if not counts(policy, statement):
            continue
        if missing := list(not_covered(statement, covering)):
            by_place.setdefault(statement.place, []).extend(missing)
    return by_place


def allows(_: SubjectPolicy, statement: Statement) -> bool:
    """Return whether a statement allows."""
    return not statement.denies


def denies(_: SubjectPolicy, statement: Statement) -> bool:
    """Return whether a statement denies."""
    return statement.denies


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
        if was is not None:
            yield from _boundary_changed(node, was, resource)


def _boundary_changed(node: Node, before: Resource, after: Resource) -> Iterator[Risk]:
    old = before.properties.get("PermissionsBoundary")
    new = after.properties.get("PermissionsBoundary")
    if not old or old == new:
        return
    sentence = sentences.BOUNDARY_CHANGED if new else sentences.BOUNDARY_REMOVED
    yield risk(
        OPENS,
        node,
        sentence,
        paths=("PermissionsBoundary",),
        old=_policy_in_words(old),
        new=_policy_in_words(new),
    )


def _attached(resolved: ResolvedStack, node: Node, resource: Resource) -> dict[str, Risk]:
    """Return what gives a resource the permissions of a managed policy or a group, by a text to compare."""
    openings: dict[str, Risk] = {}
    for place, policies in managed_policies(resource.properties):
        for number, policy in enumerate(as_list(policies)):
            key = json.dumps(resolved.with_names(policy), sort_keys=True)
            arn = _policy_in_words(policy)
            path = place_in_words((*place, number) if isinstance(policies, list) else place)
            openings[key] = risk(OPENS, node, sentences.MANAGED_POLICY_ATTACHED, paths=(path,), arn=arn)
    for path, user, group in _memberships(resource):
        key = json.dumps(resolved.with_names([user, group]), sort_keys=True)
        member = words(user) if user else "the user"
        opening = risk(OPENS, node, sentences.GROUP_JOINED, paths=(path,), user=member, group=words(group))
        openings[key] = opening
    return openings


def _memberships(resource: Resource) -> list[tuple[str, Any, Any]]:
    """Return the path, the user and the group of each; the user is empty for the resource itself."""
    if resource.type == "AWS::IAM::User":
        groups = as_list(resource.properties.get("Groups"))
        return [(f"Groups[{number}]", "", group) for number, group in enumerate(groups)]
    if resource.type == "AWS::IAM::UserToGroupAddition":
        group = resource.properties.get("GroupName")
        users = as_list(resource.properties.get("Users"))
        return [(f"Users[{number}]", user, group) for number, user in enumerate(users)]
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
    principals = ["".join(principal) for principal in statement.principals.includes]
    return policy.kind == "trust" and not all(name.startswith("Service:") for name in principals)


_Alike = tuple[str, tuple[str, ...], tuple[str, ...]]
"""The principal, the actions and the dropped conditions of access to several resources."""


def in_words(accesses: Sequence[Access], how_limited: str) -> list[str]:
    """Return access in words, that to several resources once."""
    resources_of: dict[_Alike, dict[str, None]] = {}
    for access in accesses:
        alike = (access.principal, access.actions, access.dropped)
        resources_of.setdefault(alike, {})[access.resource] = None
    return [_alike_in_words(alike, list(resources), how_limited) for alike, resources in resources_of.items()]


def _alike_in_words(alike: _Alike, resources: Sequence[str], how_limited: str) -> str:
    principal, actions, dropped = alike
    sentence = beginning(actions, _MOST)
    if any(resources):
        sentence += f" on {beginning(resources, _MOST)}"
    elif actions == ("*",):
        sentence = "all access"
    if principal:
        sentence += f" by {principal}"
    if dropped and dropped != ("Condition",):
        sentence += f", {how_limited} {beginning(dropped, _MOST)}"
    return sentence

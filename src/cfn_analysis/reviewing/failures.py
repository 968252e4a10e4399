"""Changes that CloudFormation or a service rejects, so that the deploy or a part of it fails."""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from cfn_analysis.model.references import in_words, value_at
from cfn_analysis.model.stack_policies import DELETE, MODIFY, denies
from cfn_analysis.model.stack_policies import REPLACE as REPLACING
from cfn_analysis.model.three_valued import YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import series
from cfn_analysis.reviewing.api_keys import refused_keys
from cfn_analysis.reviewing.changes import Changed, EnvironmentChanges
from cfn_analysis.reviewing.outcomes import DELETE_FAILS, ORPHANED, is_protected
from cfn_analysis.updates.effects import deleted_first, unique_properties
from cfn_analysis.updates.partial_resolving import in_stack
from cfn_analysis.updates.refused_updates import refused_changes
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource
from cfn_analysis.updates.resource_changes import (
    ADD,
    MAYBE_REPLACE,
    REMOVE,
    REPLACE,
    UPDATE,
    ResourceChange,
)
from cfn_analysis.updates.update_exceptions import ChangedProperties

# Their names are unique across all regions.
_GLOBAL: Final = ("AWS::CloudFront::", "AWS::IAM::", "AWS::Route53::", "AWS::S3::")
_NAME: Final = "the name"


class Failure(NamedTuple):
    """A change that fails.

    Attributes:
        stack: the stack.
        name: logical ID of the resource.
        message: the failure, its reason and the alternatives.
    """

    stack: str
    name: str
    message: str


def failures(environment: EnvironmentChanges) -> Iterator[Failure]:
    """Yield the failures in an environment, except those of exports."""
    for stack, side in environment.after.items():
        was = environment.before[stack].refused_values if stack in environment.before else []
        for refusal in side.refused_values:
            if refusal not in was:
                yield Failure(
                    stack, "", f"The deploy fails: a rule of the template rejects the parameters. {refusal}"
                )
    for one in environment.resources.values():
        yield from _type_changed(one.change)
        yield from _name_kept(environment, one.change)
        yield from _refused(one.change)
        yield from _denied(environment, one.change)
        if one.data == DELETE_FAILS:
            yield _not_deleted(one.change)
    yield from _names_taken(environment)
    for stack, name, message in refused_keys(environment):
        yield Failure(stack, name, message)


def _type_changed(change: ResourceChange) -> Iterator[Failure]:
    for cause in change.causes:
        if cause.name == "Type" and not cause.place:
            yield Failure(
                *change.node,
                f"The deploy fails: the type of {change.node.name} cannot be changed from {cause.before} to "
                f"{cause.after}. Use a new logical ID for the new resource.",
            )


def _name_kept(environment: EnvironmentChanges, change: ResourceChange) -> Iterator[Failure]:
    after = change.after
    if change.action not in (REPLACE, MAYBE_REPLACE) or after is None or change.before is None:
        return
    if change.before.type != after.type:
        return
    region = environment.after[change.node.stack].built.region
    if deleted_first(after.type, region):
        return
    for group, why in unique_properties(after.type, region, after.properties):
        if set(group) & set(change.properties):
            continue
        name = in_words(after.attributes["Properties"].get(group[0]))
        fails = (
            "The deploy fails"
            if change.action == REPLACE
            else f"If {change.node.name} is replaced, the deploy fails"
        )
        if why:
            yield Failure(
                *change.node,
                f"{fails}: the new {change.node.name} is created before the old one is deleted, and {why}. "
                f"Change {_either(group)} too, or deploy in two steps: first remove the resource, then add "
                "the new one.",
            )
        else:
            yield Failure(
                *change.node,
                f"{fails}: {change.node.name} is replaced but keeps its name {name}, and the new resource "
                f"cannot be created while the old one has the same name. Revert the change, or change "
                f"{group[0]} too{_causing(change)}.",
            )
        return


def _either(group: tuple[str, ...]) -> str:
    return " or ".join(group)


def _causing(change: ResourceChange) -> str:
    causes = [cause.name for cause in change.causes if cause.name]
    return f" (cause of the replacement: {', '.join(causes[:3])})" if causes else ""


def _refused(change: ResourceChange) -> Iterator[Failure]:
    before, after = change.before, change.after
    if change.action not in (UPDATE, REPLACE, MAYBE_REPLACE) or before is None or after is None:
        return
    changed = ChangedProperties(before.properties, after.properties, after.attributes)
    for refusal, applies in refused_changes(after.type, change.properties, changed):
        how = "The deploy fails" if applies is YES else "The deploy may fail"
        yield Failure(*change.node, f"{how}: {refusal.why}. Instead, {refusal.way_out}. ({refusal.source})")


def _denied(environment: EnvironmentChanges, change: ResourceChange) -> Iterator[Failure]:
    old = environment.before.get(change.node.stack)
    action = {
        UPDATE: MODIFY,
        REPLACE: REPLACING,
        MAYBE_REPLACE: REPLACING,
        REMOVE: DELETE,
    }.get(change.action)
    if old is None or action is None or change.before is None:
        return
    if denies(old.built.policies.stack, action, change.node.name, change.before.type):
        what = {MODIFY: "change", REPLACING: "replace", DELETE: "delete"}[action]
        fails = "The deploy may fail" if change.action == MAYBE_REPLACE else "The deploy fails"
        yield Failure(
            *change.node,
            f"{fails}: the stack policy does not allow an update to {what} {change.node.name} ({action}). "
            "If the change is intended, allow it for this update only (--stack-policy-during-update-body). "
            "Otherwise, revert the change.",
        )


def _not_deleted(change: ResourceChange) -> Failure:
    name = change.node.name
    old = f"The old {name}" if change.action != REMOVE else name
    if change.before is not None and is_protected(change.before):
        why, out = "its deletion protection is enabled", "Disable the protection in an earlier deploy"
    else:
        why = "it must be empty"
        out = "Empty it before the deploy"
    return Failure(
        *change.node,
        f"{old} cannot be deleted, because {why}: it remains in the account, outside of the stack. "
        f"{out}, or retain it with DeletionPolicy: Retain.",
    )


def _names_taken(environment: EnvironmentChanges) -> Iterator[Failure]:
    taken: dict[str, list[tuple[Node, Resource]]] = {}
    for stack, side in environment.before.items():
        for name, resource in side.existing():
            for key, _ in _identities(side, resource):
                taken.setdefault(key, []).append((Node(stack, name), resource))
    changes = environment.resources
    for node, one in changes.items():
        new = one.change.after
        if one.change.action not in (ADD, REPLACE) or new is None:
            continue
        side = environment.after[node.stack]
        holders = [
            (other, what)
            for key, what in _identities(side, new)
            for other, _ in taken.get(key, [])
            if other != node and (other.stack == node.stack or "AWS::StackName" not in key)
        ]
        for other, what in holders:
            happened = changes.get(other)
            if not happened or not _frees_in_time(environment, node, other, happened):
                yield Failure(*node, _taken(node, other, happened, what))
                break


def _frees_in_time(environment: EnvironmentChanges, node: Node, other: Node, happened: Changed) -> bool:
    """Return whether a name is available when a resource of another stack is created, in deploy order."""
    if happened.change.action not in (REMOVE, REPLACE) or happened.data in (ORPHANED, DELETE_FAILS):
        return False
    order = list(environment.after)
    return other.stack != node.stack and order.index(other.stack) < order.index(node.stack)


def _taken(node: Node, other: Node, happened: Changed | None, what: str) -> str:
    holder = other.name if other.stack == node.stack else f"{other.name} of the stack {other.stack}"
    choose = "choose another name" if what == _NAME else "change one of them"
    if happened and happened.data == ORPHANED:
        why = f"{holder} keeps {what}: its policy retains it in the account"
        out = f"Import the existing resource under the new logical ID, or {choose}"
    elif happened and happened.change.action in (REMOVE, REPLACE):
        why = f"{holder} has {what} until it is deleted later in the deploy"
        out = (
            "Keep the logical ID, or deploy in two steps (first remove the resource, then add the new one), "
            "or set DeletionPolicy: Retain first and import the existing resource under the new logical ID"
        )
    else:
        why = f"{holder} already has {what}"
        out = choose.capitalize()
    return f"The deploy fails: {node.name} cannot be created, because {why}. {out}."


def _identities(side: ResolvedStack, resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the identity of a resource, which no other one can have, as a text and in words."""
    region = side.built.region
    for group, why in unique_properties(resource.type, region, resource.properties):
        found = [value_at(resource.properties, tuple(name.split("."))) for name in group]
        values = [in_stack(side.name, side.with_names(value)) for value in found]
        if values[0] is None:
            continue
        everywhere = resource.type.startswith(_GLOBAL)
        what = f"the same {series(group)}" if why else _NAME
        yield json.dumps([resource.type, "" if everywhere else region, group, values], sort_keys=True), what

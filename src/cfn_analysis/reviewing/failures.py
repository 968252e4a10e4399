"""Changes that CloudFormation or a service rejects, so that the deploy or a part of it fails."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from cfn_analysis.model import stack_policies
from cfn_analysis.model.access_properties import policies
from cfn_analysis.model.policy_grammar import grammar_problems, place_of
from cfn_analysis.model.references import as_list, in_words, value_at
from cfn_analysis.model.schemas import known_schema
from cfn_analysis.model.three_valued import YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.address_blocks import overlapping_blocks
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.concurrency import exceeded_concurrency
from cfn_analysis.reviewing.findings import Detail, Risk, risk
from cfn_analysis.reviewing.kinds import WILL_FAIL
from cfn_analysis.reviewing.outcomes import DELETE_FAILS, ORPHANED, ResourceOutcome, is_protected
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.updates.cases import ChangedProperties
from cfn_analysis.updates.comparison import path_of_place
from cfn_analysis.updates.effects import Effect, refused_changes, unique_properties
from cfn_analysis.updates.partial_resolving import in_stack
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource
from cfn_analysis.updates.resource_changes import (
    ADD,
    MAYBE_REMOVE,
    MAYBE_REPLACE,
    REMOVE,
    REPLACE,
    UPDATE,
    ResourceChange,
)

# Their names are unique across all regions.
_GLOBAL: Final = ("AWS::CloudFront::", "AWS::IAM::", "AWS::Route53::", "AWS::S3::")
_DENIABLE: Final = {
    UPDATE: stack_policies.MODIFY,
    REPLACE: stack_policies.REPLACE,
    MAYBE_REPLACE: stack_policies.REPLACE,
    REMOVE: stack_policies.DELETE,
}


def failures(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the failures in an environment, except those of exports and of API keys."""
    for stack, side in environment.after.items():
        was = environment.before[stack].refused_values if stack in environment.before else []
        for refusal in side.refused_values:
            if refusal not in was:
                yield risk(WILL_FAIL, Node(stack, ""), sentences.PARAMETERS_REJECTED, refusal=refusal)
    yield from _nulls_added(environment)
    for outcome in environment.resources.values():
        yield from _type_changed(outcome.change)
        yield from _identity_kept(environment.after, outcome.change)
        yield from _policy_refused(outcome.change)
        yield from _update_refused(outcome.change)
        yield from _update_denied(environment.before, outcome.change)
        yield from _not_deleted(outcome)
    yield from _names_taken(environment)
    yield from _exports_taken(environment)
    yield from overlapping_blocks(environment)
    yield from exceeded_concurrency(environment)


def _nulls_added(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each null that a template did not have: CloudFormation refuses the template.

    It counts also where nothing that exists has it. Rule E0000 of cfn-lint refuses the same.
    """
    for stack, side in environment.after.items():
        had = _nulls(environment.before[stack]) if stack in environment.before else set()
        for name, path in sorted(_nulls(side) - had):
            yield risk(WILL_FAIL, Node(stack, name), sentences.NULL_ADDED, paths=(path,), where=path)


@lru_cache(maxsize=32)  # stacks: a template is the same in all environments of a review
def _nulls(side: ResolvedStack) -> set[tuple[str, str]]:
    """Return the resource and the path of each null in the properties of a template."""
    places: set[tuple[str, str]] = set()
    for name, resource in side.built.resources.items():
        for key, value in (resource.get("Properties") or {}).items():
            places |= {(name, path) for path in _null_paths(value, key)}
    return places


def _null_paths(value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield path
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _null_paths(item, f"{path}[{number}]")
    elif isinstance(value, Mapping) and "Fn::GetAZs" not in value:  # without an argument: the stack's region
        for key, item in value.items():
            yield from _null_paths(item, f"{path}.{key}")


def _type_changed(change: ResourceChange) -> Iterator[Risk]:
    for cause in change.causes:
        if cause.path == "Type" and not cause.place:
            types = {"before": cause.before, "after": cause.after}
            yield risk(WILL_FAIL, change.node, sentences.TYPE_CHANGED, paths=(cause.path,), **types)


def _identity_kept(stacks: Stacks, change: ResourceChange) -> Iterator[Risk]:
    """Yield a replacement that keeps what no second resource can have, such as a name."""
    before, after = change.before, change.after
    if change.action not in (REPLACE, MAYBE_REPLACE) or before is None or after is None:
        return
    region = stacks[change.node.stack].built.region
    if before.type != after.type or known_schema(after.type, region).deleted_first:
        return
    certain = change.action == REPLACE
    paths = [cause.path for cause in change.decisive]
    for group, why in unique_properties(after.type, region, after.properties):
        if {*group} & {*change.properties}:
            continue
        if why:
            sentence = sentences.IDENTITY_KEPT
            yield risk(WILL_FAIL, change.node, sentence, paths=paths, certain=certain, why=why, by=group)
        else:
            detail: dict[str, Detail] = {
                "kept": in_words(after.attributes["Properties"].get(group[0])),
                "by": group[0],
                "causes": tuple(cause.path for cause in change.decisive if cause.path)[:3],
            }
            yield risk(WILL_FAIL, change.node, sentences.NAME_KEPT, paths=paths, certain=certain, **detail)
        return


def _update_refused(change: ResourceChange) -> Iterator[Risk]:
    before, after = change.before, change.after
    if change.action not in (UPDATE, REPLACE, MAYBE_REPLACE) or before is None or after is None:
        return
    changed = ChangedProperties(before.properties, after.properties, after.attributes)
    strongest = [cause for cause in change.causes if cause.place and cause.effect == Effect.REPLACED]
    # A resource that is replaced for another reason is not updated.
    names = [str(cause.place[0]) for cause in strongest] or change.properties
    for name in dict.fromkeys(names):
        paths = [cause.path for cause in change.causes if cause.place[:1] == (name,)]
        for refusal, applies in refused_changes(after.type, {name}, changed):
            certain = applies is YES and not change.may_not_happen
            detail = {"why": refusal.why, "way_out": refusal.way_out, "source": refusal.source}
            sentence = sentences.UPDATE_REFUSED
            yield risk(WILL_FAIL, change.node, sentence, paths=paths, certain=certain, **detail)


def _policy_refused(change: ResourceChange) -> Iterator[Risk]:
    """Yield each changed or new policy that is not written as its service requires."""
    after = change.after
    if change.action in (REMOVE, MAYBE_REMOVE) or after is None:
        return
    old: Mapping[str, Any] = change.before.properties if change.before else {}
    found = [*policies(old), *policies(after.properties)]
    for place in dict.fromkeys(place for place, _document in found):
        was, will = value_at(old, place), value_at(after.properties, place)
        if will is None or was == will:
            continue
        kind = place_of(after.type, place)
        known = grammar_problems(was, kind) if was is not None else []
        problems = [problem for problem in grammar_problems(will, kind) if problem not in known]
        if problems:
            path = path_of_place(old, after.properties, place)
            detail: dict[str, Detail] = {"where": path, "why": tuple(problems[:3])}
            yield risk(WILL_FAIL, change.node, sentences.POLICY_REFUSED, paths=(path,), **detail)


def _update_denied(stacks: Stacks, change: ResourceChange) -> Iterator[Risk]:
    """Yield a change that the deployed stack policy denies."""
    stack, name = change.node
    action = _DENIABLE.get(change.action)
    if stack not in stacks or action is None or change.before is None:
        return
    if stack_policies.denies(stacks[stack].built.policies.stack, action, name, change.before.type):
        certain = change.action != MAYBE_REPLACE
        yield risk(WILL_FAIL, change.node, sentences.UPDATE_DENIED, certain=certain, action=action)


def _not_deleted(outcome: ResourceOutcome) -> Iterator[Risk]:
    change = outcome.change
    if outcome.data == DELETE_FAILS:
        sentence = sentences.NOT_DELETED if change.action == REMOVE else sentences.OLD_NOT_DELETED
        protected = change.before is not None and is_protected(change.before)
        paths = () if change.action == REMOVE else tuple(cause.path for cause in change.decisive)
        yield risk(WILL_FAIL, change.node, sentence, paths=paths, is_protected=protected)


def _names_taken(environment: EnvironmentChanges) -> Iterator[Risk]:
    holders: dict[str, list[Node]] = {}
    for node, resource in existing_resources(environment.before):
        for identity in _identities(environment.before[node.stack], resource):
            holders.setdefault(identity.key, []).append(node)
    for node, outcome in environment.resources.items():
        new = outcome.change.after
        if outcome.change.action not in (ADD, UPDATE, REPLACE) or new is None:
            continue
        for identity in _identities(environment.after[node.stack], new):
            if environment.refers_to_new(identity.values, node.stack):
                continue  # the deployed resources belong to the old one
            having = holders.get(identity.key, [])
            if outcome.change.action == UPDATE and node in having:
                continue
            rival = _rival(environment, node, having)
            if rival is not None:
                yield _name_taken(environment, outcome.change, rival, identity)
                break


def _rival(environment: EnvironmentChanges, node: Node, holders: Sequence[Node]) -> Node | None:
    """Return the first other resource that still has an identity when a resource gets it."""
    for holder in holders:
        if holder != node and not _frees_in_time(environment, node, holder):
            return holder
    return None


def _exports_taken(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield new exports whose name another stack of the region has at that time.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/outputs-section-structure.html
    """
    at_that_time = dict(environment.states.deployed)
    for name, stack in environment.after.items():
        had = at_that_time[name].exports if name in at_that_time else {}
        for export, key in stack.exports.items():
            holder = _exporter(export, stack, at_that_time)
            if holder is None or export in had:
                continue
            detail = {"export": export, "holder": holder, "key": key}
            paths = [f"Outputs.{key}"]
            yield risk(WILL_FAIL, Node(name, ""), sentences.EXPORT_TAKEN, paths=paths, **detail)
        at_that_time[name] = stack


def _exporter(export: str, stack: ResolvedStack, stacks: Stacks) -> str | None:
    """Return the other stack of the region of a stack that has an export; None if there is none."""
    for name, compared in stacks.items():
        is_in_region = compared.built.region == stack.built.region and name != stack.name
        if is_in_region and export in compared.exports:
            return name
    return None


class _Identity(NamedTuple):
    """What no two resources can have.

    Attributes:
        key: a text to compare.
        properties: the names of the properties.
        values: their values, as another stack sees them.
        is_name: whether they are the name of the resource.
    """

    key: str
    properties: tuple[str, ...]
    values: Sequence[Any]
    is_name: bool


def _frees_in_time(environment: EnvironmentChanges, node: Node, holder: Node) -> bool:
    """Return whether a name is available when a resource of another stack is created, in deploy order."""
    outcome = environment.resources.get(holder)
    if outcome is None or outcome.change.action not in (REMOVE, REPLACE):
        return False
    order = list(environment.after)
    is_deleted = outcome.data not in (ORPHANED, DELETE_FAILS)
    return is_deleted and order.index(holder.stack) < order.index(node.stack)


def _name_taken(
    environment: EnvironmentChanges, change: ResourceChange, holder: Node, identity: _Identity
) -> Risk:
    node = change.node
    same = () if identity.is_name else identity.properties
    outcome = environment.resources.get(holder)
    sentence = sentences.NAME_TAKEN
    if outcome and outcome.data == ORPHANED:
        sentence = sentences.NAME_RETAINED
    elif outcome and outcome.change.action in (REMOVE, REPLACE):
        sentence = sentences.NAME_FREE_LATER
    elif outcome and same and change.action == UPDATE:
        sentence = sentences.VALUE_TAKEN
    stack = "" if holder.stack == node.stack else holder.stack
    detail: dict[str, Detail] = {"holder": holder.name, "stack": stack, "same": same}
    if sentence == sentences.NAME_FREE_LATER:
        actions = [environment.resources[changed].change.action for changed in (holder, node)]
        detail["is_renamed"] = actions == [REMOVE, ADD]
    paths = () if change.action == ADD else identity.properties
    return risk(WILL_FAIL, node, sentence, paths=paths, **detail)


def _identities(resolved: ResolvedStack, resource: Resource) -> Iterator[_Identity]:
    """Yield the identities of a resource, which no other one can have."""
    region = resolved.built.region
    for group, why in unique_properties(resource.type, region, resource.properties):
        properties = [value_at(resource.properties, tuple(name.split("."))) for name in group]
        values: list[Any] = [in_stack(resolved.name, resolved.with_names(value)) for value in properties]
        scope = "" if resource.type.startswith(_GLOBAL) else region
        for value in as_list(values[0]):
            key = json.dumps([resource.type, scope, group, value, values[1:]], sort_keys=True)
            yield _Identity(key, group, values, is_name=not why)

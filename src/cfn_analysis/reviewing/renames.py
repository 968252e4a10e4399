"""Resources whose logical ID changes: CloudFormation creates a new resource and removes the old one."""

from collections.abc import Mapping
from typing import Any

from cfn_analysis.model.intrinsics import joined, parts_of_sub
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.changes import EnvironmentChanges, StackChanges
from cfn_analysis.reviewing.outcomes import PUBLISHED
from cfn_analysis.reviewing.states import Stacks
from cfn_analysis.updates.comparison import WithNames, differences
from cfn_analysis.updates.resolved_stack import Resource, mentions
from cfn_analysis.updates.resource_changes import ADD, REMOVE


def renames(environment: EnvironmentChanges) -> dict[Node, Node]:
    """Return the removed resources for which the same stack adds an equal one, and that one.

    Two resources are equal if they have the same type and properties. References to other renamed resources
    are equal if those have the same type.
    """
    pairs: dict[Node, Node] = {}
    for stack in environment.stacks:
        name = stack.built.name
        if name not in environment.before:
            continue
        old, new = environment.before[name], environment.after[name]
        removed, added = (_recognizable(stack, action) for action in (REMOVE, ADD))
        types = {logical_id: resource.type for logical_id, resource in [*removed.items(), *added.items()]}
        names = (old.with_names, new.with_names)
        for old_name, resource in removed.items():
            new_name = _equal_resource(resource, added, types, stack.built.region, names)
            if new_name is not None:
                pairs[Node(name, old_name)] = Node(name, new_name)
                added = {logical_id: added[logical_id] for logical_id in added if logical_id != new_name}
    return _consistent(environment, pairs)


def _equal_resource(
    removed: Resource,
    added: Mapping[str, Resource],
    types: Mapping[str, str],
    region: str,
    names: tuple[WithNames, WithNames],
) -> str | None:
    """Return the logical ID of the first added resource that is equal to a removed one, or None."""
    before = _without_names(removed.properties, types)
    for logical_id, resource in added.items():
        if resource.type != removed.type:
            continue
        after = _without_names(resource.properties, types)
        if not differences(resource.type, region, before, after, names):
            return logical_id
    return None


def _consistent(environment: EnvironmentChanges, pairs: dict[Node, Node]) -> dict[Node, Node]:
    """Return the pairs whose differing references refer to resources that are renamed too."""
    kept = {old: new for old, new in pairs.items() if _leads_to_renamed(environment, old, pairs)}
    if len(kept) == len(pairs):
        return pairs
    return _consistent(environment, kept)


def _leads_to_renamed(environment: EnvironmentChanges, old: Node, pairs: Mapping[Node, Node]) -> bool:
    before, after = _targets(environment.before, old), _targets(environment.after, pairs[old])
    return {pairs.get(target, target) for target in before} == after


def _targets(stacks: Stacks, node: Node) -> set[Node]:
    """Return the resources that a resource refers to."""
    properties = stacks[node.stack].resources[node.name].properties
    return {mention.target for mention in mentions(properties, node.stack)}


def _recognizable(stack: StackChanges, action: str) -> dict[str, Resource]:
    """Return the added or removed resources, except those without distinguishing properties."""
    changes = [outcome.change for outcome in stack.resources if outcome.change.action == action]
    resources = {change.node.name: change.after or change.before for change in changes}
    return {
        logical_id: resource
        for logical_id, resource in resources.items()
        if resource is not None and resource.properties and resource.type not in PUBLISHED
    }


def _without_names(value: Any, types: Mapping[str, str]) -> Any:
    """Return a value in which references to some resources are replaced with their types."""
    match value:
        case {"Ref": str(name)} if name in types:
            return {"Ref": f"AWS::{types[name]}"}
        case {"Fn::GetAtt": [str(name), attribute]} if name in types:
            return {"Ref": f"AWS::{types[name]}.{attribute}"}
        case {"Fn::Sub": _} if (parts := parts_of_sub(value)) is not None:
            return joined(_without_names(part, types) for part in parts)
        case dict():
            return {key: _without_names(part, types) for key, part in value.items()}
        case list():
            return [_without_names(part, types) for part in value]
    return value

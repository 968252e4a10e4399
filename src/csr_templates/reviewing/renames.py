"""Resources that get another logical ID: CloudFormation sees one that comes and one that goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from csr_templates.cloudformation.references import pieces
from csr_templates.cloudformation.resolved_stack import Resource
from csr_templates.cloudformation.set_changes import ADD, REMOVE
from csr_templates.cloudformation.wiring import Node
from csr_templates.reviewing.changes import EnvironmentChanges


class Rename(NamedTuple):
    """A resource under another logical ID.

    Attributes:
        old: the one that goes.
        new: the one that comes.
    """

    old: Node
    new: Node


def renames(environment: EnvironmentChanges) -> list[Rename]:
    """Return the resources that go while an equal one comes in the same stack, each at most once.

    Equal is what has the same type and the same properties. References to what is renamed too count as equal
    if they lead to resources of the same type.
    """
    found = []
    for stack in environment.stacks:
        name = stack.stack.name
        if name not in environment.before:
            continue
        gone, new = (
            {
                one.change.node.name: resource
                for one in stack.resources
                if one.change.change == kind and (resource := getattr(one.change, side)) is not None
            }
            for kind, side in ((REMOVE, "before"), (ADD, "after"))
        )
        old_content = _content(gone)
        new_content = _content(new)
        for old_name, content in old_content.items():
            match = next((one for one, other in new_content.items() if other == content), None)
            if match is not None:
                del new_content[match]
                found.append(Rename(Node(name, old_name), Node(name, match)))
    return found


def _content(resources: Mapping[str, Resource]) -> dict[str, str]:
    types = {name: resource.type for name, resource in resources.items()}
    return {
        name: json.dumps([resource.type, _without_names(resource.properties, types)], sort_keys=True)
        for name, resource in resources.items()
        if resource.properties
    }


def _without_names(value: Any, types: Mapping[str, str]) -> Any:
    """Return a value in which references to some resources name only their types."""
    match value:
        case {"Ref": str(name)} if name in types:
            return {"Ref": f"({types[name]})"}
        case {"Fn::GetAtt": [str(name), attribute]} if name in types:
            return {"Fn::GetAtt": [f"({types[name]})", attribute]}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _text_without_names(text, types)}
        case {"Fn::Sub": [str(text), dict(bound)]}:
            return {"Fn::Sub": [_text_without_names(text, types), _without_names(bound, types)]}
        case dict():
            return {key: _without_names(item, types) for key, item in value.items()}
        case list():
            return [_without_names(item, types) for item in value]
    return value


def _text_without_names(text: str, types: Mapping[str, str]) -> list[Any]:
    def variable(name: str) -> dict[str, str]:
        start, dot, rest = name.partition(".")
        return {"Ref": f"({types[start]}){dot}{rest}" if start in types else name}

    return list(pieces(text, variable))

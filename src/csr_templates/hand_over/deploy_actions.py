"""The IAM actions that the schemas list for the types of a template, and what IAM says about an action."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.schemas import iam_action, resource_schema
from csr_templates.hand_over import deploy_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cfn_analysis.model.built_stack import BuiltStack

_READS: Final = ("Describe", "Get", "List")


class Requirement(NamedTuple):
    """The source of a required action: a handler of a type, or ``tags`` for reading and changing its tags."""

    type: str
    handler: str


def required_actions(stack: BuiltStack) -> dict[str, set[Requirement]]:
    """Return every action that the types of the template require, with the sources of the requirement.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
    """
    requirements: dict[str, set[Requirement]] = {}
    for type_name, resources in by_type(stack).items():
        unused = _unused_actions(type_name, resources.values())
        for handler, actions in handlers_of(type_name, stack.region).items():
            for action in actions:
                if action not in unused:
                    requirements.setdefault(action, set()).add(Requirement(type_name, handler))
    return requirements


def by_type(stack: BuiltStack) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return type -> logical ID -> the properties of the resource."""
    types: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, resource in stack.resources.items():
        types.setdefault(resource["Type"], {})[name] = resource.get("Properties", {})
    return types


@cache
def handlers_of(type_name: str, region: str) -> dict[str, tuple[str, ...]]:
    """Return handler -> the actions of a type, with ``tags`` and without ``list``."""
    schema = resource_schema(type_name, region)
    handlers = {name: actions for name, actions in schema.handlers.items() if name != "list"}
    if schema.tag_permissions:
        handlers["tags"] = schema.tag_permissions
    return handlers


def _unused_actions(type_name: str, resources: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the actions of properties that no resource of a type sets, at any depth."""
    optional = deploy_scopes.OPTIONAL.get(type_name)
    if not optional:
        return set()
    text = json.dumps(list(resources))  # only keys precede a colon here
    unused: set[str] = set()
    for property_name, actions in optional.items():
        if f'"{property_name}":' not in text:
            unused.update(actions)
    return unused


def service_of(action: str) -> str:
    """Return the service of an action."""
    return action.partition(":")[0]


def is_read(action: str) -> bool:
    """Return whether an action changes nothing."""
    return name_of(action).startswith(_READS)


def is_pattern(action: str) -> bool:
    """Return whether a schema lists several actions as one: ``autoscaling:Describe*``."""
    return "*" in action


@cache
def takes_any(action: str) -> bool:
    """Return whether the action must be allowed for ``*``."""
    if action in deploy_scopes.OF_AWS or deploy_scopes.LOOK_UPS.fullmatch(action):
        return True
    return not arn_formats(action)


def name_of(action: str) -> str:
    """Return an action without its service."""
    return action.partition(":")[2]


@cache  # the stacks share many actions
def arn_formats(action: str) -> tuple[str, ...]:
    """Return the formats of the ARNs of an action."""
    return (*(iam_action(action) or ()), *deploy_scopes.ARNS.get(action, ()))

"""Facts from cfn-lint's schemas about a type: its physical name, and the create-only properties."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

from cfn_analysis.model.resource_names import NESTED_NAMES
from cfn_analysis.rules.support.values import branches, logical_ids_in

PropertyPath = tuple[str, ...]

# The service gives the same name twice: a second hosted zone or API key does not collide with the first, nor
# does the next version of a component or a recipe.
REPEATABLE_NAMES = {
    "AWS::ApiGateway::ApiKey",
    "AWS::ImageBuilder::Component",
    "AWS::ImageBuilder::ContainerRecipe",
    "AWS::ImageBuilder::ImageRecipe",
    "AWS::ImageBuilder::Workflow",
    "AWS::Route53::HostedZone",
}


@cache
def name_paths(resource_type: str, region: str) -> tuple[PropertyPath, ...]:
    """Return the path of the physical name of a resource of this type, from cfn-lint's schemas.

    This is the identifier, if the template can set it, otherwise a create-only property with the name Name or
    that of the type (``QueueName`` of ``AWS::SQS::Queue``, ``GroupName`` of ``AWS::EC2::SecurityGroup``). If
    the identifier has several parts, the others identify the parent.
    """
    if resource_type in NESTED_NAMES:
        return (NESTED_NAMES[resource_type],)
    schema = _schema(resource_type, region)
    if not schema or resource_type in REPEATABLE_NAMES:
        return ()
    identifiers = _top_level(schema, "primaryIdentifier")
    writable = set(schema.get("properties", {})).difference(_top_level(schema, "readOnlyProperties"))
    if len(identifiers) == 1 and identifiers[0] in writable:
        return ((identifiers[0],),)
    fixed = writable.intersection([*identifiers, *_top_level(schema, "createOnlyProperties")])
    noun = resource_type.rpartition("::")[2]
    return tuple(
        (name,)
        for name in sorted(fixed)
        if name.endswith("Name") and noun.endswith(name.removesuffix("Name"))
    )


@cache
def create_only(resource_type: str, region: str) -> tuple[PropertyPath, ...]:
    """Return the properties that replace a resource of this type when they change."""
    pointers = _schema(resource_type, region).get("createOnlyProperties", [])
    paths = (tuple(pointer.removeprefix("/properties/").split("/")) for pointer in pointers)
    return tuple(sorted({path for path in paths if "*" not in path}))


@cache
def parents(resource_type: str, region: str) -> frozenset[PropertyPath]:
    """Return the create-only properties for the parent of a resource of this type.

    The name of an alias is unique in its function, that of a security group in its VPC: with another parent,
    the same name is available. Such a property is a part of the identifier, or has the name of a type of the
    same service.
    """
    schema, (service, _, _) = _schema(resource_type, region), resource_type.rpartition("::")
    types = (kind.rpartition("::") for kind in PROVIDER_SCHEMA_MANAGER.get_resource_types(region))
    nouns = {noun.lower() for of_service, _, noun in types if of_service == service}
    return frozenset(
        path
        for path in create_only(resource_type, region)
        if path[-1] in _top_level(schema, "primaryIdentifier")
        or {path[-1].lower(), re.sub(r"(Identifier|Name|Arn|ARN|Id|ID)$", "", path[-1]).lower()} & nouns
    )


def _schema(resource_type: str, region: str) -> dict[str, Any]:
    try:
        schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type).schema
    except ResourceNotFoundError:
        return {}
    return schema


def _top_level(schema: dict[str, Any], key: str) -> list[str]:
    pointers: list[str] = schema.get(key, [])
    names = (pointer.removeprefix("/properties/") for pointer in pointers)
    return [name for name in names if "/" not in name]


def explicit_names(
    validator: Validator, properties: Any, path: PropertyPath
) -> Iterator[tuple[Any, Validator]]:
    """Yield a name in each case, unless AWS generates it or it is the name of another resource."""
    for value, case in branches(validator, properties, *path):
        function, argument = is_function(value)
        another = function == "Fn::GetAtt" or (function == "Ref" and argument in case.context.resources)
        if value is not None and not another:
            yield value, case


def replacing_parameters(validator: Validator, value: Any) -> set[str]:
    """Return the parameters in a value of a create-only property, except those in a mapping.

    The value of a mapping for an environment changes only with the environment, which changes all names. A
    parameter with only one allowed value does not change.
    """
    parameters = validator.cfn.template.get("Parameters")
    declared = parameters if isinstance(parameters, dict) else {}
    return {
        name
        for name in logical_ids_in(_without_maps(value))
        if isinstance(declared.get(name), dict) and len(declared[name].get("AllowedValues", "..")) > 1
    }


def _without_maps(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_maps(part) for part in value]
    if not isinstance(value, dict):
        return value
    function, _ = is_function(value)
    if function == "Fn::FindInMap":
        return None
    return {key: _without_maps(part) for key, part in value.items()}

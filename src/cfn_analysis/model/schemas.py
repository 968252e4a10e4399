"""Schemas of resource types and IAM actions of AWS, read from the copies in cfn-lint.

All other modules read create-only properties and required permissions here. The files are read without
importing cfn-lint, which would take longer than a build with cached lints.

The permissions are those that the schema of each type lists for its handlers. They have not been tested for
every property. https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import importlib.util
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class SchemasError(ValueError):
    """The schemas are missing or have another format, or do not contain a type or region."""


class ResourceSchema(NamedTuple):
    """The schema of a resource type.

    Properties are paths from the resource's Properties: ``CidrBlock``, ``DnsOptions/PrivateDnsPreference``.

    Attributes:
        type: such as ``AWS::EC2::VPC``.
        primary_identifier: the properties or attributes that identify a resource of the type.
        create_only: properties whose change replaces the resource.
        conditional_create_only: properties whose change replaces the resource in some cases.
        handlers: ``create``, ``read``, ``update``, ``delete``, ``list`` -> IAM actions. A type that cannot be
            updated does not have ``update``; a type without details has no handlers.
        tag_permissions: IAM actions for reading and changing the tags.
        tag_property: the property for tags; empty if the type does not support tags.
        required: the required properties.
        deleted_first: a replacement starts with the deletion of the old resource.
        write_only: properties that reading the resource does not return.
    """

    type: str
    primary_identifier: tuple[str, ...]
    create_only: tuple[str, ...]
    conditional_create_only: tuple[str, ...]
    handlers: Mapping[str, tuple[str, ...]]
    tag_permissions: tuple[str, ...]
    tag_property: str = ""
    required: tuple[str, ...] = ()
    deleted_first: bool = False
    write_only: tuple[str, ...] = ()


class RuntimeLifecycle(NamedTuple):
    """The last dates of a Lambda runtime.

    Attributes:
        deprecated: date from which Lambda may no longer apply security patches to the runtime.
        create_block: date from which functions cannot be created with it; None if AWS does not state one.
    """

    deprecated: date
    create_block: date | None


@cache
def resource_schema(type_name: str, region: str) -> ResourceSchema:
    """Return the schema of a type in a region.

    Raises:
        SchemasError: the region or the type is unknown, or the schemas of cfn-lint have another format.
    """
    file, schema = _schema(type_name, region)
    handlers = schema.get("handlers", {})
    if not all(isinstance(handler, dict) and "permissions" in handler for handler in handlers.values()):
        _unknown_layout(file, "a handler has no permissions")
    return ResourceSchema(
        type_name,
        _properties(file, schema, "primaryIdentifier"),
        _properties(file, schema, "createOnlyProperties"),
        _properties(file, schema, "conditionalCreateOnlyProperties"),
        {name: _permissions(handler["permissions"]) for name, handler in handlers.items()},
        _permissions(schema.get("tagging", {}).get("permissions", [])),
        _tag_property(schema),
        tuple(schema.get("required", [])),
        schema.get("replacementStrategy") == "delete_then_create",
        _properties(file, schema, "writeOnlyProperties"),
    )


@cache
def known_schema(type_name: str, region: str) -> ResourceSchema:
    """Return the schema of a type in a region; one without properties for a type that is not known."""
    try:
        return resource_schema(type_name, region)
    except SchemasError:
        return ResourceSchema(type_name, (), (), (), {}, ())


def writable_properties(type_name: str, region: str) -> list[str]:
    """Return the properties of a type that a template can set.

    Raises:
        SchemasError: as ``resource_schema`` does.
    """
    file, schema = _schema(type_name, region)
    read_only = _properties(file, schema, "readOnlyProperties")
    return [name for name in schema.get("properties", {}) if name not in read_only]


@cache
def is_never_updated(type_name: str, region: str) -> bool:
    """Return whether each change of a type replaces the resource, except one of its tags.

    Examples are permissions and associations. A type that is not known may be updated.
    """
    schema = known_schema(type_name, region)
    if not schema.create_only:
        return False
    properties = [name for name in writable_properties(type_name, region) if name != schema.tag_property]
    return all(name in schema.create_only for name in properties)


@cache
def resource_types(region: str) -> frozenset[str]:
    """Return the names of all resource types of a region.

    Raises:
        SchemasError: there are no schemas for the region.
    """
    return frozenset(_type_files(region))


def require_region(region: str) -> None:
    """Check that a region exists.

    Raises:
        SchemasError: there are no schemas for the region.
    """
    _type_files(region)


@cache
def property_schema(type_name: str, region: str, place: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the part of the schema of a type for one value.

    References of the schema to its own definitions are resolved.

    Args:
        type_name: such as ``AWS::EC2::VPC``.
        region: region of the stack.
        place: keys from the resource's Properties to the value; ``*`` for every item of a list.

    Returns:
        A JSON schema; empty if the schema does not contain the place, or describes it other than with
        properties and items.

    Raises:
        SchemasError: as ``resource_schema`` does.
    """
    file, whole = _schema(type_name, region)
    part: Any = whole.get("properties", {}).get(place[0])
    for key in place[1:]:
        if not isinstance(part, dict):
            return {}
        part = _followed(file, whole, part)
        if key == "*":
            part = part.get("items")
        elif key in part.get("properties", {}):
            part = part["properties"][key]
        else:
            patterns = part.get("patternProperties", {})
            part = next((schema for pattern, schema in patterns.items() if _allows(pattern, key)), None)
    if not isinstance(part, dict):
        return {}
    return _with_alternatives(file, whole, part)


@cache
def known_property_schema(type_name: str, region: str, place: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the same as ``property_schema``; empty for a type that is not known."""
    try:
        return property_schema(type_name, region, place)
    except SchemasError:
        return {}


@cache
def stateful_types() -> frozenset[str]:
    """Return the types with data.

    Instances of database clusters are not included, because the data belongs to the cluster. An RDS instance
    without a cluster has data, but is not included either.

    Raises:
        SchemasError: the list of cfn-lint has another format.
    """
    types = _read(_STATEFUL).get("ResourceTypes")
    if not isinstance(types, dict):
        _unknown_layout(_STATEFUL, "it has no ResourceTypes")
    return frozenset(name for name in types if not name.endswith("::DBInstance"))


@cache
def creatable_versions(type_name: str, engine: str) -> tuple[str, ...]:
    """Return the versions of a database engine that a new resource of a type can have, oldest first.

    Empty if cfn-lint does not list the versions of the type or of the engine.

    Raises:
        SchemasError: the lists of cfn-lint have another format.
    """
    folder = "schemas/extensions/" + type_name.replace("::", "_").lower()
    listed = _engine_versions(f"{folder}/engine_version.json", engine)
    deprecated = _engine_versions(f"{folder}/engine_version_deprecated.json", engine)
    return tuple(sorted(listed - deprecated, key=version_key))


@cache
def runtime_lifecycle(runtime: str) -> RuntimeLifecycle | None:
    """Return the last dates of a Lambda runtime such as ``nodejs22.x``; None if cfn-lint does not list it.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html

    Raises:
        SchemasError: the list of cfn-lint has another format.
    """
    dates = _read(_RUNTIMES).get(runtime)
    if dates is None:
        return None
    try:
        create_block = dates["create-block"]
        return RuntimeLifecycle(
            date.fromisoformat(dates["deprecated"]),
            date.fromisoformat(create_block) if create_block else None,
        )
    except (KeyError, TypeError, ValueError):
        _unknown_layout(_RUNTIMES, f"the dates of {runtime} are {dates!r}")


def version_key(version: str) -> list[tuple[int, str]]:
    """Return the sort key of a version: its numbers by value."""
    return [(int(digits or 0), words) for digits, words in re.findall(r"([0-9]+)|([^0-9]+)", version)]


def _engine_versions(file: str, engine: str) -> set[str]:
    if not (data_folder() / file).is_file():
        return set()
    listed: set[str] = set()
    for rule in _read(file).get("allOf", []):
        condition = rule.get("if", {}).get("properties", {})
        if condition.get("Engine") != {"const": engine}:
            continue
        # The versions are in "then"; the deprecated ones in "if".
        then = rule.get("then")
        place = then.get("properties", {}) if isinstance(then, dict) else condition
        versions = place.get("EngineVersion", {}).get("enum")
        if not isinstance(versions, list):
            _unknown_layout(file, f"the versions of {engine} are not an enum")
        listed.update(versions)
    return listed


@cache
def iam_action(action: str) -> tuple[str, ...] | None:
    """Return the formats of the ARNs that a policy can limit an action such as ``ec2:CreateVpc`` to.

    They contain ``${Partition}``, ``${Region}`` and ``${Account}``, and ``*`` for the name of the resource.
    The list is empty if the action supports only ``*``. None is returned for an action that does not exist in
    IAM: the handlers list some, such as names of API calls without an IAM action. Allowing such a name has no
    effect.

    Raises:
        SchemasError: the IAM actions of cfn-lint have another format.
    """
    service_prefix, _, action_name = action.partition(":")
    service = _service(service_prefix) or {"Actions": {}, "Resources": {}}
    if action_name.lower() not in service["Actions"]:
        return None
    formats: set[str] = set()
    for resource_type in service["Actions"][action_name.lower()].get("Resources", []):
        try:
            formats.update(service["Resources"][resource_type.lower()]["ARNFormats"])
        except KeyError as error:
            _unknown_layout(_POLICIES, f"{action} refers to a resource without {error}")
    return tuple(sorted(arn.replace(".*", "*") for arn in formats))


@cache
def iam_resource(service: str, kind: str) -> tuple[str, ...]:
    """Return the formats of the ARNs of a kind of resource of IAM, as ``iam_action`` does for an action.

    Args:
        service: such as ``lambda``.
        kind: such as ``EventSourceMapping``, without regard to case, spaces and hyphens.

    Returns:
        The formats; empty if IAM has no such kind.

    Raises:
        SchemasError: the IAM actions of cfn-lint have another format.
    """
    kinds = (_service(service) or {"Resources": {}})["Resources"]
    for name, resource in kinds.items():
        if re.sub("[ -]", "", name) == kind.lower():
            return tuple(sorted(arn.replace(".*", "*") for arn in resource["ARNFormats"]))
    return ()


@cache
def iam_actions(prefix: str) -> frozenset[str]:
    """Return the names of the actions of a service, in lower case; none if IAM has no such service.

    Raises:
        SchemasError: the IAM actions of cfn-lint have another format.
    """
    return frozenset((_service(prefix) or {"Actions": {}})["Actions"])


@cache
def data_folder() -> Path:
    """Return the folder of cfn-lint's data about AWS.

    Raises:
        SchemasError: cfn-lint is not installed.
    """
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise SchemasError("The resource schemas come with cfn-lint, which is not installed. Install it.")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


_POLICIES = "AdditionalSpecs/Policies.json"
_STATEFUL = "AdditionalSpecs/StatefulResources.json"
_RUNTIMES = "AdditionalSpecs/LmbdRuntimeLifecycle.json"


@cache
def _service(prefix: str) -> dict[str, Any] | None:
    """Return the IAM data of one service; None if there is no such service."""
    texts = _service_texts()
    if prefix.encode() not in texts:
        return None
    text = texts[prefix.encode()].partition(b": ")[2].decode()
    try:
        service, _ = json.JSONDecoder().raw_decode(text)
    except ValueError as error:
        _unknown_layout(_POLICIES, f"the service {prefix} cannot be read ({error})")
    if not isinstance(service, dict) or not {"Actions", "Resources"} <= set(service):
        _unknown_layout(_POLICIES, f"the service {prefix} has no Actions and Resources")
    return service


@cache
def _service_texts() -> dict[bytes, bytes]:
    """Return service -> the text of its IAM data, up to the next service.

    The file has two megabytes, and a build needs 15 of 450 services. Parsing all of it would add 5 % to a
    build without lint, so it is only split into texts: each service begins a line, after one space.
    """
    texts = {text[: text.find(b'"')]: text for text in _content(_POLICIES).split(b'\n "')}
    if b"iam" not in texts:  # always exists
        _unknown_layout(_POLICIES, "no line begins with the service iam")
    return texts


@cache
def _type_files(region: str) -> dict[str, Any]:
    """Return for each resource type of a region the name of the file with its schema."""
    file = f"schemas/providers/{region}.json"
    # Not sam, without paths to files of a region.
    is_name = "-" in region and re.fullmatch(r"[a-z0-9-]+", region)
    if not is_name or not (data_folder() / file).is_file():
        regions = sorted(path.stem for path in (data_folder() / "schemas" / "providers").glob("*-*.json"))
        if not regions:
            _unknown_layout("schemas/providers", "it contains no region")
        raise SchemasError(
            f"There are no schemas for the region {region!r}; cfn-lint {_version()} has {', '.join(regions)}."
        )
    return _read(file)


@cache
def _schema(type_name: str, region: str) -> tuple[str, dict[str, Any]]:
    """Return the schema of a type in a region, and its file."""
    name = _type_files(region).get(type_name)
    if name is None:
        raise SchemasError(
            f"{type_name} is not a resource type in {region}, according to cfn-lint {_version()}. Correct "
            "the name, or use a newer cfn-lint."
        )
    if not isinstance(name, str):
        _unknown_layout(
            f"schemas/providers/{region}.json",
            "it maps resource types to something other than names of files",
        )
    file = f"schemas/resources/{name}.json"
    schema = _read(file)
    if (described := schema.get("typeName")) != type_name:
        _unknown_layout(file, f"typeName is {described!r} instead of {type_name!r}")
    return file, schema


def _allows(pattern: str, key: str) -> bool:
    """Return whether a pattern of a schema allows a key; one that Python cannot read allows every key."""
    try:
        return re.search(pattern, key) is not None
    except re.error:  # such as \p{L} of ECMAScript
        return True


def _followed(file: str, whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a schema, or the part that it refers to."""
    part = schema
    while pointer := part.get("$ref"):
        target: Any = whole
        for key in pointer.split("/")[1:]:
            target = target.get(key) if isinstance(target, dict) else None
        if not isinstance(target, dict):
            _unknown_layout(file, f"it refers to {pointer}, which it does not have")
        part = target
    return part


def _with_alternatives(file: str, whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a schema with all references resolved, also in alternatives."""
    part = _followed(file, whole, schema)
    keys = [key for key in ("allOf", "anyOf", "oneOf") if key in part]
    if not keys:
        return part
    resolved = dict(part)
    for key in keys:
        resolved[key] = [_with_alternatives(file, whole, alternative) for alternative in part[key]]
    return resolved


def _tag_property(schema: Mapping[str, Any]) -> str:
    tagging = schema.get("tagging", {})
    name: str = tagging.get("tagProperty", "/properties/Tags").removeprefix("/properties/")
    if tagging.get("taggable", True) and name in schema.get("properties", {}):
        return name
    return ""


def _permissions(actions: Iterable[str]) -> tuple[str, ...]:
    """Return the actions of a handler, with the service in lower case: some schemas have ``EC2:``."""
    permissions = set()
    for action in actions:
        service, colon, name = action.partition(":")
        if colon:  # one schema has an empty text
            permissions.add(f"{service.lower()}:{name}")
    return tuple(sorted(permissions))


def _properties(file: str, schema: Mapping[str, Any], key: str) -> tuple[str, ...]:
    pointers = schema.get(key, [])
    if not all(str(pointer).startswith("/properties/") for pointer in pointers):
        _unknown_layout(file, f"{key} contains something other than paths under /properties/")
    return tuple(pointer.removeprefix("/properties/") for pointer in pointers)


@cache  # most types are the same in all regions
def _read(file: str) -> dict[str, Any]:
    try:
        content = json.loads(_content(file))
    except ValueError as error:
        _unknown_layout(file, f"it cannot be read ({error})")
    if not isinstance(content, dict):
        _unknown_layout(file, "it is not an object")
    return content


def _content(file: str) -> bytes:
    try:
        return (data_folder() / file).read_bytes()
    except OSError as error:
        _unknown_layout(file, f"it cannot be read ({error})")


def _version() -> str:
    import importlib.metadata  # takes longer than reading a schema; only for errors

    return importlib.metadata.version("cfn-lint")


def _unknown_layout(file: str, what: str) -> NoReturn:
    raise SchemasError(
        f"cfn-lint {_version()} stores its schemas in a format that is not supported: in "
        f"cfnlint/data/{file}, {what}. Install the required version of cfn-lint; if it is installed, the "
        "installation is damaged."
    )

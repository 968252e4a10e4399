"""What AWS publishes about resource types and IAM actions, read from the copies that cfn-lint ships.

This is the only door to them: whoever asks for create-only properties or for the permissions that a type
needs asks here. The files are read without importing cfn-lint, which would take longer than a build that
finds all its lints in the cache.

The permissions are those that each type's schema claims for its handlers. Nobody has observed them for every
property.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import importlib.util
import json
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping


class SchemasError(ValueError):
    """The schemas are not where or not what they should be, or do not know what they are asked for."""


class ResourceSchema(NamedTuple):
    """What the schema of one resource type says.

    Properties are paths from the resource's Properties: ``CidrBlock``, ``DnsOptions/PrivateDnsPreference``.

    Attributes:
        type: such as ``AWS::EC2::VPC``.
        primary_identifier: the properties or attributes that tell one resource of the type from another.
        create_only: changing one of these properties replaces the resource.
        conditional_create_only: changing one of these replaces the resource in some cases only.
        handlers: ``create``, ``read``, ``update``, ``delete``, ``list`` -> IAM actions that it says it uses.
            A type that cannot be updated has no ``update``; one that AWS does not describe has none at all.
        tag_permissions: IAM actions for reading and changing the tags.
    """

    type: str
    primary_identifier: tuple[str, ...]
    create_only: tuple[str, ...]
    conditional_create_only: tuple[str, ...]
    handlers: Mapping[str, tuple[str, ...]]
    tag_permissions: tuple[str, ...]


class IamAction(NamedTuple):
    """What IAM knows of one action.

    Attributes:
        arns: formats of the ARNs that a policy can limit the action to, with ``${Partition}``, ``${Region}``
            and ``${Account}``, and ``*`` for what names the resource. Empty: the action takes ``*`` only.
        tagged: whether conditions on the resource's tags hold for every kind of resource among them.
    """

    arns: tuple[str, ...]
    tagged: bool


@cache
def resource_schema(type_name: str, region: str) -> ResourceSchema:
    """Return the schema of a type as it is in a region.

    Raises:
        SchemasError: the region or the type is unknown, or cfn-lint keeps its schemas in another way.
    """
    file = _type_file(type_name, region)
    handlers = _member(file, "handlers") or {}
    if not all(isinstance(handler, dict) and "permissions" in handler for handler in handlers.values()):
        _unknown_layout(file, "a handler has no permissions")
    return ResourceSchema(
        type_name,
        _properties(file, "primaryIdentifier"),
        _properties(file, "createOnlyProperties"),
        _properties(file, "conditionalCreateOnlyProperties"),
        {name: tuple(sorted(set(handler["permissions"]))) for name, handler in handlers.items()},
        tuple(sorted((_member(file, "tagging") or {}).get("permissions", []))),
    )


@cache
def property_schema(type_name: str, region: str, place: tuple[str, ...]) -> Mapping[str, Any]:
    """Return what the schema of a type says of one value.

    References of the schema to its own definitions are replaced by what they lead to.

    Args:
        type_name: such as ``AWS::EC2::VPC``.
        region: of the stack.
        place: keys from the resource's Properties down to the value; ``*`` stands for every item of a list.

    Returns:
        A JSON schema; empty where the schema says nothing of the place, or says it in another way than with
        properties and items.

    Raises:
        SchemasError: as ``resource_schema`` does.
    """
    file = _type_file_once(type_name, region)
    found: Any = _part(file, "properties", place[0])
    for key in place[1:]:
        if not isinstance(found, dict):
            return {}
        found = _followed(file, found)
        if key == "*":
            found = found.get("items")
        elif key in found.get("properties", {}):
            found = found["properties"][key]
        else:
            patterns = found.get("patternProperties", {})
            found = next((one for pattern, one in patterns.items() if re.search(pattern, key)), None)
    return _with_alternatives(file, found) if isinstance(found, dict) else {}


@cache
def iam_action(action: str) -> IamAction | None:
    """Return what IAM knows of an action such as ``ec2:CreateVpc``; None for one that it does not know.

    Handlers name some that it does not know, be it a slip or the name of an API call without an action of its
    own. A policy that allows such a name allows nothing.

    Raises:
        SchemasError: cfn-lint keeps IAM's actions in another way.
    """
    prefix, _, name = action.partition(":")
    service = _service(prefix) or {"Actions": {}, "Resources": {}}
    if name.lower() not in service["Actions"]:
        return None
    kinds = service["Actions"][name.lower()].get("Resources", [])
    try:
        found = [service["Resources"][kind.lower()] for kind in kinds]
        arns = {arn.replace(".*", "*") for kind in found for arn in kind["ARNFormats"]}
    except KeyError as error:
        _unknown_layout(_POLICIES, f"{action} names a resource without {error}")
    tagged = all("aws:ResourceTag/${TagKey}" in kind.get("ConditionKeys", []) for kind in found)
    return IamAction(tuple(sorted(arns)), bool(found) and tagged)


def iam_action_count(service: str) -> int:
    """Return how many actions ``<service>:*`` allows.

    Raises:
        SchemasError: IAM knows no such service, or cfn-lint keeps its actions in another way.
    """
    known = _service(service)
    if known is None:
        raise SchemasError(f"IAM has no service {service!r}, as far as cfn-lint {_version()} knows.")
    return len(known["Actions"])


@cache
def data_folder() -> Path:
    """Return the folder of what cfn-lint knows of AWS.

    Raises:
        SchemasError: cfn-lint is not installed.
    """
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise SchemasError("The resource schemas come with cfn-lint, which is not installed. Install it.")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


_POLICIES = "AdditionalSpecs/Policies.json"


@cache
def _service(prefix: str) -> dict[str, Any] | None:
    """Return what IAM knows of one service; None if there is no such service."""
    service = _member(_POLICIES, prefix)
    if service is None and prefix != "iam":
        _service("iam")  # every IAM has it: where it is missing too, the layout is unknown, and this raises
        return None
    if not isinstance(service, dict) or not {"Actions", "Resources"} <= set(service):
        _unknown_layout(_POLICIES, f"the service {prefix} has no Actions and Resources")
    return service


@cache
def _types_file(region: str) -> str:
    """Return the file that has, for each resource type of a region, the name of the file with its schema."""
    file = f"schemas/providers/{region}.json"
    is_name = "-" in region and re.fullmatch(r"[a-z0-9-]+", region)  # not sam, and no path to a region's file
    if not is_name or not (data_folder() / file).is_file():
        regions = sorted(path.stem for path in (data_folder() / "schemas" / "providers").glob("*-*.json"))
        if not regions:
            _unknown_layout("schemas/providers", "it holds no region")
        raise SchemasError(
            f"There are no schemas for the region {region!r}; cfn-lint {_version()} has {', '.join(regions)}."
        )
    return file


def _type_file(type_name: str, region: str) -> str:
    """Return the file with the schema of a type as it is in a region."""
    types = _types_file(region)
    name = _member(types, type_name)
    if name is None:
        raise SchemasError(
            f"{type_name} is no resource type in {region}, as far as cfn-lint {_version()} knows. Correct "
            "the name, or use a cfn-lint whose schemas have it."
        )
    if not isinstance(name, str):
        _unknown_layout(types, "it maps resource types to something other than names of files")
    file = f"schemas/resources/{name}.json"
    if (described := _member(file, "typeName")) != type_name:
        _unknown_layout(file, f"typeName is {described!r} instead of {type_name!r}")
    return file


_type_file_once = cache(_type_file)  # each type is asked for many of its properties


def _followed(file: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema, or the one that it refers to."""
    while pointer := schema.get("$ref"):
        _, member, key, *keys = pointer.split("/")
        found = _part(file, member, key)
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            _unknown_layout(file, f"it refers to {pointer}, which it does not have")
        schema = found
    return schema


def _with_alternatives(file: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema without references, in its alternatives neither."""
    schema = _followed(file, schema)
    for key in {"allOf", "anyOf", "oneOf"}.intersection(schema):
        schema = {**schema, key: [_with_alternatives(file, one) for one in schema[key]]}
    return schema


@cache
def _part(file: str, member: str, key: str) -> Any:
    """Return one value of an object in a file; None if it is not there.

    As with ``_member``, no more than that is parsed where each of its keys begins a line, two spaces in.
    """
    text = _members(file).get(member.encode(), b"")
    start = text.find(b'\n  "%b": ' % key.encode())
    end = text.find(b'\n  "', start + 1) if start >= 0 else -1
    if end >= 0:
        with suppress(ValueError):
            return json.loads(b"{%b}" % text[start:end].removesuffix(b","))[key]
    return (_member(file, member) or {}).get(key)


def _properties(file: str, key: str) -> tuple[str, ...]:
    pointers = _member(file, key) or []
    if not all(str(pointer).startswith("/properties/") for pointer in pointers):
        _unknown_layout(file, f"{key} holds something other than paths under /properties/")
    return tuple(pointer.removeprefix("/properties/") for pointer in pointers)


def _member(file: str, key: str) -> Any:
    """Return one value of the object in a file; None if the key is not there.

    Of large files, one of which has two megabytes, a build needs little. So no more than that is parsed,
    where each key stands at the beginning of a line, one space in. Where not, all of the file is.
    """
    members = _members(file)
    if members and key.encode() not in members:
        return None
    try:
        return json.loads(b'{"%b}' % members[key.encode()].removesuffix(b","))[key]
    except (KeyError, ValueError):
        return _read(file).get(key)


@cache
def _members(file: str) -> dict[bytes, bytes]:
    """Return key -> the text of the key and its value, less the first quote; nothing in another layout."""
    first, *members = _content(file).split(b'\n "')
    if first != b"{" or not members:
        return {}
    members[-1], end, _ = members[-1].rpartition(b"\n}")
    return {member[: member.find(b'"')]: member for member in members} if end else {}


@cache
def _read(file: str) -> dict[str, Any]:
    try:
        content = json.loads(_content(file))
    except ValueError as error:
        _unknown_layout(file, f"it cannot be read ({error})")
    if not isinstance(content, dict):
        _unknown_layout(file, "it holds no object")
    return content


@cache
def _content(file: str) -> bytes:
    try:
        return (data_folder() / file).read_bytes()
    except OSError as error:
        _unknown_layout(file, f"it cannot be read ({error})")


def _version() -> str:
    import importlib.metadata  # takes longer than reading a schema, and only complaints need it

    return importlib.metadata.version("cfn-lint")


def _unknown_layout(file: str, what: str) -> NoReturn:
    raise SchemasError(
        f"cfn-lint {_version()} keeps its schemas in a way that this version of csr-templates does not know: "
        f"in cfnlint/data/{file}, {what}. Install the version of cfn-lint that csr-templates asks for; if it "
        "is the one, the installation is damaged."
    )

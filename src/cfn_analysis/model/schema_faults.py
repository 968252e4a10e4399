"""What the schema of a type refuses in the properties of a resource.

CloudFormation validates the properties of a resource against this schema before it calls the service.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.schemas import SchemasError, known_property_schema, known_schema, writable_properties

_CUSTOM = "AWS::CloudFormation::CustomResource"
_TEXTS = {"string", "integer", "number", "boolean"}


def faults(
    type_name: str, region: str, properties: Mapping[str, Any], names: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield the path of each value of some properties that the schema refuses, and why.

    What is known only in the deployed stack is not judged, nor the properties that a macro returns. All
    values of an unknown type and of a custom resource are allowed.
    """
    if type_name == _CUSTOM or any(name.startswith("Fn::") for name in properties):
        return
    try:
        allowed = writable_properties(type_name, region)
    except SchemasError:
        return
    for name in names:
        if name not in properties:
            if name in known_schema(type_name, region).required:
                yield name, "is required"
        elif name not in allowed:
            yield name, "is not a property of the type that a template can set"
        else:
            yield from _of_value((type_name, region), (name,), name, properties[name])


def _of_value(
    of_type: tuple[str, str], place: tuple[str, ...], path: str, value: Any
) -> Iterator[tuple[str, str]]:
    schema = known_property_schema(*of_type, place)
    if not schema or value is None or is_unknown(value):
        return
    types = schema.get("type", [])
    kinds = {types} if isinstance(types, str) else set(types)
    if isinstance(value, Mapping):
        if kinds and "object" not in kinds:
            yield path, f"must not be a mapping, but {_kinds_allowed(kinds)}"
            return
        yield from _of_mapping(schema, path, value)
        for key, part in value.items():
            yield from _of_value(of_type, (*place, str(key)), f"{path}.{key}", part)
    elif isinstance(value, list):
        if kinds and "array" not in kinds:
            yield path, f"must not be a list, but {_kinds_allowed(kinds)}"
            return
        yield from _of_list(schema, path, value)
        for number, item in enumerate(value):
            yield from _of_value(of_type, (*place, "*"), f"{path}[{number}]", item)
    elif kinds and not kinds & _TEXTS:
        if "object" not in kinds or not _is_json(value):
            yield path, f"must be {_kinds_allowed(kinds)}"
    else:
        yield from ((path, why) for why in _of_scalar(schema, kinds, value))


def _kinds_allowed(kinds: set[str]) -> str:
    words = {"array": "a list", "object": "a mapping", "string": "a text", "boolean": "true or false"}
    return " or ".join(sorted(words.get(kind, "a number") for kind in kinds))


def _is_json(value: Any) -> bool:
    """Return whether a text is a mapping in JSON, which some properties take as a document."""
    try:
        return isinstance(json.loads(str(value)), dict)
    except ValueError:
        return False


def _of_mapping(schema: Mapping[str, Any], path: str, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    known = schema.get("properties", {})
    if known and schema.get("additionalProperties") is False and "patternProperties" not in schema:
        for key in value:
            if key not in known:
                yield f"{path}.{key}", f"is not a property of {path}"
    for key in schema.get("required", []):
        if key not in value:
            yield f"{path}.{key}", "is required"


def _of_list(schema: Mapping[str, Any], path: str, value: list[Any]) -> Iterator[tuple[str, str]]:
    if any(is_unknown(item) for item in value):
        return
    fewest, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
    if len(value) < fewest:
        yield path, f"needs at least {fewest} items"
    if len(value) > most:
        yield path, f"can have at most {most} items"
    texts = [json.dumps(as_strings(item), sort_keys=True) for item in value]
    if schema.get("uniqueItems") and len(set(texts)) < len(texts):
        yield path, "must not have an item twice"


def _of_scalar(schema: Mapping[str, Any], kinds: set[str], value: Any) -> Iterator[str]:
    """Yield why a text, a number or a truth value is refused."""
    text = str(as_strings(value))
    if "{{resolve:" in text:
        return
    allowed = [str(as_strings(choice)) for choice in schema.get("enum", [])]
    if allowed and text.lower() not in [choice.lower() for choice in allowed]:
        yield f"must be one of {', '.join(allowed)}"
    if "string" in kinds:
        yield from _of_text(schema, text)
    elif kinds == {"boolean"}:
        if text.lower() not in ("true", "false"):
            yield "must be true or false"
    elif kinds and "boolean" not in kinds:
        yield from _of_number(schema, text)


def _of_text(schema: Mapping[str, Any], text: str) -> Iterator[str]:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", len(text))
    if len(text) < shortest:
        yield f"needs at least {shortest} characters"
    if len(text) > longest:
        yield f"can have at most {longest} characters"
    pattern = schema.get("pattern")
    if pattern is not None and not _matches(pattern, text):
        yield f"must match {pattern}"


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:  # Python does not read all patterns of ECMA 262
        return True


def _of_number(schema: Mapping[str, Any], text: str) -> Iterator[str]:
    try:
        number = float(text)
    except ValueError:
        yield "must be a number"
        return
    if number < schema.get("minimum", number):
        yield f"must be at least {schema['minimum']}"
    if number > schema.get("maximum", number):
        yield f"must be at most {schema['maximum']}"

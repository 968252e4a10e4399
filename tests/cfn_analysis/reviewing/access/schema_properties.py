"""The properties of all resource types whose names are those of policies, principals and managed policies."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from cfn_analysis.model.schemas import data_folder

Schema = Mapping[str, Any]
_ACCESS = re.compile(rb'"\w*(Polic|Principal)\w*"\s*:\s*\{')


class Property(NamedTuple):
    """A property that a template can set.

    Attributes:
        type: the resource type.
        region: a region that has the type.
        path: its path; ``*`` for items of a list.
        schema: its schema.
    """

    type: str
    region: str
    path: tuple[str, ...]
    schema: Schema

    @property
    def name(self) -> str:
        """Its name."""
        return next(step for step in reversed(self.path) if step != "*")

    @property
    def is_free(self) -> bool:
        """Whether any text or object is allowed."""
        alternatives = [self.schema, *self.schema.get("oneOf", []), *self.schema.get("anyOf", [])]
        if any({"properties", "items", "enum", "$ref"} & set(alternative) for alternative in alternatives):
            return False
        kinds = self.schema.get("type", "object")
        return bool({"object", "string"} & set(kinds if isinstance(kinds, list) else [kinds]))

    def properties(self, value: Any) -> dict[str, Any]:
        """Return the properties of a resource with this value."""
        for step in reversed(self.path):
            value = [value] if step == "*" else {step: value}
        whole_value: dict[str, Any] = value
        return whole_value


@cache
def types() -> dict[str, tuple[str, str]]:
    """Return resource type -> a region that has it, and the file with its schema."""
    files: dict[str, tuple[str, str]] = {}
    for index in sorted((data_folder() / "schemas/providers").glob("*-*.json")):
        for name, file in json.loads(index.read_bytes()).items():
            files.setdefault(name, (index.stem, file))
    return files


@cache
def access_properties() -> list[Property]:
    """Return the properties of all types whose names contain Polic or Principal."""
    properties: list[Property] = []
    for name, (region, file) in types().items():
        content = (data_folder() / f"schemas/resources/{file}.json").read_bytes()
        if not _ACCESS.search(content):
            continue
        whole = json.loads(content)
        read_only = {path.removeprefix("/properties/") for path in whole.get("readOnlyProperties", [])}
        for path, schema in _walk(whole, {"properties": whole.get("properties", {})}, (), frozenset()):
            if (
                path
                and "/".join(path) not in read_only
                and re.search("Polic|Principal", path[-1 if path[-1] != "*" else -2])
            ):
                properties.append(Property(name, region, path, schema))
    return properties


def _walk(
    whole: Schema, schema: Schema, path: tuple[str, ...], seen: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], Schema]]:
    reference = schema.get("$ref")
    if reference:
        if reference in seen:
            return
        part: Any = whole
        for key in reference.split("/")[1:]:
            part = part[key]
        yield from _walk(whole, part, path, seen | {reference})
        return
    yield path, schema
    for name, part in schema.get("properties", {}).items():
        yield from _walk(whole, part, (*path, name), seen)
    if isinstance(schema.get("items"), dict):
        yield from _walk(whole, schema["items"], (*path, "*"), seen)
    for key in ("allOf", "anyOf", "oneOf"):
        for alternative in schema.get(key, []):
            yield from _walk(whole, alternative, path, seen)

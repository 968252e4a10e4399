"""Edits of the four templates: each property that a resource sets, changed to another value of its type.

The edits are not always values that AWS accepts: they show what the review says about a changed property.
"""

import copy
import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import Place
from cfn_analysis.model.schemas import known_property_schema

OTHER: Final = "other"
LESS: Final = "less"


class Edit(NamedTuple):
    """An edit of a property of a resource.

    Attributes:
        place: keys and indexes from the resource's properties; ``Fn::If`` and its branches are part of it.
        kind: ``other`` (another value; of a number, a greater one), or ``less``.
    """

    stack: str
    name: str
    type: str
    place: Place
    kind: str
    before: Any
    after: Any

    @property
    def plain_place(self) -> Place:
        """The place in the resolved properties: without the branches of conditions."""
        return without_branches(self.place)

    @property
    def path(self) -> str:
        """The place without the branches of conditions and without indexes."""
        return ".".join(step for step in self.plain_place if isinstance(step, str))


def edits(stack: str, region: str, template: Mapping[str, Any]) -> Iterator[Edit]:
    """Yield the edits of all properties of the resources of a template."""
    for name, resource in template["Resources"].items():
        type_name = resource["Type"]
        done: set[tuple[Place, str]] = set()
        for place, value in leaves(resource.get("Properties", {})):
            in_schema = schema_place(place)
            schema = known_property_schema(type_name, region, in_schema)
            siblings = _siblings(resource["Properties"], place)
            for kind, after in other_values(value, schema):
                if (place, kind) in done or after in siblings:  # a list does not have duplicates
                    continue
                done.add((place, kind))
                yield Edit(stack, name, type_name, place, kind, value, after)


def _siblings(properties: Mapping[str, Any], place: Place) -> list[Any]:
    """Return the items of the list that contains a value; empty if it is not an item of a list."""
    holder: Any = properties
    for step in place[:-1]:
        holder = holder[step]
    return holder if isinstance(holder, list) and isinstance(place[-1], int) else []


def without_branches(place: Place) -> Place:
    """Return a place without ``Fn::If`` and the branches of it."""
    steps: list[str | int] = []
    is_branch = False
    for step in place:
        if is_branch:
            is_branch = False
        elif step == "Fn::If":
            is_branch = True
        else:
            steps.append(step)
    return tuple(steps)


def schema_place(place: Place) -> tuple[str, ...]:
    """Return a place as in a schema."""
    return tuple("*" if isinstance(step, int) else step for step in without_branches(place))


def leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield the values of properties that are not mappings or lists, with their places."""
    if isinstance(value, Mapping) and "Fn::If" in value:
        for branch in (1, 2):
            yield from leaves(value["Fn::If"][branch], (*place, "Fn::If", branch))
    elif isinstance(value, Mapping) and not is_call(value):
        for key, inner in value.items():
            yield from leaves(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*place, number))
    elif value != {"Ref": "AWS::NoValue"}:
        yield place, value


def is_call(value: Mapping[str, Any]) -> bool:
    """Return whether a mapping is the call of a function."""
    return len(value) == 1 and all(key == "Ref" or key.startswith("Fn::") for key in value)


def other_values(value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield kinds and new values for a value that a schema describes."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, Mapping):
        yield from _other_calls(value, kinds)
    elif isinstance(value, bool) or str(value).lower() in ("true", "false"):
        yield OTHER, str(value).lower() != "true"
    elif "enum" in schema:
        others = [choice for choice in schema["enum"] if str(choice) != str(value)]
        yield from ((OTHER, choice) for choice in others)
    elif isinstance(value, int | float) or str(value).isdigit():
        yield OTHER, int(value) + 1
        if int(value) > schema.get("minimum", 0):
            yield LESS, int(value) - 1
    else:
        yield OTHER, _other_text(value)


def _other_calls(value: Mapping[str, Any], kinds: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield new values for the call of a function."""
    if "boolean" in kinds:
        yield OTHER, True
        yield LESS, False
    elif "integer" in kinds or "number" in kinds:
        yield OTHER, 1_000_000
        yield LESS, 1
    elif "Fn::Sub" in value:
        written = value["Fn::Sub"]
        text, *variables = [written] if isinstance(written, str) else written
        changed_text = _other_text(text)
        yield OTHER, {"Fn::Sub": [changed_text, *variables] if variables else changed_text}
    elif "Ref" in value:
        yield OTHER, {"Fn::Sub": f"${{{value['Ref']}}}-other"}
    else:
        yield OTHER, "other"


def _other_text(text: str) -> str:
    if text.startswith("{") and ":1," in text:  # JSON
        return text.replace(":1,", ":2,", 1)
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return f"{text}-other"
    return "10.99.0.0/16" if network.version == 4 else "2001:db8::/32"


def edited(template: Mapping[str, Any], edit: Edit) -> dict[str, Any]:
    """Return a template after an edit."""
    copied = copy.deepcopy(dict(template))
    apply(copied, edit)
    return copied


def apply(template: dict[str, Any], edit: Edit) -> None:
    """Edit a template."""
    target = template["Resources"][edit.name]["Properties"]
    *path, last = edit.place
    for step in path:
        target = target[step]
    target[last] = copy.deepcopy(edit.after)

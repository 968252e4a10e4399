"""Compares the stacks with ``stacks/pins.py``: resources and names that must not change by accident."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import in_words
from cfn_analysis.model.schemas import SchemasError, resource_schema, stateful_types
from csr_templates.naming import PREFIX
from csr_templates.stacks.pins import Pin, Pins

_FILE: Final = "stacks/pins.py"
_SNAPSHOTS: Final = frozenset({"AWS::RDS::DBCluster"})
"""Types with a snapshot on deletion: a retained cluster would still be billed."""
_NAMED_BY_CONVENTION: Final = frozenset({"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"})
"""Types with names for operators and without data, which can be replaced."""


def problems(stack: BuiltStack, pinned: Mapping[str, Pins]) -> list[str]:
    """Return a sentence for each difference between a stack and its pins.

    Args:
        stack: the stack.
        pinned: name of a stack -> its pins.

    Raises:
        SchemasError: the schemas of cfn-lint have another format.
    """
    is_known = stack.name in pinned
    entry = f"of {stack.name} in {_FILE}" if is_known else f'of a new entry "{stack.name}": Pins() in {_FILE}'
    pins = pinned.get(stack.name, Pins())
    found = (*_data(stack, pins, entry), *_names(stack, pins, entry), *_outputs(stack, pins, entry))
    return [f"Stack {stack.name}: {sentence}" for sentence in found]


def stacks_gone(stacks: list[str], pinned: Mapping[str, Pins]) -> list[str]:
    """Return a sentence for each pinned stack that is no longer among the names of all stacks."""
    return [
        f"Stack {name}: It is pinned in {_FILE}, but is no longer in stacks/listing.py: its deployed "
        "stacks would no longer be managed. Restore it; or, after they are deleted everywhere, remove its "
        f"entry from {_FILE}."
        for name in pinned
        if name not in stacks
    ]


def name_properties(resource_type: str) -> tuple[str, ...]:
    """Return the name properties of a type."""
    kind = resource_type.rpartition("::")[2]
    return "Name", f"{kind}Name", f"{kind}Identifier", "GroupName"


def physical_name(stack: BuiltStack, logical_id: str) -> tuple[str, str]:
    """Return the name property of a resource and its name in words; two empty texts without a name."""
    resource = stack.resources[logical_id]
    try:
        create_only = resource_schema(resource["Type"], stack.region).create_only
    except SchemasError:  # a type that AWS does not describe, or not in this region; the linter says it
        return "", ""
    for key in name_properties(resource["Type"]):
        if key in create_only and key in resource.get("Properties", {}):
            return key, in_words(resource["Properties"][key])
    return "", ""


# ---- Resources with data ----


def _data(stack: BuiltStack, pins: Pins, entry: str) -> Iterator[str]:
    new = [
        logical_id
        for logical_id, resource in stack.resources.items()
        if logical_id not in pins.holds_data and resource["Type"] in stateful_types()
    ]
    for logical_id, pin in pins.holds_data.items():
        if logical_id in stack.resources:
            yield from _changes(stack, logical_id, pin, entry)
            continue
        renamed = [one for one in new if _pin(stack, one)[:2] == pin[:2]]
        guess = f" Was it renamed to {' or '.join(renamed)}?" if renamed else ""
        yield (
            f"{logical_id} contains data and is missing in {stack.name}: {_left(pin)}.{guess} Restore the "
            "ID; or, if no deployed stack has it, or CHANGELOG.md describes the migration of its data, "
            f"remove its line from holds_data {entry}."
        )
    for logical_id in new:
        pin = _pin(stack, logical_id)
        yield (
            f"{logical_id} contains data and is not pinned: the build would not find if it were renamed or "
            f"removed later. Add this line to holds_data {entry}: {_line(logical_id, pin)}"
        )
        yield from _changes(stack, logical_id, pin, entry)


def _left(pin: Pin) -> str:
    """Return the effect of AWS on a resource that is removed from the template."""
    if pin.DeletionPolicy == "Snapshot":
        return "AWS would delete it and keep a snapshot"
    if pin.DeletionPolicy.startswith("Retain"):
        return "AWS would retain it in the account" + (" with its name" if pin.Name else "")
    return "AWS would delete it"


def _changes(stack: BuiltStack, logical_id: str, pin: Pin, entry: str) -> Iterator[str]:
    resource = stack.resources[logical_id]
    _, name = physical_name(stack, logical_id)
    ways_out = f"or, if no deployed stack has it, change its line in holds_data {entry}"
    if resource["Type"] != pin.Type:
        yield (
            f"{logical_id} contains data as {pin.Type}, but is now {resource['Type']}, and CloudFormation "
            f"cannot change a type. Use another ID for the new resource; {ways_out}."
        )
        return
    if name != pin.Name:
        yield (
            f"{logical_id} contains data and {_called(pin.Name)}, but now {_called(name)}: AWS would replace "
            f"it with an empty one. Restore the name; {ways_out}."
        )
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        expected, found = getattr(pin, policy), resource.get(policy, "missing")
        if found != expected:
            survives = found.startswith("Retain") or found == "Snapshot"
            yield (
                f"{logical_id} contains data, but its {policy} is {found}: "
                f"{'more would be retained than needed' if survives else 'the data would be deleted'}. "
                f"Write {policy}={json.dumps(expected)}; {ways_out}."
            )


def _called(name: str) -> str:
    return f"has the name {name}" if name else "has a generated name"


def _pin(stack: BuiltStack, logical_id: str) -> Pin:
    """Return the pin for a resource without one: its type, its name and the required policies."""
    type_name = stack.resources[logical_id]["Type"]
    _, name = physical_name(stack, logical_id)
    return Pin(type_name, name, *(("Snapshot", "Snapshot") if type_name in _SNAPSHOTS else ()))


def _line(logical_id: str, pin: Pin) -> str:
    given = [json.dumps(pin.Type), *([json.dumps(pin.Name)] if pin.Name else [])]
    given += [
        f"{policy}={json.dumps(getattr(pin, policy))}"
        for policy in ("DeletionPolicy", "UpdateReplacePolicy")
        if getattr(pin, policy) != Pin._field_defaults[policy]
    ]
    return f'"{logical_id}": Pin({", ".join(given)}),'


# ---- Names and outputs ----


def _names(stack: BuiltStack, pins: Pins, entry: str) -> Iterator[str]:
    for logical_id, name in pins.names.items():
        if logical_id not in stack.resources:
            yield (
                f"{logical_id} is used by its name, {name}, and is missing in {stack.name}. Restore it; "
                f"or, if nothing uses the name any more, remove its line from names {entry}."
            )
        elif (found := physical_name(stack, logical_id)[1]) != name:
            yield (
                f"{logical_id} is used by its name, {name}, but now {_called(found)}. Restore the name; "
                f"or, if nothing uses the old one any more, change its line in names {entry}."
            )
    for logical_id, resource in stack.resources.items():
        key, name = physical_name(stack, logical_id)
        is_free = resource["Type"] in _NAMED_BY_CONVENTION or key in _required(stack, resource["Type"])
        is_listed = logical_id in pins.names or logical_id in pins.holds_data
        if key and not (is_free or is_listed or resource["Type"] in stateful_types()):
            yield (
                f"{logical_id} has the name {name}, and CloudFormation cannot replace a resource with a "
                f"name. Leave out {key}; or, if it is used by its name, add this line to names {entry}: "
                f'"{logical_id}": {json.dumps(name)},'
            )


def _required(stack: BuiltStack, type_name: str) -> tuple[str, ...]:
    try:
        return resource_schema(type_name, stack.region).required
    except SchemasError:  # as above
        return ()


def _outputs(stack: BuiltStack, pins: Pins, entry: str) -> Iterator[str]:
    exports = {key: name for name, key in stack.exports.items()}
    for key, pinned_export in pins.outputs.items():
        export = f"{PREFIX}{pinned_export}" if pinned_export else None
        found = exports.get(key)
        if key not in stack.outputs:
            importers = f", and stacks import {export}" if export else ""
            yield (
                f"Outputs.{key} is missing in {stack.name}, but is read by name{importers}. Restore it; or, "
                f"if nothing reads it any more, remove its line from outputs {entry}."
            )
        elif found != export:
            was, is_now = (f"exported as {one}" if one else "not exported" for one in (export, found))
            yield (
                f"Outputs.{key} was {was} and is now {is_now}, but an export cannot be changed or removed "
                f"while a stack imports it. Restore it; or, if none does, change its line in outputs {entry}."
            )

"""What changing a property does to a deployed resource: replaces, may replace, interrupts or updates it.

AWS's resource schemas say which properties cannot be changed without a new resource. Whether an update in
place interrupts anything comes from ``documented_updates``, which does not know all properties.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from csr_templates.cloudformation.documented_updates import NOTES, REMOVED, REPLACED_UNLESS, UNINTERRUPTED
from csr_templates.cloudformation.schemas import resource_schema

if TYPE_CHECKING:
    from collections.abc import Collection

    from csr_templates.cloudformation.built_stack import BuiltStack
    from csr_templates.cloudformation.documented_updates import Note
    from csr_templates.cloudformation.references import Place


class Effect(IntEnum):
    """What a change does to a resource, the mildest first."""

    NONE = 0
    UPDATED = 1
    MAYBE_REPLACED = 2
    REPLACED = 3


@cache  # parameters meet in the same places, such as tags
def effect_of_change(type_name: str, region: str, place: Place) -> Effect:
    """Return what changing the value at a place of the properties does to a resource of a type.

    Raises:
        schemas.SchemasError: AWS does not describe the type in the region.
    """
    schema = resource_schema(type_name, region)
    if any(_touches(place, path) for path in (*schema.create_only, *schema.primary_identifier)):
        return Effect.REPLACED
    if any(_touches(place, path) for path in schema.conditional_create_only):
        return Effect.MAYBE_REPLACED
    return Effect.UPDATED


def note_on_change(type_name: str, place: Place) -> Note | None:
    """Return what updating the property at a place does beside changing it, such as a restart."""
    return NOTES.get(type_name, {}).get(str(place[0])) if place else None


def note_on_removal(type_name: str) -> Note | None:
    """Return what removing a resource of a type does beside that."""
    return REMOVED.get(type_name)


def kept_if(type_name: str, place: Place) -> Note | None:
    """Return the case in which a change that may replace does not, if it is known; ``does`` names it."""
    return REPLACED_UNLESS.get(type_name, {}).get(str(place[0])) if place else None


def is_documented(type_name: str, place: Place) -> bool:
    """Tell whether it is known what an update in place of the property at a place interrupts, if anything."""
    documented = (UNINTERRUPTED.get(type_name, ()), NOTES.get(type_name, ()))
    return bool(place) and any(str(place[0]) in properties for properties in documented)


def update_order(stack: BuiltStack, names: Collection[str]) -> list[list[str]]:
    """Return some resources of a stack in the order in which an update comes to them.

    What is in one list may be updated at the same time. A resource waits for what it depends on or refers to,
    directly or through others.
    """
    waits_for = {name: _waits_for(stack, name) & set(names) for name in stack.resources if name in names}
    order: list[list[str]] = []
    done: set[str] = set()
    while ready := [name for name in waits_for if name not in done and waits_for[name] <= done]:
        order.append(ready)
        done.update(ready)
    return order


def _waits_for(stack: BuiltStack, name: str) -> set[str]:
    found: set[str] = set()
    pending = [name]
    while pending:
        one = pending.pop()
        depends = stack.resources[one].get("DependsOn", [])
        needed = {depends} if isinstance(depends, str) else set(depends)
        needed |= {use.name for use in stack.uses[one] if use.kind == "name" and use.name in stack.resources}
        pending += needed - found
        found |= needed
    return found


def _touches(place: Place, path: str) -> bool:
    """Tell whether changing the value at a place can change what the schema calls ``path``."""
    return all(
        theirs == "*" if isinstance(ours, int) else ours == theirs
        for ours, theirs in zip(place, path.split("/"), strict=False)
    )

"""What changing a property does to a deployed resource: replaces, may replace, interrupts or updates it.

AWS's resource schemas say which properties cannot be changed without a new resource. Whether an update in
place interrupts anything comes from ``documented_updates``, which does not know all properties.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from csr_templates.cloudformation.documented_updates import (
    REMOVED,
    REPLACED_UNLESS,
    note_of_page,
    uninterrupted,
)
from csr_templates.cloudformation.intrinsics import is_unknown
from csr_templates.cloudformation.schemas import SchemasError, resource_schema
from csr_templates.cloudformation.update_exceptions import (
    ALSO_REPLACED,
    DECIDED,
    DISPUTED,
    NAME_SCOPES,
    QUIET_IF,
    REPLACED_IF,
    UNIQUE,
    never,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from csr_templates.cloudformation.built_stack import BuiltStack
    from csr_templates.cloudformation.documented_updates import Note
    from csr_templates.cloudformation.references import Place
    from csr_templates.cloudformation.update_exceptions import Changed


CUSTOM = "AWS::CloudFormation::CustomResource"


class Effect(IntEnum):
    """What a change does to a resource, the mildest first."""

    NONE = 0
    UPDATED = 1
    MAYBE_REPLACED = 2
    REPLACED = 3


_EFFECTS = {False: Effect.UPDATED, None: Effect.MAYBE_REPLACED, True: Effect.REPLACED}


@cache  # parameters meet in the same places, such as tags
def effect_of_change(type_name: str, region: str, place: Place) -> Effect:
    """Return what changing the value at a place of the properties does to a resource of a type.

    Raises:
        schemas.SchemasError: AWS does not describe the type in the region.
    """
    schema = resource_schema(type_name, region)
    if any(_touches(place, path) for path in (*schema.create_only, *schema.primary_identifier)):
        return Effect.REPLACED
    if place and place[0] in ALSO_REPLACED.get(type_name, ()):
        return Effect.REPLACED
    if place and place[0] in DISPUTED.get(type_name, ()):
        return Effect.MAYBE_REPLACED
    decided = DECIDED.get(type_name, {}).get(str(place[0])) if place else None
    if decided is not never and any(_touches(place, path) for path in schema.conditional_create_only):
        return Effect.MAYBE_REPLACED
    return Effect.UPDATED


def effect_of_values(
    type_name: str, region: str, place: Place, changed: Changed, *, certain: bool = True
) -> Effect:
    """Return what a change of known values at a place does to a resource of a type.

    Args:
        type_name: a type; what a provider outside AWS does with a change is not known.
        region: of the stack.
        place: from the properties down.
        changed: the properties before and after, which decide where the schema leaves it open.
        certain: whether the values are different in the deployed stack.
    """
    values = [_value_at(side, place) for side in (changed.before, changed.after)]
    try:
        effect = max(effect_of_change(type_name, region, one) for one in _places(place, *values))
    except SchemasError:
        return Effect.MAYBE_REPLACED
    if type_name == CUSTOM:  # its function decides, by the physical ID that it returns
        return Effect.MAYBE_REPLACED
    if effect == Effect.MAYBE_REPLACED and (decide := DECIDED.get(type_name, {}).get(str(place[0]))):
        replaces = decide(changed)
        if replaces is not None:
            effect = Effect.REPLACED if replaces else Effect.UPDATED
    if place and (also := REPLACED_IF.get(type_name, {}).get(str(place[0]))):
        replaces = also(changed)
        effect = max(effect, _EFFECTS[replaces])
    return effect if certain else min(effect, Effect.MAYBE_REPLACED)


def _value_at(node: Any, place: Place) -> Any:
    for step in place:
        match node, step:
            case dict(), _ if step in node:
                node = node[step]
            case list(), int() if step < len(node):
                node = node[step]
            case _:
                return None
    return node


def _places(place: Place, before: Any, after: Any) -> Iterator[Place]:
    """Yield the places of what comes or goes with a mapping that only one side has; otherwise the place."""
    whole = after if before is None else before
    if (before is None) != (after is None) and isinstance(whole, dict) and not is_unknown(whole) and whole:
        for key, value in whole.items():
            yield from _places((*place, key), None, value)
    else:
        yield place


def name_properties(type_name: str, region: str, properties: Collection[str]) -> list[str]:
    """Return those of the given properties that hold the resource's own name: mostly none or one."""
    try:
        schema = resource_schema(type_name, region)
    except SchemasError:
        return []
    noun = type_name.rpartition("::")[2]
    return [
        key
        for key in properties
        if schema.primary_identifier == (key,)
        or (key in schema.create_only and key.endswith("Name") and noun.endswith(key.removesuffix("Name")))
    ]


def identities(
    type_name: str, region: str, properties: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield groups of properties that two resources of a type cannot have in common, and why not.

    Only groups whose properties are all given; the reason is empty where one of them is the resource's name.
    """
    try:
        schema = resource_schema(type_name, region)
    except SchemasError:
        return
    scope = NAME_SCOPES.get(type_name, ())
    whole = schema.primary_identifier
    for name in name_properties(type_name, region, properties):
        if name not in whole or len(whole) == 1:
            yield (name, *scope), ""
    if len(whole) > 1 and all(name in properties for name in whole):
        yield whole, "two resources cannot have the same identifiers"
    for group, why, _ in UNIQUE.get(type_name, ()):
        if all(name in properties for name in group):
            yield group, why


def deleted_first(type_name: str, region: str) -> bool:
    """Tell whether a replacement of a resource starts with the deletion of the old one."""
    try:
        return resource_schema(type_name, region).deleted_first
    except SchemasError:
        return False


def note_on_change(type_name: str, place: Place, changed: Changed | None = None) -> Note | None:
    """Return what updating the property at a place does beside changing it, such as a restart.

    Args:
        type_name: such as ``AWS::EC2::VPC``.
        place: from the properties down.
        changed: the properties before and after, where they are known: they decide for some properties.
    """
    if not place:
        return None
    quiet = QUIET_IF.get(type_name, {}).get(str(place[0]))
    return None if changed and quiet and quiet(changed) else note_of_page(type_name, str(place[0]))


def note_on_removal(type_name: str) -> Note | None:
    """Return what removing a resource of a type does beside that."""
    return REMOVED.get(type_name)


def kept_if(type_name: str, place: Place) -> Note | None:
    """Return the case in which a change that may replace does not, if it is known; ``does`` names it."""
    return REPLACED_UNLESS.get(type_name, {}).get(str(place[0])) if place else None


def is_documented(type_name: str, place: Place) -> bool:
    """Tell whether it is known what an update in place of the property at a place interrupts, if anything."""
    if not place:
        return False
    name = str(place[0])
    # Of 575 pages with Tags, one says more than "No interruption" where the tags do not replace.
    return name == "Tags" or name in uninterrupted(type_name) or note_of_page(type_name, name) is not None


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
        needed |= {use.name for use in stack.uses[one] if use.kind == "name"}
        needed &= stack.resources.keys()  # a DependsOn on what is not there is for the linter
        pending += needed - found
        found |= needed
    return found


def _touches(place: Place, path: str) -> bool:
    """Tell whether changing the value at a place can change what the schema calls ``path``."""
    return all(
        theirs == "*" if isinstance(ours, int) else ours == theirs
        for ours, theirs in zip(place, path.split("/"), strict=False)
    )

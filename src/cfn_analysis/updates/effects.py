"""Effect of a changed property on a deployed resource: replaces, may replace, interrupts or updates it.

Create-only properties are from AWS's resource schemas. Everything else is from ``facts``, which does not
contain all properties.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import IntEnum
from functools import cache
from typing import Any

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import Place, value_at
from cfn_analysis.model.resource_names import name_properties
from cfn_analysis.model.schemas import SchemasError, known_schema, resource_schema
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth
from cfn_analysis.updates import cases
from cfn_analysis.updates.cases import ChangedProperties, known_text
from cfn_analysis.updates.facts import Note, Refusal, facts_at, facts_of, note_of, uninterrupted
from cfn_analysis.updates.resolved_stack import CUSTOM


class Effect(IntEnum):
    """Effects of a change on a resource, mildest first."""

    NONE = 0
    UPDATED = 1
    MAYBE_REPLACED = 2
    REPLACED = 3


_EFFECTS = {NO: Effect.UPDATED, UNKNOWN: Effect.MAYBE_REPLACED, YES: Effect.REPLACED}
_FIXED = {cases.never: Effect.UPDATED, cases.disputed: Effect.MAYBE_REPLACED, cases.always: Effect.REPLACED}


@cache  # many parameters are used in the same places, such as tags
def effect_of_change(type_name: str, region: str, place: Place) -> Effect:
    """Return the effect of a change at a place; SchemasError if AWS does not describe the type there."""
    schema = resource_schema(type_name, region)
    if any(_touches(place, path) for path in (*schema.create_only, *schema.primary_identifier)):
        return Effect.REPLACED
    replaces = facts_at(type_name, place).replaces
    if replaces in _FIXED:
        return _FIXED[replaces]
    is_conditional = replaces or any(_touches(place, path) for path in schema.conditional_create_only)
    return Effect.MAYBE_REPLACED if is_conditional else Effect.UPDATED


def effect_of_values(
    type_name: str, region: str, place: Place, changed: ChangedProperties, *, certain: bool = True
) -> Effect:
    """Return the effect of a change of known values; for a type outside AWS, it is not known.

    ``certain`` is whether the values are different in the deployed stack.
    """
    values = [value_at(side, place) for side in (changed.before, changed.after)]
    try:
        effect = max(effect_of_change(type_name, region, inner) for inner in _places(place, *values))
    except SchemasError:
        return Effect.MAYBE_REPLACED
    if type_name == CUSTOM:  # the physical ID that its function returns determines it
        return Effect.MAYBE_REPLACED
    if effect == Effect.MAYBE_REPLACED and (replaces := facts_at(type_name, place).replaces):
        effect = _EFFECTS[replaces(changed, str(place[0]))]
    if not certain:
        return min(effect, Effect.MAYBE_REPLACED)
    return effect


def _places(place: Place, before: Any, after: Any) -> Iterator[Place]:
    """Yield the places in an added or removed mapping; otherwise the place itself."""
    whole = after if before is None else before
    if (before is None) != (after is None) and isinstance(whole, dict) and not is_unknown(whole) and whole:
        for key, value in whole.items():
            yield from _places((*place, key), None, value)
    else:
        yield place


def unique_properties(
    type_name: str, region: str, properties: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield groups of properties that must differ between two resources of a type, and the reason.

    Only groups whose properties are all given; the reason is empty if one of them is the name of the
    resource. A property is a path, such as ``CachePolicyConfig.Name``.
    """
    scope = facts_of(type_name).name_scope
    whole = known_schema(type_name, region).primary_identifier
    for name in name_properties(type_name, region, properties):
        if name not in whole or len(whole) == 1 or scope:
            yield (name, *scope), ""
    if len(whole) > 1 and all(name in properties for name in whole):
        yield whole, "two resources cannot have the same identifiers"
    for row in facts_of(type_name).unique:
        values = [value_at(properties, tuple(name.split("."))) for name in row.properties]
        applies = all(known_text(properties, name) == value for name, value in row.applies_with.items())
        if applies and None not in values:
            yield row.properties, row.why


def note_on_change(type_name: str, place: Place, changed: ChangedProperties | None = None) -> Note | None:
    """Return the side effect of updating the property at a place, such as a restart.

    Some effects depend on the properties before and after, if these are known.
    """
    if not place:
        return None
    name, facts = str(place[0]), facts_at(type_name, place)
    if changed and facts.quiet_if and facts.quiet_if(changed, name) is YES:
        return None
    if changed and facts.certain_if and facts.certain_if(changed, name) is YES:
        return facts.certain_note
    return note_of(type_name, name)


def refused_changes(
    type_name: str, properties: Collection[str], changed: ChangedProperties
) -> Iterator[tuple[Refusal, Truth]]:
    """Yield what AWS refuses, or may refuse, of a change of some properties, and whether it does."""
    for name, facts in facts_of(type_name).properties.items():
        if name not in properties:
            continue
        for refusal in facts.refusals:
            applies = refusal.applies(changed, name)
            if applies is not NO:
                yield refusal, applies


def is_documented(type_name: str, place: Place) -> bool:
    """Return whether the interruption by an update in place of a property is known."""
    if not place:
        return False
    name = str(place[0])
    # Of 575 pages with Tags, only one documents more than "No interruption" for tags that do not replace.
    return name == "Tags" or name in uninterrupted(type_name) or note_of(type_name, name) is not None


def update_order(stack: BuiltStack, names: Collection[str]) -> list[list[str]]:
    """Return some resources of a stack in the order of an update.

    The resources of one list may be updated at the same time. A resource is updated after those that it
    depends on or refers to, directly or indirectly.
    """
    waits_for = {name: stack.needed_by([name]) & set(names) for name in stack.resources if name in names}
    order: list[list[str]] = []
    done: set[str] = set()
    while ready := [name for name in waits_for if name not in done and waits_for[name] <= done]:
        order.append(ready)
        done.update(ready)
    return order


def _touches(place: Place, path: str) -> bool:
    """Return whether a change at a place can change the property ``path`` of the schema."""
    for step, name in zip(place, path.split("/"), strict=False):
        in_schema = "*" if isinstance(step, int) else step
        if in_schema != name:
            return False
    return True

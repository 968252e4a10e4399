"""What changing a property does to a deployed resource, as far as AWS's resource schemas tell.

They say which properties cannot be changed without a new resource. They do not say whether an update in place
interrupts anything.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from csr_templates.cloudformation.schemas import resource_schema

if TYPE_CHECKING:
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


def _touches(place: Place, path: str) -> bool:
    """Tell whether changing the value at a place can change what the schema calls ``path``."""
    return all(
        theirs == "*" if isinstance(ours, int) else ours == theirs
        for ours, theirs in zip(place, path.split("/"), strict=False)
    )

"""The JSON Schema of a usage file: which stack of which environment pays which items by usage.

It accepts every file that ``csr-templates cost`` accepts. ``environments.schemas`` says why draft-07.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csr_templates.costs import prices
from csr_templates.costs.billing import usage_keys
from csr_templates.costs.usage import MOST, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfn_analysis.model.built_stack import BuiltStack


def usage_schema(stacks: Sequence[BuiltStack], environments: Sequence[str]) -> dict[str, Any]:
    """Return the schema for the stacks; ``environments`` are their names, one empty name if there are none.

    Raises:
        PricesError: the prices of the package, which have the names of the items, cannot be read.
    """
    items = prices.read().items
    of_stacks: dict[str, Any] = {}
    of_items: dict[str, Any] = {}
    for stack in stacks:
        keys = usage_keys(resource["Type"] for resource in stack.resources.values())
        of_stacks[stack.name] = _closed({key: {"$ref": f"#/definitions/{key}"} for key in keys})
        for key in keys:
            of_items[key] = {
                "description": f"{items[key].name}, in a month. Unit: {items[key].unit}",
                "type": "number",
                "minimum": 0,
                "maximum": int(MOST),
            }
    of_environments: dict[str, Any] = {
        SCHEMA: {"description": "The schema of this file, for editors. csr-templates cost ignores it."}
    }
    for environment in environments:
        of_environments[environment] = {"$ref": "#/definitions/stacks"}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "The usage in a month, for csr-templates cost --usage",
        **_closed(of_environments),
        "definitions": {"stacks": _closed(of_stacks), **of_items},
    }


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object without other keys."""
    return {"type": "object", "additionalProperties": False, "properties": properties}

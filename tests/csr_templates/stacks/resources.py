"""Resources of a resolved template, for the tests of the stacks."""

from typing import Any

Template = dict[str, Any]


def properties(resources: Template, logical_id: str) -> Template:
    """Return the properties of one resource."""
    its_properties: Template = resources[logical_id]["Properties"]
    return its_properties


def of_type(resources: Template, resource_type: str) -> Template:
    """Return logical ID -> properties of all resources of one type."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == resource_type
    }

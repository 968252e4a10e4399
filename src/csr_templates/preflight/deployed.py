"""What of the stacks is deployed already, as the facts know it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from csr_templates.preflight import calls
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs, StackNeeds

EMPTY: Final = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"})
"""States of a stack that holds nothing: before its first change set is executed, after a failed creation."""


def description(lookup: Lookup, stack: StackNeeds) -> dict[str, Any] | None:
    """Return what DescribeStacks says; None if the stack is not deployed."""
    found = lookup(calls.stack(stack.region, stack.deployed))
    return found[0] if found else None


def is_there(lookup: Lookup, stack: StackNeeds) -> bool:
    """Tell whether the stack is deployed and holds resources."""
    found = description(lookup, stack)
    return found is not None and found["StackStatus"] not in EMPTY


def resources(lookup: Lookup, stack: StackNeeds) -> dict[str, dict[str, str]]:
    """Return logical ID -> resource, of what the deployed stack holds."""
    if not is_there(lookup, stack):
        return {}
    return {
        resource["LogicalResourceId"]: resource
        for resource in lookup(calls.stack_resources(stack.region, stack.deployed))
        if resource.get("ResourceStatus") != "DELETE_COMPLETE" and resource.get("PhysicalResourceId")
    }


def physical_id(lookup: Lookup, stack: StackNeeds, logical_id: str) -> str | None:
    """Return the ID of a resource in the account; None if the deployed stack has no such resource."""
    return resources(lookup, stack).get(logical_id, {}).get("PhysicalResourceId")


def new(lookup: Lookup, needs: Needs, *types: str) -> list[tuple[StackNeeds, str]]:
    """Return stack and logical ID of each resource of some types that the deploy would create."""
    expect(lookup, needs.chosen)
    return [
        (stack, logical_id)
        for stack, logical_id, _ in needs.of_type(*types)
        if logical_id not in resources(lookup, stack)
    ]


def parameter(lookup: Lookup, stack: StackNeeds, name: str) -> str | None:
    """Return the value that the deployed stack has for a parameter; None if it has none."""
    found = description(lookup, stack) if is_there(lookup, stack) else None
    given = {
        one["ParameterKey"]: one.get("ParameterValue", "") for one in (found or {}).get("Parameters", [])
    }
    return given.get(name)


def output(lookup: Lookup, stack: StackNeeds, key: str) -> str | None:
    """Return an output of the deployed stack; None if it has no such output."""
    found = description(lookup, stack)
    given = {one["OutputKey"]: one["OutputValue"] for one in (found or {}).get("Outputs", [])}
    return given.get(key)


def expect(lookup: Lookup, stacks: Iterable[StackNeeds]) -> None:
    """Have the stacks looked up all at once."""
    lookup.expect(calls.stack(stack.region, stack.deployed) for stack in stacks)
    lookup.expect(
        calls.stack_resources(stack.region, stack.deployed) for stack in stacks if is_there(lookup, stack)
    )

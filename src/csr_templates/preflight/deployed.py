"""The deployed state of the stacks, from the facts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from csr_templates.preflight import calls
from csr_templates.preflight.facts import MISSING, Lookup, NoAnswerError
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Subject

EMPTY: Final = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"})
"""States of a stack without resources: before its first change set is executed, after a failed creation."""


def chosen_stacks(needs: Needs) -> Iterator[Subject]:
    """Yield each chosen stack, by the name under which it is deployed."""
    for stack in needs.chosen:
        yield Subject(stack.deployed, stack)


def description(lookup: Lookup, stack: StackNeeds) -> dict[str, Any] | None:
    """Return the stack from DescribeStacks; None if it is not deployed."""
    found = lookup(calls.stack(stack.region, stack.deployed))
    return found[0] if found else None


def is_empty_account(needs: Needs, lookup: Lookup) -> bool:
    """Return whether the account has none of the stacks of the environment; False if that is not known."""
    try:
        answers = lookup.all(calls.stack(stack.region, stack.deployed) for stack in needs.stacks)
    except NoAnswerError as error:
        if error.code == MISSING:
            raise
        return False
    return not any(answers)


def none_exists(needs: Needs) -> str:
    """Return the start of the sentence about an account that has none of the stacks."""
    if len(needs.stacks) == 1:
        return f"{needs.stacks[0].deployed} does not exist in account {needs.account}"
    return f"None of the {len(needs.stacks)} stacks of {needs.environment} exists in account {needs.account}"


def wrong_account(needs: Needs, caller: str) -> str:
    """Return the question that follows if no stack exists; empty if the parameter files state the account."""
    if needs.stated_account:
        return ""
    return f" Is it the wrong account or role? The caller is {caller}."


def is_there(lookup: Lookup, stack: StackNeeds) -> bool:
    """Return whether the stack is deployed and has resources."""
    found = description(lookup, stack)
    return found is not None and found["StackStatus"] not in EMPTY


def resources(lookup: Lookup, stack: StackNeeds) -> dict[str, dict[str, str]]:
    """Return logical ID -> resource of the deployed stack."""
    if not is_there(lookup, stack):
        return {}
    return {
        resource["LogicalResourceId"]: resource
        for resource in lookup(calls.stack_resources(stack.region, stack.deployed))
        if resource.get("ResourceStatus") != "DELETE_COMPLETE" and resource.get("PhysicalResourceId")
    }


def drifted(summaries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the logical IDs of the resources that the last drift detection found to differ.

    Args:
        summaries: the resources of a stack, as ``calls.stack_resources`` returns them.
    """
    return [
        resource["LogicalResourceId"]
        for resource in summaries
        if resource.get("DriftInformation", {}).get("StackResourceDriftStatus") in ("MODIFIED", "DELETED")
    ]


def physical_id(lookup: Lookup, stack: StackNeeds, logical_id: str) -> str | None:
    """Return the physical ID of a resource; None if the deployed stack does not have it."""
    return resources(lookup, stack).get(logical_id, {}).get("PhysicalResourceId")


def new(lookup: Lookup, needs: Needs, *types: str) -> list[tuple[StackNeeds, str]]:
    """Return stack and logical ID of each resource of some types that the deploy would create."""
    return [
        (stack, logical_id)
        for stack, logical_id, _ in needs.of_type(*types)
        if logical_id not in resources(lookup, stack)
    ]


def parameters(stack: Mapping[str, Any]) -> dict[str, str]:
    """Return name -> value of the parameters of a stack from DescribeStacks."""
    return {entry["ParameterKey"]: entry.get("ParameterValue", "") for entry in stack.get("Parameters", [])}


def parameter(lookup: Lookup, stack: StackNeeds, name: str) -> str | None:
    """Return the value of a parameter of the deployed stack; None if it does not have the parameter."""
    found = description(lookup, stack) if is_there(lookup, stack) else None
    return parameters(found or {}).get(name)


def output(lookup: Lookup, stack: StackNeeds, key: str) -> str | None:
    """Return an output of the deployed stack; None if it does not have the output."""
    found = description(lookup, stack)
    given = {output["OutputKey"]: output["OutputValue"] for output in (found or {}).get("Outputs", [])}
    return given.get(key)

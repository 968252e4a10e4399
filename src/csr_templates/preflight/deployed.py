"""The deployed state of the stacks, from the facts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from csr_templates.preflight.facts import Lookup, MissingFactError, NoAnswerError
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Subject
from csr_templates.preflight.services import cloudformation_calls

EMPTY: Final = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"})
"""States of a stack without resources: before its first change set is executed, after a failed creation."""


def chosen_stacks(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield each chosen stack, by the name under which it is deployed."""
    for stack in environment.chosen:
        yield Subject(stack.deployed_name, stack)


def description(lookup: Lookup, stack: EnvironmentStack) -> dict[str, Any] | None:
    """Return the stack from DescribeStacks; None if it is not deployed."""
    stacks: list[dict[str, Any]] = (
        lookup(cloudformation_calls.stack.query(stack.region, stack.deployed_name)) or []
    )
    if not stacks:
        return None
    return stacks[0]


def is_empty_account(environment: ResolvedEnvironment, lookup: Lookup) -> bool:
    """Return whether the account has none of the stacks of the environment; False if that is not known."""
    try:
        stacks = lookup.all(
            cloudformation_calls.stack.query(stack.region, stack.deployed_name)
            for stack in environment.stacks
        )
    except MissingFactError:
        raise
    except NoAnswerError:
        return False
    return not any(stacks)


def none_exists(environment: ResolvedEnvironment) -> str:
    """Return the start of the sentence about an account that has none of the stacks."""
    stacks, account = environment.stacks, environment.account
    if len(stacks) == 1:
        return f"{stacks[0].deployed_name} does not exist in account {account}"
    return f"None of the {len(stacks)} stacks of {environment.name} exists in account {account}"


def question_of_account(environment: ResolvedEnvironment, caller: str) -> str:
    """Return the question that follows if no stack exists; empty if the parameter files state the account."""
    if environment.stated_account:
        return ""
    return f" Is it the wrong account or role? The caller is {caller}."


def is_there(lookup: Lookup, stack: EnvironmentStack) -> bool:
    """Return whether the stack is deployed and has resources."""
    described = description(lookup, stack)
    return described is not None and described["StackStatus"] not in EMPTY


def resources(lookup: Lookup, stack: EnvironmentStack) -> dict[str, dict[str, str]]:
    """Return logical ID -> resource of the deployed stack."""
    return {
        resource["LogicalResourceId"]: resource
        for resource in _summaries(lookup, stack)
        if _is_in_stack(resource)
    }


def _summaries(lookup: Lookup, stack: EnvironmentStack) -> list[dict[str, str]]:
    """Return the resources of the deployed stack, and those that it had."""
    if not is_there(lookup, stack):
        return []
    summaries: list[dict[str, str]] = lookup(
        cloudformation_calls.stack_resources.query(stack.region, stack.deployed_name)
    )
    return summaries


def _is_in_stack(resource: Mapping[str, str]) -> bool:
    return resource.get("ResourceStatus") != "DELETE_COMPLETE" and bool(resource.get("PhysicalResourceId"))


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


def physical_id(lookup: Lookup, stack: EnvironmentStack, logical_id: str) -> str | None:
    """Return the physical ID of a resource; None if the deployed stack does not have it."""
    for resource in _summaries(lookup, stack):
        if resource["LogicalResourceId"] == logical_id and _is_in_stack(resource):
            return resource["PhysicalResourceId"]
    return None


def new(lookup: Lookup, environment: ResolvedEnvironment, *types: str) -> list[tuple[EnvironmentStack, str]]:
    """Return stack and logical ID of each resource of some types that the deploy would create."""
    return [
        (stack, logical_id)
        for stack, logical_id, _ in environment.of_type(*types)
        if logical_id not in resources(lookup, stack)
    ]


def parameters(stack: Mapping[str, Any]) -> dict[str, str]:
    """Return name -> value of the parameters of a stack from DescribeStacks."""
    return {entry["ParameterKey"]: entry.get("ParameterValue", "") for entry in stack.get("Parameters", [])}


def parameter(lookup: Lookup, stack: EnvironmentStack, name: str) -> str | None:
    """Return the value of a parameter of the deployed stack; None if it does not have the parameter."""
    described = description(lookup, stack)
    if described is None or described["StackStatus"] in EMPTY:
        return None
    return parameters(described).get(name)


def output(lookup: Lookup, stack: EnvironmentStack, key: str) -> str | None:
    """Return an output of the deployed stack; None if it does not have the output."""
    described = description(lookup, stack) or {}
    for stack_output in described.get("Outputs", []):
        if stack_output["OutputKey"] == key:
            return str(stack_output["OutputValue"])
    return None

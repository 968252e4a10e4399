"""Actions that the handlers of a stack's resources need.

The sources are the permissions in AWS's schemas, and recorded calls of an emulator's handlers.
``handlers.yaml`` lists the actions that a service role does not need, with reasons.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.schemas import iam_action, resource_schema
from tests.data import read_yaml

from .corpus import condition_keys, requests
from .creates import TABLE as CREATED
from .creates import Creates
from .policy_evaluator import Decision, Document, Request, Value, decide

FOLDER = Path(__file__).parent
TABLES = read_yaml(FOLDER / "handlers.yaml")
RECORDED = [
    line.split("\t")
    for line in (FOLDER / "recorded_calls.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def types(stack: BuiltStack) -> dict[str, list[dict[str, Any]]]:
    """Return type -> the properties of each of its resources."""
    by_type: dict[str, list[dict[str, Any]]] = {}
    for resource in stack.resources.values():
        by_type.setdefault(resource["Type"], []).append(resource.get("Properties", {}))
    return by_type


def holds(value: Any, path: list[str]) -> bool:
    """Return whether a value has an element at a path, in any branch of any list."""
    if not path:
        return True
    if isinstance(value, list):
        return any(holds(member, path) for member in value)
    if not isinstance(value, dict):
        return False
    if "Fn::If" in value:
        return holds(value["Fn::If"][1:], path)
    return path[0] in value and holds(value[path[0]], path[1:])


def unneeded(stack: BuiltStack, type_name: str) -> set[str]:
    """Return the actions that the handlers of a type list and the stack does not need."""
    properties = types(stack)[type_name]
    actions = set(TABLES["useless"].get(type_name, {}))
    for name, actions_of_property in TABLES["unset"].get(type_name, {}).items():
        if not holds(properties, name.split("/")):
            actions.update(actions_of_property)
    return actions


def listed_actions(stack: BuiltStack) -> Iterator[tuple[str, str, str]]:
    """Yield type, handler and listed action that exists in IAM, for each type of the corpus."""
    for type_name in types(stack).keys() & CREATED.keys():
        for handler, actions in resource_schema(type_name, stack.region).handlers.items():
            if handler == "list":
                continue
            for action in actions:
                if iam_action(action) is not None:
                    yield type_name, handler, action


def needed(stack: BuiltStack) -> dict[str, bool]:
    """Return action -> whether it is needed only for deletion."""
    only_for_deletion: dict[str, bool] = {}
    for type_name, handler, action in listed_actions(stack):
        if action not in unneeded(stack, type_name):
            only_for_deletion[action] = only_for_deletion.get(action, True) and handler == "delete"
    return only_for_deletion


ALLOWED = [case for case in requests() if case.role == "service" and case.expected == "may"]
"""The requests of the corpus that service roles may make, with the resources of the stacks."""


def requests_of(stack: BuiltStack) -> list[Request]:
    """Return requests with all resources of a stack: those of the corpus, and those that create the stack."""
    cases = [case for case in ALLOWED if case.stack == stack.name]
    cases += Creates(stack).requests()
    return [case.request for case in cases]


def allowed(
    requests_of_stack: Sequence[Request],
    action: str,
    documents: Sequence[Document],
    context: Mapping[str, Value] = {},
) -> bool:
    """Return whether policies allow an action on any of the resources of some requests.

    Args:
        requests_of_stack: from ``requests_of``.
        action: such as ``kms:CreateKey``.
        documents: the policies.
        context: condition keys of the role, if they are not production's.
    """
    for request in requests_of_stack:
        if condition_keys(action, request.resource) is None:
            continue
        request = request._replace(action=action, context={**request.context, **context})
        if decide(request, documents) is Decision.ALLOW:
            return True
    return False

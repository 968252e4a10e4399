"""The service roles may do what each resource calls for when it is created, read, updated and deleted.

There are two witnesses: the handlers of AWS's schemas, which say what they use, and an emulator's handlers,
which were watched. ``handlers.yaml`` says what of that a service role does not need, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.cloudformation.schemas import iam_action, property_schema, resource_schema

from .conftest import Attached
from .corpus import condition_keys, requests
from .policy_evaluator import Decision, decide

LOOK_UP = re.compile(".*:(Describe|Get|List|GET).*")
FOLDER = Path(__file__).parent
TABLES = yaml.safe_load((FOLDER / "handlers.yaml").read_text(encoding="utf-8"))
STACKS = ["network", "database", "api", "frontend"]
RECORDED = [
    line.split("\t")
    for line in (FOLDER / "recorded_calls.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def types(stack: BuiltStack) -> dict[str, list[dict[str, Any]]]:
    """Return type -> the properties of each of its resources."""
    found: dict[str, list[dict[str, Any]]] = {}
    for resource in stack.resources.values():
        found.setdefault(resource["Type"], []).append(resource.get("Properties", {}))
    return found


def holds(value: Any, path: list[str]) -> bool:
    """Tell whether a value has something at a path, in whatever branch of whatever list."""
    if not path:
        return True
    if isinstance(value, list):
        return any(holds(one, path) for one in value)
    if not isinstance(value, dict):
        return False
    if "Fn::If" in value:
        return holds(value["Fn::If"][1:], path)
    return path[0] in value and holds(value[path[0]], path[1:])


def unneeded(stack: BuiltStack, type_name: str) -> set[str]:
    """Return what the handlers of a type list and the stack does not need."""
    properties = types(stack)[type_name]
    unset = {
        action
        for name, actions in TABLES["unset"].get(type_name, {}).items()
        if not holds(properties, name.split("/"))
        for action in actions
    }
    return unset | set(TABLES["useless"].get(type_name, {}))


def claimed(stack: BuiltStack) -> Iterator[tuple[str, str, str]]:
    """Yield type, handler and action for whatever the handlers list and IAM knows."""
    for type_name in types(stack):
        for handler, actions in resource_schema(type_name, stack.region).handlers.items():
            for action in actions if handler != "list" else ():
                if iam_action(action) is not None:
                    yield type_name, handler, action


def needed(stack: BuiltStack) -> dict[str, bool]:
    """Return action -> whether only deleting needs it."""
    found: dict[str, bool] = {}
    for type_name, handler, action in claimed(stack):
        if action not in unneeded(stack, type_name):
            found[action] = found.get(action, True) and handler == "delete"
    return found


THINGS = [one for one in requests() if one.role == "service" and one.expected == "may"]
"""What the service roles deal with, as the corpus has it."""


def allowed(attached: Attached, stack: str, action: str, *, deleting: bool) -> bool:
    """Tell whether the service role of a stack may do something to any of the things that it deals with."""
    documents = attached(stack, "service", deleting)
    return any(
        decide(one.request._replace(action=action), documents) is Decision.ALLOW
        for one in THINGS
        if one.stack == stack and condition_keys(action, one.request.resource) is not None
    )


@pytest.mark.parametrize("stack", STACKS)
def test_allows_what_the_handlers_list(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """What only a delete handler lists may need the policies for deleting; anything else does not."""
    denied = [
        action
        for action, deleting in sorted(needed(built[stack]).items())
        if not allowed(attached, stack, action, deleting=deleting)
    ]

    assert denied == []


@pytest.mark.parametrize("stack", STACKS)
def test_allows_no_change_that_no_property_calls_for(
    built: dict[str, BuiltStack], attached: Attached, stack: str
) -> None:
    """Rights for properties that no template sets are left out; looking things up does not count."""
    idle = {action for name in types(built[stack]) for action in unneeded(built[stack], name)}
    idle -= set(needed(built[stack]))

    assert [
        action
        for action in sorted(idle)
        if not LOOK_UP.fullmatch(action) and allowed(attached, stack, action, deleting=True)
    ] == []


@pytest.mark.parametrize("stack", STACKS)
def test_allows_what_was_recorded(attached: Attached, stack: str) -> None:
    """The calls of an emulator's handlers, but for its own ways."""
    denied = [
        (type_name, action)
        for of, deleting, type_name, action in RECORDED
        if of == stack and action not in TABLES["emulator"].get(type_name, {})
        if not allowed(attached, stack, action, deleting=deleting == "yes")
    ]

    assert denied == []


@pytest.mark.parametrize("table", ["unset", "useless"])
def test_every_line_has_a_use(built: dict[str, BuiltStack], table: str) -> None:
    """Each action that is left out is listed by a handler of the type, for a property that there is."""
    listed = {(type_name, action) for stack in built.values() for type_name, _, action in claimed(stack)}

    for type_name, lines in TABLES[table].items():
        region = next(stack.region for stack in built.values() if type_name in types(stack))
        for name, actions in lines.items():
            if table == "unset":
                assert property_schema(type_name, region, (name.split("/")[0],)), (type_name, name)
            for action in actions if table == "unset" else [name]:
                assert (type_name, action) in listed, (type_name, action)


def test_every_emulators_way_was_recorded() -> None:
    """Each call that counts as the emulator's own is among those that were watched."""
    recorded = {(type_name, action) for _, _, type_name, action in RECORDED}

    assert {(name, action) for name, actions in TABLES["emulator"].items() for action in actions} <= recorded

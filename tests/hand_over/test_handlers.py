"""The service roles may do what each resource calls for when it is created, read, updated and deleted."""

from __future__ import annotations

import re

import pytest

from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.cloudformation.schemas import property_schema

from .conftest import Attached
from .handlers import RECORDED, TABLES, allowed, claimed, needed, types, unneeded

LOOK_UP = re.compile(".*:(Describe|Get|List|GET).*")
STACKS = ["network", "database", "api", "frontend"]


@pytest.mark.parametrize("stack", STACKS)
def test_allows_what_the_handlers_list(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """Only actions of delete handlers can need the policies for deleting."""
    denied = [
        action
        for action, deleting in sorted(needed(built[stack]).items())
        if not allowed(stack, action, attached(stack, "service", deleting))
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
        if not LOOK_UP.fullmatch(action) and allowed(stack, action, attached(stack, "service", True))
    ] == []


@pytest.mark.parametrize("stack", STACKS)
def test_allows_what_was_recorded(attached: Attached, stack: str) -> None:
    """The calls of an emulator's handlers, but for its own ways."""
    denied = [
        (type_name, action)
        for of, deleting, type_name, action in RECORDED
        if of == stack and action not in TABLES["emulator"].get(type_name, {})
        if not allowed(stack, action, attached(stack, "service", deleting == "yes"))
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

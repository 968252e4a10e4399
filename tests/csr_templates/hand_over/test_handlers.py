"""The service roles have the permissions to create, read, update and delete each resource."""

import re

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.schemas import property_schema
from csr_templates import STACKS as LISTED

from .conftest import Attached
from .handlers import RECORDED, TABLES, THINGS, allowed, claimed, needed, types, unneeded

LOOK_UP = re.compile(".*:(Describe|Get|List|GET).*")
STACKS = [stack.name for stack in LISTED if stack.name in {thing.stack for thing in THINGS}]
"""The stacks of the corpus."""


@pytest.mark.parametrize("stack", STACKS)
def test_allows_what_the_handlers_list(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """Only actions of delete handlers can require the policies for deletion."""
    denied = [
        action
        for action, deleting in sorted(needed(built[stack]).items())
        if not allowed(stack, action, attached(stack, "service", deleting))
    ]

    assert denied == []


@pytest.mark.parametrize("stack", STACKS)
def test_allows_only_changes_of_properties_in_a_template(
    built: dict[str, BuiltStack], attached: Attached, stack: str
) -> None:
    """Permissions for properties that no template sets are not included, except for look-ups."""
    idle = {action for name in types(built[stack]) for action in unneeded(built[stack], name)}
    idle -= set(needed(built[stack]))

    assert [
        action
        for action in sorted(idle)
        if not LOOK_UP.fullmatch(action) and allowed(stack, action, attached(stack, "service", True))
    ] == []


@pytest.mark.parametrize("stack", STACKS)
def test_allows_what_was_recorded(attached: Attached, stack: str) -> None:
    """Recorded calls of an emulator's handlers are allowed, except for those that only the emulator makes."""
    denied = [
        (type_name, action)
        for of, deleting, type_name, action in RECORDED
        if of == stack and action not in TABLES["emulator"].get(type_name, {})
        if not allowed(stack, action, attached(stack, "service", deleting == "yes"))
    ]

    assert denied == []


@pytest.mark.parametrize("table", ["unset", "useless"])
def test_every_line_is_used(built: dict[str, BuiltStack], table: str) -> None:
    """A handler of the type lists each omitted action, for an existing property."""
    listed = {(type_name, action) for stack in built.values() for type_name, _, action in claimed(stack)}

    for type_name, lines in TABLES[table].items():
        region = next((stack.region for stack in built.values() if type_name in types(stack)), None)
        if region is None:
            continue
        for name, actions in lines.items():
            if table == "unset":
                assert property_schema(type_name, region, (name.split("/")[0],)), (type_name, name)
            for action in actions if table == "unset" else [name]:
                assert (type_name, action) in listed, (type_name, action)


def test_every_emulators_way_was_recorded() -> None:
    """Each call that only the emulator makes is one of the recorded calls."""
    recorded = {(type_name, action) for _, _, type_name, action in RECORDED}

    assert {(name, action) for name, actions in TABLES["emulator"].items() for action in actions} <= recorded

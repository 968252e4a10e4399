"""The service roles have the permissions to create, read, update and delete each resource."""

import re

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.schemas import property_schema
from csr_templates import STACKS as LISTED

from .conftest import Attached
from .handlers import (
    ALLOWED,
    RECORDED,
    TABLES,
    allowed,
    listed_actions,
    needed,
    requests_of,
    types,
    unneeded,
)

LOOK_UP = re.compile(".*:(Describe|Get|List|GET).*")
OF_CORPUS = {case.stack for case in ALLOWED}
STACKS = [stack.name for stack in LISTED if stack.name in OF_CORPUS]
"""The stacks of the corpus."""


@pytest.mark.parametrize("stack", STACKS)
def test_allows_what_the_handlers_list(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """Only actions of delete handlers can require the policies for deletion."""
    requests = requests_of(built[stack])
    denied = [
        action
        for action, deleting in sorted(needed(built[stack]).items())
        if not allowed(requests, action, attached(stack, "service", deleting))
    ]

    assert denied == [], (
        f"The service role of {stack} may not call these actions, which AWS's schemas list for the "
        "handlers of its resources. If the resource needs them, correct its line in "
        "hand_over/deploy_scopes.txt. If not, add them with the reason to "
        "tests/csr_templates/hand_over/handlers.yaml. If no request of the tests names the resource, add "
        "one to requests.yaml."
    )


@pytest.mark.parametrize("stack", STACKS)
def test_allows_only_changes_of_properties_in_a_template(
    built: dict[str, BuiltStack], attached: Attached, stack: str
) -> None:
    """Permissions for properties that no template sets are not included, except for look-ups."""
    idle: set[str] = set()
    for type_name in types(built[stack]):
        idle |= unneeded(built[stack], type_name)
    idle -= set(needed(built[stack]))
    requests = requests_of(built[stack])
    too_many = [
        action
        for action in sorted(idle)
        if not LOOK_UP.fullmatch(action) and allowed(requests, action, attached(stack, "service", True))
    ]

    assert too_many == []


@pytest.mark.parametrize("stack", STACKS)
def test_allows_what_was_recorded(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """Recorded calls of an emulator's handlers are allowed, except for those that only the emulator makes."""
    requests = requests_of(built[stack])
    denied = []
    for name, deleting, type_name, action in RECORDED:
        if name != stack or action in TABLES["emulator"].get(type_name, {}):
            continue
        if not allowed(requests, action, attached(stack, "service", deleting == "yes")):
            denied.append((type_name, action))

    assert denied == []


@pytest.mark.parametrize("table", ["unset", "useless"])
def test_every_line_is_used(built: dict[str, BuiltStack], table: str) -> None:
    """A handler of the type lists each omitted action, for an existing property."""
    listed: set[tuple[str, str]] = set()
    for stack in built.values():
        listed |= {(type_name, action) for type_name, _, action in listed_actions(stack)}

    for type_name, lines in TABLES[table].items():
        region = next((stack.region for stack in built.values() if type_name in types(stack)), None)
        if region is None:
            continue
        for name, actions in lines.items():
            if table == "unset":
                assert property_schema(type_name, region, (name.split("/")[0],)), (type_name, name)
            else:
                actions = [name]
            for action in actions:
                assert (type_name, action) in listed, (type_name, action)


def test_every_emulators_way_was_recorded() -> None:
    """Each call that only the emulator makes is one of the recorded calls."""
    recorded = {(type_name, action) for _, _, type_name, action in RECORDED}

    for type_name, actions in TABLES["emulator"].items():
        for action in actions:
            assert (type_name, action) in recorded, (type_name, action)

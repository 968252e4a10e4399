"""The list of stacks: what it says of each is what the templates do."""

from __future__ import annotations

from typing import Any

import pytest

from csr_templates import STACKS, Stack
from csr_templates.stacks.pins import PINS


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_stack(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """A stack reads from the ones before it, and what a pipeline passes with each deploy is a parameter."""
    assert set(stack.reads_from) <= {earlier.name for earlier in STACKS[: STACKS.index(stack)]}
    assert set(stack.per_deploy) <= set(templates[stack.name]["Parameters"])
    assert stack.source.name == f"{stack.name}.py"


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_rollback_triggers(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Critical alarms, whose names stay as they are, roll back the stacks that a release changes.

    Rolling back the network or the database would take away more than the release did.
    """
    resources = templates[stack.name]["Resources"]

    assert bool(stack.rollback_triggers) is (stack.name in ("api", "frontend"))
    for logical_id in stack.rollback_triggers:
        (topic,) = resources[logical_id]["Properties"]["AlarmActions"]
        assert "Critical" in topic["Ref"]
        assert logical_id in PINS[stack.name].names

"""The list of stacks matches the templates."""

from typing import Any

import pytest

from csr_templates import STACKS, Stack
from csr_templates.reference.alarms import severity


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_stack(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """A stack reads only from stacks before it. The values of each deploy are parameters of the template."""
    assert set(stack.reads_from) <= {earlier.name for earlier in STACKS[: STACKS.index(stack)]}
    assert set(stack.per_deploy) <= set(templates[stack.name]["Parameters"])
    assert stack.source.name == f"{stack.name}.py"


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_rollback_triggers(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Rollback triggers are alarms of the stacks that a release changes: critical ones, or made for deploys.

    A rollback of the network or the database would undo more than the release changed.
    """
    resources = templates[stack.name]["Resources"]

    assert bool(stack.rollback_triggers) is (stack.name in ("api", "frontend"))
    for logical_id in stack.rollback_triggers:
        topics = resources[logical_id]["Properties"].get("AlarmActions", [])
        assert [severity(topic, resources) for topic in topics] in ([], ["critical"])

"""The list of stacks: what it says of each is what the templates do."""

from __future__ import annotations

from typing import Any

import pytest

from csr_templates import STACKS, Stack


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_stack(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """A stack reads from the ones before it, and what a pipeline passes with each deploy is a parameter."""
    assert set(stack.reads_from) <= {earlier.name for earlier in STACKS[: STACKS.index(stack)]}
    assert set(stack.per_deploy) <= set(templates[stack.name]["Parameters"])
    assert stack.source.name == f"{stack.name}.py"

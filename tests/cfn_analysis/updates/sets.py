"""Sets of stacks for tests of changes."""

from typing import Any

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.updates.resolved_stack import ResolvedStack, resolve_set

QUEUE = "AWS::SQS::Queue"


def resolved(*templates: dict[str, Any]) -> dict[str, ResolvedStack]:
    """Return the stacks a, b ... with these templates."""
    stacks = [
        BuiltStack(name, f"{name}.yaml", "eu-west-1", template)
        for name, template in zip("abc", templates, strict=False)
    ]
    return resolve_set([(stack, {}) for stack in stacks])


def queues(more: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """Return a template with one queue, and other sections."""
    return {**(more or {}), "Resources": {"Queue": {"Type": QUEUE, "Properties": properties}}}


def conditional(value: str, condition: str = "C") -> dict[str, Any]:
    """Return a template whose queue depends on a condition."""
    queue = {"Type": QUEUE, "Condition": condition}
    conditions = {"C": {"Fn::Equals": [value, "a"]}, "D": {"Fn::Not": [{"Condition": "C"}]}}
    return {"Conditions": conditions, "Resources": {"Queue": queue}}

"""A stack as data."""

from dataclasses import FrozenInstanceError, replace

import pytest

from cfn_analysis.model.built_stack import BuiltStack, Policies


def test_a_built_stack_does_not_change() -> None:
    """A stack is complete when it is created; a changed copy does not affect it."""
    stack = BuiltStack("site", "site.yaml", "us-east-1", {})
    with_policy = replace(stack, policies=Policies({"Statement": []}))

    with pytest.raises(FrozenInstanceError):
        stack.text = "Resources: {}"  # type: ignore[misc]
    assert (stack.policies.stack, with_policy.policies.stack) == ({}, {"Statement": []})
    assert (with_policy.name, with_policy.name_pattern) == ("site", "site")


def test_what_resources_need() -> None:
    """A resource needs what it refers to or depends on, also through others; a missing name is left out."""
    resources = {
        "A": {"Type": "T", "DependsOn": "B", "Properties": {"P": {"Ref": "Parameter"}}},
        "B": {"Type": "T", "DependsOn": ["Missing"], "Properties": {"P": {"Fn::GetAtt": ["C", "Arn"]}}},
        "C": {"Type": "T", "Properties": {"P": {"Ref": "B"}}},
        "D": {"Type": "T"},
    }
    stack = BuiltStack("site", "site.yaml", "us-east-1", {"Resources": resources})

    assert [stack.depends_on(name) for name in "AB"] == [["B"], ["Missing"]]
    assert stack.needed_by(["A"]) == {"B", "C"}
    assert stack.needed_by(["D", "C"]) == {"B", "C"}
    assert stack.needed_by(["D"]) == set()

"""Stack policies: what an update of each stack cannot touch."""

from __future__ import annotations

import importlib.resources
import json
from typing import Any

import pytest

from csr_templates import STACKS
from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.hand_over.policy_documents import PolicyError
from csr_templates.hand_over.stack_policies import MAX_BYTES, resources_with_data, stack_policy

KEPT = ["Update:Replace", "Update:Delete"]
SECRETS = {"database": ["DatabaseSecret"], "api": ["OriginApiKeySecret"]}
MEMBERS = "AWS::RDS::DBInstance"  # of an Aurora cluster, whose data is the cluster's


def stateful_types() -> set[str]:
    """Return the types that hold data, going by cfn-lint."""
    specs = importlib.resources.files("cfnlint") / "data" / "AdditionalSpecs" / "StatefulResources.json"
    return set(json.loads(specs.read_text("utf-8"))["ResourceTypes"])


def of(resources: dict[str, Any]) -> BuiltStack:
    """Return a stack of these resources."""
    return BuiltStack("site", "site.yaml", "us-east-1", {"Resources": resources})


def ids(statement: dict[str, Any]) -> list[str]:
    """Return the logical IDs that a statement names."""
    return [resource.removeprefix("LogicalResourceId/") for resource in statement["Resource"]]


@pytest.mark.parametrize("name", [stack.name for stack in STACKS])
def test_covers_what_holds_data_once_and_nothing_else(built: dict[str, BuiltStack], name: str) -> None:
    """Every stateful resource is in one statement that denies; nothing else is in any.

    The two generated secrets deny every update, everything else only to be replaced or removed. The template
    keeps all of it otherwise, too.
    """
    resources = built[name].resources
    policy = stack_policy(built[name])
    allow, *denied = policy["Statement"]
    kept = [one for one in denied if one["Action"] == KEPT]
    final = [one for one in denied if one["Action"] != KEPT]

    assert allow == {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
    assert [one["Effect"] for one in kept] == ["Deny"] * bool(resources_with_data(built[name]))
    assert [(one["Effect"], one["Action"], ids(one)) for one in final] == [
        ("Deny", "Update:*", SECRETS.get(name)) for _ in final
    ]
    assert bool(final) == (name in SECRETS)
    covered = [logical_id for statement in denied for logical_id in ids(statement)]
    assert len(set(covered)) == len(covered)
    assert set(covered) == set(resources_with_data(built[name]))
    assert set(covered) == {
        logical_id
        for logical_id, resource in resources.items()
        if resource["Type"] in stateful_types() - {MEMBERS}
    }
    assert {resources[one]["UpdateReplacePolicy"] for one in covered} <= {"Retain", "Snapshot"}
    assert len(json.dumps(policy, indent=2)) < MAX_BYTES == 16_384


def test_a_stack_without_data_may_be_updated() -> None:
    """Statements without resources would be refused, so there are none."""
    stack = of({"Topic": {"Type": "AWS::SNS::Topic"}})

    assert stack_policy(stack) == {
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}]
    }


def test_fails_on_more_than_cloudformation_accepts() -> None:
    """The message says how long the policy is, and why."""
    stack = of({f"Queue{number:03}": {"Type": "AWS::SQS::Queue"} for number in range(500)})

    with pytest.raises(PolicyError) as caught:
        stack_policy(stack)

    assert str(caught.value) == (
        "The stack policy has 19300 bytes, but CloudFormation accepts 16384: the template has 500 resources "
        "that hold data. Move some of them to a stack of their own."
    )

"""Stack policies: what an update of each stack cannot touch."""

from __future__ import annotations

import importlib.resources
import json
from collections import Counter
from typing import Any

import pytest

from csr_templates import STACKS, Stack
from csr_templates.hand_over.stack_policies import MAX_BYTES, stack_policy

KEPT = ["Update:Replace", "Update:Delete"]
SECRETS = {"database": ["DatabaseSecret"], "api": ["OriginApiKeySecret"]}
MEMBERS = "AWS::RDS::DBInstance"  # of an Aurora cluster, whose data is the cluster's


def stateful_types() -> set[str]:
    """Return the types that hold data, going by cfn-lint."""
    specs = importlib.resources.files("cfnlint") / "data" / "AdditionalSpecs" / "StatefulResources.json"
    return set(json.loads(specs.read_text("utf-8"))["ResourceTypes"])


def ids(statement: dict[str, Any]) -> list[str]:
    """Return the logical IDs that a statement names."""
    return [resource.removeprefix("LogicalResourceId/") for resource in statement["Resource"]]


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_covers_what_holds_data_once_and_nothing_else(
    stack: Stack, templates: dict[str, dict[str, Any]]
) -> None:
    """Every stateful resource stands in one statement that denies; nothing else is in any."""
    resources = templates[stack.name]["Resources"]
    allow, *deny = stack_policy(templates[stack.name])["Statement"]

    covered = Counter(logical_id for statement in deny for logical_id in ids(statement))
    assert set(covered.values()) == {1}
    assert set(covered) == {
        logical_id
        for logical_id, resource in resources.items()
        if resource["Type"] in stateful_types() - {MEMBERS}
    }
    assert allow == {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_what_is_covered_survives_otherwise_too(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """The policy and the template agree on what must not be lost."""
    resources = templates[stack.name]["Resources"]

    for statement in stack_policy(templates[stack.name])["Statement"][1:]:
        for logical_id in ids(statement):
            assert resources[logical_id]["UpdateReplacePolicy"] in ("Retain", "Snapshot"), logical_id


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_generated_secrets_are_not_touched_at_all(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """The two generated secrets deny every update, everything else only to be replaced or removed."""
    _, kept, *final = stack_policy(templates[stack.name])["Statement"]

    assert (kept["Effect"], kept["Action"]) == ("Deny", KEPT)
    assert [(one["Effect"], one["Action"], ids(one)) for one in final] == [
        ("Deny", "Update:*", SECRETS[stack.name]) for _ in final
    ]
    assert bool(final) == (stack.name in SECRETS)


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_is_short_enough(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """CloudFormation takes 16,384 bytes."""
    assert len(json.dumps(stack_policy(templates[stack.name]), indent=2)) < MAX_BYTES == 16_384


def test_a_stack_without_data_may_be_updated() -> None:
    """Statements without resources would be refused, so there are none."""
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}

    assert stack_policy(template) == {
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}]
    }


def test_fails_on_more_than_cloudformation_accepts() -> None:
    """The message says how long the policy is, and why."""
    template = {"Resources": {f"Queue{number:03}": {"Type": "AWS::SQS::Queue"} for number in range(500)}}

    with pytest.raises(ValueError) as caught:
        stack_policy(template)

    assert str(caught.value) == (
        "The stack policy has 19300 bytes, but CloudFormation accepts 16384: the template has 500 resources "
        "that hold data. Move some of them to a stack of their own."
    )

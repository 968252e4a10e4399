"""Stack policies: the resources of each stack that an update cannot replace or remove."""

import importlib.resources
import json
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates import STACKS
from csr_templates.hand_over.policy_documents import PolicyError
from csr_templates.hand_over.stack_policies import MAX_BYTES, stack_policy

REPLACED, REMOVED, CHANGED = "Update:Replace", "Update:Delete", "Update:*"
INSTANCE = "AWS::RDS::DBInstance"  # of an Aurora cluster, which contains the data


def stateful_types() -> set[str]:
    """Return the types with data, according to cfn-lint."""
    specs = importlib.resources.files("cfnlint") / "data" / "AdditionalSpecs" / "StatefulResources.json"
    return set(json.loads(specs.read_text("utf-8"))["ResourceTypes"])


def of(resources: dict[str, Any]) -> BuiltStack:
    """Return a stack of these resources."""
    return BuiltStack("site", "site.yaml", "us-east-1", {"Resources": resources})


def denied(stack: BuiltStack) -> dict[str, set[str]]:
    """Return action -> the logical IDs for which the policy denies it, each once."""
    allow, *denials = stack_policy(stack)["Statement"]
    assert allow == {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
    by_action: dict[str, set[str]] = {REPLACED: set(), REMOVED: set(), CHANGED: set()}
    every_name: list[str] = []
    for denial in denials:
        assert (denial["Effect"], denial["Principal"]) == ("Deny", "*")
        names = [resource.removeprefix("LogicalResourceId/") for resource in denial["Resource"]]
        every_name += names
        actions = [denial["Action"]] if isinstance(denial["Action"], str) else denial["Action"]
        for action in actions:
            by_action[action].update(names)
    assert len(set(every_name)) == len(every_name)
    return by_action


@pytest.mark.parametrize("name", [stack.name for stack in STACKS])
def test_resources_with_data_are_protected(built: dict[str, BuiltStack], name: str) -> None:
    """Stateful resources cannot be replaced or removed, and the template retains them."""
    resources = built[name].resources
    denials = denied(built[name])
    stateful = {
        logical_id
        for logical_id, resource in resources.items()
        if resource["Type"] in stateful_types() - {INSTANCE}
    }

    assert stateful <= denials[CHANGED] | (denials[REPLACED] & denials[REMOVED])
    assert {resources[logical_id]["UpdateReplacePolicy"] for logical_id in stateful} <= {"Retain", "Snapshot"}
    assert len(json.dumps(stack_policy(built[name]), indent=2)) < MAX_BYTES == 16_384


@pytest.mark.parametrize(
    ("resource_type", "properties", "actions"),
    [
        ("AWS::EC2::EIP", {}, {REPLACED}),
        ("AWS::EC2::NatGateway", {}, {REPLACED}),
        ("AWS::RDS::DBParameterGroup", {}, {REPLACED}),
        ("AWS::RDS::DBClusterParameterGroup", {}, {REPLACED}),
        ("AWS::ApiGateway::RestApi", {}, {REPLACED, REMOVED}),
        ("AWS::SNS::Topic", {}, {REPLACED, REMOVED}),
        ("AWS::SecretsManager::Secret", {"GenerateSecretString": {}}, {CHANGED}),
        ("AWS::SecretsManager::Secret", {}, {REPLACED, REMOVED}),
        ("AWS::WAFv2::IPSet", {}, {CHANGED}),
        ("AWS::CloudWatch::Alarm", {}, set()),
    ],
)
def test_resources_that_others_know(
    resource_type: str, properties: dict[str, Any], actions: set[str]
) -> None:
    """Addresses, topics, parameter groups and generated secrets are protected, as far as a change harms."""
    denials = denied(of({"It": {"Type": resource_type, "Properties": properties}}))

    assert {action for action, names in denials.items() if names} == actions


def test_only_the_condition_of_an_instance_removes_it() -> None:
    """A distribution cannot be removed even if its condition changes.

    An instance can be removed only by its condition.
    """
    denials = denied(
        of(
            {
                "Fixed": {"Type": INSTANCE},
                "Switched": {"Type": INSTANCE, "Condition": "HasReader"},
                "Site": {"Type": "AWS::CloudFront::Distribution", "Condition": "CloudFront"},
            }
        )
    )

    assert denials == {
        REPLACED: {"Fixed", "Switched", "Site"},
        REMOVED: {"Fixed", "Site"},
        CHANGED: set(),
    }


def test_only_roles_of_functions_are_protected() -> None:
    """Roles of other services, or in the environment of a function, can be replaced."""
    arn = {"Fn::GetAtt": ["Executing", "Arn"]}
    function = {"Role": arn, "Environment": {"Variables": {"ROLE": {"Ref": "Assumed"}}}}
    denials = denied(
        of(
            {
                "Executing": {"Type": "AWS::IAM::Role"},
                "Assumed": {"Type": "AWS::IAM::Role"},
                "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
                "Logs": {"Type": "AWS::EC2::FlowLog", "Properties": {"DeliverLogsPermissionArn": "Assumed"}},
            }
        )
    )

    assert denials == {REPLACED: {"Executing"}, REMOVED: set(), CHANGED: set()}


def test_a_stack_without_data_may_be_updated() -> None:
    """The policy has no deny statement, because CloudFormation would reject one without resources."""
    stack = of({"Alarm": {"Type": "AWS::CloudWatch::Alarm"}})

    assert stack_policy(stack) == {
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}]
    }


def test_fails_on_more_than_cloudformation_accepts() -> None:
    """The message contains the length of the policy, and the reason."""
    stack = of({f"Queue{number:03}": {"Type": "AWS::SQS::Queue"} for number in range(500)})

    with pytest.raises(PolicyError) as caught:
        stack_policy(stack)

    assert str(caught.value) == (
        "The stack policy has 19300 bytes, but CloudFormation accepts 16384: it protects 500 "
        "resources of the template. Move some of them to another stack."
    )

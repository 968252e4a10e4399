"""``resolved_stack``: what the stacks of a set read from each other."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.resolved_stack import Mention, ResolvedStack, mentions, resolve_set, resource_at

QUEUE = "AWS::SQS::Queue"
IMPORTED = {"Fn::ImportValue": "vpc"}
OF_NETWORK = {"Fn::In": ["network", {"Ref": "VPC"}]}


def network(region: str = "eu-west-1", **outputs: Any) -> BuiltStack:
    """Return a stack with a VPC, whose outputs can be imported."""
    exported = {key: {"Value": value, "Export": {"Name": key.lower()}} for key, value in outputs.items()}
    resources = {"VPC": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
    return BuiltStack("network", "n.yaml", region, {"Resources": resources, "Outputs": exported})


def app(**resources: dict[str, Any]) -> BuiltStack:
    """Return a stack with queues and three conditions."""
    template = {
        "Parameters": {"Open": {"Type": "String"}},
        "Conditions": {
            "Always": {"Fn::Equals": ["a", "a"]},
            "Never": {"Fn::Equals": ["a", "b"]},
            "Perhaps": {"Fn::Equals": [{"Ref": "Open"}, "a"]},
        },
        "Resources": {name: {"Type": QUEUE, **resource} for name, resource in resources.items()},
    }
    return BuiltStack("app", "a.yaml", "eu-west-1", template)


def resolved(*stacks: BuiltStack, before: dict[str, ResolvedStack] | None = None) -> dict[str, ResolvedStack]:
    """Return the set of these stacks with their defaults."""
    return resolve_set([(stack, {}) for stack in stacks], before)


def test_only_existing_resources_read_other_stacks() -> None:
    """A resource whose condition is false imports nothing; one that may exist does."""
    user = {"Properties": {"QueueName": IMPORTED}}
    named = {"Fn::GetStackOutput": {"StackName": "network", "OutputName": "VPC"}}
    stacks = resolved(
        network(VPC={"Ref": "VPC"}),
        app(
            A=user,
            B={"Condition": "Never", **user},
            C={"Condition": "Perhaps", **user},
            D={"Condition": "Always", "Properties": {"QueueName": named}},
        ),
    )
    app_stack = stacks["app"]

    assert [app_stack.resources[name].exists for name in "ABCD"] == [YES, NO, UNKNOWN, YES]
    assert app_stack.importers == {"vpc": ["A", "C"]}
    assert app_stack.readers == {Node("network", "VPC"): ["A", "C", "D"]}
    assert {app_stack.resources[name].properties["QueueName"]["Fn::In"][0] for name in "ABCD"} == {"network"}
    assert [name for name, _ in app_stack.existing()] == ["A", "C", "D"]
    assert resource_at(Node("app", "B"), stacks) is None
    assert resource_at(Node("app", "C"), stacks) is app_stack.resources["C"]
    assert resource_at(Node("other", "C"), stacks) is None


@pytest.mark.parametrize(
    ("after", "value"),
    [
        (network(VPC={"Ref": "VPC"}), OF_NETWORK),
        (network(VPC="a"), "a"),
        (network(), OF_NETWORK),  # the deploy fails, or keeps it, while it is imported
        (network(region="us-east-1", VPC={"Ref": "VPC"}), OF_NETWORK),
    ],
)
def test_an_export_that_is_no_longer_there_keeps_its_value(after: BuiltStack, value: Any) -> None:
    """An import is of the own region, and of the deployed state if the set does not export it now."""
    before = resolved(network(VPC={"Ref": "VPC"}))
    resolved_stacks = resolved(after, app(A={"Properties": {"QueueName": IMPORTED}}), before=before)

    assert resolved_stacks["app"].resources["A"].properties == {"QueueName": value}
    alone = resolved(app(A={"Properties": {"QueueName": IMPORTED}}))
    assert alone["app"].resources["A"].properties == {"QueueName": IMPORTED}


@pytest.mark.parametrize(
    ("argument", "is_read"),
    [
        ({}, True),
        ({"Region": "eu-west-1"}, True),
        ({"Region": "us-east-1"}, False),
        ({"Region": {"Ref": "Open"}}, False),
        ({"RoleArn": "arn:aws:iam::123456789012:role/reader"}, False),
    ],
)
def test_an_output_is_of_a_region_and_an_account(argument: dict[str, Any], is_read: bool) -> None:
    """By default, an output is of the own region; a role can lead to another account."""
    node = {"Fn::GetStackOutput": {"StackName": "network", "OutputName": "VPC", **argument}}
    stacks = resolved(network(VPC="a"), app(A={"Properties": {"QueueName": node}}))

    assert (stacks["app"].resources["A"].properties["QueueName"] == "a") is is_read
    assert bool(stacks["app"].readers) is is_read


def test_names_in_other_stacks() -> None:
    """A reference is replaced by an explicit name, also through an import, and a circle ends."""
    log_group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/a"}}
    circle = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": "Circle"}}}
    logs = BuiltStack("logs", "l.yaml", "eu-west-1", {"Resources": {"Log": log_group, "Circle": circle}})
    resolved_stacks = resolved(logs, app())
    marked = {"Fn::In": ["logs", {"Ref": "Log"}]}

    assert resolved_stacks["logs"].with_names([{"Ref": "Log"}, {"Fn::Sub": "${Log}-b"}]) == ["/a", "/a-b"]
    assert resolved_stacks["app"].with_names(marked) == "/a"
    assert resolved_stacks["logs"].with_names({"Ref": "Circle"}) == {"Ref": "Circle"}
    assert resolved_stacks["app"].with_names({"Fn::In": ["other", {"Ref": "Log"}]})["Fn::In"][0] == "other"


def test_mentions() -> None:
    """Every reference is found with its place, also in the text of a Sub and in another stack."""
    value = {
        "A": [{"Ref": "One"}, {"Ref": "AWS::Region"}],
        "B": {"Fn::Sub": "${Two.Arn}-x"},
        "C": OF_NETWORK,
        "D": {"Fn::Unresolved": [{"Fn::Base64": {"Ref": "Three"}}, {}]},
        "E": {"Fn::NotGiven": "P"},
    }

    assert list(mentions(value, "app")) == [
        Mention(("A", 0), Node("app", "One"), ""),
        Mention(("B",), Node("app", "Two"), "Arn"),
        Mention(("C",), Node("network", "VPC"), ""),
        Mention(("D",), Node("app", "Three"), ""),
    ]

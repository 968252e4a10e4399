"""References to what a changed template does not have."""

from typing import Any

from .templates import reviewed, risks

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": "${Name}-a"}}}
POLICY = {"Type": "AWS::SQS::Queue", "DependsOn": "Topic", "Properties": {"QueueName": {"Ref": "Name"}}}
BEFORE: dict[str, Any] = {
    "Parameters": {"Name": {"Type": "String", "Default": "a"}},
    "Resources": {"Topic": TOPIC, "Queue": POLICY},
    "Outputs": {"Arn": {"Value": {"Ref": "Topic"}}},
}


def test_what_refers_to_a_removed_resource_fails() -> None:
    """Resources, also with DependsOn alone, and outputs."""
    messages = risks(reviewed(BEFORE, {**BEFORE, "Resources": {"Queue": POLICY}}))

    refused = "The deploy fails: CloudFormation refuses the template"
    assert messages["will-fail", "Queue"] == f"{refused}, because Queue refers to Topic, which is not in it."
    assert "because Arn refers to Topic" in messages["will-fail", ""]


def test_a_reference_that_never_existed_is_no_news() -> None:
    """It is refused before the change too: the template was never deployed."""
    broken = {**BEFORE, "Outputs": {"Arn": {"Value": {"Ref": "Nothing"}}}}
    changed = {**broken, "Outputs": {"Arn": {"Value": {"Ref": "Nothing"}, "Description": "a"}}}

    assert ("will-fail", "") not in risks(reviewed(broken, changed))
    assert ("will-fail", "") in risks(reviewed(BEFORE, broken))


def test_a_pseudo_parameter_is_always_there() -> None:
    """Its name is not declared."""
    outputs = {"Arn": {"Value": {"Fn::Sub": "${AWS::Partition}-${!Literal}-${Topic.TopicName}"}}}

    assert ("will-fail", "") not in risks(reviewed(BEFORE, {**BEFORE, "Outputs": outputs}))

"""``resource_changes``: the action of each resource, and the changes that follow."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.digest import stack_digests
from cfn_analysis.updates.effects import Effect
from cfn_analysis.updates.resource_changes import (
    ResourceChange,
    resource_changes,
)
from tests.cfn_analysis.reviewing.templates import (
    changed,
    compared,
    resources,
    reviewed,
    risks,
    set_risks,
    side,
)
from tests.data import read_yaml

from .sets import QUEUE, conditional, queues, resolved

ROWS = read_yaml(Path(__file__).with_name("resource_changes.yaml"))

OPEN: dict[str, Any] = {"Parameters": {"P": {"Type": "String"}}}


def changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[Node, ResourceChange]:
    """Return the changes of a deploy of these templates."""
    return resource_changes(resolved(*before), resolved(*after), lambda *_: "a.json")


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        ({"Resources": {}}, queues(), "add"),
        (queues(), {"Resources": {}}, "remove"),
        (conditional("a"), conditional("b"), "remove"),
        (conditional("a", "D"), conditional("b", "D"), "add"),
        (queues(DelaySeconds=1), queues(DelaySeconds=2), "update"),
        (queues(QueueName="a"), queues(QueueName="b"), "replace"),
        (queues(QueueName="a"), queues(OPEN, QueueName={"Ref": "P"}), "maybe-replace"),
    ],
)
def test_actions(before: dict[str, Any], after: dict[str, Any], action: str) -> None:
    """A resource is added, removed, updated or replaced."""
    assert {node: change.action for node, change in changes([before], [after]).items()} == {
        Node("a", "Queue"): action
    }
    assert changes([before], [before]) == {}


def test_a_new_id_continues_in_other_stacks() -> None:
    """An import of a replaced resource replaces, or updates, its user; the chain has the export."""

    def templates(name: str) -> list[dict[str, Any]]:
        output = {"Url": {"Value": {"Ref": "Queue"}, "Export": {"Name": "url"}}}
        user = {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Fn::ImportValue": "url"}]}}
        return [queues({"Outputs": output}, QueueName=name), {"Resources": {"User": user}}]

    changed_resources = changes(templates("a"), templates("b"))
    change = changed_resources[Node("b", "User")]

    assert list(changed_resources) == [Node("a", "Queue"), Node("b", "User")]
    assert [cause.follows for cause in change.causes] == [Node("a", "Queue")]
    assert change.causes[0].chain == ["a.yaml", "Queue of a replaced", "export url"]
    assert changed_resources[Node("a", "Queue")].effect_on("QueueName") is Effect.REPLACED
    assert change.effect_on("Id") is Effect.NONE


def test_retention_policies() -> None:
    """The default of DeletionPolicy is Snapshot for databases, and a changed policy is a change."""

    def template(type_name: str, **attributes: str) -> dict[str, Any]:
        return {"Resources": {"R": {"Type": type_name, **attributes}}}

    def policies(type_name: str) -> tuple[str, str]:
        resource = resolved(template(type_name))["a"].resources["R"]
        return resource.retention_policy("DeletionPolicy"), resource.retention_policy("UpdateReplacePolicy")

    assert policies("AWS::RDS::DBCluster") == ("Snapshot", "Delete")
    assert policies(QUEUE) == ("Delete", "Delete")
    (change,) = changes([template(QUEUE)], [template(QUEUE, DeletionPolicy="Retain")]).values()
    assert (change.action, change.causes[0].path, change.properties) == ("policy", "DeletionPolicy", [])
    assert changes([template(QUEUE)], [template(QUEUE, DeletionPolicy="Delete")]) == {}


NETWORK: dict[str, Any] = resources(
    VPC=("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
    Group=("AWS::EC2::SecurityGroup", {"GroupDescription": "d", "VpcId": {"Ref": "VPC"}}),
    Rule=(
        "AWS::EC2::SecurityGroupIngress",
        {"GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, "IpProtocol": "tcp"},
    ),
    Dashboard=("AWS::CloudWatch::Dashboard", {"DashboardBody": {"Fn::Sub": '{"a":"${Group}"}'}}),
    Topic=("AWS::SNS::Topic", {}),
)


def with_block(block: Any, **parameters: Any) -> dict[str, Any]:
    """Return the network with a different CIDR block."""
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": block}}
    return {"Parameters": parameters, "Resources": {**NETWORK["Resources"], "VPC": vpc}}


def test_a_replacement_continues_through_references() -> None:
    """A create-only reference replaces its resource, other references update it.

    Other resources do not change.
    """
    changed_resources = changed(NETWORK, with_block("10.1.0.0/16"))

    assert {name: entry["change"] for name, entry in changed_resources.items()} == {
        "VPC": "replace",
        "Group": "replace",
        "Rule": "replace",
        "Dashboard": "update",
    }
    assert changed_resources["Dashboard"]["causes"] == [
        {
            "property": "DashboardBody",
            "before": '{"a":"${Group}"}',
            "after": '{"a":"${Group}"} (new)',
            "chain": ["after.json", "VPC replaced", "Group replaced"],
        }
    ]


def test_a_possible_replacement_causes_possible_replacements() -> None:
    """If a resource may be replaced, the resources that refer to it may be replaced too."""
    review = reviewed(NETWORK, with_block({"Ref": "Block"}, Block={"Type": "String"}))
    (stack,) = review["environments"][0]["stacks"]

    assert {resource["logicalId"]: resource["change"] for resource in stack["resources"]} == {
        "VPC": "maybe-replace",
        "Group": "maybe-replace",
        "Rule": "maybe-replace",
        "Dashboard": "update",
    }
    message = risks(review)["replace", "Group"]
    assert message.startswith("Group may be replaced, because VpcId refers to VPC, which may be replaced. ")


def test_the_reason_of_a_replacement_in_another_stack() -> None:
    """The message names the stack of the replaced resource."""
    vpc_id = {"Id": {"Value": {"Ref": "VPC"}, "Export": {"Name": "vpc"}}}
    before, after = ({**with_block(block), "Outputs": vpc_id} for block in ("10.0.0.0/16", "10.1.0.0/16"))
    user = resources(Table=("AWS::EC2::RouteTable", {"VpcId": {"Fn::ImportValue": "vpc"}}))
    risk_messages = set_risks(side(network=before, app=user), side(network=after, app=user))

    message = risk_messages["replace", "app", "Table"]
    assert message.startswith("Table is replaced, because VpcId refers to VPC of network, which is replaced")


@pytest.mark.parametrize(
    ("attribute", "reached"),
    [("Arn", True), ("DBName", False), ("Endpoint.Port", True), ("StorageEncrypted", True)],
)
def test_an_attribute_with_the_same_value_is_not_a_change(attribute: str, reached: bool) -> None:
    """An attribute that is a property with the same value does not change after a replacement."""

    def template(encrypted: bool) -> dict[str, Any]:
        return resources(
            Instance=("AWS::RDS::DBInstance", {"DBName": "a", "StorageEncrypted": encrypted}),
            User=(
                "AWS::SSM::Parameter",
                {"Type": "String", "Value": {"Fn::GetAtt": ["Instance", attribute]}},
            ),
        )

    assert ("User" in changed(template(False), template(True))) is reached


@pytest.mark.parametrize(
    ("kind", "attribute", "property_name", "reached"), ROWS["test_some_attributes_change_with_an_update"]
)
def test_some_attributes_change_with_an_update(
    kind: str, attribute: str, property_name: str, reached: bool
) -> None:
    """For example, each update of a launch template changes its latest version."""

    def template(value: str) -> dict[str, Any]:
        data: Any = {"ImageId": value} if property_name == "LaunchTemplateData" else value
        return resources(
            Source=(kind, {property_name: data}),
            User=("AWS::SNS::Topic", {"DisplayName": {"Fn::GetAtt": ["Source", attribute]}}),
        )

    assert ("User" in changed(template("a"), template("b"))) is reached


def test_names_that_refer_to_each_other() -> None:
    """CloudFormation rejects circular references. The review does not follow them further."""

    def template(size: int) -> dict[str, Any]:
        return resources(
            A=("AWS::Logs::LogGroup", {"LogGroupName": {"Ref": "B"}, "RetentionInDays": size}),
            B=("AWS::Logs::LogGroup", {"LogGroupName": {"Ref": "A"}}),
        )

    assert {name: entry["change"] for name, entry in changed(template(1), template(7)).items()} == {
        "A": "update"
    }


def test_an_unknown_condition_may_remove_a_resource() -> None:
    """A new or changed condition with an unknown value may remove the resource; an unchanged one does not."""

    def template(value: str, condition: str | None) -> dict[str, Any]:
        queue: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 1}}
        return {
            "Parameters": {"Keep": {"Type": "String"}},
            "Conditions": {"IsKept": {"Fn::Equals": [{"Ref": "Keep"}, value]}},
            "Resources": {"Queue": queue | ({"Condition": condition} if condition else {})},
        }

    review = compared(template("yes", None), template("yes", "IsKept"))
    ((outcome,),) = [stack.resources for stack in review.environments[0].stacks]
    assert (outcome.change.action, outcome.data) == ("remove", "lost")
    assert [stack.counted for stack in stack_digests(review)] == ["1 may be removed"]
    assert [cause[1:4] for cause in outcome.change.causes] == [("Condition", "true", "not known")]
    messages = {(risk.kind, risk.name): risk.message for risk in review.risks}
    assert (
        "it may be removed from the stack (its condition is not known), and "
        in messages["data-loss", "Queue"]
    )
    assert changed(template("yes", "IsKept"), template("yes", "IsKept")) == {}
    assert changed(template("yes", "IsKept"), template("no", "IsKept"))["Queue"]["change"] == "remove"


def test_circular_references_end() -> None:
    """Resources that refer to each other are visited until there are no more changes."""

    def template(description: str) -> dict[str, Any]:
        return resources(
            A=("Custom::Thing", {"ServiceToken": description, "B": {"Ref": "B"}}),
            B=("Custom::Thing", {"A": {"Ref": "A"}}),
        )

    changed_resources = changed(template("a"), template("b"))
    assert {name: (entry["change"], entry["type"]) for name, entry in changed_resources.items()} == {
        "A": ("maybe-replace", "Custom::Thing"),
        "B": ("maybe-replace", "Custom::Thing"),
    }


def test_a_name_written_as_reference_or_as_text_is_the_same() -> None:
    """The Ref of a resource with an explicit name is equal to the name."""

    def template(name: Any) -> dict[str, Any]:
        return resources(
            Queue=("AWS::Logs::LogGroup", {"LogGroupName": "/a"}),
            User=("AWS::Logs::MetricFilter", {"LogGroupName": name, "FilterPattern": ""}),
        )

    assert changed(template({"Ref": "Queue"}), template("/a")) == {}
    assert changed(template({"Fn::Sub": "${Queue}"}), template("/a")) == {}
    assert changed(template({"Ref": "Queue"}), template("/b"))["User"]["change"] == "replace"


@pytest.mark.parametrize("name", [12, 1.5, True])
def test_a_name_that_is_a_number(name: Any) -> None:
    """CloudFormation makes it a text, also in the text of a Sub."""

    def template(text: Any) -> dict[str, Any]:
        return resources(
            Bucket=("AWS::S3::Bucket", {"BucketName": name}),
            Topic=("AWS::SNS::Topic", {"TopicName": text}),
        )

    written = {12: "12", 1.5: "1.5", True: "true"}[name]
    assert changed(template({"Fn::Sub": "${Bucket}-a"}), template(f"{written}-a")) == {}
    assert changed(template({"Fn::Sub": "${Bucket}-a"}), template("13-a"))["Topic"]["change"] == "replace"


def test_a_name_that_is_a_list() -> None:
    """CloudFormation refuses it; the review does not know the name."""

    def template(text: Any) -> dict[str, Any]:
        return resources(
            Bucket=("AWS::S3::Bucket", {"BucketName": ["a"]}),
            Topic=("AWS::SNS::Topic", {"TopicName": text}),
        )

    changed_resources = changed(template({"Fn::Sub": "${Bucket}-a"}), template("a-a"))
    assert changed_resources["Topic"]["change"] == "maybe-replace"


@pytest.mark.parametrize("function", ROWS["test_functions_with_wrong_arguments"])
def test_functions_with_wrong_arguments(function: Any) -> None:
    """CloudFormation refuses them; the review compares them as they are, and is never certain."""

    def template(value: Any, properties: Any) -> dict[str, Any]:
        alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": value}}
        queue = {"Type": "AWS::SQS::Queue", "Properties": properties}
        return {
            "Parameters": {"Open": {"Type": "String"}},
            "Conditions": {"IsOpen": {"Fn::Equals": [{"Ref": "Open"}, "a"]}},
            "Resources": {"Alarm": alarm, "Queue": queue},
            "Outputs": {"Name": {"Value": value, "Export": {"Name": "name"}}},
        }

    malformed = template(function, function)
    assert changed(malformed, malformed) == {}
    changed_resources = changed(malformed, template("a", {"QueueName": "a"}))
    assert {name: entry["change"] for name, entry in changed_resources.items()} == {
        "Alarm": "maybe-replace",
        "Queue": "maybe-replace",
    }


def test_a_text_as_properties() -> None:
    """A function whose value is not a mapping is compared as it is."""
    text = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Fn::Sub": "a"}}}}

    assert changed(text, text) == {}
    assert "Queue" in changed(text, resources(Queue=("AWS::SQS::Queue", {"QueueName": "a"})))


def test_a_following_change_is_named_as_an_edit_of_the_same_value() -> None:
    """An item of a list has its identifier; without one, its index. The path of the risk is the same."""

    def template(name: str, suffix: str = "") -> dict[str, Any]:
        tag = {"Key": "Queue", "Value": {"Fn::Sub": "${Queue}" + suffix}}
        reader = {"Tags": [{"Key": "Team", "Value": "a"}, tag], "Queues": [{"Ref": "Queue"}]}
        return resources(Queue=(QUEUE, {"QueueName": name}), Reader=("Custom::Reader", reader))

    (edit,) = changed(template("a"), template("a", "-b"))["Reader"]["causes"]
    review = reviewed(template("a"), template("b"))
    (stack,) = review["environments"][0]["stacks"]
    causes = {resource["logicalId"]: resource["causes"] for resource in stack["resources"]}
    paths = {risk["logicalId"]: risk["property"] for risk in review["risks"]}

    assert edit["property"] == "Tags[Queue].Value"
    assert [cause["property"] for cause in causes["Reader"]] == ["Tags[Queue].Value", "Queues[0]"]
    assert paths["Reader"] == "Tags[Queue].Value, Queues[0]"


def test_a_property_that_is_called_condition() -> None:
    """It does not mean that the condition of the resource is not known."""

    def template(organization: str) -> dict[str, Any]:
        condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": organization}
        return resources(Policy=("AWS::Events::EventBusPolicy", {"StatementId": "a", "Condition": condition}))

    without = resources(Policy=("AWS::Events::EventBusPolicy", {"StatementId": "a"}))
    (change,) = changes([without], [template("o-1")]).values()

    assert [cause.path for cause in change.causes] == ["Condition"]
    assert not change.may_not_happen

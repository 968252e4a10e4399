"""Changes that CloudFormation or a service rejects, with their messages."""

from pathlib import Path
from typing import Any

import pytest

from tests.data import read_yaml

from .templates import changed, resources, reviewed, risks, set_risks, side

Template = dict[str, Any]
ROWS = read_yaml(Path(__file__).with_name("failures.yaml"))


def test_parameter_values_that_the_template_rejects() -> None:
    """Values that the template rejects are reported, except for defaults of per-deploy parameters."""

    def template(default: str, *allowed: str) -> dict[str, Any]:
        rule = {"Assert": {"Fn::Equals": [{"Ref": "A"}, "1"]}, "AssertDescription": "A must be 1."}
        return {
            "Parameters": {"A": {"Type": "Number", "Default": default, "AllowedValues": [1, *allowed]}},
            "Rules": {"One": {"Assertions": [rule]}},
            "Resources": {},
        }

    refused = "The deploy fails: a rule of the template rejects the parameters. "
    assert risks(reviewed(template("1"), template("2", "2"))) == {("will-fail", ""): f"{refused}A must be 1."}
    review = reviewed(template("1"), template("33"))
    assert [risk["message"] for risk in review["risks"]] == [
        f"{refused}A is 33, and AllowedValues has 1",
        f"{refused}A must be 1.",
    ]
    assert risks(reviewed(template("2", "2"), template("2", "2"))) == {}


def test_items_and_regions_that_the_template_refuses() -> None:
    """Each item of a list has to be allowed, and a rule can depend on the region."""
    rule = {
        "Assert": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
        "AssertDescription": "Only there.",
    }
    template = {
        "Parameters": {"A": {"Type": "CommaDelimitedList", "Default": "a,b,x", "AllowedValues": ["a", "b"]}},
        "Rules": {"One": {"Assertions": [rule]}},
        "Resources": {},
    }

    assert [risk["message"] for risk in reviewed({"Resources": {}}, template)["risks"]] == [
        "The deploy fails: a rule of the template rejects the parameters. A is x, and AllowedValues has a, b",
        "The deploy fails: a rule of the template rejects the parameters. Only there.",
    ]


def test_a_custom_resource() -> None:
    """A custom resource may be replaced by its function. Its type and service token cannot be changed."""

    def template(kind: str, token: str, value: str) -> dict[str, Any]:
        return resources(Thing=(kind, {"ServiceToken": token, "Value": value}))

    before = template("Custom::A", "arn", "1")
    assert changed(before, template("Custom::A", "arn", "2"))["Thing"]["change"] == "maybe-replace"
    assert ("will-fail", "Thing") in risks(reviewed(before, template("Custom::A", "other", "1")))
    messages = risks(reviewed(before, template("Custom::B", "arn", "1")))
    assert messages["will-fail", "Thing"].startswith(
        "The deploy fails: the type of Thing cannot be changed from Custom::A "
    )


@pytest.mark.parametrize(("before", "after", "message"), ROWS["test_a_name_that_is_taken"])
def test_a_name_that_is_taken(before: dict[str, Any], after: dict[str, Any], message: str | None) -> None:
    """A name is in use if its resource is retained, deleted later, or in another stack of the region."""
    old = side(**{name: {"Resources": resources} for name, resources in before.items()})
    new = side(**{name: {"Resources": resources} for name, resources in after.items()})
    messages = [
        text for (kind, _, name), text in set_risks(old, new).items() if (kind, name) == ("will-fail", "New")
    ]

    assert messages == ([message] if message else [])


RECORD = {"HostedZoneId": "Z1", "Name": "a.example.com", "Type": "A", "TTL": "60"}


def test_record_sets_of_a_routing_policy() -> None:
    """Record sets with different identifiers can have the same name and type."""
    record, another = (
        {"Type": "AWS::Route53::RecordSet", "Properties": {**RECORD, "SetIdentifier": name, "Weight": 1}}
        for name in ("one", "other")
    )
    before: Template = {"Resources": {"Old": record}}

    added = set_risks(side(network=before), side(network={"Resources": {"Old": record, "New": another}}))
    assert list(added) == [("interruption", "network", "New")]
    message = set_risks(side(network=before), side(network={"Resources": {"Old": record, "New": record}}))
    assert message["will-fail", "network", "New"] == (
        "The deploy fails: New cannot be created, because Old already has the same Name, HostedZoneId, Type "
        "and SetIdentifier. Change one of them."
    )


QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}


def test_the_stack_policy_is_that_of_the_deployed_stack() -> None:
    """The policy of the deployed stack applies, not the one of the change."""
    policy = {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "Update:Delete",
                "Principal": "*",
                "Resource": "LogicalResourceId/Qu*",
            },
        ]
    }
    full, empty = ({"database": {"Resources": resources}} for resources in ({"Queue": QUEUE}, {}))

    assert ("will-fail", "database", "Queue") in set_risks(side(policy, **full), side(**empty))
    assert ("will-fail", "database", "Queue") not in set_risks(side(**full), side(policy, **empty))

"""What follows from new and removed resources, by their kind."""

import re
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.data_files import table
from cfn_analysis.model.schemas import resource_schema, writable_properties
from cfn_analysis.reviewing import additions, removals
from cfn_analysis.reviewing.judging import HARMLESS

from .templates import compared, resources, reviewed, risks

REGION = "us-east-1"
ROWS = [line.split(": ", 1)[0].split() for line in table(Path(additions.__file__).with_suffix(".txt"))]
REMOVAL_ROWS = [line.split(": ", 1)[0].split() for line in table(Path(removals.__file__).with_suffix(".txt"))]

API: dict[str, tuple[str, dict[str, Any]]] = {
    "Api": ("AWS::ApiGateway::RestApi", {"Name": "a"}),
    "V1": (
        "AWS::ApiGateway::Resource",
        {"RestApiId": {"Ref": "Api"}, "ParentId": {"Ref": "AWS::StackId"}, "PathPart": "v1"},
    ),
    "Get": (
        "AWS::ApiGateway::Method",
        {
            "RestApiId": {"Ref": "Api"},
            "ResourceId": {"Ref": "V1"},
            "HttpMethod": "GET",
            "AuthorizationType": "AWS_IAM",
        },
    ),
}
FEEDBACK: dict[str, tuple[str, dict[str, Any]]] = {
    "FeedbackResource": (
        "AWS::ApiGateway::Resource",
        {"RestApiId": {"Ref": "Api"}, "ParentId": {"Ref": "V1"}, "PathPart": "feedback"},
    ),
    "BodyValidator": (
        "AWS::ApiGateway::RequestValidator",
        {"RestApiId": {"Ref": "Api"}, "ValidateRequestBody": True},
    ),
    "FeedbackModel": (
        "AWS::ApiGateway::Model",
        {"RestApiId": {"Ref": "Api"}, "ContentType": "application/json", "Schema": {"type": "object"}},
    ),
    "FeedbackMethod": (
        "AWS::ApiGateway::Method",
        {
            "RestApiId": {"Ref": "Api"},
            "ResourceId": {"Ref": "FeedbackResource"},
            "HttpMethod": "POST",
            "ApiKeyRequired": True,
            "AuthorizationType": "NONE",
            "RequestValidatorId": {"Ref": "BodyValidator"},
            "RequestModels": {"application/json": {"Ref": "FeedbackModel"}},
        },
    ),
}
MESSAGES = "FeedbackMethod is added: anyone with an API key can call POST /v1/feedback."


def reasons(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Return the resources that are judged harmless, and why."""
    review = compared(before, after)
    assert review.not_judged == []
    return {
        judgment.subject.name: judgment.reason
        for judgment in review.judgments
        if judgment.verdict == HARMLESS and not judgment.path
    }


def test_a_second_method_of_an_api_is_judged_with_what_it_uses() -> None:
    """The method says who can call what; its path, validator and model act only through it."""
    before, after = resources(**API), resources(**API, **FEEDBACK)

    assert risks(reviewed(before, after)) == {("opens", "FeedbackMethod"): MESSAGES}
    assert set(reasons(before, after)) == {"FeedbackResource", "BodyValidator", "FeedbackModel"}


def test_the_removal_of_a_method_is_judged_with_what_it_used() -> None:
    """Requests to it are rejected; what acted only through it is harmless."""
    before, after = resources(**API, **FEEDBACK), resources(**API)

    assert list(risks(reviewed(before, after))) == [("interruption", "FeedbackMethod")]
    assert set(reasons(before, after)) == {"FeedbackResource", "BodyValidator", "FeedbackModel"}


@pytest.mark.parametrize(
    ("type_of_authorization", "callers"),
    [
        ("AWS_IAM", "principals with the permission execute-api:Invoke can"),
        ("CUSTOM", "clients that its authorizer accepts can"),
        ({"Ref": "AWS::StackId"}, "clients can"),
    ],
)
def test_who_can_call_a_new_method(type_of_authorization: Any, callers: str) -> None:
    """Its authorization decides; the path is that of its resources."""
    properties: dict[str, Any] = {
        "RestApiId": {"Ref": "Api"},
        "ResourceId": {"Ref": "V1"},
        "HttpMethod": "DELETE",
    }
    properties["AuthorizationType"] = type_of_authorization
    after = resources(**API, New=("AWS::ApiGateway::Method", properties))

    message = risks(reviewed(resources(**API), after))["opens", "New"]

    assert message == f"New is added: {callers} call DELETE /v1."


def test_the_methods_of_a_new_api_are_reached_through_its_stage() -> None:
    """The stage opens it: its methods and resources have no line each."""
    stage = ("AWS::ApiGateway::Stage", {"RestApiId": {"Ref": "Api"}, "StageName": "v1", "DeploymentId": "d"})
    other: dict[str, tuple[str, dict[str, Any]]] = {"Topic": ("AWS::SNS::Topic", {})}

    review = reviewed(resources(**other), resources(**other, **API, Stage=stage))

    assert risks(review) == {("opens", "Stage"): "Stage is added: the API can be called at its URL."}
    assert review["notJudged"] == []


SUBNET: tuple[str, dict[str, Any]] = ("AWS::EC2::Subnet", {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"})
TABLE: tuple[str, dict[str, Any]] = ("AWS::EC2::RouteTable", {"VpcId": "vpc-1"})


def test_an_association_of_a_new_subnet_changes_nothing() -> None:
    """Of a subnet that exists before, it changes the route table."""
    association = (
        "AWS::EC2::SubnetRouteTableAssociation",
        {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
    )
    after = resources(Subnet=SUBNET, Table=TABLE, It=association)

    assert list(risks(reviewed(resources(Subnet=SUBNET), after))) == [("interruption", "It")]
    before = resources(Topic=("AWS::SNS::Topic", {}))
    with_topic = resources(Topic=("AWS::SNS::Topic", {}), Subnet=SUBNET, Table=TABLE, It=association)
    assert reasons(before, with_topic)["It"] == "what it acts on is new too, and is judged itself"


@pytest.mark.parametrize(
    ("type_name", "properties", "kind", "words"),
    [
        ("AWS::EC2::NatGateway", {"SubnetId": "subnet-1"}, "takes", "billed by the hour"),
        (
            "AWS::Lambda::Function",
            {"Code": {"ZipFile": "a"}, "Role": {"Ref": "AWS::StackId"}, "ReservedConcurrentExecutions": 5},
            "takes",
            "taken from all other functions",
        ),
        (
            "AWS::ApiGateway::Stage",
            {"RestApiId": "a", "StageName": "s", "CacheClusterEnabled": True},
            "takes",
            "cache is billed",
        ),
        ("AWS::SNS::Topic", {"Subscription": [{"Endpoint": "e", "Protocol": "sqs"}]}, "opens", "endpoints"),
        (
            "AWS::SNS::TopicPolicy",
            {"Topics": ["t"], "PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
            "interruption",
            "takes the place",
        ),
        (
            "AWS::IAM::ManagedPolicy",
            {
                "Roles": ["r"],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
                },
            },
            "interruption",
            "what it denies",
        ),
    ],
)
def test_what_a_new_resource_takes_opens_or_changes(
    type_name: str, properties: dict[str, Any], kind: str, words: str
) -> None:
    """It is a risk of its kind, and not harmless."""
    before = resources(Other=("AWS::EC2::RouteTable", {"VpcId": "vpc-1"}))
    after = resources(Other=("AWS::EC2::RouteTable", {"VpcId": "vpc-1"}), It=(type_name, properties))

    assert words in risks(reviewed(before, after))[kind, "It"]
    assert "It" not in reasons(before, after)


def test_a_switch_that_is_off_takes_nothing() -> None:
    """A stage without a cache only opens the API."""
    properties = {"RestApiId": "a", "StageName": "s", "CacheClusterEnabled": "false"}
    after = resources(Table=TABLE, It=("AWS::ApiGateway::Stage", properties))

    assert list(risks(reviewed(resources(Table=TABLE), after))) == [("opens", "It")]


def test_a_new_resource_that_its_schema_refuses_is_not_harmless() -> None:
    """The deploy fails: a property that is missing, and one that the type does not have."""
    for properties in ({}, {"VpcId": "vpc-1", "Nothing": 1}):
        after = resources(Subnet=SUBNET, It=("AWS::EC2::RouteTable", properties))

        assert ("will-fail", "It") in risks(reviewed(resources(Subnet=SUBNET), after))
        assert reasons(resources(Subnet=SUBNET), after) == {}


def metric_filter(group: str) -> tuple[str, dict[str, Any]]:
    """Return a filter that counts the errors in a log group."""
    metric = {"MetricNamespace": "N", "MetricName": "Errors", "MetricValue": "1"}
    properties = {"LogGroupName": group, "FilterPattern": "ERROR", "MetricTransformations": [metric]}
    return "AWS::Logs::MetricFilter", properties


def test_a_second_filter_of_a_metric_is_counted_too() -> None:
    """The first one of a metric that no alarm reads is harmless."""
    one, both = resources(A=metric_filter("a")), resources(A=metric_filter("a"), B=metric_filter("b"))

    assert "it also writes the metric N Errors" in risks(reviewed(one, both))["guard", "B"]
    table_alone = resources(Table=TABLE)
    assert reasons(table_alone, resources(Table=TABLE, A=metric_filter("a"))) == {
        "A": "nothing else fills its metric, and no alarm reads it yet"
    }


def test_what_only_removed_resources_referred_to_is_harmless() -> None:
    """Without a reference to it, what uses it is not known."""
    group = ("AWS::RDS::DBParameterGroup", {"Family": "aurora-mysql8.0", "Description": "d"})
    database = (
        "AWS::RDS::DBInstance",
        {"Engine": "aurora-mysql", "DBClusterIdentifier": "c", "DBParameterGroupName": {"Ref": "Group"}},
    )
    after = resources(Table=TABLE)

    assert "Group" in reasons(resources(Table=TABLE, Group=group, Database=database), after)
    message = risks(reviewed(resources(Table=TABLE, Group=group), after))["interruption", "Group"]
    assert message.startswith("Group is removed: no resource of the stacks refers to it")


@pytest.mark.parametrize("row", [*ROWS, *REMOVAL_ROWS], ids=" ".join)
def test_the_types_and_properties_of_the_tables_exist(row: list[str]) -> None:
    """A row about another type or property would never count."""
    type_name, _, *names = row
    if type_name == "AWS::CDK::Metadata":  # it has no schema
        return
    assert resource_schema(type_name, REGION).type == type_name
    allowed = writable_properties(type_name, REGION)
    assert [name for name in names if name not in allowed and re.match("[A-Z]", name)] == []


MACRO = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://a/b"}}}


@pytest.mark.parametrize("properties", [{"ServiceToken": "arn", "Version": "1.0", "Statement": "a"}, {}])
def test_a_custom_resource_has_any_properties(properties: dict[str, Any]) -> None:
    """What follows from it is not known."""
    before, after = resources(Table=TABLE), resources(Table=TABLE, It=("Custom::Thing", properties))
    review = reviewed(before, after)

    assert [risk for risk in review["risks"] if risk["kind"] == "will-fail"] == []
    assert [entry["logicalId"] for entry in review["notJudged"]] == ["It"]


@pytest.mark.parametrize("entry", [{"Properties": MACRO}, MACRO, {"Properties": {**MACRO, "VpcId": "vpc-1"}}])
def test_the_properties_that_a_macro_returns_are_not_known(entry: dict[str, Any]) -> None:
    """The new resource is neither refused nor harmless."""
    before = resources(Table=TABLE)
    after = {"Resources": {**before["Resources"], "It": {"Type": "AWS::EC2::RouteTable", **entry}}}
    review = reviewed(before, after)

    assert review["risks"] == []
    assert [entry["logicalId"] for entry in review["notJudged"]] == ["It"]

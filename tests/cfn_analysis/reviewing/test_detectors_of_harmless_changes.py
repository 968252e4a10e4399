"""Detectors that know both directions of a change: tags, policies and versions of functions."""

from typing import Any

import botocore.session
import pytest

from cfn_analysis.model.schemas import writable_properties
from cfn_analysis.reviewing import report
from cfn_analysis.updates.effects import Effect, effect_of_change

from .templates import compared, resources, side

TOPIC = {"Tags": [{"Key": "Name", "Value": "a"}, {"Key": "Project", "Value": "a"}]}
RENAMED = {"Tags": [{"Key": "Name", "Value": "b"}, {"Key": "Project", "Value": "b"}]}
READS = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        ({}, "harmless"),
        ("aws sns list-topics --filters Name=tag:Project,Values=a", "harmless"),
        ("aws sns list-topics --filters Name=tag:Name,Values=a", "risk"),
        (
            {"Statement": {**READS, "Condition": {"StringEquals": {"aws:ResourceTag/Name": "a"}}}},
            "risk",
        ),
        ({"Statement": {**READS, "Condition": {"Null": {"aws:RequestTag/Name": "true"}}}}, "risk"),
        (
            {"Statement": {**READS, "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "A"}}}},
            "risk",
        ),
        (
            {
                "Statement": {
                    **READS,
                    "Action": "ec2:RunInstances",
                    "Condition": {"StringEquals": {"aws:ResourceTag/Name": "a"}},
                }
            },
            "harmless",
        ),
        (
            {
                "Statement": {
                    "Effect": "Deny",
                    "NotAction": "s3:*",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:ResourceTag/Name": "a"}},
                }
            },
            "risk",
        ),
    ],
)
def test_the_tag_name_is_harmless_where_nothing_reads_it(document: Any, verdict: str) -> None:
    """A policy of the service, and a command, may read it; any other key must not be read at all."""
    both = [side(api=resources(Topic=("AWS::SNS::Topic", topic))) for topic in (TOPIC, RENAMED)]
    review = report.review(both[0], both[1]._replace(documents=lambda: {"policy.json": document}))

    reads_project = "TagKeys" in str(document) or "tag:Project" in str(document)
    assert {judgment.path: judgment.verdict for judgment in review.judgments} == {
        "Tags[Name].Value": verdict,
        "Tags[Project].Value": "risk" if reads_project else "harmless",
    }


@pytest.mark.parametrize(
    ("tag", "verdict"),
    [
        ({"Key": "Team", "Value": "a"}, "harmless"),
        ({"Key": "aws:Team", "Value": "a"}, "not judged"),
        ({"Key": "t" * 129, "Value": "a"}, "risk"),
        ({"Key": "Team", "Value": "a" * 257}, "risk"),
        ({"Key": "Team"}, "risk"),
    ],
)
def test_a_tag_that_aws_refuses_is_not_harmless(tag: dict[str, str], verdict: str) -> None:
    """A reserved key, a long one, and a tag without a value."""
    with_tag = {**TOPIC, "Tags": [*TOPIC["Tags"], tag]}
    before, after = (side(api=resources(Topic=("AWS::SNS::Topic", topic))) for topic in (TOPIC, with_tag))

    assert {judgment.verdict for judgment in report.review(before, after).judgments} == {verdict}


def role(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    """Return a template with a role that has a policy."""
    document = {"Version": version, "Statement": list(statements)}
    trust = {
        "Statement": [{**READS, "Action": "sts:AssumeRole", "Principal": {"Service": "a.amazonaws.com"}}]
    }
    policies = [{"PolicyName": "a", "PolicyDocument": document}]
    return resources(Role=("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust, "Policies": policies}))


TWO = ({**READS, "Resource": "a"}, {**READS, "Resource": "b"})


@pytest.mark.parametrize(
    ("after", "verdicts"),
    [
        (role({**READS, "Sid": "Other"}), {"harmless"}),
        (role({**READS, "Resource": ["*", "arn:aws:sqs:eu-west-1:1:a"]}), {"harmless"}),
        (
            role({**READS, "Resource": "arn:aws:sqs:eu-west-1:1:a"}),
            {"effect"},
        ),  # narrower: something may lose its rights
        (role({**READS, "Action": "sns:*"}), {"risk"}),
        (role(READS, version="2008-10-17"), {"effect"}),  # variables are not replaced
        (role({**READS, "Effect": "Alow"}), {"risk"}),
        (role({**READS, "Resource": "a"}), {"risk"}),  # not an ARN
        (role(READS, {**READS, "Effect": "Deny", "Action": "sqs:*"}), {"effect"}),
    ],
)
def test_policies(after: dict[str, Any], verdicts: set[str]) -> None:
    """A policy with the same access is harmless, a wider one a risk, and a narrower one has an effect."""
    assert {judgment.verdict for judgment in compared(role(READS), after).judgments} == verdicts


def function(memory: int, description: str, tag: str = "a") -> dict[str, Any]:
    """Return a template with a function and its version."""
    properties = {"MemorySize": memory, "Tags": [{"Key": "a", "Value": tag}]}
    version = {"FunctionName": {"Ref": "Function"}, "Description": description}
    return resources(
        Function=("AWS::Lambda::Function", properties), Version=("AWS::Lambda::Version", version)
    )


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (function(256, "b"), "harmless"),
        (function(128, "b"), "not judged"),  # Lambda does not publish it again
        (function(128, "b", tag="b"), "not judged"),  # tags are not part of a version
    ],
)
def test_a_version_is_published_with_the_changes_of_its_function(after: dict[str, Any], verdict: str) -> None:
    """Without a change of the function, there is no new version."""
    review = compared(function(128, "a"), after)

    assert [
        (judgment.path, judgment.verdict)
        for judgment in review.judgments
        if judgment.subject.name == "Version"
    ] == [("Description", verdict)]


def test_every_setting_of_an_update_is_published() -> None:
    """What UpdateFunctionConfiguration sets, and the code, is in a version."""
    model = botocore.session.get_session().get_service_model("lambda")
    members = model.operation_model("UpdateFunctionConfiguration").input_shape.members
    settings = {"code", *(member.lower() for member in members if member != "FunctionName")}
    names = []
    for name in writable_properties("AWS::Lambda::Function", "us-east-1"):
        effect = effect_of_change("AWS::Lambda::Function", "us-east-1", (name,))
        if name.lower() in settings and effect is Effect.UPDATED:
            names.append(name)

    assert len(names) >= 15
    for name in names:
        before, after = function(128, "a"), function(128, "b")
        before["Resources"]["Function"]["Properties"][name] = "x"
        after["Resources"]["Function"]["Properties"][name] = "y"
        verdicts = {
            judgment.verdict
            for judgment in compared(before, after).judgments
            if judgment.subject.name == "Version"
        }

        assert verdicts == {"harmless"}, name


def api_with(deployment: str, **properties: Any) -> dict[str, Any]:
    """Return an API whose stage has a deployment."""
    deployments = {
        "Old": ("AWS::ApiGateway::Deployment", {"RestApiId": {"Ref": "Api"}}),
        deployment: ("AWS::ApiGateway::Deployment", {"RestApiId": {"Ref": "Api"}, **properties}),
    }
    return resources(
        Api=("AWS::ApiGateway::RestApi", {"Name": "a"}),
        **deployments,
        Stage=(
            "AWS::ApiGateway::Stage",
            {"RestApiId": {"Ref": "Api"}, "StageName": "v1", "DeploymentId": {"Ref": deployment}},
        ),
    )


def verdict_of_stage(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return the verdict about the deployment of the stage."""
    (verdict,) = (
        judgment.verdict
        for judgment in compared(before, after).judgments
        if judgment.subject.name == "Stage" and judgment.path == "DeploymentId"
    )
    return verdict


def test_a_new_deployment_is_judged_with_the_changes_of_its_api() -> None:
    """One that exists already publishes an earlier state, and that of another API is another one."""
    first, second = api_with("First", Description="1"), api_with("Second", Description="2")

    assert verdict_of_stage(first, second) == "harmless"
    assert verdict_of_stage(first, api_with("Old")) == "not judged"
    assert verdict_of_stage(first, api_with("Second", RestApiId="other")) == "not judged"

"""What CloudFormation refuses: values that the schema of a type does not allow, and unknown keys."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.parameter_constraints import faults_of_declaration
from cfn_analysis.model.schema_faults import faults
from cfn_analysis.reviewing.states import resolved_states
from csr_templates.hand_over import review_sides

from .templates import compared, resources

OUT = Path(__file__).resolve().parents[3] / "out"
QUEUE = {"QueueName": "a", "Tags": [{"Key": "a", "Value": "b"}]}


def failures_of(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what the deploy is refused for."""
    return [risk.message for risk in compared(before, after).risks if risk.kind == "will-fail"]


@pytest.mark.parametrize(
    ("type_name", "changed", "why"),
    [
        ("AWS::SQS::Queue", {"Other": "a"}, "Other is not a property of the type"),
        ("AWS::SQS::Queue", {"Tags": [{"Key": "a"}]}, "Tags[0].Value is required"),
        ("AWS::SQS::Queue", {"Tags": [{"Key": "a", "Value": "b", "X": 1}]}, "Tags[0].X is not a property"),
        ("AWS::SQS::Queue", {"Tags": "a"}, "Tags must be a list"),
        ("AWS::SQS::Queue", {"DelaySeconds": "soon"}, "DelaySeconds must be a number"),
        ("AWS::SQS::Queue", {"FifoQueue": "maybe"}, "FifoQueue must be true or false"),
        ("AWS::Logs::LogGroup", {"RetentionInDays": 31}, "RetentionInDays must be one of"),
        ("AWS::Logs::LogGroup", {"LogGroupName": "a b"}, "LogGroupName must match"),
        ("AWS::SQS::Queue", {"DelaySeconds": "5", "FifoQueue": "true"}, ""),
        ("AWS::SQS::Queue", {"DelaySeconds": {"Ref": "AWS::AccountId"}}, ""),
        ("AWS::Unknown::Type", {"Other": "a"}, ""),
    ],
)
def test_a_value_that_the_schema_refuses_fails(type_name: str, changed: dict[str, Any], why: str) -> None:
    """The message names the property; what CloudFormation converts, or what is not known, is no failure."""
    before: dict[str, Any] = {"DelaySeconds": 1} if type_name.endswith("Queue") else {"LogGroupName": "a"}
    after = resources(It=(type_name, {**before, **changed}))

    failures = failures_of(resources(It=(type_name, before)), after)

    assert bool(failures) is bool(why)
    assert all(why in failure for failure in failures)


def test_a_required_property_that_is_removed_fails() -> None:
    """A value that was refused before is not named again when something else changes."""
    before = resources(It=("AWS::SNS::Subscription", {"TopicArn": "t", "Protocol": "https"}))
    after = resources(It=("AWS::SNS::Subscription", {"TopicArn": "t"}))
    refused = resources(It=("AWS::SQS::Queue", {"Other": "a", "DelaySeconds": 1}))
    still_refused = resources(It=("AWS::SQS::Queue", {"Other": "a", "DelaySeconds": 2}))

    assert any("Protocol is required" in failure for failure in failures_of(before, after))
    assert failures_of(refused, still_refused) == []


def test_an_unknown_key_fails() -> None:
    """Of the template, and of a resource."""
    before = resources(It=("AWS::SQS::Queue", QUEUE))
    after = resources(It=("AWS::SQS::Queue", QUEUE))
    after["Resources"]["It"]["Depends"] = "a"

    assert failures_of(before, {**before, "Other": {}}) == [
        "The deploy fails: CloudFormation refuses the change, because Other is not a key of a template."
    ]
    assert failures_of(before, after) == [
        "The deploy fails: CloudFormation refuses the change, because Depends is not a key of an entry of "
        "Resources."
    ]


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("Type", "Text", "Parameters.P is wrong: its Type must be a type of parameters, not Text"),
        ("Type", None, "Parameters.P is wrong: its Type is required"),
        ("Type", "List<AWS::EC2::VPC::Id>", ""),
        ("Type", "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>", ""),
        ("AllowedValues", "a", "Parameters.P is wrong: its AllowedValues must be a list"),
        ("MaxLength", "long", "Parameters.P is wrong: its MaxLength must be a number"),
        ("MaxLength", "5", ""),
        ("NoEcho", "hidden", "Parameters.P is wrong: its NoEcho must be true or false"),
    ],
)
def test_a_declaration_of_a_parameter_that_is_refused(key: str, value: Any, why: str) -> None:
    """A key that was refused before is not named again."""
    declaration = {"Type": "String", key: value}
    if value is None:
        del declaration[key]
    before = {"Parameters": {"P": {"Type": "String"}}, "Resources": {}}
    after = {"Parameters": {"P": declaration}, "Resources": {}}

    assert [why in failure for failure in failures_of(before, after)] == ([True] if why else [])
    assert failures_of(after, {**after, "Description": "a"}) == []


def test_the_types_of_parameters() -> None:
    """Every type that cfn-lint knows is a type of parameters, and no part of one is."""
    from cfnlint.helpers import VALID_PARAMETER_TYPES

    for name in VALID_PARAMETER_TYPES:
        assert list(faults_of_declaration({"Type": name})) == [], name
        assert list(faults_of_declaration({"Type": name[:-1]})) != [], name


def test_another_version_of_the_format_fails() -> None:
    """There is only one version."""
    before = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}

    assert len(failures_of(before, {**before, "AWSTemplateFormatVersion": "2026-09-09"})) == 1
    assert failures_of(before, {"Resources": {}}) == []


def test_a_dependency_that_does_not_exist_fails() -> None:
    """A name that was wrong before is not named again."""
    before = resources(It=("AWS::SQS::Queue", QUEUE))
    after = {"Resources": {"It": {**before["Resources"]["It"], "DependsOn": "Missing"}}}

    assert [
        "It refers to Missing, which is not in it" in failure for failure in failures_of(before, after)
    ] == [True]
    assert failures_of(after, {**after, "Description": "a"}) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"AllowedMethods": ["HEAD", "GET"]}, ""),
        ({"AllowedMethods": ["GET", "HEAD", "POST"]}, "AllowedMethods must be one of these lists"),
        ({"CachedMethods": ["GET", "HEAD", "PUT"]}, "CachedMethods must be one of these lists"),
        ({"AllowedMethods": {"Ref": "Methods"}}, ""),
        ({"TargetOriginId": "other"}, "TargetOriginId must be one of site"),
        ({"TargetOriginId": {"Ref": "Methods"}}, ""),
    ],
)
def test_a_behavior_that_cloudfront_refuses_fails(changed: dict[str, Any], why: str) -> None:
    """CloudFront takes three lists of methods, and the IDs of its origins."""

    def distribution(**own: Any) -> dict[str, Any]:
        behavior = {"TargetOriginId": "site", "ViewerProtocolPolicy": "https-only", **own}
        origins = [{"Id": "site", "DomainName": "a.example.com", "S3OriginConfig": {}}]
        config = {"Enabled": True, "Origins": origins, "DefaultCacheBehavior": behavior}
        template = resources(It=("AWS::CloudFront::Distribution", {"DistributionConfig": config}))
        return {**template, "Parameters": {"Methods": {"Type": "CommaDelimitedList"}}}

    failures = failures_of(distribution(), distribution(**changed))
    assert [why in failure for failure in failures] == ([True] if why else [])


def test_no_value_of_the_templates_is_refused() -> None:
    """The schemas allow every value of every resource that exists in an environment."""
    side = review_sides.folder(OUT)
    looked_at = 0
    for environment in side.environments:
        for resolved in resolved_states(side, side, environment).after.values():
            for name, resource in resolved.existing():
                properties = resource.properties
                refused = list(faults(resource.type, resolved.built.region, properties, [*properties]))
                assert refused == [], (resolved.name, name)
                looked_at += 1
    assert looked_at > 200

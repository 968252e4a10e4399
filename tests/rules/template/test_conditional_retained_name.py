"""E9002 on good and broken resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cfnlint.decode import decode_str
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.template import Template

from csr_templates.rules import ConditionalRetainedName

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Enabled: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
  Name: {Type: String, Default: fixed}
Conditions:
  Switch: !Equals [!Ref Enabled, "true"]
  Never: !And [!Condition Switch, !Not [!Condition Switch]]
  Named: !Not [!Equals [!Ref Name, ""]]
Resources:
  Bucket: {Type: AWS::S3::Bucket}
"""

KEPT = "Condition: Switch, DeletionPolicy: Retain, UpdateReplacePolicy: Retain,"
BOTH = "DeletionPolicy is Retain, UpdateReplacePolicy is Retain"


def resource(properties: str, *, attributes: str = KEPT, kind: str = "AWS::Logs::LogGroup") -> str:
    """Return a template with one more resource, by default conditional and retained."""
    return f"{HEAD}  Kept: {{Type: {kind}, {attributes} Properties: {{{properties}}}}}\n"


def message(name: str, value: str, policy: str = BOTH) -> str:
    """Return the whole message about one name."""
    return (
        f"{name} is {value}, {policy}, and the resource exists only when Switch is true: what stays behind "
        "keeps the name, and the next create fails because it already exists. Remove the Condition, leave "
        f"{name.rpartition('.')[2]} out, or set both policies to Delete."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(resource("RetentionInDays: 7"), id="no name"),
        pytest.param(resource("LogGroupName: !Ref AWS::NoValue"), id="NoValue as name"),
        pytest.param(
            resource("LogGroupName: !If [Switch, !Ref AWS::NoValue, fixed]"),
            id="name only in the branch that the condition excludes",
        ),
        pytest.param(
            resource(
                "LogGroupName: fixed", attributes="DeletionPolicy: Retain, UpdateReplacePolicy: Retain,"
            ),
            id="no condition",
        ),
        pytest.param(
            resource(
                "LogGroupName: fixed",
                attributes="Condition: Switch, DeletionPolicy: Delete, UpdateReplacePolicy: Delete,",
            ),
            id="deleted",
        ),
        pytest.param(resource("LogGroupName: fixed", attributes="Condition: Switch,"), id="no policy"),
        pytest.param(
            resource("LogGroupName: fixed", attributes="Condition: Switch, DeletionPolicy: [Retain],"),
            id="policy of a wrong kind, which another rule finds",
        ),
        pytest.param(
            resource(
                "DBClusterIdentifier: fixed, Engine: aurora-mysql",
                attributes="Condition: Switch, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot,",
                kind="AWS::RDS::DBCluster",
            ),
            id="snapshot gives the name back",
        ),
        pytest.param(resource("Description: A key.", kind="AWS::KMS::Key"), id="type without a name"),
        pytest.param(
            resource("FunctionName: api, Description: one", kind="AWS::Lambda::Version"),
            id="name of its parent",
        ),
        pytest.param(
            resource("Bucket: !Ref Bucket, PolicyDocument: {}", kind="AWS::S3::BucketPolicy"),
            id="identifier that refers to another resource",
        ),
        pytest.param(
            resource("Bucket: !GetAtt Bucket.Arn, PolicyDocument: {}", kind="AWS::S3::BucketPolicy"),
            id="identifier that is an attribute of another resource",
        ),
        pytest.param(
            resource("Name: example.com", kind="AWS::Route53::HostedZone"), id="name that may repeat"
        ),
        pytest.param(resource("Name: fixed", kind="AWS::No::Such"), id="unknown type"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A resource that lacks the condition, the name of its own or the retaining policy passes."""
    assert judge(ConditionalRetainedName, text) == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("fixed", '"fixed"', id="literal"),
        pytest.param("!Ref Name", '{"Ref": "Name"}', id="parameter default"),
        pytest.param("!Sub '/x/${AWS::StackName}'", '{"Fn::Sub": "/x/${AWS::StackName}"}', id="Sub"),
        pytest.param("!Sub '/x/${Name}'", '{"Fn::Sub": "/x/${Name}"}', id="Sub of a parameter"),
        pytest.param("!If [Named, a, b]", '"a"', id="If with a name in both branches"),
        pytest.param("!If [Named, !Ref AWS::NoValue, b]", '"b"', id="If with a name in one branch"),
        pytest.param("!ImportValue name", '{"Fn::ImportValue": "name"}', id="import"),
    ],
)
def test_refuses_every_way_to_write_a_name(judge: Judge, written: str, value: str) -> None:
    """A name is explicit however it is written, if one case is left in which AWS does not choose it."""
    assert judge(ConditionalRetainedName, resource(f"LogGroupName: {written}")) == [
        ("Resources/Kept/Properties/LogGroupName", message("LogGroupName", value))
    ]


@pytest.mark.parametrize(
    ("attributes", "policy"),
    [
        pytest.param("DeletionPolicy: Retain,", "DeletionPolicy is Retain", id="kept when deleted"),
        pytest.param(
            "DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Delete,",
            "DeletionPolicy is RetainExceptOnCreate",
            id="kept except on create",
        ),
        pytest.param(
            "DeletionPolicy: Delete, UpdateReplacePolicy: Retain,",
            "UpdateReplacePolicy is Retain",
            id="kept when replaced",
        ),
        pytest.param("DeletionPolicy: Retain, UpdateReplacePolicy: Retain,", BOTH, id="both"),
    ],
)
def test_refuses_every_retaining_policy(judge: Judge, attributes: str, policy: str) -> None:
    """The message holds the policies that retain, and no other."""
    text = resource("LogGroupName: fixed", attributes=f"Condition: Switch, {attributes}")

    assert judge(ConditionalRetainedName, text) == [
        ("Resources/Kept/Properties/LogGroupName", message("LogGroupName", '"fixed"', policy))
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::ApiGateway::Stage", "StageName"),
        ("AWS::CloudFront::Function", "Name"),
        ("AWS::CloudWatch::Alarm", "AlarmName"),
        ("AWS::CloudWatch::Dashboard", "DashboardName"),
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::EC2::SecurityGroup", "GroupName"),
        ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::KMS::Alias", "AliasName"),
        ("AWS::Lambda::Alias", "Name"),
        ("AWS::Lambda::Function", "FunctionName"),
        ("AWS::Logs::DeliverySource", "Name"),
        ("AWS::Logs::LogGroup", "LogGroupName"),
        ("AWS::Logs::MetricFilter", "FilterName"),
        ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
        ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
        ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"),
        ("AWS::Route53::RecordSet", "Name"),
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::SNS::Topic", "TopicName"),
        ("AWS::SQS::Queue", "QueueName"),
        ("AWS::SSM::Parameter", "Name"),
        ("AWS::SecretsManager::Secret", "Name"),
        ("AWS::StepFunctions::StateMachine", "StateMachineName"),
        ("AWS::WAFv2::WebACL", "Name"),
    ],
)
def test_knows_the_name_of_each_type(judge: Judge, kind: str, name: str) -> None:
    """The property that is the physical name comes from the resource's schema."""
    assert judge(ConditionalRetainedName, resource(f"{name}: fixed", kind=kind)) == [
        (f"Resources/Kept/Properties/{name}", message(name, '"fixed"'))
    ]


@pytest.mark.parametrize(
    ("kind", "container"),
    [
        ("AWS::CloudFront::CachePolicy", "CachePolicyConfig"),
        ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig"),
        ("AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig"),
        ("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig"),
    ],
)
def test_knows_the_nested_names(judge: Judge, kind: str, container: str) -> None:
    """CloudFront's policies carry their unique name one level deeper."""
    assert judge(ConditionalRetainedName, resource(f"{container}: {{Name: fixed}}", kind=kind)) == [
        (f"Resources/Kept/Properties/{container}/Name", message(f"{container}.Name", '"fixed"'))
    ]


def test_a_condition_that_is_never_true_passes() -> None:
    """What is never created leaves nothing behind."""
    # The rule is called directly: cfn-lint's own E3002 stumbles over such a condition.
    text = resource("LogGroupName: fixed", attributes="Condition: Never, DeletionPolicy: Retain,")
    template, _ = decode_str(text)
    assert template is not None
    cfn = Template("template.yaml", template)
    validator = CfnTemplateValidator({}).evolve(cfn=cfn, context=cfn.context)
    kept = template["Resources"]["Kept"]

    assert list(ConditionalRetainedName().validate(validator, None, kept, {})) == []
    assert (
        list(ConditionalRetainedName().validate(validator, None, {**kept, "Condition": "Switch"}, {})) != []
    )


def test_a_resource_of_a_wrong_kind_is_left_to_others() -> None:
    """What is no mapping is none of this rule's business, and no crash."""
    assert list(ConditionalRetainedName().validate(CfnTemplateValidator({}), None, 3, {})) == []


def test_a_resource_without_properties_passes(judge: Judge) -> None:
    """What has no properties has no name."""
    text = HEAD + "  Kept: {Type: AWS::SQS::Queue, Condition: Switch, DeletionPolicy: Retain}\n"

    assert judge(ConditionalRetainedName, text) == []

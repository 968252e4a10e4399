"""Good and broken resources."""

from cfnlint.decode import decode_str
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.template import Template

from csr_templates.rules.template.conditional_retained_name import ConditionalRetainedName

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


def case(written: str, value: str) -> tuple[str, ...]:
    """A name is explicit however it is written, if one case is left in which AWS does not choose it."""
    return (
        resource(f"LogGroupName: {written}"),
        "Resources/Kept/Properties/LogGroupName",
        message("LogGroupName", value),
    )


def refuses_every_retaining_policy(attributes: str, policy: str) -> tuple[str, ...]:
    """The message holds the policies that retain, and no other."""
    text = resource("LogGroupName: fixed", attributes=f"Condition: Switch, {attributes}")
    return text, "Resources/Kept/Properties/LogGroupName", message("LogGroupName", '"fixed"', policy)


def knows_the_name_of_each_type(kind: str, name: str) -> tuple[str, ...]:
    """The property that is the physical name comes from the resource's schema."""
    return (
        resource(f"{name}: fixed", kind=kind),
        f"Resources/Kept/Properties/{name}",
        message(name, '"fixed"'),
    )


def knows_the_nested_names(kind: str, container: str) -> tuple[str, ...]:
    """CloudFront's policies carry their unique name one level deeper."""
    return (
        resource(f"{container}: {{Name: fixed}}", kind=kind),
        f"Resources/Kept/Properties/{container}/Name",
        message(f"{container}.Name", '"fixed"'),
    )


GOOD = {
    "no name": resource("RetentionInDays: 7"),
    "NoValue as name": resource("LogGroupName: !Ref AWS::NoValue"),
    "name only in the branch that the condition excludes": resource(
        "LogGroupName: !If [Switch, !Ref AWS::NoValue, fixed]"
    ),
    "no condition": (
        resource("LogGroupName: fixed", attributes="DeletionPolicy: Retain, UpdateReplacePolicy: Retain,")
    ),
    "deleted": (
        resource(
            "LogGroupName: fixed",
            attributes="Condition: Switch, DeletionPolicy: Delete, UpdateReplacePolicy: Delete,",
        )
    ),
    "no policy": resource("LogGroupName: fixed", attributes="Condition: Switch,"),
    "policy of a wrong kind, which another rule finds": resource(
        "LogGroupName: fixed", attributes="Condition: Switch, DeletionPolicy: [Retain],"
    ),
    "snapshot gives the name back": (
        resource(
            "DBClusterIdentifier: fixed, Engine: aurora-mysql",
            attributes="Condition: Switch, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot,",
            kind="AWS::RDS::DBCluster",
        )
    ),
    "type without a name": resource("Description: A key.", kind="AWS::KMS::Key"),
    "name of its parent": resource("FunctionName: api, Description: one", kind="AWS::Lambda::Version"),
    "identifier that refers to another resource": resource(
        "Bucket: !Ref Bucket, PolicyDocument: {}", kind="AWS::S3::BucketPolicy"
    ),
    "identifier that is an attribute of another resource": resource(
        "Bucket: !GetAtt Bucket.Arn, PolicyDocument: {}", kind="AWS::S3::BucketPolicy"
    ),
    "name that may repeat": resource("Name: example.com", kind="AWS::Route53::HostedZone"),
    "unknown type": resource("Name: fixed", kind="AWS::No::Such"),
    "a resource without properties passes": HEAD
    + "  Kept: {Type: AWS::SQS::Queue, Condition: Switch, DeletionPolicy: Retain}\n",
}

BAD = {
    "literal": case("fixed", '"fixed"'),
    "parameter default": case("!Ref Name", '{"Ref": "Name"}'),
    "Sub": case("!Sub '/x/${AWS::StackName}'", '{"Fn::Sub": "/x/${AWS::StackName}"}'),
    "Sub of a parameter": case("!Sub '/x/${Name}'", '{"Fn::Sub": "/x/${Name}"}'),
    "If with a name in both branches": case("!If [Named, a, b]", '"a"'),
    "If with a name in one branch": case("!If [Named, !Ref AWS::NoValue, b]", '"b"'),
    "import": case("!ImportValue name", '{"Fn::ImportValue": "name"}'),
    "kept when deleted": refuses_every_retaining_policy(
        "DeletionPolicy: Retain,", "DeletionPolicy is Retain"
    ),
    "kept except on create": refuses_every_retaining_policy(
        "DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Delete,",
        "DeletionPolicy is RetainExceptOnCreate",
    ),
    "kept when replaced": refuses_every_retaining_policy(
        "DeletionPolicy: Delete, UpdateReplacePolicy: Retain,", "UpdateReplacePolicy is Retain"
    ),
    "both": refuses_every_retaining_policy("DeletionPolicy: Retain, UpdateReplacePolicy: Retain,", BOTH),
    "AWS::ApiGateway::Stage": knows_the_name_of_each_type("AWS::ApiGateway::Stage", "StageName"),
    "AWS::CloudFront::Function": knows_the_name_of_each_type("AWS::CloudFront::Function", "Name"),
    "AWS::CloudWatch::Alarm": knows_the_name_of_each_type("AWS::CloudWatch::Alarm", "AlarmName"),
    "AWS::CloudWatch::Dashboard": knows_the_name_of_each_type("AWS::CloudWatch::Dashboard", "DashboardName"),
    "AWS::DynamoDB::Table": knows_the_name_of_each_type("AWS::DynamoDB::Table", "TableName"),
    "AWS::EC2::SecurityGroup": knows_the_name_of_each_type("AWS::EC2::SecurityGroup", "GroupName"),
    "AWS::ElastiCache::ReplicationGroup": knows_the_name_of_each_type(
        "AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": knows_the_name_of_each_type(
        "AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"
    ),
    "AWS::IAM::ManagedPolicy": knows_the_name_of_each_type("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    "AWS::IAM::Role": knows_the_name_of_each_type("AWS::IAM::Role", "RoleName"),
    "AWS::KMS::Alias": knows_the_name_of_each_type("AWS::KMS::Alias", "AliasName"),
    "AWS::Lambda::Alias": knows_the_name_of_each_type("AWS::Lambda::Alias", "Name"),
    "AWS::Lambda::Function": knows_the_name_of_each_type("AWS::Lambda::Function", "FunctionName"),
    "AWS::Logs::DeliverySource": knows_the_name_of_each_type("AWS::Logs::DeliverySource", "Name"),
    "AWS::Logs::LogGroup": knows_the_name_of_each_type("AWS::Logs::LogGroup", "LogGroupName"),
    "AWS::Logs::MetricFilter": knows_the_name_of_each_type("AWS::Logs::MetricFilter", "FilterName"),
    "AWS::RDS::DBCluster": knows_the_name_of_each_type("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    "AWS::RDS::DBInstance": knows_the_name_of_each_type("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    "AWS::RDS::DBSubnetGroup": knows_the_name_of_each_type("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"),
    "AWS::Route53::RecordSet": knows_the_name_of_each_type("AWS::Route53::RecordSet", "Name"),
    "AWS::S3::Bucket": knows_the_name_of_each_type("AWS::S3::Bucket", "BucketName"),
    "AWS::SNS::Topic": knows_the_name_of_each_type("AWS::SNS::Topic", "TopicName"),
    "AWS::SQS::Queue": knows_the_name_of_each_type("AWS::SQS::Queue", "QueueName"),
    "AWS::SSM::Parameter": knows_the_name_of_each_type("AWS::SSM::Parameter", "Name"),
    "AWS::SecretsManager::Secret": knows_the_name_of_each_type("AWS::SecretsManager::Secret", "Name"),
    "AWS::StepFunctions::StateMachine": knows_the_name_of_each_type(
        "AWS::StepFunctions::StateMachine", "StateMachineName"
    ),
    "AWS::WAFv2::WebACL": knows_the_name_of_each_type("AWS::WAFv2::WebACL", "Name"),
    "AWS::CloudFront::CachePolicy": knows_the_nested_names(
        "AWS::CloudFront::CachePolicy", "CachePolicyConfig"
    ),
    "AWS::CloudFront::OriginAccessControl": knows_the_nested_names(
        "AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig"
    ),
    "AWS::CloudFront::OriginRequestPolicy": knows_the_nested_names(
        "AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig"
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": knows_the_nested_names(
        "AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig"
    ),
}


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
    """What is not a mapping is left to other rules, and does not crash this one."""
    assert list(ConditionalRetainedName().validate(CfnTemplateValidator({}), None, 3, {})) == []

"""Good and broken resources."""

from ..harness import frame, row

HEAD = """
Parameters:
  Name: {Type: String, Default: fixed}
Conditions:
  Never: !And [!Condition Switch, !Not [!Condition Switch]]
  Named: !Not [!Equals [!Ref Name, ""]]
Resources:
  Bucket: {Type: AWS::S3::Bucket}
"""

KEPT = "Condition: Switch, DeletionPolicy: Retain, UpdateReplacePolicy: Retain,"

resource = frame(
    f"{HEAD}  Kept: {{Type: <kind=AWS::Logs::LogGroup>, <attributes={KEPT}> Properties: {{<properties>}}}}\n"
)


def message(name: str, value: str, policy: str = "Retain") -> str:
    """Return the whole message about one name."""
    return (
        f"{name} is {value}, DeletionPolicy is {policy}, and the resource exists only when Switch is true: "
        "the retained resource keeps the name, and the next create fails because it already exists. Remove "
        f"the Condition, leave {name.rpartition('.')[2]} out, or set DeletionPolicy to Delete."
    )


case = row(
    resource("LogGroupName: <written>"),
    "Resources/Kept/Properties/LogGroupName",
    message("LogGroupName", "<value>"),
)


def kept(attributes: str, policy: str) -> tuple[str, ...]:
    """The message contains the policy."""
    text = resource("LogGroupName: fixed", attributes=f"Condition: Switch, {attributes}")
    return text, "Resources/Kept/Properties/LogGroupName", message("LogGroupName", '"fixed"', policy)


def named(kind: str, path: str) -> tuple[str, ...]:
    """The physical name of a type comes from its schema; CloudFront's policies have it one level deeper."""
    container, _, name = path.rpartition("/")
    text = f"{container}: {{{name}: fixed}}" if container else f"{name}: fixed"
    return (
        resource(text, kind=kind),
        f"Resources/Kept/Properties/{path}",
        message(path.replace("/", "."), '"fixed"'),
    )


NAMES = {
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::CloudFront::Function": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Lambda::Alias": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::DeliverySource": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::MetricFilter": "FilterName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::Route53::RecordSet": "Name",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Parameter": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::WAFv2::WebACL": "Name",
    "AWS::CloudFront::CachePolicy": "CachePolicyConfig/Name",
    "AWS::CloudFront::OriginAccessControl": "OriginAccessControlConfig/Name",
    "AWS::CloudFront::OriginRequestPolicy": "OriginRequestPolicyConfig/Name",
    "AWS::CloudFront::ResponseHeadersPolicy": "ResponseHeadersPolicyConfig/Name",
}

GOOD = {
    "no name": resource("RetentionInDays: 7"),
    "NoValue as name": resource("LogGroupName: !Ref AWS::NoValue"),
    "name only in the branch that the condition excludes": resource(
        "LogGroupName: !If [Switch, !Ref AWS::NoValue, fixed]"
    ),
    "never created": resource("LogGroupName: fixed", attributes="Condition: Never, DeletionPolicy: Retain,"),
    "no condition": (
        resource("LogGroupName: fixed", attributes="DeletionPolicy: Retain, UpdateReplacePolicy: Retain,")
    ),
    "deleted": (
        resource(
            "LogGroupName: fixed",
            attributes="Condition: Switch, DeletionPolicy: Delete, UpdateReplacePolicy: Delete,",
        )
    ),
    "kept when replaced: a replacement needs another name anyway": resource(
        "LogGroupName: fixed",
        attributes="Condition: Switch, DeletionPolicy: Delete, UpdateReplacePolicy: Retain,",
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
    "Sub of a parameter": case("!Sub '/x/${Name}'", '{"Fn::Sub": "/x/${Name}"}'),
    "If with a name in both branches": case("!If [Named, a, b]", '"a"'),
    "If with a name in one branch": case("!If [Named, !Ref AWS::NoValue, b]", '"b"'),
    "import": case("!ImportValue name", '{"Fn::ImportValue": "name"}'),
    "kept when deleted": kept("DeletionPolicy: Retain,", "Retain"),
    "kept except on create": kept(
        "DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Delete,", "RetainExceptOnCreate"
    ),
    "both": kept("DeletionPolicy: Retain, UpdateReplacePolicy: Retain,", "Retain"),
    **{kind: named(kind, path) for kind, path in NAMES.items()},
}

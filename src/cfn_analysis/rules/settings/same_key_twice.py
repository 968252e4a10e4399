from collections.abc import Iterator
from itertools import product
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import Path, as_text, existing, of_type, show, twins
from cfn_analysis.rules.support.words import rows

# Type without AWS::, the properties that only one resource may have alike, with their defaults, and what
# happens to the second where it is not refused.
TABLE = """
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-create-resource.html
ApiGateway::GatewayResponse RestApiId ResponseType
ApiGateway::Method RestApiId ResourceId HttpMethod
ApiGateway::Resource RestApiId ParentId PathPart
ApiGateway::Stage RestApiId StageName
ApiGateway::UsagePlanKey UsagePlanId KeyId
ApiGatewayV2::Route ApiId RouteKey
ApiGatewayV2::Stage ApiId StageName
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
CloudFront::Function Name
CloudWatch::Alarm AlarmName
CloudWatch::CompositeAlarm AlarmName
CloudWatch::Dashboard DashboardName
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
DynamoDB::Table TableName
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
EC2::NetworkAclEntry NetworkAclId Egress=false RuleNumber
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
EC2::NatGateway AllocationId
EC2::Route RouteTableId DestinationCidrBlock
EC2::Route RouteTableId DestinationIpv6CidrBlock
EC2::Route RouteTableId DestinationPrefixListId
EC2::SubnetNetworkAclAssociation SubnetId
EC2::SubnetRouteTableAssociation SubnetId
EC2::VPCGatewayAttachment VpcId InternetGatewayId
EFS::MountTarget FileSystemId SubnetId
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
ElasticLoadBalancingV2::Listener LoadBalancerArn Port
ElasticLoadBalancingV2::ListenerRule ListenerArn Priority
ElasticLoadBalancingV2::LoadBalancer Name
ElasticLoadBalancingV2::TargetGroup Name
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
IAM::ManagedPolicy ManagedPolicyName
IAM::Role RoleName
KMS::Alias AliasName
https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
Lambda::Alias FunctionName Name
Lambda::EventInvokeConfig FunctionName Qualifier
Lambda::EventSourceMapping FunctionName EventSourceArn Topics=- Queues=-
Lambda::Function FunctionName
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
Logs::LogGroup LogGroupName
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
RDS::DBCluster DBClusterIdentifier
RDS::DBInstance DBInstanceIdentifier
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
Route53::RecordSet HostedZoneId Name Type SetIdentifier=-
Route53::RecordSet HostedZoneName Name Type SetIdentifier=-
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
S3::Bucket BucketName
S3::BucketPolicy Bucket
https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
SNS::Topic TopicName
SNS::TopicPolicy Topics: the policy that is set last replaces the other. Write one policy.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
SQS::Queue QueueName
SQS::QueuePolicy Queues: the policy that is set last replaces the other. Write one policy.
SSM::Parameter Name
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
SecretsManager::RotationSchedule SecretId
SecretsManager::Secret Name
SecretsManager::SecretTargetAttachment SecretId
StepFunctions::StateMachine StateMachineName
https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
WAFv2::LoggingConfiguration ResourceArn
WAFv2::WebACL Scope Name
WAFv2::WebACLAssociation ResourceArn
"""
REFUSED = "the service refuses the second. Remove one of them, or change it."


class SameKeyTwice(Rule):
    """Two resources that cannot exist together.

    A name is unique in an account, and a table has one route to a destination, a listener one rule with a
    priority, a zone one record with a name and type, a bucket one policy. The service refuses the second
    resource: 'already exists'. Two policies of a topic or queue replace each other. Resources with
    conditions that exclude each other are alternatives.
    """

    id = "E9736"
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for kind, names, effect in KEYS:
            keyed = list(_keyed(resources, kind, names))
            for _, path, twin in twins(validator, resources, keyed) if len(keyed) > 1 else ():
                shared = " and ".join(", ".join(name.partition("=")[0] for name in names).rsplit(", ", 1))
                yield Fault(path, f"{path[0]} has the same {shared} as {twin}: {effect or REFUSED}")


def _key(line: str) -> tuple[str, list[str], str]:
    columns, _, effect = line.partition(": ")
    kind, *names = columns.split()
    return f"AWS::{kind}", names, effect


KEYS = [_key(line) for line in rows(TABLE)]


def _keyed(resources: Any, kind: str, names: list[str]) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Yield the key of each resource of a type that has all properties, with the path to one of them."""
    for logical_id, _, properties in of_type(resources, kind):
        known = [_compared(kind, properties, *name.split("=")) for name in names]
        last = [name for name in names if name in properties][-1:]
        for key in product(*known):
            yield key, (logical_id, "Properties", *existing(properties, last))


def _compared(kind: str, properties: Any, name: str, default: str | None = None) -> list[str]:
    """Return the value of a property as it is compared; of a list, each item."""
    value = value_at(properties, (name,))
    if value is None:
        return [] if default is None else [default]
    texts = [_text(part) for part in (value if isinstance(value, list) else [value])]
    return [text.removesuffix(".").lower() for text in texts] if "Route53" in kind else texts


def _text(value: Any) -> str:
    return (sub_text(value) or show(value)) if isinstance(value, dict) else as_text(value)

"""The API calls of the commands that read an account, and the keys that are kept of each answer.

All commands share a call, so that its answer in saved facts has the keys for each of them. More calls are in
``database_calls`` and ``edge_calls``. For a new call, add its operation to
``hand_over/operator_calls.json`` too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Final

from csr_templates.preflight import hidden
from csr_templates.preflight.facts import Query

GLOBAL: Final = "us-east-1"
"""Region of calls to global services: IAM, CloudFront, Route 53, and S3 for the list of buckets."""


@dataclass(frozen=True)
class Call:
    """A call of which some values are given later: ``calls.stack(region, name)`` returns a ``Query``.

    Its attributes are those of ``Query``, with spaces between the names of a list.

    Attributes:
        operation: the service and the operation.
        names: the parameters whose values are given later, after the region.
        fixed: the other parameters.
        region: the region of a call to a global service; that of other calls is given first.
    """

    operation: str
    names: str = ""
    path: str = ""
    keep: str = ""
    absent: str = ""
    fixed: tuple[tuple[str, Any], ...] = ()
    region: str = ""
    shown: str = ""
    reduce: Callable[[Any], Any] | None = None

    def __call__(self, *values: str) -> Query:
        """Return the call with the values."""
        return _query(self, values)


@cache
def _query(call: Call, values: tuple[str, ...]) -> Query:
    region, *others = (call.region, *values) if call.region else values
    service, operation = call.operation.split()
    return Query(
        service,
        operation,
        region,
        (*zip(call.names.split(), others, strict=True), *call.fixed),
        call.path,
        tuple(call.keep.split()),
        tuple(call.absent.split()),
        call.shown,
        call.reduce,
    )


identity = Call("sts GetCallerIdentity", keep="Account Arn", region=GLOBAL)
"""The caller and the account."""

regions = Call(
    "ec2 DescribeRegions", path="Regions", keep="RegionName OptInStatus", fixed=(("AllRegions", True),)
)
"""The regions that are enabled for the account, by default or by opt-in."""

zones = Call("ec2 DescribeAvailabilityZones", path="AvailabilityZones", keep="ZoneName State")
"""The availability zones of a region."""

# DescribeStacks answers ValidationError for a stack that does not exist.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
stack = Call(
    "cloudformation DescribeStacks",
    "StackName",
    path="Stacks",
    keep="StackName StackId StackStatus StackStatusReason Parameters Outputs Tags CreationTime "
    "LastUpdatedTime DriftInformation EnableTerminationProtection RollbackConfiguration",
    absent="ValidationError",
    reduce=hidden.in_stacks,
)
"""A stack; absent if no stack with this name is deployed."""

stack_resources = Call(
    "cloudformation ListStackResources",
    "StackName",
    path="StackResourceSummaries",
    keep="LogicalResourceId PhysicalResourceId ResourceType ResourceStatus DriftInformation",
)
"""The resources of a stack."""

stack_of = Call(
    "cloudformation DescribeStackResources",
    "PhysicalResourceId",
    path="StackResources",
    keep="StackName PhysicalResourceId",
    absent="ValidationError",
)
"""The stack that a resource belongs to; absent if it belongs to none."""

exports = Call("cloudformation ListExports", path="Exports", keep="Name Value ExportingStackId")
"""All exports of a region."""

role = Call(
    "iam GetRole", "RoleName", path="Role", keep="RoleName Path", absent="NoSuchEntity", region=GLOBAL
)
"""A role; absent if it does not exist."""

_quota = partial(Call, path="Quota", keep="QuotaName Value", absent="NoSuchResourceException")

quota = _quota("service-quotas GetServiceQuota", "ServiceCode QuotaCode")
"""The applied value of a quota; absent if the quota was never changed."""

default_quota = _quota("service-quotas GetAWSDefaultServiceQuota", "ServiceCode QuotaCode")
"""The default value of a quota; absent if Service Quotas does not list it."""

vpcs = Call("ec2 DescribeVpcs", path="Vpcs", keep="VpcId")
"""The VPCs of a region."""

internet_gateways = Call("ec2 DescribeInternetGateways", path="InternetGateways", keep="InternetGatewayId")
"""The internet gateways of a region."""

addresses = Call("ec2 DescribeAddresses", path="Addresses", keep="AllocationId")
"""The Elastic IP addresses of a region."""

nat_gateways = Call("ec2 DescribeNatGateways", path="NatGateways", keep="NatGatewayId SubnetId State")
"""The NAT gateways of a region with their subnets."""

subnets = Call("ec2 DescribeSubnets", path="Subnets", keep="SubnetId AvailabilityZone")
"""The subnets of a region with their zones."""

own_buckets = Call("s3 ListBuckets", path="Buckets", keep="Name", region=GLOBAL)
"""The buckets of the account."""

bucket = Call("s3 HeadBucket", "Bucket", keep="BucketRegion", absent="404")
"""Whether a bucket exists, in any account; absent if the name is free."""

bucket_versioning = Call("s3 GetBucketVersioning", "Bucket", keep="Status")
"""The versioning of a bucket."""


_object = Call(
    "s3 HeadObject",
    "Bucket Key",
    keep="ContentLength VersionId ChecksumSHA256",
    absent="404 NoSuchKey NoSuchVersion 400",
    fixed=(("ChecksumMode", "ENABLED"),),
)
_content = Call("s3 GetObject", "Bucket Key")


def package(region: str, bucket_name: str, key: str, version: str) -> Query:
    """The size and checksum of an object; absent if it, or this version of it, does not exist."""
    return _of_version(_object(region, bucket_name, key), version)


def package_files(region: str, bucket_name: str, key: str, version: str) -> Query:
    """The files of a zip archive and their sizes, read from its directory at the end of the object."""
    return _of_version(_content(region, bucket_name, key), version)


def _of_version(query: Query, version: str) -> Query:
    return replace(query, parameters=(*query.parameters, ("VersionId", version))) if version else query


log_groups = Call("logs DescribeLogGroups", "logGroupNamePrefix", path="logGroups", keep="logGroupName")
"""The log groups whose names start with a prefix."""

delivery_sources = Call("logs DescribeDeliverySources", path="deliverySources", keep="name")
"""The sources of log deliveries."""

delivery_destinations = Call("logs DescribeDeliveryDestinations", path="deliveryDestinations", keep="name")
"""The destinations of log deliveries."""

alarms = Call(
    "cloudwatch DescribeAlarms",
    path="MetricAlarms",
    keep="AlarmName StateValue ActionsEnabled StateTransitionedTimestamp StateUpdatedTimestamp",
    fixed=(("AlarmTypes", ("MetricAlarm",)),),
)
"""The metric alarms of a region."""

dashboards = Call(
    "cloudwatch ListDashboards",
    "DashboardNamePrefix",
    path="DashboardEntries",
    keep="DashboardName",
    region=GLOBAL,
)
"""The dashboards of the account whose names start with a prefix; dashboards are global."""

subscriptions = Call(
    "sns ListSubscriptionsByTopic",
    "TopicArn",
    path="Subscriptions",
    keep="SubscriptionArn Protocol",
    absent="NotFound",
)
"""The subscriptions of a topic; their endpoints are not kept."""

keys = Call("kms ListKeys", path="Keys", keep="KeyId")
"""The KMS keys of a region."""


@cache
def secrets(region: str, prefix: str) -> Query:
    """The secrets whose names start with a prefix, including those scheduled for deletion. No values."""
    parameters = (("IncludePlannedDeletion", True), ("Filters", ({"Key": "name", "Values": [prefix]},)))
    keep = ("Name", "DeletedDate", "PrimaryRegion")
    return Query("secretsmanager", "ListSecrets", region, parameters, "SecretList", keep)


secret = Call(
    "secretsmanager DescribeSecret",
    "SecretId",
    keep="ReplicationStatus VersionIdsToStages",
    absent="ResourceNotFoundException",
)
"""The replication status and version IDs of a secret; absent if the secret does not exist. No values."""

lambda_settings = Call(
    "lambda GetAccountSettings",
    path="AccountLimit",
    keep="CodeSizeUnzipped ConcurrentExecutions UnreservedConcurrentExecutions",
)
"""The limits of Lambda in the account and region."""

function = Call(
    "lambda GetFunctionConcurrency",
    "FunctionName",
    keep="ReservedConcurrentExecutions",
    absent="ResourceNotFoundException",
)
"""The reserved concurrency of a function; absent if the function does not exist.

GetFunction would also show whether the function exists, but returns its environment variables.
"""

function_versions = Call(
    "lambda ListVersionsByFunction",
    "FunctionName",
    path="Versions",
    keep="Version Description",
    absent="ResourceNotFoundException",
)
"""The versions of a function; absent if it does not exist. Their environment variables are not kept."""

api_account = Call("apigateway GetAccount", keep="cloudwatchRoleArn")
"""The settings of API Gateway for the account and region."""

rest_apis = Call("apigateway GetRestApis", path="items", keep="id endpointConfiguration")
"""The REST APIs of a region."""

usage_plans = Call("apigateway GetUsagePlans", path="items", keep="id")
"""The usage plans of a region."""

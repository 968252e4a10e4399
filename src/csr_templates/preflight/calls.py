"""The API calls of the commands that read an account, and the keys that are kept of each answer.

All commands share a call, so that its answer in saved facts has the keys for each of them. More calls are in
``database_calls`` and ``edge_calls``. For a new call, add its operation to ``CALLS`` in
``hand_over.operator_policies`` too.
"""

from dataclasses import replace
from functools import cache
from typing import Any, Final

from csr_templates.preflight import hidden
from csr_templates.preflight.facts import Query

GLOBAL: Final = "us-east-1"
"""Region of calls to global services: IAM, CloudFront, Route 53, and S3 for the list of buckets."""


def query(
    service: str,
    operation: str,
    region: str,
    path: str = "",
    keep: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
    **parameters: Any,
) -> Query:
    """Return a call; all other keyword arguments are its parameters."""
    return Query(service, operation, region, tuple(parameters.items()), path, keep, absent)


# ---- Account, regions and zones ----


@cache
def identity() -> Query:
    """The caller and the account."""
    return query("sts", "GetCallerIdentity", GLOBAL, keep=("Account", "Arn"))


@cache
def regions(region: str) -> Query:
    """The regions that are enabled for the account, by default or by opt-in."""
    return query("ec2", "DescribeRegions", region, "Regions", ("RegionName", "OptInStatus"), AllRegions=True)


@cache
def zones(region: str) -> Query:
    """The availability zones of a region."""
    return query("ec2", "DescribeAvailabilityZones", region, "AvailabilityZones", ("ZoneName", "State"))


# ---- CloudFormation ----


@cache
def stack(region: str, name: str) -> Query:
    """A stack; absent if no stack with this name is deployed."""
    keep = (
        *("StackName", "StackId", "StackStatus", "StackStatusReason", "Parameters", "Outputs", "Tags"),
        *("CreationTime", "LastUpdatedTime", "DriftInformation"),
        *("EnableTerminationProtection", "RollbackConfiguration"),
    )
    # DescribeStacks answers ValidationError for a stack that does not exist.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    call = query(
        "cloudformation", "DescribeStacks", region, "Stacks", keep, ("ValidationError",), StackName=name
    )
    return replace(call, reduce=hidden.in_stacks)


@cache
def stack_resources(region: str, name: str) -> Query:
    """The resources of a stack."""
    keep = ("LogicalResourceId", "PhysicalResourceId", "ResourceType", "ResourceStatus", "DriftInformation")
    path = "StackResourceSummaries"
    return query("cloudformation", "ListStackResources", region, path, keep, StackName=name)


@cache
def stack_of(region: str, physical_id: str) -> Query:
    """The stack that a resource belongs to; absent if it belongs to none."""
    return query(
        "cloudformation",
        "DescribeStackResources",
        region,
        "StackResources",
        ("StackName", "PhysicalResourceId"),
        ("ValidationError",),
        PhysicalResourceId=physical_id,
    )


@cache
def exports(region: str) -> Query:
    """All exports of a region."""
    return query("cloudformation", "ListExports", region, "Exports", ("Name", "Value", "ExportingStackId"))


# ---- IAM ----


@cache
def role(name: str) -> Query:
    """A role; absent if it does not exist."""
    return query("iam", "GetRole", GLOBAL, "Role", ("RoleName", "Path"), ("NoSuchEntity",), RoleName=name)


# ---- Quotas ----


@cache
def quota(region: str, service_code: str, code: str) -> Query:
    """The applied value of a quota; absent if the quota was never changed."""
    return query(
        "service-quotas",
        "GetServiceQuota",
        region,
        "Quota",
        ("QuotaName", "Value"),
        ("NoSuchResourceException",),
        ServiceCode=service_code,
        QuotaCode=code,
    )


@cache
def default_quota(region: str, service_code: str, code: str) -> Query:
    """The default value of a quota; absent if Service Quotas does not list it."""
    return query(
        "service-quotas",
        "GetAWSDefaultServiceQuota",
        region,
        "Quota",
        ("QuotaName", "Value"),
        ("NoSuchResourceException",),
        ServiceCode=service_code,
        QuotaCode=code,
    )


# ---- EC2 ----


@cache
def vpcs(region: str) -> Query:
    """The VPCs of a region."""
    return query("ec2", "DescribeVpcs", region, "Vpcs", ("VpcId",))


@cache
def internet_gateways(region: str) -> Query:
    """The internet gateways of a region."""
    return query("ec2", "DescribeInternetGateways", region, "InternetGateways", ("InternetGatewayId",))


@cache
def addresses(region: str) -> Query:
    """The Elastic IP addresses of a region."""
    return query("ec2", "DescribeAddresses", region, "Addresses", ("AllocationId",))


@cache
def nat_gateways(region: str) -> Query:
    """The NAT gateways of a region with their subnets."""
    return query("ec2", "DescribeNatGateways", region, "NatGateways", ("NatGatewayId", "SubnetId", "State"))


@cache
def subnets(region: str) -> Query:
    """The subnets of a region with their zones."""
    return query("ec2", "DescribeSubnets", region, "Subnets", ("SubnetId", "AvailabilityZone"))


# ---- S3 ----


@cache
def own_buckets() -> Query:
    """The buckets of the account."""
    return query("s3", "ListBuckets", GLOBAL, "Buckets", ("Name",))


@cache
def bucket(region: str, name: str) -> Query:
    """Whether a bucket exists, in any account; absent if the name is free."""
    return query("s3", "HeadBucket", region, keep=("BucketRegion",), absent=("404",), Bucket=name)


@cache
def bucket_versioning(region: str, name: str) -> Query:
    """The versioning of a bucket."""
    return query("s3", "GetBucketVersioning", region, keep=("Status",), Bucket=name)


@cache
def package(region: str, bucket_name: str, key: str, version: str) -> Query:
    """The size and checksum of an object; absent if it, or this version of it, does not exist."""
    found = query(
        "s3",
        "HeadObject",
        region,
        keep=("ContentLength", "VersionId", "ChecksumSHA256"),
        absent=("404", "NoSuchKey", "NoSuchVersion", "400"),
        Bucket=bucket_name,
        Key=key,
        ChecksumMode="ENABLED",
    )
    return _of_version(found, version)


@cache
def package_files(region: str, bucket_name: str, key: str, version: str) -> Query:
    """The files of a zip archive and their sizes, read from its directory at the end of the object."""
    return _of_version(query("s3", "GetObject", region, Bucket=bucket_name, Key=key), version)


def _of_version(call: Query, version: str) -> Query:
    return replace(call, parameters=(*call.parameters, ("VersionId", version))) if version else call


# ---- CloudWatch Logs, CloudWatch, SNS, KMS, Secrets Manager ----


@cache
def log_groups(region: str, name: str) -> Query:
    """The log groups whose names start with a prefix."""
    return query("logs", "DescribeLogGroups", region, "logGroups", ("logGroupName",), logGroupNamePrefix=name)


@cache
def delivery_sources(region: str) -> Query:
    """The sources of log deliveries."""
    return query("logs", "DescribeDeliverySources", region, "deliverySources", ("name",))


@cache
def delivery_destinations(region: str) -> Query:
    """The destinations of log deliveries."""
    return query("logs", "DescribeDeliveryDestinations", region, "deliveryDestinations", ("name",))


@cache
def alarms(region: str) -> Query:
    """The metric alarms of a region."""
    return query(
        "cloudwatch",
        "DescribeAlarms",
        region,
        "MetricAlarms",
        ("AlarmName", "StateValue", "ActionsEnabled", "StateTransitionedTimestamp", "StateUpdatedTimestamp"),
        AlarmTypes=("MetricAlarm",),
    )


@cache
def dashboards(prefix: str) -> Query:
    """The dashboards of the account whose names start with a prefix; dashboards are global."""
    return query(
        "cloudwatch",
        "ListDashboards",
        GLOBAL,
        "DashboardEntries",
        ("DashboardName",),
        DashboardNamePrefix=prefix,
    )


@cache
def subscriptions(region: str, topic: str) -> Query:
    """The subscriptions of a topic; their endpoints are not kept."""
    return query(
        "sns",
        "ListSubscriptionsByTopic",
        region,
        "Subscriptions",
        ("SubscriptionArn", "Protocol"),
        ("NotFound",),
        TopicArn=topic,
    )


@cache
def keys(region: str) -> Query:
    """The KMS keys of a region."""
    return query("kms", "ListKeys", region, "Keys", ("KeyId",))


@cache
def secrets(region: str, prefix: str) -> Query:
    """The secrets whose names start with a prefix, including those scheduled for deletion. No values."""
    return query(
        "secretsmanager",
        "ListSecrets",
        region,
        "SecretList",
        ("Name", "DeletedDate", "PrimaryRegion"),
        IncludePlannedDeletion=True,
        Filters=({"Key": "name", "Values": [prefix]},),
    )


@cache
def secret(region: str, name: str) -> Query:
    """The replication status and version IDs of a secret; absent if the secret does not exist. No values."""
    return query(
        "secretsmanager",
        "DescribeSecret",
        region,
        keep=("ReplicationStatus", "VersionIdsToStages"),
        absent=("ResourceNotFoundException",),
        SecretId=name,
    )


# ---- Lambda and API Gateway ----


@cache
def lambda_settings(region: str) -> Query:
    """The limits of Lambda in the account and region."""
    keep = ("CodeSizeUnzipped", "ConcurrentExecutions", "UnreservedConcurrentExecutions")
    return query("lambda", "GetAccountSettings", region, "AccountLimit", keep)


@cache
def function(region: str, name: str) -> Query:
    """The reserved concurrency of a function; absent if the function does not exist.

    GetFunction would also show whether the function exists, but returns its environment variables.
    """
    return query(
        "lambda",
        "GetFunctionConcurrency",
        region,
        keep=("ReservedConcurrentExecutions",),
        absent=("ResourceNotFoundException",),
        FunctionName=name,
    )


@cache
def api_account(region: str) -> Query:
    """The settings of API Gateway for the account and region."""
    return query("apigateway", "GetAccount", region, keep=("cloudwatchRoleArn",))


@cache
def rest_apis(region: str) -> Query:
    """The REST APIs of a region."""
    return query("apigateway", "GetRestApis", region, "items", ("id", "endpointConfiguration"))


@cache
def usage_plans(region: str) -> Query:
    """The usage plans of a region."""
    return query("apigateway", "GetUsagePlans", region, "items", ("id",))

"""Every call that a check asks for: what is read, and what is kept of the answer.

A check that needs something else adds it here, and its operation to ``hand_over.preflight_policy.READ``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Final

from csr_templates.preflight.facts import Query

GLOBAL: Final = "us-east-1"
"""Where services without regions are asked: IAM, CloudFront, Route 53, and S3 for the account's buckets."""


def _query(
    service: str,
    operation: str,
    region: str,
    path: str = "",
    keep: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
    **parameters: Any,
) -> Query:
    return Query(service, operation, region, tuple(parameters.items()), path, keep, absent)


# ---- Account, regions and zones ----


@cache
def identity() -> Query:
    """Who asks, in which account."""
    return _query("sts", "GetCallerIdentity", GLOBAL, keep=("Account", "Arn"))


@cache
def regions(region: str) -> Query:
    """The regions that the account may use, opted in or without the need to."""
    return _query("ec2", "DescribeRegions", region, "Regions", ("RegionName", "OptInStatus"), AllRegions=True)


@cache
def zones(region: str) -> Query:
    """The availability zones of a region."""
    return _query("ec2", "DescribeAvailabilityZones", region, "AvailabilityZones", ("ZoneName", "State"))


# ---- CloudFormation ----


@cache
def stack(region: str, name: str) -> Query:
    """A stack; absent if none is deployed under the name."""
    keep = ("StackName", "StackStatus", "StackStatusReason", "Parameters", "Outputs")
    # DescribeStacks answers ValidationError for a stack that does not exist.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    return _query(
        "cloudformation", "DescribeStacks", region, "Stacks", keep, ("ValidationError",), StackName=name
    )


@cache
def stack_resources(region: str, name: str) -> Query:
    """The resources of a stack."""
    keep = ("LogicalResourceId", "PhysicalResourceId", "ResourceType", "ResourceStatus")
    path = "StackResourceSummaries"
    return _query("cloudformation", "ListStackResources", region, path, keep, StackName=name)


@cache
def stack_of(region: str, physical_id: str) -> Query:
    """The stack that a resource belongs to; absent if it belongs to none."""
    return _query(
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
    return _query("cloudformation", "ListExports", region, "Exports", ("Name", "Value", "ExportingStackId"))


# ---- IAM ----


@cache
def role(name: str) -> Query:
    """A role; absent if there is none."""
    return _query("iam", "GetRole", GLOBAL, "Role", ("RoleName", "Path"), ("NoSuchEntity",), RoleName=name)


# ---- Quotas ----


@cache
def quota(region: str, service_code: str, code: str) -> Query:
    """A quota as it is applied to the account; absent if none was ever applied."""
    return _query(
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
    """A quota as AWS applies it to new accounts; absent if Service Quotas does not know it."""
    return _query(
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
    return _query("ec2", "DescribeVpcs", region, "Vpcs", ("VpcId",))


@cache
def internet_gateways(region: str) -> Query:
    """The internet gateways of a region."""
    return _query("ec2", "DescribeInternetGateways", region, "InternetGateways", ("InternetGatewayId",))


@cache
def addresses(region: str) -> Query:
    """The Elastic IP addresses of a region."""
    return _query("ec2", "DescribeAddresses", region, "Addresses", ("AllocationId",))


@cache
def nat_gateways(region: str) -> Query:
    """The NAT gateways of a region with their subnets."""
    return _query("ec2", "DescribeNatGateways", region, "NatGateways", ("NatGatewayId", "SubnetId", "State"))


@cache
def subnets(region: str) -> Query:
    """The subnets of a region with their zones."""
    return _query("ec2", "DescribeSubnets", region, "Subnets", ("SubnetId", "AvailabilityZone"))


# ---- S3 ----


@cache
def own_buckets() -> Query:
    """The buckets of the account."""
    return _query("s3", "ListBuckets", GLOBAL, "Buckets", ("Name",))


@cache
def bucket(region: str, name: str) -> Query:
    """Whether a bucket exists, in any account; absent if the name is free."""
    return _query("s3", "HeadBucket", region, keep=("BucketRegion",), absent=("404",), Bucket=name)


@cache
def bucket_versioning(region: str, name: str) -> Query:
    """Whether a bucket keeps versions."""
    return _query("s3", "GetBucketVersioning", region, keep=("Status",), Bucket=name)


@cache
def package(region: str, bucket_name: str, key: str, version: str) -> Query:
    """The size of an object; absent if it, or this version of it, does not exist."""
    query = _query(
        "s3",
        "HeadObject",
        region,
        keep=("ContentLength", "VersionId"),
        absent=("404", "NoSuchKey", "NoSuchVersion", "400"),
        Bucket=bucket_name,
        Key=key,
    )
    return _of_version(query, version)


@cache
def package_files(region: str, bucket_name: str, key: str, version: str) -> Query:
    """The files of a zip archive and their sizes, read from its directory at the end of the object."""
    return _of_version(_query("s3", "GetObject", region, Bucket=bucket_name, Key=key), version)


def _of_version(query: Query, version: str) -> Query:
    return replace(query, parameters=(*query.parameters, ("VersionId", version))) if version else query


# ---- CloudWatch Logs, CloudWatch, SNS, KMS, Secrets Manager ----


@cache
def log_groups(region: str, name: str) -> Query:
    """The log groups whose name starts so."""
    return _query(
        "logs", "DescribeLogGroups", region, "logGroups", ("logGroupName",), logGroupNamePrefix=name
    )


@cache
def delivery_sources(region: str) -> Query:
    """The sources of log deliveries."""
    return _query("logs", "DescribeDeliverySources", region, "deliverySources", ("name",))


@cache
def delivery_destinations(region: str) -> Query:
    """The destinations of log deliveries."""
    return _query("logs", "DescribeDeliveryDestinations", region, "deliveryDestinations", ("name",))


@cache
def alarms(region: str) -> Query:
    """The metric alarms of a region."""
    return _query(
        "cloudwatch", "DescribeAlarms", region, "MetricAlarms", ("AlarmName",), AlarmTypes=("MetricAlarm",)
    )


@cache
def dashboards(prefix: str) -> Query:
    """The dashboards of the account whose name starts so; they belong to no region."""
    return _query(
        "cloudwatch",
        "ListDashboards",
        GLOBAL,
        "DashboardEntries",
        ("DashboardName",),
        DashboardNamePrefix=prefix,
    )


@cache
def subscriptions(region: str, topic: str) -> Query:
    """The subscriptions of a topic; whose they are is not kept."""
    return _query(
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
    return _query("kms", "ListKeys", region, "Keys", ("KeyId",))


@cache
def secrets(region: str, prefix: str) -> Query:
    """The secrets whose name starts so, those that wait for their deletion included. No values."""
    return _query(
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
    """Whether a secret's copies in other regions are up to date; absent if there is none. No values."""
    return _query(
        "secretsmanager",
        "DescribeSecret",
        region,
        keep=("ReplicationStatus",),
        absent=("ResourceNotFoundException",),
        SecretId=name,
    )


# ---- RDS ----


@cache
def database_quotas(region: str) -> Query:
    """What RDS limits in the account, and how much of it is used."""
    keep = ("AccountQuotaName", "Used", "Max")
    return _query("rds", "DescribeAccountAttributes", region, "AccountQuotas", keep)


@cache
def cluster(region: str, identifier: str) -> Query:
    """A cluster; absent if there is none."""
    return _query(
        "rds",
        "DescribeDBClusters",
        region,
        "DBClusters",
        ("DBClusterIdentifier", "Status", "EngineVersion", "DBClusterMembers"),
        ("DBClusterNotFoundFault",),
        DBClusterIdentifier=identifier,
    )


@cache
def instances(region: str, cluster_identifier: str) -> Query:
    """The instances of a cluster."""
    return _query(
        "rds",
        "DescribeDBInstances",
        region,
        "DBInstances",
        ("DBInstanceIdentifier", "DBInstanceStatus", "PromotionTier", "DBParameterGroups"),
        Filters=({"Name": "db-cluster-id", "Values": [cluster_identifier]},),
    )


@cache
def snapshots(region: str, cluster_identifier: str) -> Query:
    """The snapshots of a cluster, automated and manual ones."""
    return _query(
        "rds",
        "DescribeDBClusterSnapshots",
        region,
        "DBClusterSnapshots",
        ("DBClusterSnapshotIdentifier", "SnapshotCreateTime", "Status"),
        DBClusterIdentifier=cluster_identifier,
    )


@cache
def engine_versions(region: str, engine: str, version: str) -> Query:
    """A version of an engine, deprecated or not."""
    return _query(
        "rds",
        "DescribeDBEngineVersions",
        region,
        "DBEngineVersions",
        ("EngineVersion", "Status", "ValidUpgradeTarget"),
        Engine=engine,
        EngineVersion=version,
        IncludeAll=True,
    )


@cache
def orderable(region: str, engine: str, version: str, instance_class: str) -> Query:
    """Where an instance class is offered for a version, and with what."""
    return _query(
        "rds",
        "DescribeOrderableDBInstanceOptions",
        region,
        "OrderableDBInstanceOptions",
        ("AvailabilityZones", "SupportsPerformanceInsights", "SupportsEnhancedMonitoring"),
        Engine=engine,
        EngineVersion=version,
        DBInstanceClass=instance_class,
        Vpc=True,
    )


# ---- Lambda and API Gateway ----


@cache
def lambda_settings(region: str) -> Query:
    """What Lambda limits in the account and region."""
    keep = ("CodeSizeUnzipped", "ConcurrentExecutions", "UnreservedConcurrentExecutions")
    return _query("lambda", "GetAccountSettings", region, "AccountLimit", keep)


@cache
def function(region: str, name: str) -> Query:
    """The reserved concurrency of a function; absent if there is no such function.

    Another call would show that the function exists, too, but with its environment variables.
    """
    return _query(
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
    return _query("apigateway", "GetAccount", region, keep=("cloudwatchRoleArn",))


@cache
def rest_apis(region: str) -> Query:
    """The REST APIs of a region."""
    return _query("apigateway", "GetRestApis", region, "items", ("id", "endpointConfiguration"))


@cache
def usage_plans(region: str) -> Query:
    """The usage plans of a region."""
    return _query("apigateway", "GetUsagePlans", region, "items", ("id",))


# ---- CloudFront, WAF, ACM, Route 53 ----


@cache
def distributions() -> Query:
    """The distributions of the account; the headers that they send are not kept."""
    return _query("cloudfront", "ListDistributions", GLOBAL, "DistributionList.Items", ("Id", "Aliases"))


@cache
def conflicting_aliases(distribution: str, alias: str) -> Query:
    """The distributions of all accounts that have an alias; AWS hides most of what belongs to others."""
    return _query(
        "cloudfront",
        "ListConflictingAliases",
        GLOBAL,
        "ConflictingAliasesList.Items",
        ("Alias", "DistributionId", "AccountId"),
        DistributionId=distribution,
        Alias=alias,
    )


@cache
def cloudfront_functions() -> Query:
    """The CloudFront Functions of the account, as they are in development."""
    return _query("cloudfront", "ListFunctions", GLOBAL, "FunctionList.Items", ("Name",), Stage="DEVELOPMENT")


@cache
def cache_policies() -> Query:
    """The cache policies of the account."""
    return _query(
        "cloudfront", "ListCachePolicies", GLOBAL, "CachePolicyList.Items", ("CachePolicy",), Type="custom"
    )


@cache
def headers_policies() -> Query:
    """The response headers policies of the account."""
    return _query(
        "cloudfront",
        "ListResponseHeadersPolicies",
        GLOBAL,
        "ResponseHeadersPolicyList.Items",
        ("ResponseHeadersPolicy",),
        Type="custom",
    )


@cache
def access_controls() -> Query:
    """The origin access controls of the account."""
    return _query(
        "cloudfront", "ListOriginAccessControls", GLOBAL, "OriginAccessControlList.Items", ("Id", "Name")
    )


@cache
def web_acls() -> Query:
    """The web ACLs for CloudFront."""
    return _query("wafv2", "ListWebACLs", GLOBAL, "WebACLs", ("Name",), Scope="CLOUDFRONT")


def capacity(rules: Any) -> Query:
    """The capacity units that rules need."""
    return _query("wafv2", "CheckCapacity", GLOBAL, keep=("Capacity",), Scope="CLOUDFRONT", Rules=rules)


@cache
def certificate(arn: str) -> Query:
    """A certificate; absent if there is none."""
    return _query(
        "acm",
        "DescribeCertificate",
        GLOBAL,
        "Certificate",
        ("Status", "DomainName", "SubjectAlternativeNames", "NotAfter"),
        ("ResourceNotFoundException",),
        CertificateArn=arn,
    )


@cache
def hosted_zone(zone: str) -> Query:
    """A hosted zone; absent if there is none."""
    return _query(
        "route53", "GetHostedZone", GLOBAL, "HostedZone", ("Name", "Config"), ("NoSuchHostedZone",), Id=zone
    )


@cache
def records(zone: str, name: str) -> Query:
    """The records of a zone from a name on, as many as one name can have."""
    return _query(
        "route53",
        "ListResourceRecordSets",
        GLOBAL,
        "ResourceRecordSets",
        ("Name", "Type"),
        ("NoSuchHostedZone",),
        HostedZoneId=zone,
        StartRecordName=name,
        MaxItems="10",
    )


@cache
def health_checks() -> Query:
    """How many Route 53 health checks there are, and may be."""
    return _query(
        "route53", "GetAccountLimit", GLOBAL, keep=("Limit", "Count"), Type="MAX_HEALTH_CHECKS_BY_OWNER"
    )

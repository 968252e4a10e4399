"""How AWS bills each resource type: a fixed price, by usage, or not at all.

A type that is not here is reported as not priced. A new resource type gets its line in one of the tables.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from csr_templates.costs import charges
from csr_templates.costs.charges import HOURS, Charges, each

PRICED: Final = "priced"
BY_USAGE: Final = "by usage"
FREE: Final = "free"


class Billing(NamedTuple):
    """How AWS bills a resource type.

    Attributes:
        reason: in a sentence.
        charges: returns the fixed charges of a resource; None without a fixed price.
        usage: keys of the items that are billed by usage. Of a type with a fixed price, they apply only if
            the resource has fixed charges.
    """

    reason: str
    charges: Charges | None = None
    usage: Sequence[str] = ()

    @property
    def kind(self) -> str:
        """The kind: ``PRICED``, ``BY_USAGE`` or ``FREE``."""
        return PRICED if self.charges else BY_USAGE if self.usage else FREE


_CONCURRENCY: Final = Billing(
    "The memory of provisioned concurrency is billed all day.",
    charges.concurrency,
    ("lambda-provisioned-duration",),
)
_PRICED: Final[Mapping[str, Billing]] = {
    "AWS::ApiGateway::Stage": Billing("The cache is billed by the hour, by its size.", charges.cache),
    "AWS::CloudFront::MonitoringSubscription": Billing(
        "Each additional metric is billed as a custom metric.", charges.distribution_metrics
    ),
    "AWS::CloudWatch::Alarm": Billing("Each metric of an alarm has a price.", charges.alarm),
    "AWS::CloudWatch::CompositeAlarm": Billing("Each alarm has a price.", each("composite-alarms")),
    "AWS::CloudWatch::Dashboard": Billing("Each dashboard has a price.", charges.dashboard),
    "AWS::EC2::EIP": Billing("Billed by the hour, in use or not.", each("public-ipv4-hours", HOURS)),
    "AWS::EC2::NatGateway": Billing(
        "Billed by the hour and by GB.", each("nat-gateway-hours", HOURS), ("nat-gateway-gb", "internet-gb")
    ),
    "AWS::EC2::VPCEndpoint": Billing(
        "An interface endpoint is billed by the hour in each zone, and by GB. A gateway endpoint is free.",
        charges.endpoint,
        ("interface-endpoint-gb",),
    ),
    "AWS::KMS::Key": Billing("Each key has a price.", each("kms-keys"), ("kms-requests",)),
    "AWS::KMS::ReplicaKey": Billing("Each has the price of a key.", each("kms-keys"), ("kms-requests",)),
    "AWS::Lambda::Alias": _CONCURRENCY,
    "AWS::Lambda::Version": _CONCURRENCY,
    "AWS::RDS::DBInstance": Billing("Billed by the hour.", charges.instance, ("aurora-cpu-credits",)),
    "AWS::Route53::HealthCheck": Billing(
        "The checks of the first 50 AWS endpoints of an account are free. Each option has a price.",
        charges.health_check,
    ),
    "AWS::Route53::HostedZone": Billing("Each zone has a price.", each("hosted-zones"), ("dns-queries",)),
    "AWS::SecretsManager::Secret": Billing(
        "Each secret and each replica has a price.", charges.secret, ("secrets-api-calls",)
    ),
    "AWS::WAFv2::WebACL": Billing("It and each rule have a price.", charges.web_acl, ("waf-requests",)),
}

_BY_USAGE: Final[Mapping[str, Billing]] = {
    "AWS::ApiGateway::RestApi": Billing("Billed by request.", usage=("api-requests",)),
    "AWS::CloudFront::Distribution": Billing(
        "Billed by request and by GB.",
        usage=(
            "cloudfront-gb",
            "cloudfront-https-requests",
            "cloudfront-http-requests",
            "cloudfront-invalidations",
        ),
    ),
    "AWS::CloudFront::Function": Billing("Billed by invocation.", usage=("cloudfront-function-calls",)),
    "AWS::EC2::FlowLog": Billing("Billed by GB, as vended logs.", usage=("logs-vended-gb",)),
    "AWS::Lambda::Function": Billing(
        "Billed by request and duration.", usage=("lambda-requests", "lambda-duration")
    ),
    "AWS::Logs::LogGroup": Billing(
        "Billed by GB.", usage=("logs-ingestion-gb", "logs-storage-gb", "logs-scanned-gb")
    ),
    "AWS::Logs::MetricFilter": Billing("Its metric is billed if it has data.", usage=("custom-metrics",)),
    "AWS::RDS::DBCluster": Billing(
        "Storage, I/O and backups are billed by use.",
        usage=("aurora-storage-gb", "aurora-io", "aurora-backup-gb"),
    ),
    "AWS::S3::Bucket": Billing(
        "Billed by GB and by request.", usage=("s3-storage-gb", "s3-put-requests", "s3-get-requests")
    ),
    "AWS::SNS::Topic": Billing("Billed by message.", usage=("sns-requests", "sns-emails")),
    "AWS::SQS::Queue": Billing("Billed by request.", usage=("sqs-requests",)),
    "AWS::WAFv2::LoggingConfiguration": Billing("Billed by GB, as vended logs.", usage=("logs-vended-gb",)),
}

_FREE: Final[Mapping[str, Sequence[str]]] = {
    "The REST API is billed by request, and its cache by the hour.": (
        "AWS::ApiGateway::Account",
        "AWS::ApiGateway::ApiKey",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::UsagePlan",
        "AWS::ApiGateway::UsagePlanKey",
    ),
    "The function that it calls is billed by request and duration.": (
        "AWS::CloudFormation::CustomResource",
        "AWS::Lambda::Permission",
    ),
    "The distribution is billed by request and by GB.": (
        "AWS::CloudFront::CachePolicy",
        "AWS::CloudFront::OriginAccessControl",
        "AWS::CloudFront::OriginRequestPolicy",
        "AWS::CloudFront::ResponseHeadersPolicy",
    ),
    "A VPC and its parts are free.": (
        "AWS::EC2::InternetGateway",
        "AWS::EC2::NetworkAcl",
        "AWS::EC2::NetworkAclEntry",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetNetworkAclAssociation",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCGatewayAttachment",
    ),
    "IAM is free.": (
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::OIDCProvider",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
    ),
    "The key has the price.": ("AWS::KMS::Alias",),
    "The log group or bucket that receives the logs is billed by GB.": (
        "AWS::Logs::Delivery",
        "AWS::Logs::DeliveryDestination",
        "AWS::Logs::DeliverySource",
    ),
    "A query is billed by the GB that it scans in the log group.": ("AWS::Logs::QueryDefinition",),
    "The instances are billed by the hour, and the storage of the cluster by GB.": (
        "AWS::RDS::DBClusterParameterGroup",
        "AWS::RDS::DBParameterGroup",
        "AWS::RDS::DBSubnetGroup",
        "AWS::RDS::EventSubscription",
    ),
    "The hosted zone has the price.": ("AWS::Route53::RecordSet",),
    "A policy is free.": ("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"),
    "The secret has the price.": (
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::SecretTargetAttachment",
    ),
    "The messages of the topic are billed.": ("AWS::SNS::Subscription",),
    "The rule that uses it has the price.": ("AWS::WAFv2::IPSet",),
}

TYPES: Final[Mapping[str, Billing]] = {
    **_PRICED,
    **_BY_USAGE,
    **{name: Billing(reason) for reason, names in _FREE.items() for name in names},
}
"""Resource type -> how it is billed."""

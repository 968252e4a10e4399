"""The name of a metric is spelt as its service spells it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from csr_templates.rules.support.metrics import metrics
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator, properties_of

if TYPE_CHECKING:
    from csr_templates.rules.support.metrics import Metric

# Every namespace of a service that alarms often watch, and a few of others.
NAMESPACES = (
    "AWS/ApiGateway AWS/AppRunner AWS/AppSync AWS/ApplicationELB AWS/Athena AWS/AutoScaling AWS/Backup "
    "AWS/Billing AWS/CertificateManager AWS/CloudFront AWS/CodeBuild AWS/Cognito AWS/DAX AWS/DDoSProtection "
    "AWS/DMS AWS/DX AWS/DocDB AWS/DynamoDB AWS/EBS AWS/EC2 AWS/ECS AWS/EFS AWS/ELB AWS/ES AWS/ElastiCache "
    "AWS/ElasticBeanstalk AWS/ElasticMapReduce AWS/Events AWS/FSx AWS/Firehose AWS/GatewayELB "
    "AWS/GlobalAccelerator AWS/KMS AWS/Kafka AWS/Kinesis AWS/KinesisAnalytics AWS/Lambda AWS/Logs "
    "AWS/NATGateway AWS/Neptune AWS/NetworkELB AWS/NetworkFirewall AWS/PrivateLinkEndpoints "
    "AWS/PrivateLinkServices AWS/RDS AWS/Redshift AWS/Route53 AWS/S3 AWS/SES AWS/SNS AWS/SQS AWS/SSM "
    "AWS/SageMaker AWS/SecretsManager AWS/States AWS/StorageGateway AWS/Transfer AWS/TransitGateway "
    "AWS/TrustedAdvisor AWS/VPN AWS/WAFV2 AWS/WorkSpaces"
)
SPELLINGS = {re.sub(r"[^a-z0-9/]", "", name.lower()): name for name in NAMESPACES.split()}

# Of these services the names below are all there are, so one that is close to them is misspelt.
COMPLETE = ("AWS/NATGateway",)

# Names that are often written otherwise. The services have more.
NAMES = {
    "AWS/CloudFront": (
        "4xxErrorRate",
        "5xxErrorRate",
        "BytesDownloaded",
        "BytesUploaded",
        "CacheHitRate",
        "OriginLatency",
        "Requests",
        "TotalErrorRate",
    ),
    "AWS/Lambda": (
        "ConcurrentExecutions",
        "DeadLetterErrors",
        "Duration",
        "Errors",
        "Invocations",
        "Throttles",
    ),
    # https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    "AWS/NATGateway": (
        "ActiveConnectionCount",
        "BytesInFromDestination",
        "BytesInFromSource",
        "BytesOutToDestination",
        "BytesOutToSource",
        "ConnectionAttemptCount",
        "ConnectionEstablishedCount",
        "ErrorPortAllocation",
        "IdleTimeoutCount",
        "PacketsDropCount",
        "PacketsInFromDestination",
        "PacketsInFromSource",
        "PacketsOutToDestination",
        "PacketsOutToSource",
        "PeakBytesPerSecond",
        "PeakPacketsPerSecond",
    ),
    "AWS/RDS": ("CPUUtilization", "DatabaseConnections", "FreeableMemory", "ReadLatency", "WriteLatency"),
    "AWS/SQS": (
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        "NumberOfMessagesSent",
    ),
    "AWS/WAFV2": ("AllowedRequests", "BlockedRequests", "CountedRequests"),
}

# REST APIs are told by name and HTTP APIs by ID, and the errors of the two have different names.
API_NAMES = {
    "ApiName": ("4XXError", "5XXError", "CacheHitCount", "CacheMissCount", "IntegrationLatency", "Latency"),
    "ApiId": ("4xx", "5xx", "IntegrationLatency", "Latency"),
}
API_ERRORS = {
    "ApiName": {"4xx": "4XXError", "5xx": "5XXError"},
    "ApiId": {"4xxerror": "4xx", "5xxerror": "5xx"},
}


class MisspeltMetric(Rule):
    """Alarm on a metric in another spelling.

    The names of metrics and namespaces are case-sensitive, and services spell alike things differently:
    5xxErrorRate of CloudFront, 5XXError of a REST API, 5xx of an HTTP API; AWS/NATGateway, AWS/ApiGateway.
    An alarm on another spelling deploys and never has data. Write the name as the service does.
    """

    id = "E9606"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html"
    )
    tags = ["resources", "cloudwatch", "alarm"]
    fault_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for metric in metrics(validator, properties):
            namespace = _namespace(metric.namespace or "")
            if namespace:
                yield Fault(
                    metric.path("Namespace"),
                    f"Namespace is {metric.namespace}{{when}}, which is {namespace} in CloudWatch: the alarm "
                    f"never has data. Use {namespace}.",
                    metric.case,
                )
            right = _right(metric)
            if right and metric.name != right:
                yield Fault(
                    metric.path("MetricName"),
                    f"MetricName is {metric.name}{{when}}: {metric.namespace} writes {right}, and the alarm "
                    f"never has data. Use {right}.",
                    metric.case,
                )


def _namespace(name: str) -> str:
    """Return how CloudWatch spells a namespace that the template spells otherwise; empty if it does not."""
    right = SPELLINGS.get(re.sub(r"[^a-z0-9/]", "", name.lower()), "") if name[:4].lower() == "aws/" else ""
    return right if right != name else ""


def _right(metric: Metric) -> str:
    """Return how the service spells the metric; empty if it is not known."""
    name = (metric.name or "").lower()
    if metric.namespace == "AWS/ApiGateway":
        kinds = [kind for kind in API_NAMES if kind in (metric.dimensions or {})]
        spellings = {known.lower(): known for kind in kinds for known in API_NAMES[kind]}
        spellings |= {wrong: right for kind in kinds for wrong, right in API_ERRORS[kind].items()}
        return spellings.get(name, "")
    known = NAMES.get(metric.namespace or "", ())
    close = get_close_matches(metric.name or "", known, n=1, cutoff=0.85)
    near = close[0] if close and metric.namespace in COMPLETE and metric.name not in known else ""
    return next((one for one in known if one.lower() == name), near)

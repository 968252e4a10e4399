"""How services spell their namespaces and the names of their metrics."""

import re
from collections.abc import Iterable
from typing import Any

from cfn_analysis.rules.support.words import nearest, words

# Every namespace of a service that alarms often watch, and a few of others.
NAMESPACES = words("""
    AWS/ApiGateway AWS/AppRunner AWS/AppSync AWS/ApplicationELB AWS/Athena AWS/AutoScaling AWS/Backup
    AWS/Billing AWS/CertificateManager AWS/CloudFront AWS/CodeBuild AWS/Cognito AWS/DAX AWS/DDoSProtection
    AWS/DMS AWS/DX AWS/DocDB AWS/DynamoDB AWS/EBS AWS/EC2 AWS/ECS AWS/EFS AWS/ELB AWS/ES AWS/ElastiCache
    AWS/ElasticBeanstalk AWS/ElasticMapReduce AWS/Events AWS/FSx AWS/Firehose AWS/GatewayELB
    AWS/GlobalAccelerator AWS/KMS AWS/Kafka AWS/Kinesis AWS/KinesisAnalytics AWS/Lambda AWS/Logs
    AWS/NATGateway AWS/Neptune AWS/NetworkELB AWS/NetworkFirewall AWS/PrivateLinkEndpoints
    AWS/PrivateLinkServices AWS/RDS AWS/Redshift AWS/Route53 AWS/S3 AWS/SES AWS/SNS AWS/SQS AWS/SSM
    AWS/SageMaker AWS/SecretsManager AWS/States AWS/StorageGateway AWS/Transfer AWS/TransitGateway
    AWS/TrustedAdvisor AWS/VPN AWS/WAFV2 AWS/WorkSpaces
""")
SPELLINGS = {re.sub(r"[^a-z0-9/]", "", name.lower()): name for name in NAMESPACES}

# Of these services the names below are all there are, so one that is close to them is misspelt.
COMPLETE = ("AWS/NATGateway",)

# Names that are often written otherwise. The services have more.
NAMES = {
    "AWS/CloudFront": words("""
        4xxErrorRate 5xxErrorRate BytesDownloaded BytesUploaded CacheHitRate OriginLatency Requests
        TotalErrorRate
    """),
    "AWS/Lambda": words("ConcurrentExecutions DeadLetterErrors Duration Errors Invocations Throttles"),
    # https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    "AWS/NATGateway": words("""
        ActiveConnectionCount BytesInFromDestination BytesInFromSource BytesOutToDestination BytesOutToSource
        ConnectionAttemptCount ConnectionEstablishedCount ErrorPortAllocation IdleTimeoutCount
        PacketsDropCount PacketsInFromDestination PacketsInFromSource PacketsOutToDestination
        PacketsOutToSource PeakBytesPerSecond PeakPacketsPerSecond
    """),
    "AWS/RDS": ("CPUUtilization", "DatabaseConnections", "FreeableMemory", "ReadLatency", "WriteLatency"),
    "AWS/SQS": words("""
        ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesVisible NumberOfMessagesSent
    """),
    "AWS/WAFV2": ("AllowedRequests", "BlockedRequests", "CountedRequests"),
}

# REST APIs are identified by name and HTTP APIs by ID, and the errors of the two have different names.
API_NAMES = {
    "ApiName": ("4XXError", "5XXError", "CacheHitCount", "CacheMissCount", "IntegrationLatency", "Latency"),
    "ApiId": ("4xx", "5xx", "IntegrationLatency", "Latency"),
}
API_ERRORS = {
    "ApiName": {"4xx": "4XXError", "5xx": "5XXError", "4xxerrorrate": "4XXError", "5xxerrorrate": "5XXError"},
    "ApiId": {"4xxerror": "4xx", "5xxerror": "5xx", "4xxerrorrate": "4xx", "5xxerrorrate": "5xx"},
}


def spelling(namespace: str, name: str, dimensions: Iterable[Any]) -> str:
    """Return the spelling of a metric in its service; empty if not known. A plural is another spelling."""
    if namespace == "AWS/ApiGateway":
        kinds = [kind for kind in API_NAMES if kind in dimensions]
        spellings = {_singular(known): known for kind in kinds for known in API_NAMES[kind]}
        spellings |= {_singular(wrong): right for kind in kinds for wrong, right in API_ERRORS[kind].items()}
        return spellings.get(_singular(name), "")
    known = NAMES.get(namespace, ())
    near = nearest(name, known, 0.85) if namespace in COMPLETE else ""
    return next((right for right in known if _singular(right) == _singular(name)), near)


def namespace_spelling(name: str) -> str:
    """Return how CloudWatch spells the namespace of a service; empty if it is not known."""
    aws = name[:4].lower() == "aws/"
    return SPELLINGS.get(re.sub(r"[^a-z0-9/]", "", name.lower()), "") if aws else ""


def _singular(name: str) -> str:
    return name.lower().removesuffix("s")

"""Spellings of metric names of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    "ApiName": {"4xx": "4XXError", "5xx": "5XXError", "4xxerrorrate": "4XXError", "5xxerrorrate": "5XXError"},
    "ApiId": {"4xxerror": "4xx", "5xxerror": "5xx", "4xxerrorrate": "4xx", "5xxerrorrate": "5xx"},
}


def spelling(namespace: str, name: str, dimensions: Iterable[Any]) -> str:
    """Return the spelling of a metric in its service; empty if not known. A plural is another spelling."""
    if namespace == "AWS/ApiGateway":
        kinds = [kind for kind in API_NAMES if kind in dimensions]
        spellings = {_plain(known): known for kind in kinds for known in API_NAMES[kind]}
        spellings |= {_plain(wrong): right for kind in kinds for wrong, right in API_ERRORS[kind].items()}
        return spellings.get(_plain(name), "")
    return next((known for known in NAMES.get(namespace, ()) if _plain(known) == _plain(name)), "")


def _plain(name: str) -> str:
    return name.lower().removesuffix("s")

"""The name of a metric has the spelling of its service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csr_templates.rules.support.metrics import metrics
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator, properties_of

if TYPE_CHECKING:
    from csr_templates.rules.support.metrics import Metric

# Names that are often misspelt. The services have more metrics.
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
    "AWS/RDS": ("CPUUtilization", "DatabaseConnections", "FreeableMemory", "ReadLatency", "WriteLatency"),
    "AWS/SQS": (
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        "NumberOfMessagesSent",
    ),
    "AWS/WAFV2": ("AllowedRequests", "BlockedRequests", "CountedRequests"),
}

# REST APIs have the dimension ApiName, HTTP APIs ApiId; the error metrics have different names.
API_NAMES = {
    "ApiName": ("4XXError", "5XXError", "CacheHitCount", "CacheMissCount", "IntegrationLatency", "Latency"),
    "ApiId": ("4xx", "5xx", "IntegrationLatency", "Latency"),
}
API_ERRORS = {
    "ApiName": {"4xx": "4XXError", "5xx": "5XXError"},
    "ApiId": {"4xxerror": "4xx", "5xxerror": "5xx"},
}


class MisspeltMetric(Rule):
    """Alarm on a misspelt metric name.

    The names of metrics are case-sensitive and differ between services: 5xxErrorRate of CloudFront, 5XXError
    of a REST API, 5xx of an HTTP API. An alarm with another spelling deploys, but never has data. Use the
    spelling of the service.
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
            right = _right(metric)
            if right and metric.name != right:
                yield Fault(
                    metric.path("MetricName"),
                    f"MetricName is {metric.name}{{when}}: {metric.namespace} writes {right}, and the alarm "
                    f"never has data. Use {right}.",
                    metric.case,
                )


def _right(metric: Metric) -> str:
    """Return how the service spells the metric; empty if it is not known."""
    name = (metric.name or "").lower()
    if metric.namespace == "AWS/ApiGateway":
        kinds = [kind for kind in API_NAMES if kind in (metric.dimensions or {})]
        spellings = {known.lower(): known for kind in kinds for known in API_NAMES[kind]}
        spellings |= {wrong: right for kind in kinds for wrong, right in API_ERRORS[kind].items()}
        return spellings.get(name, "")
    return next((known for known in NAMES.get(metric.namespace or "", ()) if known.lower() == name), "")

"""The name of a metric has the spelling of its service."""

from __future__ import annotations

from typing import Any

from csr_templates.rules.support.metrics import metrics
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from csr_templates.rules.support.spellings import spelling


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
            right = spelling(metric.namespace or "", metric.name or "", metric.dimensions or {})
            if right and metric.name != right:
                yield Fault(
                    metric.path("MetricName"),
                    f"MetricName is {metric.name}{{when}}: {metric.namespace} writes {right}, and the alarm "
                    f"never has data. Use {right}.",
                    metric.case,
                )

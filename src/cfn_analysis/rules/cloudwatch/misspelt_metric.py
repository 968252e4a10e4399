from typing import Any

from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.spellings import namespace_spelling, spelling


class MisspeltMetric(Rule):
    """Alarm on a misspelled metric name.

    The names of metrics and namespaces are case-sensitive, and services spell alike things differently:
    5xxErrorRate of CloudFront, 5XXError of a REST API, 5xx of an HTTP API; AWS/NATGateway, AWS/ApiGateway.
    An alarm on another spelling deploys and never has data. Write the name as the service does.
    """

    id = "E9606"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html"
    )
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for metric in metrics(validator, properties):
            namespace = namespace_spelling(metric.namespace or "")
            if namespace and namespace != metric.namespace:
                yield RuleFinding(
                    metric.path("Namespace"),
                    f"Namespace is {metric.namespace}{{when}}, which is {namespace} in CloudWatch: the alarm "
                    f"never has data. Use {namespace}.",
                    metric.case,
                )
            right = spelling(metric.namespace or "", metric.name or "", metric.dimensions or {})
            if right and metric.name != right:
                yield RuleFinding(
                    metric.path("MetricName"),
                    f"MetricName is {metric.name}{{when}}: {metric.namespace} writes {right}, and the alarm "
                    f"never has data. Use {right}.",
                    metric.case,
                )

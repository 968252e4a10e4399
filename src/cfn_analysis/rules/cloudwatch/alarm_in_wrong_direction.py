from typing import Any

from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.words import words

# Metrics of which little is bad, and metrics of which much is bad.
LITTLE = {
    "AWS/CertificateManager": ("DaysToExpiry",),
    "AWS/RDS": words("""
        BurstBalance CPUCreditBalance EBSByteBalance% EBSIOBalance% FreeableMemory FreeLocalStorage
        FreeStorageSpace
    """),
    "AWS/Route53": ("HealthCheckStatus", "HealthCheckPercentageHealthy"),
}
MUCH = {
    "AWS/ApiGateway": ("4XXError", "5XXError", "4xx", "5xx", "Latency", "IntegrationLatency"),
    "AWS/CloudFront": ("4xxErrorRate", "5xxErrorRate", "TotalErrorRate"),
    "AWS/Lambda": ("DeadLetterErrors", "Errors", "Throttles"),
    "AWS/NATGateway": ("ErrorPortAllocation", "PacketsDropCount"),
    "AWS/RDS": ("AuroraReplicaLag", "DiskQueueDepth", "ReadLatency", "ReplicaLag", "WriteLatency"),
}
ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


class AlarmInWrongDirection(Rule):
    """Alarm that compares in the wrong direction.

    Low values of free memory, free storage, credits and days to expiry are bad. High values of
    errors, throttles, latency and lag are bad. An alarm that compares in the other direction is in the ALARM
    state as long as everything works, and returns to OK when it does not. Reverse ComparisonOperator. The
    rule does not check alarms with a scaling action.
    """

    id = "W9617"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        if "Metrics" in properties or _scales(validator, properties):
            return
        for metric in metrics(validator, properties):
            operator = str(only_value(metric.case, properties.get("ComparisonOperator")))
            little = metric.name in LITTLE.get(metric.namespace or "", ())
            much = metric.name in MUCH.get(metric.namespace or "", ())
            if (little and operator.startswith("Greater")) or (much and operator.startswith("LessThan")):
                yield RuleFinding(
                    ("ComparisonOperator",),
                    f"ComparisonOperator is {operator}{{when}}: the alarm fires when {metric.name} is "
                    f"{'high, which is good' if little else 'low, which is good'}. Reverse it.",
                    metric.case,
                )


def _scales(validator: Validator, properties: Any) -> bool:
    """Return whether an action of the alarm may be anything but to notify a topic."""
    resources = validator.cfn.template.get("Resources", {})
    for name in ACTIONS:
        for text in texts(properties.get(name)):
            logical_id = text.strip("${}").partition(".")[0]
            if "autoscaling" in text or "Scaling" in str(resources.get(logical_id, {}).get("Type")):
                return True
    return False

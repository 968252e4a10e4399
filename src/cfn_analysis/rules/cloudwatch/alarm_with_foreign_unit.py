from typing import Any

from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import values

UNITS = {
    ("AWS/ApiGateway", "Latency"): "Milliseconds",
    ("AWS/ApiGateway", "IntegrationLatency"): "Milliseconds",
    ("AWS/ApiGateway", "4XXError"): "Count",
    ("AWS/ApiGateway", "5XXError"): "Count",
    ("AWS/ApiGateway", "Count"): "Count",
    ("AWS/ApplicationELB", "TargetResponseTime"): "Seconds",
    ("AWS/CloudFront", "OriginLatency"): "Milliseconds",
    ("AWS/CloudFront", "4xxErrorRate"): "Percent",
    ("AWS/CloudFront", "5xxErrorRate"): "Percent",
    ("AWS/EC2", "CPUUtilization"): "Percent",
    ("AWS/Lambda", "ConcurrentExecutions"): "Count",
    ("AWS/Lambda", "Duration"): "Milliseconds",
    ("AWS/Lambda", "Errors"): "Count",
    ("AWS/Lambda", "Throttles"): "Count",
    ("AWS/NATGateway", "ErrorPortAllocation"): "Count",
    ("AWS/NATGateway", "PacketsDropCount"): "Count",
    ("AWS/RDS", "AuroraBinlogReplicaLag"): "Seconds",
    ("AWS/RDS", "AuroraReplicaLag"): "Milliseconds",
    ("AWS/RDS", "CommitLatency"): "Milliseconds",
    ("AWS/RDS", "CPUUtilization"): "Percent",
    ("AWS/RDS", "DatabaseConnections"): "Count",
    ("AWS/RDS", "FreeableMemory"): "Bytes",
    ("AWS/RDS", "FreeLocalStorage"): "Bytes",
    ("AWS/RDS", "FreeStorageSpace"): "Bytes",
    ("AWS/RDS", "ReadLatency"): "Seconds",
    ("AWS/RDS", "SelectLatency"): "Milliseconds",
    ("AWS/RDS", "WriteLatency"): "Seconds",
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): "Seconds",
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): "Count",
}


class AlarmWithForeignUnit(Rule):
    """Alarm on a unit in which the metric is not written.

    Unit does not convert anything: it selects the data points with that unit, and a metric of a service has
    only one. An alarm on Duration of Lambda in Seconds never has data. Leave Unit out, or write the metric's.
    """

    id = "E9612"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    fault_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        if "Unit" not in properties:
            return
        for metric in metrics(validator, properties):
            right = UNITS.get((metric.namespace or "", metric.name or ""))
            for unit, case in values(metric.case, properties["Unit"]) if right else ():
                if isinstance(unit, str) and unit != right:
                    yield Fault(
                        ("Unit",),
                        f"Unit is {unit}{{when}}, and {metric.namespace} writes {metric.name} in {right}: "
                        "the alarm never has data. Leave Unit out.",
                        case,
                    )

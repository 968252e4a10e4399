from typing import Any

from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import default_values, number, only_value
from cfn_analysis.rules.support.values import possible_values

# Namespace and metrics: the unit, the lowest and the highest threshold that makes sense above which an alarm
# fires, and what the unit is taken for. 0 makes sense for all of them.
UNITS: tuple[tuple[str, tuple[str, ...], str, float, float, str], ...] = (
    ("AWS/RDS", ("ReadLatency", "WriteLatency"), "seconds", 0, 10, "milliseconds"),
    ("AWS/ApiGateway", ("Latency", "IntegrationLatency"), "milliseconds", 5, float("inf"), "seconds"),
    (
        "AWS/CloudFront",
        ("4xxErrorRate", "5xxErrorRate", "TotalErrorRate"),
        "percent",
        0.1,
        100,
        "a share of 1",
    ),
    ("AWS/RDS", ("CPUUtilization",), "percent", 1.01, 100, "a share of 1"),
)
# The same of alarms that fire below their threshold.
BYTES = {("AWS/RDS", name) for name in ("FreeableMemory", "FreeLocalStorage", "FreeStorageSpace")}
LEAST_BYTES = 1_000_000
RATES = ("4xxErrorRate", "5xxErrorRate", "TotalErrorRate", "CacheHitRate")


class ThresholdInAnotherUnit(Rule):
    """Alarm whose threshold or statistic does not fit the unit of its metric.

    A threshold has no unit: CloudWatch compares it with the values that the service sends. Lambda and API
    Gateway send milliseconds, RDS sends seconds, CloudFront and CPUUtilization send percent, and RDS sends
    memory and storage in bytes. A threshold in another unit is never reached, or
    always exceeded. A sum of percentages is not a percentage: use Average.
    """

    id = "W9616"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html"
    )
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")
    first_only = True

    def findings(self, validator: Validator, properties: Any) -> Findings:
        if "Metrics" in properties:
            return
        for metric in metrics(validator, properties):
            if metric.namespace == "AWS/CloudFront" and metric.name in RATES and metric.statistic == "Sum":
                yield RuleFinding(
                    ("Statistic",),
                    f"Statistic is Sum{{when}}, and {metric.name} is a percentage, of which CloudFront has "
                    "only the Average. Use Average.",
                    metric.case,
                )
            operator = only_value(metric.case, properties.get("ComparisonOperator"))
            for value, case in default_values(metric.case, properties.get("Threshold")):
                limit = number(value)
                problem = _problem(metric, str(operator), limit) if limit else ""
                if problem:
                    yield RuleFinding(("Threshold",), f"Threshold is {value}{{when}}, and {problem}", case)


def _problem(metric: Any, operator: str, limit: float) -> str:
    """Return what the unit of the metric is, and what the threshold seems to be written in."""
    if metric.statistic in ("Sum", "SampleCount"):
        return ""
    if operator.startswith("Less"):
        if (metric.namespace, metric.name) in BYTES and 0 < limit < LEAST_BYTES:
            return f"{metric.name} is in bytes, not in megabytes or percent. Write 1000000000 for 1 GB."
        return ""
    for namespace, names, unit, least, most, converted in UNITS:
        if metric.namespace == namespace and metric.name in names and not least <= limit <= most:
            return f"{metric.name} is in {unit}: the threshold looks like {converted}. Convert it."
    if metric.namespace == "AWS/Lambda" and metric.name == "Duration":
        return _duration_problem(metric, limit)
    return ""


def _duration_problem(metric: Any, limit: float) -> str:
    function, properties = target(metric.case, (metric.dimensions or {}).get("FunctionName"), FUNCTION)
    if not function:
        return ""
    timeouts = [number(timeout) for timeout in possible_values(metric.case, properties.get("Timeout"))]
    if timeouts and all(timeout is not None and limit <= timeout for timeout in timeouts):
        return (
            f"Duration is in milliseconds, not in seconds as the Timeout of {function} is. Multiply it "
            "by 1000."
        )
    return ""

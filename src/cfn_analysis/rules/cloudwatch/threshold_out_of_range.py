import math
from typing import Any, NamedTuple

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.metric_maximums import maximum
from cfn_analysis.rules.support.metrics import Metric, metrics
from cfn_analysis.rules.support.references import own_id
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import default_values, number
from cfn_analysis.rules.support.values import values
from cfn_analysis.rules.support.words import words

# Metrics that are a percentage, and metrics that count. The services have more.
PERCENT = {
    "AWS/CloudFront": ("4xxErrorRate", "5xxErrorRate", "TotalErrorRate", "CacheHitRate"),
    "AWS/RDS": ("CPUUtilization", "BufferCacheHitRatio"),
    "AWS/Route53": ("HealthCheckPercentageHealthy",),
}
COUNTS = {
    "AWS/ApiGateway": ("Count", "4XXError", "5XXError", "4xx", "5xx"),
    "AWS/Lambda": ("Errors", "Throttles", "Invocations", "DeadLetterErrors"),
    "AWS/NATGateway": words("ErrorPortAllocation IdleTimeoutCount PacketsDropCount ActiveConnectionCount"),
    "AWS/SQS": ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"),
}

# Metrics with a few values, and the highest.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
HIGHEST = {("AWS/RDS", "AuroraMemoryHealthState"): 10}

# Metrics of which each data point is 0 or 1, so that every statistic but the sum lies between.
SHARES = {
    "AWS/ApiGateway": ("4XXError", "5XXError"),
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    "AWS/Lambda": ("DeadLetterErrors", "DestinationDeliveryFailures", "Errors", "Throttles"),
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
    "AWS/Route53": ("HealthCheckStatus",),
}
SHARING = {"AWS/ApiGateway": ("Average",)}  # the other services: of every statistic


class ThresholdOutOfRange(Rule):
    """Alarm with a threshold that its metric never crosses.

    A percentage goes from 0 to 100 and a count from 0 on: an alarm on more than 100, or on less than 0,
    never fires. The average of 4XXError and 5XXError of API Gateway, and of Errors and Throttles of Lambda,
    is a share from 0 to 1, so it never reaches a threshold in percent or in numbers. A duration ends with
    the Timeout of the function, a latency with that of the integration, and concurrency with what is
    reserved. An alarm on at least 0 always fires.
    """

    id = "E9611"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html"
    )
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        threshold = properties.get("Threshold")
        own = validator.cfn.template["Resources"].get(own_id(validator), {})
        if "Metrics" in properties or ("Condition" in own and is_function(threshold)[0]):
            return  # where a threshold of -1 disables the alarm
        for metric in metrics(validator, properties):
            values_of_metric = _values_of(metric)
            if values_of_metric is None:
                continue
            for operator, operator_case in values(metric.case, properties.get("ComparisonOperator")):
                for value, case in default_values(operator_case, threshold):
                    result = _result(str(operator), number(value), values_of_metric)
                    if result:
                        yield RuleFinding(
                            ("Threshold",),
                            f"Threshold is {value}{{when}}, and {metric.statistic} of {metric.name} is "
                            f"{values_of_metric.in_words()}: {operator} is {result} true.",
                            case,
                        )


class _Range(NamedTuple):
    """The values that a metric can have."""

    low: float
    high: float
    """Infinity if there is no limit."""
    slack: float = 0
    """What the metric can have beyond the highest value."""
    reason: str = ""
    """What limits it, in parentheses after a space."""

    def in_words(self) -> str:
        """Return the lowest and highest value."""
        if self.high == math.inf:
            return f"{self.low:g} or more"
        return f"from {self.low:g} to {self.high:.0f}{self.reason}"


def _values_of(metric: Metric) -> _Range | None:
    """Return the values that a metric can have; None if they are not known."""
    limited = maximum(metric)
    if limited:
        return _Range(0, limited.most, limited.slack, f" ({limited.reason})")
    low, high = _range(metric.namespace, metric.name, metric.statistic)
    if low is None:
        return None
    return _Range(low, math.inf if high is None else high)


def _range(
    namespace: str | None, name: str | None, statistic: str | None
) -> tuple[float | None, float | None]:
    whole = statistic in SHARING.get(namespace or "", ("Average", "Maximum", "Minimum"))
    if whole and name in SHARES.get(namespace or "", ()):
        return 0, 1
    if name in PERCENT.get(namespace or "", ()) and statistic in ("Average", "Maximum", "Minimum"):
        return 0, 100
    if (namespace, name) in HIGHEST and statistic in ("Average", "Maximum", "Minimum"):
        return 0, HIGHEST[namespace or "", name or ""]
    if name in COUNTS.get(namespace or "", ()) and statistic in ("Sum", "Maximum", "Minimum"):
        return 0, None
    return None, None


def _result(operator: str, limit: float | None, values_of_metric: _Range) -> str:
    """Return ``never`` or ``always`` where no value of the range decides a comparison."""
    if limit is None:
        return ""
    low, most = values_of_metric.low, values_of_metric.high + values_of_metric.slack
    never, always = {
        "GreaterThanThreshold": (limit >= most, limit < low),
        "GreaterThanOrEqualToThreshold": (limit > most, limit <= low),
        "LessThanThreshold": (limit <= low, limit > most),
        "LessThanOrEqualToThreshold": (limit < low, limit >= most),
    }.get(operator, (False, False))
    if never:
        return "never"
    if always:
        return "always"
    return ""

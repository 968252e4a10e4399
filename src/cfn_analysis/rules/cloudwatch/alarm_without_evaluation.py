from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, property_scenarios
from cfn_analysis.rules.support.values import existing

# What CloudWatch demands, one of each line, with an example: of every alarm, and of one on a single metric.
ALWAYS = {
    ("ComparisonOperator",): "ComparisonOperator: GreaterThanThreshold",
    ("EvaluationPeriods",): "EvaluationPeriods: 2",
    ("Threshold", "ThresholdMetricId"): "Threshold: 80",
}
SINGLE = {
    ("Statistic", "ExtendedStatistic"): "Statistic: Average or ExtendedStatistic: p95",
    ("Period",): "Period: 300",
    ("Namespace",): "Namespace: AWS/Lambda",
}
ASKED = {"DatapointsToAlarm", "MetricName", "EvaluationCriteria"}.union(*ALWAYS, *SINGLE)


class AlarmWithoutEvaluation(Rule):
    """Alarm without comparison, periods or statistic.

    CloudFormation's schema demands none of ComparisonOperator, EvaluationPeriods, Threshold, Period and
    Statistic, since alarms of other kinds lack some. CloudWatch refuses an alarm on a metric without them,
    and one with more DatapointsToAlarm than EvaluationPeriods, when the stack is deployed. Write them all.
    """

    id = "E9605"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    fault_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for alarm, case in property_scenarios(validator, properties, *sorted(ASKED)):
            if "EvaluationCriteria" in alarm:
                continue
            due = {**ALWAYS, **(SINGLE if "MetricName" in alarm else {})}
            for names, example in due.items():
                if not any(name in alarm for name in names):
                    yield Fault(
                        existing(properties, names[:1]),
                        f"{' or '.join(names)} is missing{{when}}: CloudWatch refuses the alarm. Write it, "
                        f"for example {example}.",
                        case,
                    )
            needed, periods = (
                number(only_value(case, alarm.get(name)))
                for name in ("DatapointsToAlarm", "EvaluationPeriods")
            )
            if needed is not None and periods is not None and needed > periods:
                yield Fault(
                    existing(properties, ("DatapointsToAlarm",)),
                    f"DatapointsToAlarm is {needed:g} of {periods:g} EvaluationPeriods{{when}}: CloudWatch "
                    "refuses the alarm. It may be at most the number of periods.",
                    case,
                )

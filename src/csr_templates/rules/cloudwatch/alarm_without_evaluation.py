"""E9018: an alarm says what it compares with what, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.findings import existing, findings
from csr_templates.rules.support.scenarios import number, only, scenarios

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import ValidationResult, Validator

    from csr_templates.rules.support.findings import Fault

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


class AlarmWithoutEvaluation(CfnLintKeyword):
    """Every alarm has comparison, periods and threshold, and one on a single metric its statistic."""

    id = "E9018"
    shortdesc = "Alarm without comparison, periods or statistic"
    description = (
        "CloudFormation's schema demands none of ComparisonOperator, EvaluationPeriods, Threshold, Period "
        "and Statistic, since alarms of other kinds lack some. CloudWatch refuses an alarm on a metric "
        "without them, and one with more DatapointsToAlarm than EvaluationPeriods, when the stack is "
        "deployed. Write them all."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    tags = ["resources", "cloudwatch", "alarm"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources/AWS::CloudWatch::Alarm/Properties"])

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one error per thing that CloudWatch needs and the alarm can lack."""
        yield from findings(self, validator, _faults(validator, properties))


def _faults(validator: Validator, properties: Any) -> Iterator[Fault]:
    asked = {name: value for name, value in properties.items() if name in ASKED}
    for found, case in scenarios(validator, asked):
        if "EvaluationCriteria" in found:
            continue
        due = {**ALWAYS, **(SINGLE if "MetricName" in found else {})}
        for names, example in due.items():
            if not any(name in found for name in names):
                yield (
                    existing(properties, names[:1]),
                    f"{' or '.join(names)} is missing{{when}}: CloudWatch refuses the alarm. Write it, for "
                    f"example {example}.",
                    case,
                )
        needed, periods = (
            number(only(case, found.get(name))) for name in ("DatapointsToAlarm", "EvaluationPeriods")
        )
        if needed is not None and periods is not None and needed > periods:
            yield (
                existing(properties, ("DatapointsToAlarm",)),
                f"DatapointsToAlarm is {needed:g} of {periods:g} EvaluationPeriods{{when}}: CloudWatch "
                "refuses the alarm. It may be at most the number of periods.",
                case,
            )

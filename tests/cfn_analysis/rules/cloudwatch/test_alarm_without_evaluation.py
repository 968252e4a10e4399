"""Alarms that lack something."""

from ..harness import row

HEAD = """
Parameters:
  Two: {Type: Number, Default: 2}
Resources:
"""

WHOLE = {
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": "1",
    "Threshold": "3",
    "Period": "300",
    "Statistic": "Sum",
}

NONE = "!Ref AWS::NoValue"
REFUSED = "CloudWatch refuses the alarm. Write it, for example"


def alarm(**changes: str) -> str:
    """Return a template with one alarm, whole but for these changes; an empty text leaves a property out."""
    written = {name: value for name, value in {**WHOLE, **changes}.items() if value}
    properties = ", ".join(f"{name}: {value}" for name, value in written.items())
    return f"{HEAD}  High: {{Type: AWS::CloudWatch::Alarm, Properties: {{{properties}}}}}\n"


EXPRESSION = {"Metrics": "[{Id: m, Expression: a}]", "MetricName": "", "Namespace": ""}

case = row("<text>", "Resources/High/Properties<path>", "<message>")

GOOD = {
    "whole": alarm(),
    "percentile": alarm(Statistic="", ExtendedStatistic="p95"),
    "expression": alarm(**EXPRESSION, Period="", Statistic=""),
    "anomaly detection": alarm(**EXPRESSION, Period="", Statistic="", Threshold="", ThresholdMetricId="band"),
    "query": alarm(**dict.fromkeys(WHOLE, ""), EvaluationCriteria="{PromQLCriteria: {Query: up}}"),
    "statistic in each branch": alarm(
        Statistic=f"!If [Strict, Sum, {NONE}]", ExtendedStatistic=f"!If [Strict, {NONE}, p95]"
    ),
    "2 of 3": alarm(DatapointsToAlarm="2", EvaluationPeriods="3"),
    "2 of 2": alarm(DatapointsToAlarm="!Ref Two", EvaluationPeriods="!Ref Two"),
    "unknown periods": alarm(DatapointsToAlarm="5", EvaluationPeriods="!ImportValue a"),
}

BAD = {
    "comparison": case(
        alarm(ComparisonOperator=""),
        "",
        f"ComparisonOperator is missing: {REFUSED} ComparisonOperator: GreaterThanThreshold.",
    ),
    "periods": case(
        alarm(EvaluationPeriods=""), "", f"EvaluationPeriods is missing: {REFUSED} EvaluationPeriods: 2."
    ),
    "threshold": case(
        alarm(Threshold=""), "", f"Threshold or ThresholdMetricId is missing: {REFUSED} Threshold: 80."
    ),
    "statistic": case(
        alarm(Statistic=""),
        "",
        f"Statistic or ExtendedStatistic is missing: {REFUSED} Statistic: Average or ExtendedStatistic: p95.",
    ),
    "period": case(alarm(Period=""), "", f"Period is missing: {REFUSED} Period: 300."),
    "namespace": case(alarm(Namespace=""), "", f"Namespace is missing: {REFUSED} Namespace: AWS/Lambda."),
    "comparison of an expression": case(
        alarm(**EXPRESSION, Period="", Statistic="", ComparisonOperator=""),
        "",
        f"ComparisonOperator is missing: {REFUSED} ComparisonOperator: GreaterThanThreshold.",
    ),
    "NoValue": case(
        alarm(Statistic=NONE),
        "/Statistic",
        f"Statistic or ExtendedStatistic is missing: {REFUSED} Statistic: Average or ExtendedStatistic: p95.",
    ),
    "periods in one branch": case(
        alarm(EvaluationPeriods=f"!If [Strict, 1, {NONE}]"),
        "/EvaluationPeriods",
        f"EvaluationPeriods is missing when Strict is false: {REFUSED} EvaluationPeriods: 2.",
    ),
    "more points than periods": case(
        alarm(DatapointsToAlarm="3", EvaluationPeriods="!Ref Two"),
        "/DatapointsToAlarm",
        "DatapointsToAlarm is 3 of 2 EvaluationPeriods: CloudWatch refuses the alarm. It may be at most "
        "the number of periods.",
    ),
    "more points in one branch": case(
        alarm(DatapointsToAlarm="!If [Strict, 1, 3]", EvaluationPeriods="!Sub '${Two}'"),
        "/DatapointsToAlarm",
        "DatapointsToAlarm is 3 of 2 EvaluationPeriods when Strict is false: CloudWatch refuses the "
        "alarm. It may be at most the number of periods.",
    ),
}

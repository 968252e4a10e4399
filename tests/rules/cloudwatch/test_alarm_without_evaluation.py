"""E9018 on alarms that lack something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AlarmWithoutEvaluation

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Two: {Type: Number, Default: 2}
Conditions:
  Strict: !Equals [!Ref AWS::AccountId, "111111111111"]
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


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(alarm(), id="whole"),
        pytest.param(alarm(Statistic="", ExtendedStatistic="p95"), id="percentile"),
        pytest.param(alarm(**EXPRESSION, Period="", Statistic=""), id="expression"),
        pytest.param(
            alarm(**EXPRESSION, Period="", Statistic="", Threshold="", ThresholdMetricId="band"),
            id="anomaly detection",
        ),
        pytest.param(
            alarm(**dict.fromkeys(WHOLE, ""), EvaluationCriteria="{PromQLCriteria: {Query: up}}"), id="query"
        ),
        pytest.param(
            alarm(Statistic=f"!If [Strict, Sum, {NONE}]", ExtendedStatistic=f"!If [Strict, {NONE}, p95]"),
            id="statistic in each branch",
        ),
        pytest.param(alarm(DatapointsToAlarm="2", EvaluationPeriods="3"), id="2 of 3"),
        pytest.param(alarm(DatapointsToAlarm="!Ref Two", EvaluationPeriods="!Ref Two"), id="2 of 2"),
        pytest.param(alarm(DatapointsToAlarm="5", EvaluationPeriods="!ImportValue a"), id="unknown periods"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """An alarm passes that has what its kind needs."""
    assert judge(AlarmWithoutEvaluation, text) == []


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        pytest.param(
            alarm(ComparisonOperator=""),
            "",
            f"ComparisonOperator is missing: {REFUSED} ComparisonOperator: GreaterThanThreshold.",
            id="comparison",
        ),
        pytest.param(
            alarm(EvaluationPeriods=""),
            "",
            f"EvaluationPeriods is missing: {REFUSED} EvaluationPeriods: 2.",
            id="periods",
        ),
        pytest.param(
            alarm(Threshold=""),
            "",
            f"Threshold or ThresholdMetricId is missing: {REFUSED} Threshold: 80.",
            id="threshold",
        ),
        pytest.param(
            alarm(Statistic=""),
            "",
            f"Statistic or ExtendedStatistic is missing: {REFUSED} Statistic: Average or ExtendedStatistic: "
            "p95.",
            id="statistic",
        ),
        pytest.param(alarm(Period=""), "", f"Period is missing: {REFUSED} Period: 300.", id="period"),
        pytest.param(
            alarm(Namespace=""), "", f"Namespace is missing: {REFUSED} Namespace: AWS/Lambda.", id="namespace"
        ),
        pytest.param(
            alarm(**EXPRESSION, Period="", Statistic="", ComparisonOperator=""),
            "",
            f"ComparisonOperator is missing: {REFUSED} ComparisonOperator: GreaterThanThreshold.",
            id="comparison of an expression",
        ),
        pytest.param(
            alarm(Statistic=NONE),
            "/Statistic",
            f"Statistic or ExtendedStatistic is missing: {REFUSED} Statistic: Average or ExtendedStatistic: "
            "p95.",
            id="NoValue",
        ),
        pytest.param(
            alarm(EvaluationPeriods=f"!If [Strict, 1, {NONE}]"),
            "/EvaluationPeriods",
            f"EvaluationPeriods is missing when Strict is false: {REFUSED} EvaluationPeriods: 2.",
            id="periods in one branch",
        ),
        pytest.param(
            alarm(DatapointsToAlarm="3", EvaluationPeriods="!Ref Two"),
            "/DatapointsToAlarm",
            "DatapointsToAlarm is 3 of 2 EvaluationPeriods: CloudWatch refuses the alarm. It may be at most "
            "the number of periods.",
            id="more points than periods",
        ),
        pytest.param(
            alarm(DatapointsToAlarm="!If [Strict, 1, 3]", EvaluationPeriods="!Sub '${Two}'"),
            "/DatapointsToAlarm",
            "DatapointsToAlarm is 3 of 2 EvaluationPeriods when Strict is false: CloudWatch refuses the "
            "alarm. It may be at most the number of periods.",
            id="more points in one branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, message: str) -> None:
    """What CloudWatch needs and does not get is found, in every branch."""
    assert judge(AlarmWithoutEvaluation, text) == [(f"Resources/High/Properties{path}", message)]

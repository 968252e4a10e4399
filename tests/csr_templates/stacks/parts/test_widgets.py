"""Widgets, metrics and lines of dashboards, created from the alarms of a template."""

from typing import Any

import pytest

from csr_templates.stacks.parts import widgets

ALARM: dict[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Condition": "On",
    "Properties": {
        "Namespace": "AWS/Lambda",
        "MetricName": "Duration",
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Function"}}],
        "ExtendedStatistic": "p95",
        "Period": 300,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 20000,
    },
}
TEMPLATE = {"Resources": {"Slow": ALARM, "Function": {"Type": "AWS::Lambda::Function"}}}


@pytest.mark.parametrize(
    ("dimensions", "function"), [({}, {"Ref": "Function"}), ({"FunctionName": "other"}, "other")]
)
def test_metric_of_an_alarm(dimensions: dict[str, str], function: Any) -> None:
    """A metric has the statistic, period and dimensions of its alarm. Dimensions can be overridden."""
    assert widgets.alarm_metric(TEMPLATE, "Slow", "all", **dimensions) == [
        "AWS/Lambda",
        "Duration",
        "FunctionName",
        function,
        {"label": "all", "stat": "p95", "period": 300},
    ]


@pytest.mark.parametrize(
    ("datapoints", "label"),
    [
        ({"DatapointsToAlarm": 2}, "Alarm above 20000 for 10 of 15 min"),
        ({"DatapointsToAlarm": 3}, "Alarm above 20000 for 15 min"),
        ({}, "Alarm above 20000 for 15 min"),
        ({"ComparisonOperator": "LessThanThreshold"}, "Alarm below 20000 for 15 min"),
        ({"Period": 60}, "Alarm above 20000 for 3 min"),
        ({"Period": 86400}, "Alarm above 20000 for 72 h"),
    ],
)
def test_threshold(datapoints: dict[str, Any], label: str) -> None:
    """The label shows on which side of the threshold the alarm fires, and after how long."""
    properties = {key: value for key, value in ALARM["Properties"].items() if key != "DatapointsToAlarm"}
    template = {"Resources": {"Slow": ALARM | {"Properties": properties | datapoints}}}

    assert widgets.threshold(template, "Slow") == {"label": label, "value": 20000, "color": "#d62728"}
    assert widgets.threshold(template, "Slow", "p95")["label"] == label.replace("Alarm", "p95: alarm")


def test_threshold_that_follows_a_parameter() -> None:
    """The value of the line is the function of the alarm's threshold, and the label has no number."""
    value = {"Fn::FindInMap": ["Classes", {"Ref": "Class"}, "Low"]}
    template = {"Resources": {"Slow": ALARM | {"Properties": ALARM["Properties"] | {"Threshold": value}}}}

    assert widgets.threshold(template, "Slow") == {
        "label": "Alarm above this for 10 of 15 min",
        "value": value,
        "color": "#d62728",
    }


def test_expression_of_an_alarm() -> None:
    """The graph shows the expression and its metrics. The label of the line uses the metrics' period."""
    stat = {
        "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": []},
        "Period": 300,
        "Stat": "Sum",
    }
    properties = {
        "Metrics": [
            {"Id": "double", "Expression": "2 * errors", "ReturnData": True},
            {"Id": "errors", "MetricStat": stat, "ReturnData": False},
        ],
        "EvaluationPeriods": 2,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 8,
    }
    template = {"Resources": {"Failing": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}}

    assert widgets.alarm_expression(template, "Failing", "twice") == [
        [{"id": "double", "expression": "2 * errors", "label": "twice"}],
        [
            "AWS/Lambda",
            "Errors",
            {"id": "errors", "label": "errors", "stat": "Sum", "period": 300, "visible": False},
        ],
    ]
    assert widgets.threshold(template, "Failing")["label"] == "Alarm above 8 for 10 min"


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ("On", {"Fn::GetAtt": ["Slow", "Arn"]}),
        (None, {"Fn::If": ["On", {"Fn::GetAtt": ["Slow", "Arn"]}, {"Ref": "AWS::NoValue"}]}),
    ],
)
def test_state_of_a_conditional_alarm(condition: str | None, state: Any) -> None:
    """The state of a conditional alarm has the alarm's condition, unless the dashboard has the same one."""
    assert widgets.alarm_states(TEMPLATE, "Alarms", condition)["properties"]["alarms"] == [state]


def test_missing_resource() -> None:
    """A reference to a resource that does not exist raises an error."""
    with pytest.raises(widgets.DashboardError) as caught:
        widgets.threshold(TEMPLATE, "Gone")

    assert str(caught.value) == (
        "The dashboard shows Gone, which the template does not have. Remove it from the dashboard too, or "
        "remove the dashboard, or create another body with csr_templates.stacks.parts.dashboards."
    )

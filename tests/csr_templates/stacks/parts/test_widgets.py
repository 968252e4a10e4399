"""Widgets, metrics and lines of dashboards, created from the alarms of a template."""

from typing import Any

import pytest

from csr_templates.stacks.parts import widgets

ALARM: dict[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Condition": "On",
    "Properties": {
        "AlarmName": {"Fn::Sub": "${ProjectName}-${Environment}-lambda-duration"},
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
        ({"DatapointsToAlarm": 2}, "lambda-duration: above 20000 for 10 of 15 min"),
        ({"DatapointsToAlarm": 3}, "lambda-duration: above 20000 for 15 min"),
        ({}, "lambda-duration: above 20000 for 15 min"),
        ({"ComparisonOperator": "LessThanThreshold"}, "lambda-duration: below 20000 for 15 min"),
        ({"Period": 60}, "lambda-duration: above 20000 for 3 min"),
        ({"Period": 86400}, "lambda-duration: above 20000 for 72 h"),
    ],
)
def test_threshold(datapoints: dict[str, Any], label: str) -> None:
    """The label shows on which side of the threshold the alarm fires, and after how long."""
    properties = {key: value for key, value in ALARM["Properties"].items() if key != "DatapointsToAlarm"}
    template = {"Resources": {"Slow": ALARM | {"Properties": properties | datapoints}}}

    assert widgets.threshold(template, "Slow") == {"label": label, "value": 20000, "color": "#d62728"}


def named(name: Any, **properties: Any) -> dict[str, Any]:
    """Return the alarm with another name."""
    return ALARM | {"Properties": ALARM["Properties"] | {"AlarmName": name} | properties}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ({"Fn::Sub": "${ProjectName}-${Environment}-slow"}, "slow: "),
        ("slow", "slow: "),
        ({"Fn::Sub": "slow-${AWS::Region}"}, "Slow: "),  # a label has no functions
    ],
)
def test_a_line_names_its_alarm(name: Any, label: str) -> None:
    """The name is that of the alarm without project and environment; the logical ID if it is not known."""
    template = {"Resources": {"Slow": named(name)}}

    assert widgets.threshold(template, "Slow")["label"].startswith(label)


def test_equal_thresholds_are_one_line() -> None:
    """It names both alarms, and only the first one if the second one does not exist."""
    first = {key: value for key, value in named("writer").items() if key != "Condition"}
    equal = {"Resources": {"Writer": first, "Reader": named("reader")}}
    always = {"Resources": {"Writer": first, "Reader": first}}
    higher = {"Resources": {"Writer": first, "Reader": named("reader", Threshold=30000)}}
    longer = {"Resources": {"Writer": first, "Reader": named("reader", DatapointsToAlarm=3)}}
    fires = "above 20000 for 10 of 15 min"
    alone = f"writer: {fires}"

    assert [line["label"] for line in widgets.thresholds(equal, "Writer", "Reader")] == [
        {"Fn::If": ["On", f"writer, reader: {fires}", alone]}
    ]
    assert [line["label"] for line in widgets.thresholds(always, "Writer", "Reader")] == [
        f"writer, writer: {fires}"
    ]
    for template, label in (
        (higher, "reader: above 30000 for 10 of 15 min"),
        (longer, "reader: above 20000 for 15 min"),
    ):
        line, conditional = widgets.thresholds(template, "Writer", "Reader")
        assert line["label"] == alone
        assert conditional["Fn::If"][0] == "On"
        assert conditional["Fn::If"][1]["label"] == label


def test_thresholds_of_one_alarm() -> None:
    """When one of two alarms is removed, its argument goes; a line exists only while its alarm exists."""
    assert widgets.thresholds(TEMPLATE, "Slow") == [
        {"Fn::If": ["On", widgets.threshold(TEMPLATE, "Slow"), {"Ref": "AWS::NoValue"}]}
    ]


def test_threshold_that_follows_a_parameter() -> None:
    """The value of the line is the function of the alarm's threshold, and the label has no number."""
    value = {"Fn::FindInMap": ["Classes", {"Ref": "Class"}, "Low"]}
    template = {"Resources": {"Slow": ALARM | {"Properties": ALARM["Properties"] | {"Threshold": value}}}}

    assert widgets.threshold(template, "Slow") == {
        "label": "lambda-duration: above this for 10 of 15 min",
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
    assert widgets.threshold(template, "Failing")["label"] == "Failing: above 8 for 10 min"


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

"""Dashboards as text: layout, references, what may not be there, and how much fits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from csr_templates.cloudformation.resolving import resolve
from csr_templates.stacks.parts.dashboards import (
    DashboardError,
    alarm_states,
    dashboard,
    dashboard_body,
    graph,
    held,
    limit,
    log_table,
    metric,
    threshold,
    watched,
    when,
)

Template = dict[str, Any]

ALARM: Template = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "Namespace": "AWS/Lambda",
        "MetricName": "Duration",
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Function"}}],
        "ExtendedStatistic": "p95",
        "Period": 300,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 20000,
    },
}
TEMPLATE: Template = {"Resources": {"Slow": ALARM, "Function": {"Type": "AWS::Lambda::Function"}}}


def resolved(body: Template, condition: str | None = None, **resources: Template) -> Template:
    """Return the dashboard as CloudWatch reads it, where the condition On is true if it is named."""
    template = {
        "Conditions": {"On": {"Fn::Equals": [condition or "", "On"]}},
        "Resources": {
            "Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body}},
            **resources,
        },
    }
    text = resolve(template)["Resources"]["Board"]["Properties"]["DashboardBody"]
    parsed: Template = json.loads(text["Fn::Sub"] if isinstance(text, dict) else text)
    return parsed


def plain(title: str) -> Template:
    """Return a small graph."""
    return graph(title, "ms", [metric("N", "M", "all", "Sum", 60, {})])


# ---- Text ----


def test_one_thing_to_a_line() -> None:
    """A changed metric, line or widget is one changed line in a review."""
    widget = graph(
        "Duration",
        "ms",
        [watched(TEMPLATE, "Slow", "p95")],
        [threshold(TEMPLATE, "Slow"), limit("end", 28000)],
    )

    assert dashboard_body([widget])["Fn::Sub"].split("\n") == [
        '{"widgets":[',
        '{"type":"metric","x":0,"y":0,"width":24,"height":6,"properties":{"title":"Duration",'
        '"region":"${AWS::Region}","yAxis":{"left":{"min":0,"label":"ms","showUnits":false}},"metrics":[',
        '["AWS/Lambda","Duration","FunctionName","${Function}",{"label":"p95","stat":"p95","period":300}]',
        '],"annotations":{"horizontal":[',
        '{"label":"Alarm above 20000 for 10 of 15 min","value":20000,"color":"#d62728"},',
        '{"label":"end","value":28000,"color":"#7f7f7f"}',
        "]}}}",
        "]}",
    ]


def test_rows() -> None:
    """The widgets of a row share its width, and the next row starts below the tallest of them."""
    body = resolved(dashboard_body([plain("a"), plain("b") | {"height": 9}], [plain("c")]))

    assert [(w["x"], w["y"], w["width"]) for w in body["widgets"]] == [(0, 0, 12), (12, 0, 12), (0, 9, 24)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("plain", "plain", id="text"),
        pytest.param('say "${hi}"', 'say "${hi}"', id="quotes and a placeholder that is none"),
        pytest.param({"Ref": "AWS::Region"}, "ap-northeast-1", id="pseudo parameter"),
        pytest.param({"Ref": "Board"}, "${Board}", id="resource"),
        pytest.param({"Fn::GetAtt": ["Board", "Arn"]}, "${Board.Arn}", id="attribute"),
        pytest.param({"Fn::Sub": "a-${AWS::Region}"}, "a-ap-northeast-1", id="Sub"),
        pytest.param({"Fn::If": ["On", "yes", "no"]}, "no", id="If"),
        pytest.param({"Fn::Join": ["-", ["a", "b"]]}, "a-b", id="Join"),
    ],
)
def test_values_of_dimensions(value: Any, text: str) -> None:
    """A dimension may have any value that a property of CloudFormation may have."""
    body = dashboard_body([graph("g", "ms", [metric("N", "M", "all", "Sum", 60, {"D": value})])])

    assert resolved(body)["widgets"][0]["properties"]["metrics"][0][3] == text


def test_limit_that_is_decided_at_the_deploy() -> None:
    """A line may stand at the value of a function; it stays a number."""
    body = dashboard_body([graph("g", "ms", [], [limit("limit", {"Fn::If": ["On", 10, 20]})])])

    assert resolved(body, "On")["widgets"][0]["properties"]["annotations"]["horizontal"][0]["value"] == 10
    assert resolved(body)["widgets"][0]["properties"]["annotations"]["horizontal"][0]["value"] == 20


def test_log_table() -> None:
    """A table of log entries names its log group by reference."""
    body = dashboard_body([log_table("Newest", "Group", "fields @message | limit 5")])
    (widget,) = resolved(body, Group={"Type": "AWS::Logs::LogGroup"})["widgets"]

    assert (widget["type"], widget["properties"]) == (
        "log",
        {
            "title": "Newest",
            "region": "ap-northeast-1",
            "view": "table",
            "query": "SOURCE '${Group}' | fields @message | limit 5",
        },
    )


# ---- What may not be there ----


@pytest.mark.parametrize("pattern", ["aOb", "Oab", "abO", "OaO", "OO", "O"])
@pytest.mark.parametrize("condition", ["On", None])
def test_conditional_widgets(pattern: str, condition: str | None) -> None:
    """Wherever widgets that may not be there stand, the text is JSON with and without them."""
    rows = [[when("On", plain("O")) if title == "O" else plain(title)] for title in pattern]
    widgets = resolved(dashboard_body(*rows), condition)["widgets"]

    expected = [title for title in pattern if title != "O" or condition]
    assert [widget["properties"]["title"] for widget in widgets] == expected


def test_conditional_alarms() -> None:
    """The state of an alarm that may not be there is shown when it is; others are always shown."""
    resources: dict[str, Template] = {
        "Always": ALARM,
        "Sometimes": ALARM | {"Condition": "On"},
        "Function": {"Type": "AWS::Lambda::Function"},
    }
    body = dashboard_body([alarm_states({"Resources": resources}, "Alarms")])

    def shown(condition: str | None) -> list[str]:
        found: list[str] = resolved(body, condition, **resources)["widgets"][0]["properties"]["alarms"]
        return found

    assert shown("On") == ["${Always.Arn}", "${Sometimes.Arn}"]
    assert shown(None) == ["${Always.Arn}"]


def test_alarms_with_the_condition_of_the_dashboard() -> None:
    """An alarm that is there whenever the dashboard is needs no condition in it."""
    template = {"Resources": {"Sometimes": ALARM | {"Condition": "On"}}}

    assert alarm_states(template, "Alarms", "On")["properties"]["alarms"] == [
        {"Fn::GetAtt": ["Sometimes", "Arn"]}
    ]


# ---- What is drawn ----


def test_watched_metric() -> None:
    """A metric is drawn as its alarm takes it, if need be with another value of a dimension."""
    assert watched(TEMPLATE, "Slow", "all", FunctionName="other") == [
        "AWS/Lambda",
        "Duration",
        "FunctionName",
        "other",
        {"label": "all", "stat": "p95", "period": 300},
    ]


def test_threshold_that_every_period_must_exceed() -> None:
    """The label says for how long the threshold is exceeded before the alarm fires."""
    properties = {**ALARM["Properties"], "EvaluationPeriods": 2, "Threshold": 0.2}
    del properties["DatapointsToAlarm"]

    assert threshold({"Resources": {"Slow": ALARM | {"Properties": properties}}}, "Slow") == {
        "label": "Alarm above 0.2 for 10 min",
        "value": 0.2,
        "color": "#d62728",
    }


def test_missing_resource() -> None:
    """A dashboard of something that is not there is refused."""
    with pytest.raises(DashboardError) as caught:
        held(TEMPLATE, "Gone")

    assert str(caught.value) == (
        "The dashboard shows Gone, which the template does not hold. Take the dashboard out too, or make a "
        "body of your own with csr_templates.parts.dashboards."
    )


# ---- Size ----


def size(node: Any) -> int:
    """Return how many characters of text stand in a node, at whatever depth."""
    if isinstance(node, str):
        return len(node)
    return sum(size(child) for child in (node.values() if isinstance(node, dict) else node))


def test_largest_body() -> None:
    """Twelve thousand bytes are the most, with all that may not be there."""
    optional = when("On", plain("optional"))
    room = 12_000 - size(dashboard_body([optional], [plain("")]))

    assert size(dashboard_body([optional], [plain("x" * room)])) == 12_000
    with pytest.raises(DashboardError) as caught:
        dashboard_body([optional], [plain("x" * (room + 1))])
    assert str(caught.value) == (
        "The body of the dashboard has 12001 bytes and may have 12000, so that its template stays small "
        "enough to be passed inline. Leave out a widget or a metric."
    )


def test_resource() -> None:
    """The dashboard has its name, and its condition if it is given one."""
    body = dashboard_body([plain("g")])

    found = dashboard("Board", "api", body, condition="On").to_dict()
    assert found["Condition"] == "On"
    assert found["Properties"]["DashboardName"] == {"Fn::Sub": "${ProjectName}-${Environment}-api"}
    assert found["Properties"]["DashboardBody"] == body
    assert "Condition" not in dashboard("Board", "api", body).to_dict()

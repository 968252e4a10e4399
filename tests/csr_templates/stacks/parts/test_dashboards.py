"""Dashboards as text: layout, references, and conditional widgets."""

import json
from typing import Any

import pytest

from cfn_analysis.model.resolving import resolve
from csr_templates.stacks.parts import dashboards, widgets

Template = dict[str, Any]


def resolved(body: Template, condition: str | None = None, **resources: Template) -> Template:
    """Return the resolved dashboard. The condition On is true if it is given as ``condition``."""
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
    return widgets.graph(title, "ms", [widgets.metric("N", "M", "all", "Sum", 60, {})])


def test_one_thing_to_a_line() -> None:
    """Each metric, line and widget is on its own line, so a change of one is one changed line in a diff."""
    metric = widgets.metric(
        "AWS/Lambda", "Duration", "p95", "p95", 300, {"FunctionName": {"Ref": "Function"}}
    )
    widget = widgets.graph("Duration", "ms", [metric], [widgets.limit("slow", 20), widgets.limit("end", 28)])

    assert dashboards.body([[widget]])["Fn::Sub"].split("\n") == [
        '{"periodOverride":"inherit","widgets":[',
        '{"type":"metric","x":0,"y":0,"width":24,"height":6,"properties":{"title":"Duration",'
        '"region":"${AWS::Region}","yAxis":{"left":{"min":0,"label":"ms","showUnits":false}},"metrics":[',
        '["AWS/Lambda","Duration","FunctionName","${Function}",{"label":"p95","stat":"p95","period":300}]',
        '],"annotations":{"horizontal":[',
        '{"label":"slow","value":20,"color":"#7f7f7f"},',
        '{"label":"end","value":28,"color":"#7f7f7f"}',
        "]}}}",
        "]}",
    ]


def test_rows() -> None:
    """The widgets of a row share its width, and the next row starts below the tallest of them."""
    body = resolved(dashboards.body([[plain("a"), plain("b") | {"height": 9}], [plain("c")]]))

    assert [(w["x"], w["y"], w["width"]) for w in body["widgets"]] == [(0, 0, 12), (12, 0, 12), (0, 9, 24)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("plain", "plain", id="text"),
        pytest.param('say "${hi}"', 'say "${hi}"', id="quotes and text that looks like a placeholder"),
        pytest.param({"Ref": "AWS::Region"}, "ap-northeast-1", id="pseudo parameter"),
        pytest.param({"Ref": "Board"}, "${Board}", id="resource"),
        pytest.param({"Fn::GetAtt": ["Board", "Arn"]}, "${Board.Arn}", id="attribute"),
        pytest.param({"Fn::Sub": "a-${AWS::Region}"}, "a-ap-northeast-1", id="Sub"),
        pytest.param({"Fn::If": ["On", "yes", "no"]}, "no", id="If"),
        pytest.param({"Fn::Join": ["-", ["a", "b"]]}, "a-b", id="Join"),
    ],
)
def test_values_of_dimensions(value: Any, text: str) -> None:
    """The value of a dimension can be any value that a CloudFormation property can have."""
    widget = widgets.graph("g", "ms", [widgets.metric("N", "M", "all", "Sum", 60, {"D": value})])

    assert resolved(dashboards.body([[widget]]))["widgets"][0]["properties"]["metrics"][0][3] == text


def test_limit_that_is_decided_at_the_deploy() -> None:
    """A line can have an intrinsic function as its value. The resolved value is a number."""
    widget = widgets.graph("g", "ms", [], [widgets.limit("limit", {"Fn::If": ["On", 10, 20]})])
    body = dashboards.body([[widget]])

    assert resolved(body, "On")["widgets"][0]["properties"]["annotations"]["horizontal"][0]["value"] == 10
    assert resolved(body)["widgets"][0]["properties"]["annotations"]["horizontal"][0]["value"] == 20


def test_log_table() -> None:
    """A table of log entries references its log group."""
    body = dashboards.body([[widgets.log_table("Newest", "Group", "fields @message | limit 5")]])
    (widget,) = resolved(body, Group={"Type": "AWS::Logs::LogGroup"})["widgets"]

    assert (widget["type"], widget["properties"]["query"]) == (
        "log",
        "SOURCE '${Group}' | fields @message | limit 5",
    )


@pytest.mark.parametrize("pattern", ["aOb", "Oab", "abO", "OaO", "OO", "O"])
@pytest.mark.parametrize("condition", ["On", None])
def test_conditional_widgets(pattern: str, condition: str | None) -> None:
    """The body is valid JSON with and without conditional widgets, in every position."""
    rows = [[widgets.when("On", plain("O")) if title == "O" else plain(title)] for title in pattern]
    shown = resolved(dashboards.body(rows), condition)["widgets"]

    expected = [title for title in pattern if title != "O" or condition]
    assert [widget["properties"]["title"] for widget in shown] == expected


def variables(*rows: Template) -> dict[str, Any]:
    """Return the variables of a dashboard with one widget in each row."""
    _, values = dashboards.body([[row] for row in rows])["Fn::Sub"]
    assert isinstance(values, dict)
    return values


def conditional(title: str) -> Template:
    """Return a graph with a conditional metric and line, and a line whose value is known in the deploy."""
    metrics = [
        widgets.metric("N", "M", "all", "Sum", 60, {}),
        widgets.when("On", widgets.metric("N", "M", "One reader", "Sum", 60, {})),
    ]
    lines = [
        widgets.limit("known later", {"Fn::If": ["On", 10, 20]}),
        widgets.when("On", widgets.limit("Alarm above 7", 7)),
    ]
    return widgets.graph(title, "ms", metrics, lines)


def test_variables_are_named_after_their_content() -> None:
    """A widget that is added renames no variable, so that a diff shows only the widget."""
    states = {
        "type": "alarm",
        "height": 3,
        "properties": {"title": "Alarms", "alarms": ["a", widgets.when("On", {"Fn::GetAtt": ["B", "Arn"]})]},
    }
    before = variables(states, conditional("Free memory"))
    after = variables(conditional("CPU"), states, conditional("Free memory"), widgets.when("On", plain("x")))

    assert list(before) == ["BArn", "FreeMemoryOneReaderMetric", "FreeMemoryValue", "FreeMemoryAlarmLine"]
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {"CPUOneReaderMetric", "CPUValue", "CPUAlarmLine", "XWidget"}


def test_variables_with_the_same_name() -> None:
    """Different values get different names, equal values share one, and a name of the template stays free."""
    lines = [widgets.limit("l", {"Fn::If": ["On", number, 1]}) for number in (2, 3, 2)]
    metric = widgets.metric("N", "M", "all", "Sum", 60, {"D": {"Ref": "CPUValue"}})

    assert list(variables(widgets.graph("CPU", "ms", [metric], lines))) == ["CPUValue2", "CPUValue3"]


def test_resource() -> None:
    """The dashboard has its name, and the resource attributes that are passed to it."""
    resource = dashboards.dashboard("Board", "api", [[plain("g")]], Condition="On").to_dict()

    assert resource["Condition"] == "On"
    assert resource["Properties"]["DashboardName"] == {"Fn::Sub": "${ProjectName}-${Environment}-api"}
    assert resource["Properties"]["DashboardBody"] == dashboards.body([[plain("g")]])

"""``dashboards``: the tables of widgets."""

import json
from typing import Any

from csr_templates.reference.dashboards import widget_table


def widget(kind: str, x: int, y: int, title: str) -> dict[str, Any]:
    """Return a widget as in a dashboard body."""
    return {"type": kind, "x": x, "y": y, "width": 8, "height": 6, "properties": {"title": title}}


def test_rows_and_columns() -> None:
    """A row of the dashboard is a row of the table. A conditional widget has its condition."""
    items = [widget("metric", 8, 3, "B"), widget("metric", 0, 3, "A|1"), widget("alarm", 0, 0, "Alarms")]
    text = json.dumps({"widgets": items}, separators=(",", ":")).replace("]}", "${More}]}")
    more = "," + json.dumps(widget("log", 16, 3, "Slow"), separators=(",", ":"))
    body = {"Fn::Sub": [text, {"More": {"Fn::If": ["HasLog", {"Fn::Sub": more}, ""]}}]}

    assert widget_table({"DashboardBody": body}) == [
        "| left | middle | right |",
        "|---|---|---|",
        "| Alarms (alarm states) |  |  |",
        "| A\\|1 (graph) | B (graph) | Slow (log table, only if `HasLog`) |",
    ]


def test_empty_dashboard() -> None:
    """Without widgets there is no table."""
    assert widget_table({"DashboardBody": '{"widgets":[]}'}) == []


def test_every_widget_is_found(templates: dict[str, dict[str, Any]]) -> None:
    """The tables of our dashboards have as many widgets as their bodies have titles."""
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Dashboard":
                body = resource["Properties"]["DashboardBody"]
                cells = "".join(widget_table(resource["Properties"])).count(" (")
                assert cells == json.dumps(body).count('\\"properties\\":{\\"title\\"')

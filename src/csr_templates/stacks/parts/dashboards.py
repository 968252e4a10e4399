"""Dashboards, made from the alarms that a template holds.

A threshold stands at its alarm and nowhere else; the line on the dashboard is read off it. So, unlike other
parts, these functions read a whole template, as a plain dict with the long forms of the functions: what
troposphere's ``to_dict()`` gives, and also what a rendered template is read back to. That is how a dashboard
that no longer fits its template is noticed.

The body is text for ``Fn::Sub``, with one widget, metric, line or alarm to a line.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from troposphere import Sub
from troposphere.cloudwatch import Dashboard

from csr_templates.stacks.parts.names import named
from csr_templates.stacks.parts.tags import tags

Template: TypeAlias = Mapping[str, Any]
Metric: TypeAlias = list[Any]
"""CloudWatch's array: namespace, name, names and values of the dimensions, options."""
Annotation: TypeAlias = dict[str, Any]
"""A horizontal line in a graph."""
Widget: TypeAlias = dict[str, Any]

LARGEST: Final = 12_000  # bytes; three dashboards of this size leave room in their templates
COLUMNS: Final = 24  # of CloudWatch's grid

_ONE_TO_A_LINE: Final = frozenset({"alarms", "horizontal", "metrics", "widgets"})
_NO_VALUE: Final = {"Ref": "AWS::NoValue"}


class DashboardError(ValueError):
    """The dashboard cannot be made from this template; the message says why."""


def dashboard(title: str, what: str, body: Mapping[str, Any], condition: str | None = None) -> Dashboard:
    """Return a dashboard.

    Args:
        title: logical ID.
        what: it is called ``<project>-<environment>-<what>``.
        body: what ``dashboard_body`` returned.
        condition: it exists only when this condition is true.
    """
    content = body["Fn::Sub"]
    optional: dict[str, Any] = {} if condition is None else {"Condition": condition}
    return Dashboard(
        title,
        DashboardName=named(what),
        DashboardBody=Sub(content) if isinstance(content, str) else Sub(*content),
        Tags=tags(f"{what}-dashboard"),
        **optional,
    )


def dashboard_body(*rows: Sequence[Widget]) -> dict[str, Any]:
    """Return the body of a dashboard, as ``Fn::Sub``: rows of widgets of equal width.

    Raises:
        DashboardError: the body is larger than 12,000 bytes.
    """
    body: dict[str, Any] = _sub({"widgets": list(_placed(rows))})
    if (size := sum(map(len, _texts(body)))) > LARGEST:
        raise DashboardError(
            f"The body of the dashboard has {size} bytes and may have {LARGEST}, so that its template stays "
            "small enough to be passed inline. Leave out a widget or a metric."
        )
    return body


def stale_dashboard(
    template: Template, title: str, body: Callable[[Template], Mapping[str, Any]], call: str
) -> list[str]:
    """Return a sentence if the dashboard of a template has another body than it should; else nothing.

    A template without the dashboard is fine: it was taken out on purpose.

    Args:
        template: the template.
        title: logical ID of the dashboard.
        body: makes what it should be from the template.
        call: what mends it, such as ``database.derive(t)``.
    """
    found = template["Resources"].get(title)
    if found is None:
        return []
    try:
        expected: Any = body(template)
    except DashboardError as error:
        return [f"Resources.{title}: {error}"]
    except LookupError:
        expected = None  # what it shows lacks a property, which the linter explains
    if found["Properties"]["DashboardBody"] == expected:
        return []
    return [
        f"Resources.{title}: The dashboard does not show what the template holds: something was changed "
        f"after it was made. Call {call} after the last change."
    ]


# ---- Widgets ----


def alarm_states(template: Template, title: str, condition: str | None = None) -> Widget:
    """Return the widget with the state of every alarm of the template.

    Args:
        template: the template.
        title: of the widget.
        condition: of the dashboard; an alarm with the same one is there whenever the dashboard is.
    """
    alarms = {
        logical_id: resource.get("Condition")
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    states = [
        when(None if own == condition else own, {"Fn::GetAtt": [logical_id, "Arn"]})
        for logical_id, own in alarms.items()
    ]
    return {"type": "alarm", "height": 3, "properties": {"title": title, "alarms": states}}


def graph(title: str, label: str, metrics: Sequence[Metric], lines: Sequence[Annotation] = ()) -> Widget:
    """Return a graph of metrics over time, with horizontal lines.

    Args:
        title: of the widget.
        label: of the axis: the unit.
        metrics: what is drawn.
        lines: thresholds and limits.
    """
    properties = {
        "title": title,
        "region": {"Ref": "AWS::Region"},
        "yAxis": {"left": {"min": 0, "label": label, "showUnits": False}},
        "metrics": list(metrics),
    }
    if lines:
        properties["annotations"] = {"horizontal": list(lines)}
    return {"type": "metric", "height": 6, "properties": properties}


def log_table(title: str, log_group: str, query: str) -> Widget:
    """Return a table of what a Logs Insights query finds.

    Args:
        title: of the widget.
        log_group: logical ID of the log group.
        query: the commands after SOURCE.
    """
    source = {"Fn::Sub": f"SOURCE '${{{log_group}}}' | {query}"}
    properties = {"title": title, "region": {"Ref": "AWS::Region"}, "view": "table", "query": source}
    return {"type": "log", "height": 6, "properties": properties}


def when(condition: str | None, item: Any) -> Any:
    """Return a widget, metric, line or alarm that is there only when the condition is true."""
    return item if condition is None else {"Fn::If": [condition, item, _NO_VALUE]}


# ---- What is drawn ----


def metric(
    Namespace: str, MetricName: str, label: str, stat: str, Period: int, dimensions: Mapping[str, Any]
) -> Metric:
    """Return a metric that no alarm watches.

    Args:
        Namespace: of the metric.
        MetricName: of the metric.
        label: what the legend says.
        stat: statistic, such as Average or p95.
        Period: seconds.
        dimensions: name -> value, text or a function as a dict.
    """
    flat = [part for dimension in dimensions.items() for part in dimension]
    return [Namespace, MetricName, *flat, {"label": label, "stat": stat, "period": Period}]


def watched(template: Template, alarm: str, label: str, **dimensions: Any) -> Metric:
    """Return the metric of an alarm, as the alarm takes it; ``dimensions`` replace the alarm's own.

    Args:
        template: the template.
        alarm: logical ID of the alarm.
        label: what the legend says.
        dimensions: name -> value, such as ``Role="READER"``.

    Raises:
        DashboardError: the template has no such alarm.
    """
    own = held(template, alarm)["Properties"]
    return metric(
        own["Namespace"],
        own["MetricName"],
        label,
        own.get("Statistic") or own["ExtendedStatistic"],
        own["Period"],
        {dimension["Name"]: dimension["Value"] for dimension in own["Dimensions"]} | dimensions,
    )


def threshold(template: Template, alarm: str) -> Annotation:
    """Return the line above which an alarm fires.

    Raises:
        DashboardError: the template has no such alarm.
    """
    own = held(template, alarm)["Properties"]
    periods = own["EvaluationPeriods"]
    needed = own.get("DatapointsToAlarm", periods)
    minutes = f"{needed * own['Period'] // 60}" + (
        f" of {periods * own['Period'] // 60}" if needed != periods else ""
    )
    return {
        "label": f"Alarm above {own['Threshold']} for {minutes} min",
        "value": own["Threshold"],
        "color": "#d62728",
    }


def limit(label: str, value: float | Mapping[str, Any]) -> Annotation:
    """Return the line of a limit: a number, or a function as a dict that gives one."""
    return {"label": label, "value": value, "color": "#7f7f7f"}


def held(template: Template, logical_id: str) -> Mapping[str, Any]:
    """Return a resource of a template.

    Raises:
        DashboardError: the template has no such resource.
    """
    resources: Mapping[str, Mapping[str, Any]] = template["Resources"]
    if logical_id not in resources:
        raise DashboardError(
            f"The dashboard shows {logical_id}, which the template does not hold. Take the dashboard out "
            "too, or make a body of your own with csr_templates.parts.dashboards."
        )
    return resources[logical_id]


# ---- Text ----


def _placed(rows: Sequence[Sequence[Widget]]) -> Iterator[Widget]:
    """Yield the widgets with their place on the grid."""
    y = 0
    for row in rows:
        width = COLUMNS // len(row)
        for column, item in enumerate(row):
            condition, widget, _ = item.get("Fn::If", [None, item, None])
            place = {"type": widget["type"], "x": column * width, "y": y, "width": width}
            yield when(condition, place | widget)
        y += max(item.get("Fn::If", [None, item])[1]["height"] for item in row)


def _sub(node: Any, before: str = "") -> dict[str, Any]:
    """Return JSON text for a node with functions in it, behind other text."""
    bound: dict[str, Any] = {}
    text = before + _json(node, "", bound)
    return {"Fn::Sub": [text, bound] if bound else text}


def _json(node: Any, key: str, bound: dict[str, Any]) -> str:
    """Return the text of a node that stands under ``key``; variables that it needs are added to ``bound``."""
    if isinstance(node, str):
        return _quoted(node).replace("${", "${!")
    if isinstance(node, Mapping):
        if len(node) == 1 and (name := next(iter(node))) and (name == "Ref" or name.startswith("Fn::")):
            text = _reference(node, key, bound)
            return text if key == "value" else f'"{text}"'  # the value of a line is a number
        return "{" + ",".join(f"{_quoted(k)}:{_json(v, k, bound)}" for k, v in node.items()) + "}"
    if isinstance(node, list):
        if node and _is_conditional(node[0]):  # any may be the first: Join knows where a comma belongs
            return f"[\n${{{_bind({'Fn::Join': [',', [_item(item) for item in node]]}, key, bound)}}}\n]"
        start, comma, end = ("[\n", ",\n", "\n]") if key in _ONE_TO_A_LINE else ("[", ",", "]")
        first = [_json(item, "", bound) for item in node[:1]]
        return start + "".join([*first, *(_further(item, comma, key, bound) for item in node[1:])]) + end
    return json.dumps(node)


@lru_cache(1024)  # nearly all are keys
def _quoted(text: str) -> str:
    return json.dumps(text)


def _further(node: Any, comma: str, key: str, bound: dict[str, Any]) -> str:
    """Return an item behind others, with its comma; as a variable if it may not be there."""
    if not _is_conditional(node):
        return comma + _json(node, "", bound)
    condition, item, _ = node["Fn::If"]
    return f"${{{_bind({'Fn::If': [condition, _sub(item, comma), '']}, key, bound)}}}"


def _item(node: Any) -> dict[str, Any]:
    if not _is_conditional(node):
        return _sub(node)
    condition, item, _ = node["Fn::If"]
    return when(condition, _sub(item))  # type: ignore[no-any-return]


def _is_conditional(node: Any) -> bool:
    return isinstance(node, Mapping) and "Fn::If" in node and node["Fn::If"][2] == _NO_VALUE


def _reference(function: Mapping[str, Any], key: str, bound: dict[str, Any]) -> str:
    """Return a function as text for ``Fn::Sub``: in place if it can stand there, else as a variable."""
    match function:
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return _quoted(text)[1:-1]
    return f"${{{_bind(function, key, bound)}}}"


def _bind(value: Mapping[str, Any], key: str, bound: dict[str, Any]) -> str:
    """Return the name of a variable for a value; equal values share one."""
    for name, other in bound.items():
        if other == value:
            return name
    name = f"{key.capitalize() or 'Value'}{len(bound) + 1}"
    bound[name] = value
    return name


def _texts(node: Any) -> Iterator[str]:
    """Yield every text in a node."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping | list):
        for child in node.values() if isinstance(node, Mapping) else node:
            yield from _texts(child)

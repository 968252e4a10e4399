"""What dashboards are made of: widgets, metrics and lines, as plain dicts.

A threshold stands at its alarm and nowhere else; the line on the dashboard is read off it. So, unlike other
parts, these functions read a whole template, as a plain dict with the long forms of the functions: what
troposphere's ``to_dict()`` gives, and also what a rendered template is read back to. That is how a dashboard
that no longer fits its template is noticed.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

Template: TypeAlias = Mapping[str, Any]
Metric: TypeAlias = list[Any]
"""CloudWatch's array: namespace, name, names and values of the dimensions, options."""
Annotation: TypeAlias = dict[str, Any]
"""A horizontal line in a graph."""
Widget: TypeAlias = dict[str, Any]

NO_VALUE: Final = {"Ref": "AWS::NoValue"}


class DashboardError(ValueError):
    """The dashboard cannot be created from this template; the message says why."""


def alarm_states(template: Template, title: str, condition: str | None = None) -> Widget:
    """Return the widget with the state of every alarm of the template.

    Args:
        template: the template.
        title: of the widget.
        condition: of the dashboard; an alarm with the same one is there whenever the dashboard is.
    """
    alarms = {
        logical_id: found.get("Condition")
        for logical_id, found in template["Resources"].items()
        if found["Type"] == "AWS::CloudWatch::Alarm"
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
    return item if condition is None else {"Fn::If": [condition, item, NO_VALUE]}


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


def alarm_metric(template: Template, alarm: str, label: str, **dimensions: Any) -> Metric:
    """Return the metric of an alarm, as the alarm takes it; ``dimensions`` replace the alarm's own.

    Args:
        template: the template.
        alarm: logical ID of the alarm.
        label: what the legend says.
        dimensions: name -> value, such as ``Role="READER"``.

    Raises:
        DashboardError: the template has no such alarm.
    """
    own = resource(template, alarm)["Properties"]
    return metric(
        own["Namespace"],
        own["MetricName"],
        label,
        own.get("Statistic") or own["ExtendedStatistic"],
        own["Period"],
        _dimensions(own) | dimensions,
    )


def alarm_expression(template: Template, alarm: str, label: str) -> list[Metric]:
    """Return the expression of an alarm as the alarm takes it, and the metrics in it, which stay invisible.

    Raises:
        DashboardError: the template has no such alarm.
    """
    found: list[Metric] = []
    for query in resource(template, alarm)["Properties"]["Metrics"]:
        if "Expression" in query:
            found.append([{"id": query["Id"], "expression": query["Expression"], "label": label}])
            continue
        stat = query["MetricStat"]
        *identity, options = metric(
            stat["Metric"]["Namespace"],
            stat["Metric"]["MetricName"],
            query["Id"],
            stat["Stat"],
            stat["Period"],
            _dimensions(stat["Metric"]),
        )
        found.append([*identity, {"id": query["Id"], **options, "visible": False}])
    return found


def threshold(template: Template, alarm: str) -> Annotation:
    """Return the line beyond which an alarm fires.

    Raises:
        DashboardError: the template has no such alarm.
    """
    own = resource(template, alarm)["Properties"]
    queries = own.get("Metrics", [])
    period = own.get("Period") or max(one["MetricStat"]["Period"] for one in queries if "MetricStat" in one)
    periods = own["EvaluationPeriods"]
    needed = own.get("DatapointsToAlarm", periods)
    unit, seconds = ("min", 60) if period < 3600 else ("h", 3600)
    length = f"{needed * period // seconds}"
    length += f" of {periods * period // seconds}" if needed != periods else ""
    value = own["Threshold"]
    side = "below" if own["ComparisonOperator"].startswith("LessThan") else "above"
    # A threshold that follows a parameter is only a line.
    limit = "this" if isinstance(value, Mapping) else value
    return {
        "label": f"Alarm {side} {limit} for {length} {unit}",
        "value": value,
        "color": "#d62728",
    }


def limit(label: str, value: float | Mapping[str, Any]) -> Annotation:
    """Return the line of a limit: a number, or a function as a dict that gives one."""
    return {"label": label, "value": value, "color": "#7f7f7f"}


def resource(template: Template, logical_id: str) -> Mapping[str, Any]:
    """Return a resource of a template.

    Raises:
        DashboardError: the template has no such resource.
    """
    resources: Mapping[str, Mapping[str, Any]] = template["Resources"]
    if logical_id not in resources:
        raise DashboardError(
            f"The dashboard shows {logical_id}, which the template does not have. "
            "Remove it from the dashboard too, or remove the dashboard, or create another body with "
            "csr_templates.stacks.parts.dashboards."
        )
    return resources[logical_id]


def _dimensions(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return name -> value of the dimensions of an alarm, or of a metric in its expression."""
    return {dimension["Name"]: dimension["Value"] for dimension in node.get("Dimensions", [])}

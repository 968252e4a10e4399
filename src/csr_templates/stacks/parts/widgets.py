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
    """The dashboard cannot be made from this template; the message says why."""


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
        {dimension["Name"]: dimension["Value"] for dimension in own["Dimensions"]} | dimensions,
    )


def threshold(template: Template, alarm: str) -> Annotation:
    """Return the line above which an alarm fires.

    Raises:
        DashboardError: the template has no such alarm.
    """
    own = resource(template, alarm)["Properties"]
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


def resource(template: Template, logical_id: str) -> Mapping[str, Any]:
    """Return a resource of a template.

    Raises:
        DashboardError: the template has no such resource.
    """
    resources: Mapping[str, Mapping[str, Any]] = template["Resources"]
    if logical_id not in resources:
        raise DashboardError(
            f"The dashboard shows {logical_id}, which the template does not hold. Take the dashboard out "
            "too, or make a body of your own with csr_templates.stacks.parts.dashboards."
        )
    return resources[logical_id]

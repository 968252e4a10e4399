"""Parts of dashboards: widgets, metrics and lines, as plain dicts.

A threshold is only in its alarm; the line on the dashboard is read from the alarm. So, unlike other parts,
these functions read the whole template, as a plain dict with the long forms of the functions: from
troposphere's ``to_dict()``, or from a rendered template.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from cfn_analysis.model.references import in_words, unqualified
from csr_templates.stacks.parts import names, parameters

Template: TypeAlias = Mapping[str, Any]
Metric: TypeAlias = list[Any]
"""CloudWatch's array: namespace, name, names and values of the dimensions, options."""
Annotation: TypeAlias = dict[str, Any]
"""A horizontal line in a graph."""
Widget: TypeAlias = dict[str, Any]

NO_VALUE: Final = {"Ref": "AWS::NoValue"}

_DAY: Final = 86400  # seconds
_THRESHOLD_COLOR: Final = "#d62728"


class DashboardError(ValueError):
    """The dashboard cannot be created from this template; the message states why."""


def alarm_states(template: Template, title: str, condition: str | None = None) -> Widget:
    """Return the widget with the state of every alarm of the template.

    Args:
        template: the template.
        title: title of the widget.
        condition: condition of the dashboard; alarms with the same condition exist whenever the dashboard
            does.
    """
    alarms = {
        logical_id: resource.get("Condition")
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    states = []
    for logical_id, own in alarms.items():
        arn: Any = {"Fn::GetAtt": [logical_id, "Arn"]}
        states.append(arn if own == condition else when(own, arn))
    return {"type": "alarm", "height": 3, "properties": {"title": title, "alarms": states}}


def links(regions: Mapping[str, str | Mapping[str, Any]]) -> Widget:
    """Return a line with links to dashboards and to the on-call page.

    Args:
        regions: last part of the name of a dashboard -> its region.
    """
    console = "console.aws.amazon.com/cloudwatch/home"
    texts: list[Any] = [f"[On-call page](${{{parameters.RUNBOOK_URL}}})"]
    for what, region in regions.items():
        place = region
        if isinstance(region, Mapping):
            place = f"${{{region['Ref']}}}"
        texts.append(
            f"[{what}](https://{place}.{console}?region={place}#dashboards/dashboard/{names.PREFIX}-{what})"
        )
    return {
        "type": "text",
        "height": 1,
        "properties": {"markdown": {"Fn::Sub": " | ".join(texts)}, "background": "transparent"},
    }


def graph(title: str, label: str, metrics: Sequence[Metric], lines: Sequence[Annotation] = ()) -> Widget:
    """Return a graph of metrics over time, with horizontal lines. It shows a week if a period is a day.

    Args:
        title: title of the widget.
        label: label of the axis, with the unit.
        metrics: the metrics.
        lines: thresholds and limits.
    """
    properties = {
        "title": title,
        "region": {"Ref": "AWS::Region"},
        "yAxis": {"left": {"min": 0, "label": label, "showUnits": False}},
        "metrics": list(metrics),
    }
    if any(metric[-1].get("period") == _DAY for metric in metrics if isinstance(metric, list)):
        properties["start"] = "-P7D"
    if lines:
        properties["annotations"] = {"horizontal": list(lines)}
    return {"type": "metric", "height": 6, "properties": properties}


def log_table(title: str, log_group: str, query: str) -> Widget:
    """Return a table with the results of a Logs Insights query.

    Args:
        title: title of the widget.
        log_group: logical ID of the log group.
        query: the commands after SOURCE.
    """
    source = {"Fn::Sub": f"SOURCE '${{{log_group}}}' | {query}"}
    properties = {"title": title, "region": {"Ref": "AWS::Region"}, "view": "table", "query": source}
    return {"type": "log", "height": 6, "properties": properties}


def when(condition: str | None, part: Any) -> Any:
    """Return a widget, metric, line or alarm that exists only if the condition is true."""
    if condition is None:
        return part
    return {"Fn::If": [condition, part, NO_VALUE]}


def metric(
    Namespace: str, MetricName: str, label: str, stat: str, Period: int, dimensions: Mapping[str, Any]
) -> Metric:
    """Return a metric without an alarm.

    Args:
        Namespace: namespace of the metric.
        MetricName: name of the metric.
        label: label in the legend.
        stat: statistic, such as Average or p95.
        Period: seconds.
        dimensions: name -> value, text or a function as a dict.
    """
    flat: list[Any] = []
    for name, value in dimensions.items():
        flat += [name, value]
    return [Namespace, MetricName, *flat, {"label": label, "stat": stat, "period": Period}]


def alarm_metric(template: Template, alarm: str, label: str, **dimensions: Any) -> Metric:
    """Return the metric of an alarm; ``dimensions`` replace those of the alarm.

    Args:
        template: the template.
        alarm: logical ID of the alarm.
        label: label in the legend.
        dimensions: name -> value, such as ``Role="READER"``.

    Raises:
        DashboardError: the template does not have the alarm.
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
    """Return the expression of an alarm, and its metrics, which are not shown.

    Raises:
        DashboardError: the template does not have the alarm.
    """
    metrics: list[Metric] = []
    for query in resource(template, alarm)["Properties"]["Metrics"]:
        if "Expression" in query:
            metrics.append([{"id": query["Id"], "expression": query["Expression"], "label": label}])
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
        metrics.append([*identity, {"id": query["Id"], **options, "visible": False}])
    return metrics


def threshold(template: Template, alarm: str) -> Annotation:
    """Return the threshold line of an alarm, with its name.

    Args:
        template: the template.
        alarm: logical ID of the alarm.

    Raises:
        DashboardError: the template does not have the alarm.
    """
    own = resource(template, alarm)["Properties"]
    return {
        "label": f"{_alarm_name(own, alarm)}: {_when_it_fires(own)}",
        "value": own["Threshold"],
        "color": _THRESHOLD_COLOR,
    }


def thresholds(template: Template, first: str, second: str | None = None) -> list[Annotation]:
    """Return the threshold lines of alarms for the same metric; one line with both names if they are equal.

    Args:
        template: the template.
        first: logical ID of an alarm, which may have a condition if it is the only one.
        second: logical ID of another one, which may have a condition; None if there is no other.

    Raises:
        DashboardError: the template does not have an alarm.
    """
    line = threshold(template, first)
    if second is None:
        return [when(resource(template, first).get("Condition"), line)]
    second_line = threshold(template, second)
    alarm = resource(template, first)["Properties"]
    second_alarm = resource(template, second)["Properties"]
    condition = resource(template, second).get("Condition")
    is_equal = line["value"] == second_line["value"]
    if not is_equal or _when_it_fires(alarm) != _when_it_fires(second_alarm):
        return [line, when(condition, second_line)]
    label: Any = f"{_alarm_name(alarm, first)}, {second_line['label']}"
    if condition is not None:
        label = {"Fn::If": [condition, label, line["label"]]}
    return [line | {"label": label}]


def _alarm_name(alarm: Mapping[str, Any], logical_id: str) -> str:
    """Return the name of an alarm without project and environment, or its logical ID if it is not known."""
    name = unqualified(in_words(alarm.get("AlarmName", "${")))
    if "${" in name:
        return logical_id
    return name


def _when_it_fires(alarm: Mapping[str, Any]) -> str:
    """Return on which side of the threshold an alarm fires, and after how long: ``above 70 for 10 min``."""
    queries = alarm.get("Metrics", [])
    period = alarm.get("Period") or max(
        query["MetricStat"]["Period"] for query in queries if "MetricStat" in query
    )
    periods = alarm["EvaluationPeriods"]
    needed = alarm.get("DatapointsToAlarm", periods)
    unit, seconds = ("min", 60) if period < 3600 else ("h", 3600)
    length = f"{needed * period // seconds}"
    if needed != periods:
        length += f" of {periods * period // seconds}"
    side = "below" if alarm["ComparisonOperator"].startswith("LessThan") else "above"
    value = alarm["Threshold"]
    if isinstance(value, Mapping):  # depends on a parameter: it is only a line
        value = "this"
    return f"{side} {value} for {length} {unit}"


def limit(label: str, value: float | Mapping[str, Any]) -> Annotation:
    """Return the line of a limit: a number, or a function as a dict."""
    return {"label": label, "value": value, "color": "#7f7f7f"}


def resource(template: Template, logical_id: str) -> Mapping[str, Any]:
    """Return a resource of a template.

    Raises:
        DashboardError: the template does not have the resource.
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

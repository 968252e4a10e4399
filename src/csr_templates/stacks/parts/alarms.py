"""Alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import cloudwatch

from csr_templates.stacks.parts import names


def alarm(
    title: str,
    what: str,
    *,
    notify: names.Value,
    dimensions: Mapping[str, names.Value] | None = None,
    **properties: Any,
) -> cloudwatch.Alarm:
    """Return an alarm that fires when a metric exceeds ``Threshold`` in periods of 5 minutes.

    Without data it is quiet: metrics of errors and blocked requests are reported only when there are some.
    Each of these gives way to a property of the same name.

    Args:
        title: logical ID.
        what: the alarm is called ``<project>-<environment>-<what>``; keys and topics admit only such names.
            It says what is wrong: a text message shows nothing else.
        notify: topic that is notified of the alarm and of its end.
        dimensions: name -> value, exactly a set that the service reports: with one more or one less the alarm
            watches a metric that does not exist. None for an alarm on an expression.
        properties: further ones of the alarm: AlarmDescription (from ``description``), Namespace, MetricName,
            Statistic or ExtendedStatistic, or else Metrics; EvaluationPeriods, Threshold in the metric's
            unit, DatapointsToAlarm where fewer than all periods must exceed it, and attributes such as
            Condition.
    """
    defaults: dict[str, Any] = {
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    if dimensions is not None:
        defaults["Dimensions"] = _dimensions(dimensions)
        defaults["Period"] = 300  # seconds
    return cloudwatch.Alarm(
        title,
        AlarmName=names.name(what),
        AlarmActions=[notify],
        OKActions=[notify],
        Tags=names.tags(),
        **defaults | properties,
    )


def total(
    Id: str, Namespace: str, MetricName: names.Value, dimensions: Mapping[str, names.Value]
) -> cloudwatch.MetricDataQuery:
    """Return the sum of a metric over 5 minutes, for the expression of an alarm, which calls it ``Id``."""
    metric = cloudwatch.Metric(Namespace=Namespace, MetricName=MetricName)
    if dimensions:
        metric.Dimensions = _dimensions(dimensions)
    return cloudwatch.MetricDataQuery(
        Id=Id,
        MetricStat=cloudwatch.MetricStat(Metric=metric, Period=300, Stat="Sum"),  # seconds
        ReturnData=False,
    )


def _dimensions(values: Mapping[str, names.Value]) -> list[cloudwatch.MetricDimension]:
    return [cloudwatch.MetricDimension(Name=name, Value=value) for name, value in values.items()]


def warm_up(WarmUpPeriodDurationInMinutes: int) -> cloudwatch.WarmUpConfiguration:
    """Return how long an alarm whose missing data breaches waits at most, after it was created or updated.

    Without it the alarm would fire before what it watches has sent anything. It ends as soon as there are
    enough data for an evaluation.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
    """
    return cloudwatch.WarmUpConfiguration(WarmUpPeriodDurationInMinutes=WarmUpPeriodDurationInMinutes)


def description(*, Users: str, First: str, Then: str, Related: str = "", Dashboard: str) -> str:
    """Return the description of an alarm, one fact per line.

    The page for the person on call has a section of the alarm's name, and repeats these lines.

    Args:
        Users: what they notice.
        First: the first thing to look at.
        Then: the second one.
        Related: alarms that this one follows from or leads to, so that one cause is not searched twice.
        Dashboard: last part of the name of the dashboard that shows the metric.
    """
    lines: Mapping[str, str] = {
        "Users": Users,
        "First": First,
        "Then": Then,
        "Related": Related,
        "Dashboard": Dashboard,
    }
    return "\n".join(
        [
            *(f"{name}: {text}" for name, text in lines.items() if text),
            "On call: the section with the alarm's name in docs/on-call.md",
        ]
    )

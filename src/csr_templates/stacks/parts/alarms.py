"""Alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import cloudwatch

from csr_templates.stacks.parts import findings, names


def alarm(
    title: str,
    what: str,
    *,
    unit: str,
    notify: names.Value | None,
    dimensions: Mapping[str, names.Value] | None = None,
    **properties: Any,
) -> cloudwatch.Alarm:
    """Return an alarm that fires when a metric exceeds ``Threshold`` in periods of 5 minutes.

    Missing data does not raise it: metrics of errors and blocked requests are reported only if there are
    some. These defaults can be overridden with properties of the same name.

    Args:
        title: logical ID.
        what: last part of the alarm name ``<project>-<environment>-<what>``; keys and topics allow only such
            names. It describes the problem, because a text message shows only the name.
        unit: the unit of ``Threshold``, such as ``percent``, for the pages; empty for a status. It is in the
            Metadata of the resource, because with the property Unit, CloudWatch ignores data in other units.
        notify: topic that is notified of the states ALARM and OK. None for an alarm that is only a rollback
            trigger, of which CloudFormation reads the state.
        dimensions: name -> value, exactly a set that the service reports: any other set is a metric that does
            not exist. None for an alarm on an expression.
        properties: further properties of the alarm: AlarmDescription (from ``description``), Namespace,
            MetricName, Statistic or ExtendedStatistic, or else Metrics; EvaluationPeriods, Threshold,
            DatapointsToAlarm where fewer than all periods must exceed it, and attributes such
            as Condition.
    """
    defaults: dict[str, Any] = {
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    if dimensions is not None:
        defaults["Dimensions"] = _dimensions(dimensions)
        defaults["Period"] = 300  # seconds
    metadata: dict[str, Any] = {"Unit": unit} if unit else {}
    if notify is None:
        metadata |= findings.accepted(
            W9600="A rollback trigger: CloudFormation reads the state of the alarm."
        )
    else:
        defaults |= {"AlarmActions": [notify], "OKActions": [notify]}
    if metadata:
        defaults["Metadata"] = metadata
    return cloudwatch.Alarm(
        title,
        AlarmName=names.name(what),
        Tags=names.tags(),
        **defaults | properties,
    )


def total(
    Id: str, Namespace: str, MetricName: names.Value, dimensions: Mapping[str, names.Value]
) -> cloudwatch.MetricDataQuery:
    """Return the sum of a metric over 5 minutes, with the ID ``Id`` for the expression of an alarm."""
    return _query(Id, Namespace, MetricName, dimensions, "Sum")


def average(
    Id: str, Namespace: str, MetricName: names.Value, dimensions: Mapping[str, names.Value]
) -> cloudwatch.MetricDataQuery:
    """Return the average of a metric over 5 minutes, as ``total`` returns the sum."""
    return _query(Id, Namespace, MetricName, dimensions, "Average")


def _query(
    Id: str, Namespace: str, MetricName: names.Value, dimensions: Mapping[str, names.Value], Stat: str
) -> cloudwatch.MetricDataQuery:
    metric = cloudwatch.Metric(Namespace=Namespace, MetricName=MetricName)
    if dimensions:
        metric.Dimensions = _dimensions(dimensions)
    return cloudwatch.MetricDataQuery(
        Id=Id,
        MetricStat=cloudwatch.MetricStat(Metric=metric, Period=300, Stat=Stat),  # seconds
        ReturnData=False,
    )


def _dimensions(values: Mapping[str, names.Value]) -> list[cloudwatch.MetricDimension]:
    return [cloudwatch.MetricDimension(Name=name, Value=value) for name, value in values.items()]


def warm_up(WarmUpPeriodDurationInMinutes: int) -> cloudwatch.WarmUpConfiguration:
    """Return the maximum warm-up time of an alarm with breaching missing data.

    Without it, the alarm would fire before the resource has sent data. It ends as soon as there is enough
    data for an evaluation. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
    """
    return cloudwatch.WarmUpConfiguration(WarmUpPeriodDurationInMinutes=WarmUpPeriodDurationInMinutes)


def description(*, Users: str, First: str, Then: str, Related: str = "", Dashboard: str) -> str:
    """Return the description of an alarm, one fact per line.

    The on-call page has a section for each alarm, with these lines.

    Args:
        Users: the effect that users notice.
        First: the first check.
        Then: the second check.
        Related: alarms with the same cause, so that it is not analyzed twice.
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

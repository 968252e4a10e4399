"""Alarms."""

from collections.abc import Mapping
from typing import Any

from troposphere import Sub, cloudwatch

from csr_templates.stacks.parts import findings, names, parameters


def alarm(
    title: str,
    what: str,
    *,
    unit: str,
    notify: names.Value,
    AlarmDescription: str,
    dimensions: Mapping[str, names.Value] | None = None,
    **properties: Any,
) -> cloudwatch.Alarm:
    """Return an alarm that fires when a metric exceeds ``Threshold`` in periods of 5 minutes.

    The description ends with the address of the alarm's section on the on-call page, from the parameter
    ``RunbookUrl`` of the template.

    Missing data does not raise it: metrics of errors and blocked requests are reported only if there are
    some. These defaults can be overridden with properties of the same name.

    Args:
        title: logical ID.
        what: end of the alarm name ``<project>-<environment>-<what>``; keys and topics allow only such
            names. It describes the problem, because a text message shows only the name.
        unit: the unit of ``Threshold``, such as ``percent``, for the pages; empty for a status. It is in the
            Metadata of the resource, because with the property Unit, CloudWatch ignores data in other units.
        notify: topic that is notified of the states ALARM and OK.
        AlarmDescription: from ``description``.
        dimensions: name -> value, exactly a set that the service reports: any other set is a metric that does
            not exist. None for an alarm on an expression.
        properties: further properties of the alarm: Namespace, MetricName, Statistic or ExtendedStatistic, or
            else Metrics; EvaluationPeriods, Threshold, DatapointsToAlarm where fewer than all periods must
            exceed it, and attributes such as Condition.
    """
    return _alarm(
        title,
        what,
        unit,
        dimensions,
        AlarmDescription=Sub(f"{AlarmDescription}\nOn call: ${{{parameters.RUNBOOK_URL}}}#{what}"),
        AlarmActions=[notify],
        OKActions=[notify],
        **properties,
    )


def rollback_trigger(
    title: str,
    what: str,
    *,
    unit: str,
    dimensions: Mapping[str, names.Value] | None = None,
    **properties: Any,
) -> cloudwatch.Alarm:
    """Return an alarm without actions: it only rolls back an update of its stack.

    It has no section on the on-call page.

    Args:
        title: logical ID.
        what: end of the alarm name, as for ``alarm``.
        unit: the unit of ``Threshold``, as for ``alarm``.
        dimensions: name -> value, as for ``alarm``.
        properties: further properties, as for ``alarm``.
    """
    trigger = _alarm(title, what, unit, dimensions, **properties)
    trigger.Metadata = getattr(trigger, "Metadata", {}) | findings.accepted(
        W9600="Only a rollback trigger. Other alarms notify the operators of the same failures."
    )
    return trigger


def _alarm(
    title: str,
    what: str,
    unit: str,
    dimensions: Mapping[str, names.Value] | None,
    **properties: Any,
) -> cloudwatch.Alarm:
    defaults: dict[str, Any] = {
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    if dimensions is not None:
        defaults["Dimensions"] = _dimensions(dimensions)
        defaults["Period"] = 300  # seconds
    if unit:
        defaults["Metadata"] = {"Unit": unit}
    return cloudwatch.Alarm(
        title,
        AlarmName=names.name(what),
        Tags=names.tags(),
        **defaults | properties,
    )


def total(
    Id: str, Namespace: names.Value, MetricName: names.Value, dimensions: Mapping[str, names.Value]
) -> cloudwatch.MetricDataQuery:
    """Return the sum of a metric over 5 minutes, with the ID ``Id`` for the expression of an alarm."""
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
    return "\n".join(f"{name}: {text}" for name, text in lines.items() if text)

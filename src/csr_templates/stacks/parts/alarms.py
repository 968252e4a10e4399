"""Alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere.cloudwatch import Alarm, MetricDimension

from csr_templates.stacks.parts.names import Value, named
from csr_templates.stacks.parts.tags import tags


def alarm(
    title: str,
    what: str,
    *,
    AlarmDescription: str,
    Namespace: str,
    MetricName: str,
    dimensions: Mapping[str, Value],
    Threshold: float,
    EvaluationPeriods: int,
    notify: Value,
    Statistic: str | None = None,
    ExtendedStatistic: str | None = None,
    DatapointsToAlarm: int | None = None,
    condition: str | None = None,
) -> Alarm:
    """Return an alarm that fires when a metric exceeds ``Threshold`` in periods of 5 minutes.

    Without data it is quiet: metrics of errors and blocked requests are reported only when there are some.

    Args:
        title: logical ID.
        what: the alarm is called ``<project>-<environment>-<what>``; keys and topics admit only such names.
        AlarmDescription: what happened and what to look at first, for whoever is woken by it.
        Namespace: of the metric.
        MetricName: of the metric.
        dimensions: name -> value, exactly a set that the service reports: with one more or one less the alarm
            watches a metric that does not exist.
        Threshold: in the metric's unit; the alarm fires above it.
        EvaluationPeriods: how many periods of 5 minutes are looked at.
        notify: topic that is told of the alarm and of its end.
        Statistic: such as Average; give this or ``ExtendedStatistic``.
        ExtendedStatistic: a percentile such as p95.
        DatapointsToAlarm: how many of the periods must exceed the threshold; all of them by default.
        condition: the alarm exists only when this condition is true.
    """
    optional: dict[str, Any] = {
        "Statistic": Statistic,
        "ExtendedStatistic": ExtendedStatistic,
        "DatapointsToAlarm": DatapointsToAlarm,
        "Condition": condition,
    }
    return Alarm(
        title,
        AlarmName=named(what),
        AlarmDescription=AlarmDescription,
        Namespace=Namespace,
        MetricName=MetricName,
        Dimensions=[MetricDimension(Name=name, Value=value) for name, value in dimensions.items()],
        ComparisonOperator="GreaterThanThreshold",
        Threshold=Threshold,
        Period=300,  # seconds
        EvaluationPeriods=EvaluationPeriods,
        TreatMissingData="notBreaching",
        AlarmActions=[notify],
        OKActions=[notify],
        Tags=tags(what),
        **{name: value for name, value in optional.items() if value is not None},
    )

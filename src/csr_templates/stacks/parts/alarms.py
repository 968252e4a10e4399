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
    dimensions: Mapping[str, names.Value],
    notify: names.Value,
    **properties: Any,
) -> cloudwatch.Alarm:
    """Return an alarm that fires when a metric exceeds ``Threshold`` in periods of 5 minutes.

    Without data it is quiet: metrics of errors and blocked requests are reported only when there are some.

    Args:
        title: logical ID.
        what: the alarm is called ``<project>-<environment>-<what>``; keys and topics admit only such names.
        dimensions: name -> value, exactly a set that the service reports: with one more or one less the alarm
            watches a metric that does not exist.
        notify: topic that is notified of the alarm and of its end.
        properties: further ones of the alarm: AlarmDescription (what happened and what to look at first),
            Namespace, MetricName, Statistic or ExtendedStatistic, EvaluationPeriods, Threshold in the
            metric's unit, DatapointsToAlarm where fewer than all periods must exceed it, Condition.
    """
    return cloudwatch.Alarm(
        title,
        AlarmName=names.name(what),
        Dimensions=[cloudwatch.MetricDimension(Name=name, Value=value) for name, value in dimensions.items()],
        ComparisonOperator="GreaterThanThreshold",
        Period=300,  # seconds
        TreatMissingData="notBreaching",
        AlarmActions=[notify],
        OKActions=[notify],
        Tags=names.tags(),
        **properties,
    )

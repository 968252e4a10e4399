"""The alarms that a test is about, looked up by what they watch, so that any alarm can be removed."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cfn_analysis.model.references import in_words

_ALARM = "AWS::CloudWatch::Alarm"


def alarms_of(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return logical ID -> properties of the alarms."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == _ALARM
    }


def alarms_on(resources: Mapping[str, Any], *metrics: str) -> dict[str, Any]:
    """Return logical ID -> properties of the alarms on one of some metrics."""
    return {
        logical_id: alarm
        for logical_id, alarm in alarms_of(resources).items()
        if not set(metrics).isdisjoint(_metrics(alarm))
    }


def alarm_on(resources: Mapping[str, Any], metric: str, *, uses: str = "") -> Any:
    """Return the properties of the first alarm on a metric; the test is skipped if it was removed.

    Args:
        resources: logical ID -> resource.
        metric: name of the metric.
        uses: a resource that the dimensions of the alarm refer to; any if empty.
    """
    for alarm in alarms_on(resources, metric).values():
        if not uses or f"${{{uses}}}" in {in_words(value) for value in _dimensions(alarm)}:
            return alarm
    pytest.skip(f"There is no alarm on {metric}.")


def short_name(alarm: Mapping[str, Any]) -> str:
    """Return the end of the name of an alarm, without project and environment."""
    name: str = in_words(alarm["AlarmName"])
    return name.removeprefix("${ProjectName}-${Environment}-")


def first_with_threshold(resources: Mapping[str, Any]) -> str:
    """Return the logical ID of the first alarm that fires above a number greater than 0."""
    for logical_id, alarm in alarms_of(resources).items():
        threshold = alarm["Threshold"]
        is_above = alarm["ComparisonOperator"].startswith("GreaterThan")
        if is_above and isinstance(threshold, int | float) and threshold > 0 and alarm.get("AlarmActions"):
            return logical_id
    raise AssertionError("No alarm fires above a number greater than 0. The test needs one.")


def _metrics(alarm: Mapping[str, Any]) -> Iterator[str]:
    for properties in _measured(alarm):
        yield properties["MetricName"]


def _dimensions(alarm: Mapping[str, Any]) -> Iterator[Any]:
    for properties in _measured(alarm):
        for dimension in properties.get("Dimensions", []):
            yield dimension["Value"]


def _measured(alarm: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the metrics of an alarm, each as an object with MetricName and Dimensions."""
    if "MetricName" in alarm:
        yield alarm
    for query in alarm.get("Metrics", []):
        if "MetricStat" in query:
            yield query["MetricStat"]["Metric"]

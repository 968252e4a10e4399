"""Metric filters that no longer write, or count, what an alarm reads.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Problem, Risk, risk
from cfn_analysis.reviewing.kinds import GUARD
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.reviewing.values import text, words
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_FILTER: Final = "AWS::Logs::MetricFilter"
_ALARM: Final = "AWS::CloudWatch::Alarm"


class _Metric(NamedTuple):
    """A metric: region, namespace and name, as texts to compare."""

    region: str
    namespace: str
    name: str


class _Reader(NamedTuple):
    """An alarm that reads a metric, and the names of the dimensions that it reads."""

    alarm: Node
    dimensions: frozenset[str]


def weakened_filters(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the changed metric filters that an alarm relies on."""
    changes = [outcome.change for outcome in environment.resources.values() if outcome.change.type == _FILTER]
    changed = [change for change in changes if change.action not in (ADD, REMOVE)]
    if not changed:
        return
    readers = _readers(environment.after)
    written = _written(environment.after)
    for change in changed:
        for problem in _problems(environment, change, readers, written):
            yield risk(GUARD, change.node, sentences.WEAKENED, paths=problem.paths, problem=problem.text)


def doubled_metrics(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the new metric filters whose metric another one writes, or an alarm reads, before the deploy."""
    changes = [outcome.change for outcome in environment.resources.values() if outcome.change.type == _FILTER]
    added = [change for change in changes if change.action == ADD and change.node.stack in environment.before]
    if not added:
        return
    readers, written = _readers(environment.before), _written(environment.before)
    for change in added:
        if change.after is None:
            continue
        for metric, (_, written_by) in _transformations(
            environment.after[change.node.stack], change.after
        ).items():
            if metric in written or metric in readers:
                name = f"{words(written_by.get('MetricNamespace'))} {words(written_by.get('MetricName'))}"
                alarms = _alarm_names(readers.get(metric, []), change.node.stack)
                yield risk(GUARD, change.node, sentences.METRIC_SHARED, metric=name, alarms=alarms)


def _problems(
    environment: EnvironmentChanges,
    change: ResourceChange,
    readers: Mapping[_Metric, list[_Reader]],
    written: frozenset[_Metric],
) -> Iterator[Problem]:
    stack = change.node.stack
    if change.before is None or change.after is None or stack not in environment.before:
        return
    old = _transformations(environment.before[stack], change.before)
    new = _transformations(environment.after[stack], change.after)
    for metric, (old_index, before) in old.items():
        metric_readers = readers.get(metric, [])
        if not metric_readers:
            continue
        expectation = _with_verb(metric_readers, "expect", stack)
        for key in ("FilterPattern", "LogGroupName"):
            if change.before.properties.get(key) != change.after.properties.get(key):
                yield Problem(f"{key} is changed: it may count less than {expectation}", (key,))
        if metric in new:
            new_index, after = new[metric]
            place = f"MetricTransformations[{new_index}]"
            yield from _smaller_value(place, before, after, expectation)
            yield from _other_dimensions(place, before, after, metric_readers, stack)
        elif metric not in written:
            place = f"MetricTransformations[{old_index}]"
            paths = (f"{place}.MetricName", f"{place}.MetricNamespace")
            text_of_metric = f"{words(before.get('MetricNamespace'))} {words(before.get('MetricName'))}"
            alarms = _alarm_names(metric_readers, stack)
            yield Problem(f"{place} no longer writes the metric {text_of_metric} of {alarms}", paths)


def _alarm_names(readers: Sequence[_Reader], stack: str) -> str:
    return ", ".join(reader.alarm.seen_from(stack) for reader in readers)


def _with_verb(readers: Sequence[_Reader], verb: str, stack: str) -> str:
    """Return the alarms and what they do: ``A expects``, ``A, B expect``."""
    ending = "s" if len(readers) == 1 else ""
    return f"{_alarm_names(readers, stack)} {verb}{ending}"


def _smaller_value(
    place: str, before: Mapping[str, Any], after: Mapping[str, Any], expectation: str
) -> Iterator[Problem]:
    old, new = before.get("MetricValue"), after.get("MetricValue")
    if old != new and not _is_at_least(new, old):
        path = f"{place}.MetricValue"
        how = f"{path} is {words(new)} instead of {words(old)}"
        yield Problem(f"{how}: it may count less than {expectation}", (path,))


def _other_dimensions(
    place: str, before: Mapping[str, Any], after: Mapping[str, Any], readers: Sequence[_Reader], stack: str
) -> Iterator[Problem]:
    """Yield changed dimensions, with the alarms that read the metric with others."""
    if before.get("Dimensions") == after.get("Dimensions"):
        return
    dimensions = _dimension_names(after.get("Dimensions"), "Key")
    without_data = [reader for reader in readers if reader.dimensions != dimensions]
    if without_data:
        path = f"{place}.Dimensions"
        reading = _with_verb(without_data, "read", stack)
        yield Problem(f"{path} is changed: {reading} a metric with other dimensions", (path,))


def _is_at_least(value: Any, least: Any) -> bool:
    try:
        return float(text(value)) >= float(text(least))
    except ValueError:
        return False


def _transformations(
    resolved: ResolvedStack, resource: Resource
) -> dict[_Metric, tuple[int, Mapping[str, Any]]]:
    """Return metric -> the number and the properties of the transformation that writes it."""
    by_metric = {}
    for number, transformation in enumerate(as_list(resource.properties.get("MetricTransformations"))):
        if isinstance(transformation, Mapping) and not is_unknown(transformation):
            names = (transformation.get("MetricNamespace"), transformation.get("MetricName"))
            by_metric[_metric(resolved, *names)] = (number, transformation)
    return by_metric


def _written(stacks: Stacks) -> frozenset[_Metric]:
    metrics: set[_Metric] = set()
    for node, resource in existing_resources(stacks):
        if resource.type == _FILTER:
            metrics.update(_transformations(stacks[node.stack], resource))
    return frozenset(metrics)


def _readers(stacks: Stacks) -> dict[_Metric, list[_Reader]]:
    readers: dict[_Metric, list[_Reader]] = {}
    for node, resource in existing_resources(stacks):
        if resource.type != _ALARM:
            continue
        properties = resource.properties
        queries = [value_at(query, ("MetricStat", "Metric")) for query in as_list(properties.get("Metrics"))]
        for metric in (properties, *queries):
            if not isinstance(metric, Mapping) or "MetricName" not in metric:
                continue
            key = _metric(stacks[node.stack], metric.get("Namespace"), metric["MetricName"])
            dimensions = _dimension_names(metric.get("Dimensions"), "Name")
            readers.setdefault(key, []).append(_Reader(node, dimensions))
    return readers


def _dimension_names(dimensions: Any, key: str) -> frozenset[str]:
    return frozenset(text(value_at(dimension, (key,))) for dimension in as_list(dimensions))


def _metric(resolved: ResolvedStack, namespace: Any, name: Any) -> _Metric:
    texts = [
        json.dumps(as_strings(resolved.with_names(value)), sort_keys=True) for value in (namespace, name)
    ]
    return _Metric(resolved.built.region, *texts)

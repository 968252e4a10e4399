import re
from collections.abc import Iterable, Iterator
from typing import Any

from cfn_analysis.rules.support.documents import each, entries
from cfn_analysis.rules.support.metrics import Metric, metric_name, metrics
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import Path, of_type
from cfn_analysis.rules.support.words import nearest


class AlarmOnUnwrittenMetric(Rule):
    """Alarm on a metric that no filter of its namespace writes.

    If metric filters of the template write into a custom namespace, an alarm on another name in it does not
    have data. The same applies to an alarm with dimensions on a metric that a filter writes without. Names
    are case-sensitive. Only names similar to those of the filters are reported, because applications write
    metrics too.
    """

    id = "E9610"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    finding_class = "alarms"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        written = _written(validator, resources)
        if not written:
            return
        for logical_id, _, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
            for metric in metrics(validator, properties):
                if not metric.name:
                    continue
                for path, message in _differences(metric, metric.name, written):
                    yield RuleFinding((logical_id, "Properties", *path), message, metric.case)


def _differences(
    metric: Metric, name: str, written: dict[str, dict[str, list[set[str]]]]
) -> Iterator[tuple[Path, str]]:
    """Yield path and message of each part of a metric that differs from what the filters write."""
    names = written.get(metric.namespace or "", {})
    if name not in names:
        for namespace in _spelled_alike(metric.namespace or "", written):
            if name in written[namespace]:
                yield (
                    metric.path("Namespace"),
                    f"Namespace is {metric.namespace}{{when}}, and the filter of {name} writes into "
                    f"{namespace}: the alarm never has data. Use the same namespace.",
                )
        similar = _close(name, names)
        if similar:
            yield (
                metric.path("MetricName"),
                f"MetricName is {name}{{when}}, and the filters write {similar} into {metric.namespace}: the "
                "alarm never has data. Use the same name.",
            )
        return
    if metric.dimensions is not None and set(metric.dimensions) not in names[name]:
        filters = " or ".join(sorted(_dimensions_in_words(dimensions) for dimensions in names[name]))
        yield (
            metric.path("Dimensions"),
            f"Dimensions of {name} are {_dimensions_in_words(metric.dimensions)}{{when}}, and those of its "
            f"filter {filters}: the alarm never has data.",
        )


def _spelled_alike(name: str, namespaces: Iterable[str]) -> list[str]:
    letters = _letters_and_digits(name)
    return [namespace for namespace in namespaces if _letters_and_digits(namespace) == letters]


def _dimensions_in_words(dimensions: Iterable[str]) -> str:
    return ", ".join(sorted(dimensions)) or "none"


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _close(name: str, names: Iterable[str]) -> str:
    """Return the name that is meant by one that is close to it, apart from what both begin with."""
    start, _, end = name.rpartition("}")
    ends = {}
    for candidate in names:
        candidate_start, _, candidate_end = candidate.rpartition("}")
        if candidate_start == start:
            ends[candidate_end.lower()] = candidate
    return ends.get(nearest(end.lower(), ends, 0.75), "")


def _written(validator: Validator, resources: Any) -> dict[str, dict[str, list[set[str]]]]:
    """Return the sets of dimensions of each metric that filters write, by namespace and name."""
    by_namespace: dict[str, dict[str, list[set[str]]]] = {}
    for transformation, _ in entries(resources, "AWS::Logs::MetricFilter", "MetricTransformations"):
        namespace = only_value(validator, transformation.get("MetricNamespace"))
        name = metric_name(validator, transformation.get("MetricName"))
        keys = {
            str(dimension.get("Key"))
            for dimension, _ in each(transformation.get("Dimensions"))
            if isinstance(dimension, dict)
        }
        if isinstance(namespace, str) and name:
            by_namespace.setdefault(namespace, {}).setdefault(name, []).append(keys)
    return by_namespace

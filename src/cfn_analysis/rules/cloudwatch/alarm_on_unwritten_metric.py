import re
from collections.abc import Iterable
from typing import Any

from cfn_analysis.rules.support.documents import each, entries
from cfn_analysis.rules.support.metrics import metric_name, metrics
from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import of_type
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
        for logical_id, _, properties in of_type(resources, "AWS::CloudWatch::Alarm") if written else ():
            for metric in metrics(validator, properties):
                names = written.get(metric.namespace or "", {})
                if not metric.name:
                    continue
                path = (logical_id, "Properties")
                for namespace in written if metric.name not in names else ():
                    if metric.name in written[namespace] and _letters_and_digits(
                        namespace
                    ) == _letters_and_digits(metric.namespace or ""):
                        yield Finding(
                            (*path, *metric.path("Namespace")),
                            f"Namespace is {metric.namespace}{{when}}, and the filter of {metric.name} "
                            f"writes into {namespace}: the alarm never has data. Use the same namespace.",
                            metric.case,
                        )
                if names and metric.name not in names:
                    meant = _close(metric.name, names)
                    if meant:
                        yield Finding(
                            (*path, *metric.path("MetricName")),
                            f"MetricName is {metric.name}{{when}}, and the filters write {meant} into "
                            f"{metric.namespace}: the alarm never has data. Use the same name.",
                            metric.case,
                        )
                elif (
                    names
                    and metric.dimensions is not None
                    and set(metric.dimensions) not in names[metric.name]
                ):
                    filters = " or ".join(
                        sorted(", ".join(sorted(dimensions)) or "none" for dimensions in names[metric.name])
                    )
                    yield Finding(
                        (*path, *metric.path("Dimensions")),
                        f"Dimensions of {metric.name} are "
                        f"{', '.join(sorted(metric.dimensions)) or 'none'}{{when}}, "
                        f"and those of its filter {filters}: the alarm never has data.",
                        metric.case,
                    )


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _close(name: str, names: Iterable[str]) -> str:
    """Return the name that is meant by one that is close to it, apart from what both begin with."""
    start, _, end = name.rpartition("}")
    ends = {known.rpartition("}")[2].lower(): known for known in names if known.rpartition("}")[0] == start}
    return ends.get(nearest(end.lower(), ends, 0.75), "")


def _written(validator: Validator, resources: Any) -> dict[str, dict[str, list[set[str]]]]:
    """Return the sets of dimensions of each metric that filters write, by namespace and name."""
    found: dict[str, dict[str, list[set[str]]]] = {}
    for made, _ in entries(resources, "AWS::Logs::MetricFilter", "MetricTransformations"):
        namespace = only_value(validator, made.get("MetricNamespace"))
        name = metric_name(validator, made.get("MetricName"))
        keys = {
            str(dimension.get("Key"))
            for dimension, _ in each(made.get("Dimensions"))
            if isinstance(dimension, dict)
        }
        if isinstance(namespace, str) and name:
            found.setdefault(namespace, {}).setdefault(name, []).append(keys)
    return found

"""The metrics of an alarm."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios
from cfn_analysis.rules.support.values import Path, existing, items

# Global services: their metrics are only in us-east-1.
GLOBAL = ("AWS/Billing", "AWS/CloudFront", "AWS/Route53")

# An alarm on one metric has these properties itself, an alarm on an expression has them in Metrics.
OWN = ("Namespace", "MetricName", "Dimensions", "Statistic", "ExtendedStatistic", "Metrics")


class Metric(NamedTuple):
    """One metric of an alarm in one case. An unknown value is None, a missing text is empty."""

    namespace: str | None
    name: str | None
    """As ``metric_name`` returns it."""
    dimensions: dict[str, Any] | None
    """Name -> value from the template."""
    statistic: str | None
    case: Validator
    properties: Any
    """Of the alarm, as written."""
    steps: Path
    """Path from the alarm's properties to the metric: empty, or ``Metrics``, 0, ``MetricStat``."""

    def path(self, *names: str) -> Path:
        """Return the path of the first existing property of the metric, otherwise of its parent."""
        paths = [self._existing_path(name) for name in names]
        for name, path in zip(names, paths, strict=True):
            if path[-1:] == (name,):
                return path
        return paths[0]

    def _existing_path(self, name: str) -> Path:
        if self.steps and name not in ("Statistic", "ExtendedStatistic", "Stat"):
            return existing(self.properties, (*self.steps, "Metric", name))
        return existing(self.properties, (*self.steps, name))


def metrics(validator: Validator, properties: Any) -> Iterator[Metric]:
    """Yield the metrics of an alarm, once for each case."""
    for parts, case in property_scenarios(validator, properties, *OWN):
        if "MetricName" in parts or "Namespace" in parts:
            statistics = [parts[name] for name in ("Statistic", "ExtendedStatistic") if name in parts]
            yield _metric(parts, statistics, case, properties, ())
        for index, query in enumerate(items(parts.get("Metrics"))):
            stat = query.get("MetricStat") if isinstance(query, dict) else None
            if isinstance(stat, dict) and isinstance(stat.get("Metric"), dict):
                steps = ("Metrics", index, "MetricStat")
                yield _metric(stat["Metric"], [stat.get("Stat", "")], case, properties, steps)


def metric_name(case: Validator, value: Any) -> str | None:
    """Return the name of a metric, with unknown parts as ``${Name}``; None if it is not known."""
    text = _known_text(case, value)
    if text is None:
        return sub_text(value)
    return text


def _metric(holder: Any, statistics: list[Any], case: Validator, properties: Any, steps: Path) -> Metric:
    return Metric(
        namespace=_known_text(case, holder.get("Namespace", "")),
        name=metric_name(case, holder.get("MetricName", "")),
        dimensions=_dimensions_by_name(case, holder.get("Dimensions", [])),
        statistic=_known_text(case, statistics[0]) if statistics else "",
        case=case,
        properties=properties,
        steps=steps,
    )


def _known_text(case: Validator, value: Any) -> str | None:
    text = only_value(case, value)
    if not isinstance(text, str):
        return None
    return text


def _dimensions_by_name(case: Validator, listed: Any) -> dict[str, Any] | None:
    """Return the dimensions by name; None if one is not known."""
    if not isinstance(listed, list):
        return None
    by_name: dict[str, Any] = {}
    for dimension in listed:
        if not isinstance(dimension, dict):
            return None
        name = _known_text(case, dimension.get("Name"))
        if name is None:
            return None
        by_name[name] = dimension.get("Value")
    return by_name

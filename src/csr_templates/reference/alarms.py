"""What an alarm watches and when it fires, in the words of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.references import in_words
from csr_templates.hand_over.alarm_topics import is_critical
from csr_templates.reference.markdown import code, codes, operand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csr_templates.reference.words import Words

ALARM: Final = "AWS::CloudWatch::Alarm"

_SIGNS: Final = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
}


class Alarm(NamedTuple):
    """An alarm of any environment.

    Attributes:
        name: without the common prefix of all names.
        resource: resolved with production's values; as in the template if production lacks the alarm.
        texts: the sentences of its description by the word before the colon, and the label of its metric.
        dashboard: the dashboard that shows its metric; empty if the description names none.
        topics: ``critical`` or ``normal`` for each topic that it notifies.
    """

    name: str
    resource: Mapping[str, Any]
    texts: Mapping[str, str]
    dashboard: str
    topics: Sequence[str]


def metric_stats(alarm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the metrics of an alarm on an expression."""
    return [query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query]


def period(alarm: Mapping[str, Any]) -> Any:
    """Return the period of an alarm in seconds; of an expression, the longest period of its metrics."""
    return alarm.get("Period") or max((stat["Period"] for stat in metric_stats(alarm)), default=60)


def unit(resource: Mapping[str, Any]) -> str:
    """Return the unit of an alarm's threshold, from the Metadata of the resource; empty if there is none."""
    return str(resource.get("Metadata", {}).get("Unit", ""))


def topics(alarm: Mapping[str, Any], resources: Mapping[str, Any]) -> list[str]:
    """Return ``critical`` or ``normal`` for each topic that the alarm notifies."""
    return [severity(topic, resources) for topic in alarm.get("AlarmActions", [])]


def severity(topic: Any, resources: Mapping[str, Any]) -> str:
    """Return ``critical`` or ``normal`` for a topic."""
    match topic:
        case {"Ref": str(name)} if name in resources:
            if is_critical(resources[name].get("Properties", {})):
                return "critical"
            return "normal"
    return "normal"


def limit(alarm: Mapping[str, Any]) -> str:
    """Return the comparison and the threshold."""
    comparison = str(alarm.get("ComparisonOperator", ""))
    threshold = alarm.get("Threshold", alarm.get("ThresholdMetricId"))
    amount = operand(threshold) if isinstance(threshold, Mapping) else number(threshold)
    return f"{_SIGNS.get(comparison, comparison)} {amount}"


def label(alarm: Mapping[str, Any]) -> str:
    """Return the label of the expression that an alarm compares; empty if there is none."""
    returned = [query for query in alarm.get("Metrics", []) if query.get("ReturnData", True)]
    return next((in_words(query["Label"]) for query in returned if "Label" in query), "")


def firing(resource: Mapping[str, Any], words: Words) -> str:
    """Return on one line when an alarm fires; an expression with a label is not repeated."""
    alarm = resource["Properties"]
    amount = f"{limit(alarm)} {words(unit(resource))}".rstrip()
    return words.fill(
        "{metric} {amount} ({evaluation})",
        metric="" if label(alarm) else metric(alarm, words),
        amount=amount,
        evaluation=evaluation(alarm, words),
    ).strip()


def metrics(alarm: Mapping[str, Any]) -> Iterator[str]:
    """Yield a list of the metrics of an alarm with their dimensions, and of its expressions."""
    if "Metrics" not in alarm:
        yield f"- {_metric_name(alarm)}"
        yield from _dimension_items(alarm)
        return
    for query in alarm["Metrics"]:
        name = code(query["Id"])
        if "Expression" in query:
            yield f"- {name}: {code(in_words(query['Expression']))}"
        elif "MetricStat" in query:
            stat = query["MetricStat"]
            yield f"- {name}: {stat['Stat']} of {_metric_name(stat['Metric'])}"
            yield from _dimension_items(stat["Metric"])


def _metric_name(metric: Mapping[str, Any]) -> str:
    """Return the namespace and the name of a metric."""
    namespace = in_words(metric.get("Namespace", ""))
    return f"{namespace} {code(in_words(metric.get('MetricName', '')))}".strip()


def _dimension_items(metric: Mapping[str, Any]) -> Iterator[str]:
    dimensions = metric.get("Dimensions", [])
    if not isinstance(dimensions, list):  # a function
        yield f"  - {code(in_words(dimensions))}"
        return
    for dimension in dimensions:
        yield f"  - {dimension['Name']} = {code(in_words(dimension['Value']))}"


def metric(alarm: Mapping[str, Any], words: Words) -> str:
    """Return the metric, with the role of the database's instances; or the expression, with its metrics."""
    if "Metrics" in alarm:
        expressions = [
            query["Expression"]
            for query in alarm["Metrics"]
            if query.get("ReturnData", True) and "Expression" in query
        ]
        names = dict.fromkeys(stat["Metric"]["MetricName"] for stat in metric_stats(alarm))
        return codes([*expressions, *names])
    name = code(in_words(alarm.get("MetricName", "")))
    dimensions = alarm.get("Dimensions", [])
    if not isinstance(dimensions, list):  # a function
        return name
    for dimension in dimensions:
        if dimension["Name"] == "Role" and isinstance(dimension["Value"], str):
            return words.fill("{metric}, {role}", metric=name, role=words(dimension["Value"].lower()))
    return name


def evaluation(alarm: Mapping[str, Any], words: Words) -> str:
    """Return statistic and periods, and whether missing data breaches."""
    evaluation_periods = alarm.get("EvaluationPeriods", 1)
    evaluation_text = words.fill(
        "{statistic}, {needed} of {periods} periods of {period}",
        statistic=", ".join(
            words(statistic) if statistic.isalpha() else statistic for statistic in _statistics(alarm)
        ),
        needed=number(alarm.get("DatapointsToAlarm", evaluation_periods)),
        periods=number(evaluation_periods),
        period=length(period(alarm), words),
    )
    if breaches_without_data(alarm):
        return words.fill("{evaluation}; missing data breaches", evaluation=evaluation_text)
    return evaluation_text


def _statistics(alarm: Mapping[str, Any]) -> list[str]:
    """Return the statistics of an alarm, each once."""
    statistics = [alarm.get("Statistic") or alarm.get("ExtendedStatistic")]
    statistics += [stat["Stat"] for stat in metric_stats(alarm)]
    texts = [in_words(statistic) for statistic in statistics if statistic]
    return list(dict.fromkeys(texts))


def breaches_without_data(alarm: Mapping[str, Any]) -> bool:
    """Return whether missing data breaches."""
    return alarm.get("TreatMissingData") == "breaching"


def length(seconds: Any, words: Words) -> str:
    """Return a duration as a whole number of the largest possible unit."""
    text = in_words(seconds)
    for form, unit_length in (("{number} h", 3600), ("{number} min", 60)):
        if text.isdigit() and int(text) % unit_length == 0:
            return words.fill(form, number=str(int(text) // unit_length))
    return words.fill("{number} s", number=text)


def number(value: Any) -> str:
    """Return a value as text; a number above 9,999 with separators."""
    text = in_words(value)
    if re.fullmatch(r"[1-9]\d{4,}", text):
        return f"{int(text):,}"
    return text

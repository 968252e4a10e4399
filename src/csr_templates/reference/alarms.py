"""What an alarm watches and when it fires, in the words of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import in_words
from csr_templates.reference.markdown import code, codes, operand, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csr_templates.reference.words import Words

ALARM: Final = "AWS::CloudWatch::Alarm"

UNITS: Final = {
    "4XXError": "responses",
    "4xxErrorRate": "percent",
    "5XXError": "responses",
    "5xxErrorRate": "percent",
    "ApproximateNumberOfMessagesVisible": "messages",
    "AuroraReplicaLag": "milliseconds",
    "BlockedRequests": "requests",
    "CPUSurplusCreditsCharged": "credits",
    "CPUUtilization": "percent",
    "ConcurrentExecutions": "executions",
    "Count": "requests",
    "DatabaseConnections": "connections",
    "DaysToExpiry": "days",
    "Duration": "milliseconds",
    "ErrorPortAllocation": "errors",
    "Errors": "errors",
    "FreeLocalStorage": "bytes",
    "FreeableMemory": "bytes",
    "Latency": "milliseconds",
    "OriginLatency": "milliseconds",
    "PacketsDropCount": "packets",
    "ReadLatency": "seconds",
    "Throttles": "requests",
    "WriteLatency": "seconds",
}
"""The unit of a metric, which templates do not contain. For other metrics, no unit is shown."""

_CRITICAL: Final = "CRITICAL "
"""The start of the display name of a topic for critical alarms, and so of its messages."""

_SIGNS: Final = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
}


def metric_stats(alarm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the metrics of an alarm on an expression."""
    return [one["MetricStat"] for one in alarm.get("Metrics", []) if "MetricStat" in one]


def period(alarm: Mapping[str, Any]) -> Any:
    """Return the period of an alarm in seconds; of an expression, the longest period of its metrics."""
    return alarm.get("Period") or max((one["Period"] for one in metric_stats(alarm)), default=60)


def unit(alarm: Mapping[str, Any]) -> str:
    """Return the unit of an alarm's threshold; empty if it is not known."""
    return (
        "samples" if alarm.get("Statistic") == "SampleCount" else UNITS.get(str(alarm.get("MetricName")), "")
    )


def topics(alarm: Mapping[str, Any], resources: Mapping[str, Any]) -> list[str]:
    """Return ``critical`` or ``normal`` for each topic that the alarm notifies."""
    return [severity(topic, resources) for topic in alarm.get("AlarmActions", [])]


def severity(topic: Any, resources: Mapping[str, Any]) -> str:
    """Return ``critical`` for a topic whose display name begins with CRITICAL; otherwise ``normal``.

    Args:
        topic: the reference to the topic.
        resources: logical ID -> resource of the stack.
    """
    match topic:
        case {"Ref": str(name)} if name in resources:
            display_name = resources[name].get("Properties", {}).get("DisplayName", "")
            return "critical" if in_words(display_name).startswith(_CRITICAL) else "normal"
    return "normal"


def limit(alarm: Mapping[str, Any]) -> str:
    """Return the comparison and the threshold."""
    comparison = str(alarm.get("ComparisonOperator", ""))
    threshold = alarm.get("Threshold", alarm.get("ThresholdMetricId"))
    amount = operand(threshold) if isinstance(threshold, Mapping) else number(threshold)
    return f"{_SIGNS.get(comparison, comparison)} {amount}"


def firing(alarm: Mapping[str, Any], words: Words) -> str:
    """Return on one line when an alarm fires, with the label of an expression instead of its formula."""
    returned = [one for one in alarm.get("Metrics", []) if one.get("ReturnData", True)]
    labels = [one["Label"] for one in returned if "Label" in one]
    watched = prose(words(in_words(labels[0]))) if labels else metric(alarm, words)
    amount = " ".join(filter(None, [limit(alarm), words(unit(alarm))]))
    return words.fill(
        "{metric} {amount} ({evaluation})",
        metric=watched,
        amount=amount,
        evaluation=evaluation(alarm, words),
    )


def metrics(alarm: Mapping[str, Any]) -> Iterator[str]:
    """Yield a list of the metrics of an alarm with their dimensions, and of its expressions."""
    queries = [("", alarm)] if "Metrics" not in alarm else []
    queries += [(f"{code(query['Id'])}: ", query) for query in alarm.get("Metrics", [])]
    for name, query in queries:
        if "Expression" in query:
            yield f"- {name}{code(in_words(query['Expression']))}"
            continue
        stat = query.get("MetricStat", {})
        watched = stat.get("Metric", query)
        statistic = f"{stat['Stat']} of " if stat else ""
        words = (in_words(watched.get("Namespace", "")), code(in_words(watched.get("MetricName", ""))))
        yield f"- {name}{statistic}{' '.join(filter(None, words))}"
        dimensions = watched.get("Dimensions", [])
        if isinstance(dimensions, list):
            for dimension in dimensions:
                yield f"  - {dimension['Name']} = {code(in_words(dimension['Value']))}"
        else:
            yield f"  - {code(in_words(dimensions))}"


def metric(alarm: Mapping[str, Any], words: Words) -> str:
    """Return the metric, with the role of the database's instances; or the expression, with its metrics."""
    if "Metrics" in alarm:
        expression = [
            one["Expression"]
            for one in alarm["Metrics"]
            if one.get("ReturnData", True) and "Expression" in one
        ]
        return codes(
            [*expression, *dict.fromkeys(stat["Metric"]["MetricName"] for stat in metric_stats(alarm))]
        )
    watched = code(in_words(alarm.get("MetricName", "")))
    dimensions = alarm.get("Dimensions", [])
    for dimension in dimensions if isinstance(dimensions, list) else []:
        if dimension["Name"] == "Role" and isinstance(dimension["Value"], str):
            return words.fill("{metric}, {role}", metric=watched, role=words(dimension["Value"].lower()))
    return watched


def evaluation(alarm: Mapping[str, Any], words: Words) -> str:
    """Return statistic and periods, and whether missing data breaches."""
    statistics = [
        alarm.get("Statistic") or alarm.get("ExtendedStatistic"),
        *(one["Stat"] for one in metric_stats(alarm)),
    ]
    periods = alarm.get("EvaluationPeriods", 1)
    text = words.fill(
        "{statistic}, {needed} of {periods} periods of {period}",
        statistic=", ".join(
            words(one) if one.isalpha() else one
            for one in dict.fromkeys(filter(None, map(_text, statistics)))
        ),
        needed=number(alarm.get("DatapointsToAlarm", periods)),
        periods=number(periods),
        period=_length(period(alarm), words),
    )
    if alarm.get("TreatMissingData") == "breaching":
        return words.fill("{evaluation}; missing data breaches", evaluation=text)
    return text


def _length(seconds: Any, words: Words) -> str:
    """Return a duration as a whole number of the largest possible unit."""
    text = in_words(seconds)
    for form, length in (("{number} h", 3600), ("{number} min", 60)):
        if text.isdigit() and int(text) % length == 0:
            return words.fill(form, number=str(int(text) // length))
    return words.fill("{number} s", number=text)


def _text(value: Any) -> str:
    return "" if value is None else in_words(value)


def number(value: Any) -> str:
    """Return a value as text; a number above 9,999 with separators."""
    text = in_words(value)
    return f"{int(text):,}" if re.fullmatch(r"[1-9]\d{4,}", text) else text

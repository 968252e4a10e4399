"""What an alarm watches and when it fires, in the words of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import in_words
from csr_templates.reference.markdown import code, codes, prose

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def topics(alarm: Mapping[str, Any]) -> list[str]:
    """Return ``critical`` or ``normal`` for each topic that the alarm notifies."""
    return ["critical" if "Critical" in in_words(one) else "normal" for one in alarm.get("AlarmActions", [])]


def limit(alarm: Mapping[str, Any]) -> str:
    """Return the comparison and the threshold."""
    comparison = str(alarm.get("ComparisonOperator", ""))
    threshold = alarm.get("Threshold", alarm.get("ThresholdMetricId"))
    return f"{_SIGNS.get(comparison, comparison)} {number(threshold)}"


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
    for dimension in alarm.get("Dimensions", []):
        if dimension["Name"] == "Role":
            return words.fill("{metric}, {role}", metric=watched, role=words(dimension["Value"].lower()))
    return watched


def evaluation(alarm: Mapping[str, Any], words: Words) -> str:
    """Return statistic and periods, and whether missing data breaches."""
    statistics = [
        alarm.get("Statistic") or alarm.get("ExtendedStatistic"),
        *(one["Stat"] for one in metric_stats(alarm)),
    ]
    seconds = int(period(alarm))
    periods = alarm.get("EvaluationPeriods", 1)
    text = words.fill(
        "{statistic}, {needed} of {periods} periods of {period}",
        statistic=", ".join(
            words(one) if one.isalpha() else one
            for one in dict.fromkeys(filter(None, map(_words_or_nothing, statistics)))
        ),
        needed=number(alarm.get("DatapointsToAlarm", periods)),
        periods=number(periods),
        period=_length(seconds, words),
    )
    if alarm.get("TreatMissingData") == "breaching":
        return words.fill("{evaluation}; missing data breaches", evaluation=text)
    return text


def _length(seconds: int, words: Words) -> str:
    """Return a duration as a whole number of the largest possible unit."""
    for form, length in (("{number} h", 3600), ("{number} min", 60)):
        if seconds % length == 0:
            return words.fill(form, number=str(seconds // length))
    return words.fill("{number} s", number=str(seconds))


def _words_or_nothing(value: Any) -> str:
    return "" if value is None else in_words(value)


def number(value: Any) -> str:
    """Return a value as text; a number above 9,999 with separators."""
    text = in_words(value)
    return f"{int(text):,}" if re.fullmatch(r"[1-9]\d{4,}", text) else text

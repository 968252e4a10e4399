"""CloudWatch alarms, evaluated according to the AWS documentation.

- Every minute over a sliding window, or once an hour if the periods together are longer than a day:
  https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
- Missing data: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
- Warm-up: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
- Percentiles of few samples:
  https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html

``test_evaluation.py`` tests it with the examples of these pages.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from . import metric_math
from .streams import Metric, Stream, percentile_of, windows

OK: Final = "OK"
ALARM: Final = "ALARM"
INSUFFICIENT: Final = "INSUFFICIENT_DATA"

DAY: Final = 1440  # minutes

# CloudWatch also retrieves data points before the evaluation periods, and uses them for missing ones. AWS
# does not publish how many. Its examples, with periods of 5 minutes, use 5 data points for 3 evaluation
# periods. The number determines how fast an alarm reacts to missing data.
EXTRA_PERIODS: Final = 2

_EXCEEDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_NOT_BREACHING, _BREACHING, _MISSING = "0", "X", "-"  # as in the tables of the page on missing data


class Query(NamedTuple):
    """A metric that an alarm reads, with its statistic."""

    id: str
    metric: Metric
    statistic: str


class Alarm(NamedTuple):
    """A metric alarm.

    Attributes:
        name: name of the alarm.
        queries: metrics that the alarm reads. Without an expression, there is only one.
        expression: metric math over the queries, or "".
        period: length of a period in minutes.
        periods: number of periods to evaluate (N).
        datapoints: number of data points that must breach (M).
        exceeds: comparison with the threshold.
        threshold: value in the unit of the metric.
        missing: treatment of missing data: missing, ignore, breaching or notBreaching.
        ignores_few_samples: whether a percentile of too few samples does not change the state.
        warm_up: minutes after the creation of the alarm in which it can wait for data.
        warms_up_fully: whether the warm-up always lasts these minutes, even if there is data.
        notifies: state -> topics that are notified of it. Empty if actions are disabled.
    """

    name: str
    queries: tuple[Query, ...]
    expression: str
    period: int
    periods: int
    datapoints: int
    exceeds: str
    threshold: float
    missing: str
    ignores_few_samples: bool = False
    warm_up: int = 0
    warms_up_fully: bool = False
    notifies: Mapping[str, tuple[str, ...]] = {}


def alarm_of(properties: Mapping[str, Any], region: str) -> Alarm:
    """Return the alarm with the properties of a resource in a template.

    Args:
        properties: properties of ``AWS::CloudWatch::Alarm``, resolved to literals.
        region: region of the alarm. It can read only the metrics of this region.

    Raises:
        ValueError: the simulation does not support a property of the alarm, so its result would not be
        reliable.
    """
    p = properties
    unknown = p.keys() & {
        "ThresholdMetricId",
        "EvaluationCriteria",
        "EvaluationWindow",
        "Unit",
        "EvaluationInterval",
    }
    if unknown:
        raise ValueError(f"{p['AlarmName']}: the simulation does not know {', '.join(sorted(unknown))}.")
    queries, expression, seconds = _queries(p, region)
    warm_up = p.get("WarmUpConfiguration", {})
    actions = {OK: "OKActions", ALARM: "AlarmActions", INSUFFICIENT: "InsufficientDataActions"}
    enabled = str(p.get("ActionsEnabled", True)).lower() == "true"
    return Alarm(
        name=p["AlarmName"],
        queries=queries,
        expression=expression,
        period=seconds // 60,
        periods=int(p["EvaluationPeriods"]),
        datapoints=int(p.get("DatapointsToAlarm", p["EvaluationPeriods"])),
        exceeds=p["ComparisonOperator"],
        threshold=float(p["Threshold"]),
        missing=p.get("TreatMissingData", "missing"),
        ignores_few_samples=p.get("EvaluateLowSampleCountPercentile") == "ignore",
        warm_up=int(warm_up.get("WarmUpPeriodDurationInMinutes", 0)),
        warms_up_fully=str(warm_up.get("OnlyStartEvaluatingAfterWarmUpPeriodEnds", False)).lower() == "true",
        notifies={state: tuple(p.get(key, ())) if enabled else () for state, key in actions.items()},
    )


def _queries(properties: Mapping[str, Any], region: str) -> tuple[tuple[Query, ...], str, int]:
    """Return the queries of an alarm, its expression, and the period in seconds."""
    if "Metrics" not in properties:
        statistic = properties.get("Statistic") or properties["ExtendedStatistic"]
        return (_query("m", properties, statistic, region),), "", int(properties["Period"])
    queries, expressions, periods = [], [], set()
    for query in properties["Metrics"]:
        if "MetricStat" in query:
            stat = query["MetricStat"]
            queries.append(_query(query["Id"], stat["Metric"], stat["Stat"], region))
            periods.add(int(stat["Period"]))
        elif str(query.get("ReturnData", True)).lower() == "true":
            expressions.append(str(query["Expression"]))
    if len(expressions) != 1 or len(periods) != 1:
        raise ValueError(f"{properties['AlarmName']}: needs one expression over metrics of one period.")
    return tuple(queries), expressions[0], periods.pop()


def _query(name: str, metric: Mapping[str, Any], statistic: str, region: str) -> Query:
    dimensions = frozenset(
        (dimension["Name"], str(dimension["Value"])) for dimension in metric.get("Dimensions", ())
    )
    return Query(name, Metric(region, metric["Namespace"], metric["MetricName"], dimensions), statistic)


def outcome(points: str, periods: int, datapoints: int, missing: str) -> str | None:
    """Return the state for data points, or None if the alarm keeps its state.

    Args:
        points: data points of the evaluation range, the newest last: 0 is OK, X is breaching, - is missing.
        periods: evaluation periods (N).
        datapoints: data points that must breach (M).
        missing: treatment of missing data points.
    """
    real = points.replace(_MISSING, "")[-periods:]
    breaching = real.count(_BREACHING)
    filled = periods - len(real)
    if filled and missing == "breaching":
        breaching += filled
    elif filled and missing != "notBreaching" and breaching < datapoints and _NOT_BREACHING not in real:
        # A few breaching points and no others: an alarm only if the oldest is old enough ("premature state").
        if missing == "ignore":
            return None
        old_enough = bool(real) and len(points) - points.index(_BREACHING) >= datapoints
        return ALARM if old_enough else INSUFFICIENT
    return ALARM if breaching >= datapoints else OK


_outcome = lru_cache(maxsize=None)(outcome)


class _Series:
    """The data points of an alarm at each minute, as letters of the tables."""

    def __init__(self, alarm: Alarm, streams: Mapping[Metric, Stream], start: int, end: int) -> None:
        self.alarm, self.streams, self.start, self.end = alarm, streams, start, end
        self.letters: dict[int, str] = {}

    def values(self, cut: int) -> Sequence[float | None]:
        """Return the value of the window that ends at each minute, without the last ``cut`` minutes."""
        alarm = self.alarm
        columns = [
            windows(
                self.streams.get(query.metric, {}), query.statistic, alarm.period, self.start, self.end, cut
            )
            for query in alarm.queries
        ]
        if not alarm.expression:
            return columns[0]
        at = metric_math.expression(alarm.expression).at
        ids = [query.id for query in alarm.queries]
        return [at(dict(zip(ids, row, strict=True))) for row in zip(*columns, strict=True)]

    @cached_property
    def whole(self) -> str:
        """The letter of each minute when all data has arrived."""
        return self.points(0)

    def points(self, cut: int) -> str:
        """Return the letter of each minute."""
        if cut not in self.letters:
            self.letters[cut] = "".join(self._letter(value) for value in self.values(cut))
        return self.letters[cut]

    def _letter(self, value: float | None) -> str:
        if value is None:
            return _MISSING
        if _EXCEEDS[self.alarm.exceeds](value, self.alarm.threshold):
            return _BREACHING
        return _NOT_BREACHING

    def range_at(self, minute: int, delay: int) -> str:
        """Return the data points of the evaluation range at a minute."""
        period, count = self.alarm.period, self.alarm.periods + EXTRA_PERIODS
        if delay < period:  # only the newest window is incomplete
            position = minute - self.start
            older = self.whole[position - (count - 1) * period : position : period]
            newest = self.points(delay) if delay else self.whole
            return older + newest[position]
        letters = []
        for back in range(count):
            cut = min(max(delay - back * period, 0), period)
            letters.append(
                self.points(cut)[minute - back * period - self.start] if cut < period else _MISSING
            )
        return "".join(reversed(letters))


class Change(NamedTuple):
    """A change of state."""

    minute: int
    state: str


def changes(
    alarm: Alarm,
    streams: Mapping[Metric, Stream],
    start: int,
    end: int,
    *,
    created: int | None = None,
    delay: int = 0,
    state: str = INSUFFICIENT,
) -> Iterator[Change]:
    """Yield the changes of an alarm's state. Actions run only at these changes.

    Args:
        alarm: alarm to evaluate.
        streams: all metrics. A metric of the alarm that is missing here has no data.
        start: first minute to evaluate. Minute ``t`` uses the data of minutes before ``t``.
        end: minute after the last one.
        created: when the alarm was created; None if long before.
        delay: minutes until data arrives.
        state: initial state.
    """
    back = (alarm.periods + EXTRA_PERIODS - 1) * alarm.period
    first = start if created is None else max(start, created)
    series = _Series(alarm, streams, first - back, end)
    samples = _few_samples(alarm, streams, first, end) if alarm.ignores_few_samples else None
    once_an_hour = alarm.period * alarm.periods > DAY
    warming = None if created is None or not alarm.warm_up else created + alarm.warm_up
    since = min(
        (min(streams[query.metric]) for query in alarm.queries if streams.get(query.metric)), default=end
    )
    for minute in range(first, end):
        if warming is not None and minute < warming:
            full = series.points(0)[minute - series.start] != _MISSING
            if alarm.warms_up_fully or not full or minute - since < alarm.period * alarm.periods:
                continue
            warming = None
        if once_an_hour and minute % 60:
            continue
        if samples and samples[minute - first]:
            continue
        evaluated = _outcome(series.range_at(minute, delay), alarm.periods, alarm.datapoints, alarm.missing)
        if evaluated is not None and evaluated != state:
            state = evaluated
            yield Change(minute, state)


def _few_samples(alarm: Alarm, streams: Mapping[Metric, Stream], start: int, end: int) -> list[bool]:
    """Return for each minute whether the evaluation periods have too few samples for the percentile."""
    (query,) = alarm.queries
    percentile = percentile_of(query.statistic)
    if percentile is None:
        return [False] * (end - start)
    share = percentile / 100
    needed = 10 / (1 - share) if share >= 0.5 else 10 / share
    counts = windows(streams.get(query.metric, {}), "SampleCount", alarm.period * alarm.periods, start, end)
    return [0 < (count or 0) < needed - 1e-6 for count in counts]

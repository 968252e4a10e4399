"""Metrics as stored by CloudWatch, minute by minute, and the statistics of sliding windows over them.

A stream contains, for each minute with data, the values that a service sent and how often it sent each of
them: ``((0.0, 119), (1.0, 1))`` are 120 requests, one of which failed. A minute without an entry does not
have data, which is different from zero.
"""

import re
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

Points = tuple[tuple[float, float], ...]  # (value, count)
Stream = Mapping[int, Points]  # minute -> values

_PERCENTILE: Final = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


class Metric(NamedTuple):
    """The identity of a metric. A metric with an additional dimension is a different metric.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension
    """

    region: str
    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


def percentile_of(statistic: str) -> float | None:
    """Return the percentile of a statistic such as ``p99``, from 0 to 100; None for other statistics."""
    match = _PERCENTILE.fullmatch(statistic)
    return float(match[1]) if match else None


def windows(
    stream: Stream, statistic: str, length: int, start: int, end: int, cut: int = 0
) -> list[float | None]:
    """Return the statistic of a window that slides minute by minute, for each minute from start to end.

    Args:
        stream: metric.
        statistic: Sum, SampleCount, Average, Minimum, Maximum or a percentile.
        length: minutes in a window. The window of minute ``t`` contains minutes ``t - length`` to ``t - 1``.
        start: first minute of the result.
        end: minute after the last one.
        cut: minutes at the end of each window whose data has not arrived yet.

    Raises:
        ValueError: the statistic is not supported.
    """
    first = start - length
    minutes = [stream.get(minute, ()) for minute in range(first, end)]
    spans = [(t - length - first, t - cut - first) for t in range(start, end)]
    if statistic in {"Sum", "SampleCount", "Average"}:
        return _totals(minutes, spans, statistic)
    if statistic in {"Minimum", "Maximum"}:
        return _extremes(minutes, length - cut, len(spans), -1 if statistic == "Minimum" else 1)
    percentile = percentile_of(statistic)
    if percentile is None:
        raise ValueError(f"The statistic {statistic} is not one that the simulation knows.")
    percentiles = []
    for low, high in spans:
        window = tuple(points for points in minutes[low:high] if points)
        percentiles.append(_percentile(window, percentile))
    return percentiles


def _totals(minutes: list[Points], spans: list[tuple[int, int]], statistic: str) -> list[float | None]:
    counts, sums = [0.0], [0.0]
    for points in minutes:
        count = total = 0.0
        for value, times in points:
            count += times
            total += value * times
        counts.append(counts[-1] + count)
        sums.append(sums[-1] + total)
    totals: list[float | None] = []
    for low, high in spans:
        count, total = counts[high] - counts[low], sums[high] - sums[low]
        if count < 1e-6:
            totals.append(None)
        elif statistic == "Sum":
            totals.append(total)
        else:
            totals.append(count if statistic == "SampleCount" else total / count)
    return totals


def _extremes(minutes: list[Points], length: int, count: int, sign: int) -> list[float | None]:
    """Return the largest value of each window (the smallest for sign -1). Each minute is visited once."""
    best = [_largest(points, sign) for points in minutes]
    candidates: deque[int] = deque()  # minutes whose value is larger than all later values of the window
    extremes: list[float | None] = []
    for minute in range(length + count - 1):
        value = best[minute]
        if value is not None:
            while candidates and (best[candidates[-1]] or 0.0) <= value:
                candidates.pop()
            candidates.append(minute)
        if minute >= length - 1:
            while candidates and candidates[0] <= minute - length:
                candidates.popleft()
            top = best[candidates[0]] if candidates else None
            extremes.append(None if top is None else sign * top)
    return extremes


def _largest(points: Points, sign: int) -> float | None:
    """Return the largest value of a minute times the sign; None without data."""
    return max((sign * value for value, _ in points), default=None)


@lru_cache(maxsize=20_000)
def _percentile(window: tuple[Points, ...], percentile: float) -> float | None:
    """Return the smallest value that is at least as large as a percentage of the values (nearest rank).

    CloudWatch does not publish its interpolation, so tests must not depend on more than that.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    """
    values: list[tuple[float, float]] = []
    for points in window:
        values += points
    values.sort()
    remaining = sum(times for _, times in values) * percentile / 100
    for value, times in values:
        remaining -= times
        if remaining <= 1e-9:
            return value
    return None

"""Metrics as CloudWatch stores them, minute by minute, and the statistics of sliding windows over them.

A stream holds, for each minute in which a service sent something, the values that it sent and how often it
sent each: ``((0.0, 119), (1.0, 1))`` are 120 requests of which one failed. A minute without an entry is one
without data, which is not the same as zero.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

Points = tuple[tuple[float, float], ...]  # (value, how often)
Stream = Mapping[int, Points]  # minute -> what was sent in it

_PERCENTILE: Final = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


class Metric(NamedTuple):
    """What identifies a metric. One dimension more or less is another metric.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension
    """

    region: str
    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


def percentile_of(statistic: str) -> float | None:
    """Return the percentile of a statistic such as ``p99``, from 0 to 100; None for others."""
    found = _PERCENTILE.fullmatch(statistic)
    return float(found[1]) if found else None


def windows(
    stream: Stream, statistic: str, length: int, start: int, end: int, cut: int = 0
) -> list[float | None]:
    """Return the statistic of a window that slides minute by minute, for each minute from start to end.

    Args:
        stream: the metric.
        statistic: Sum, SampleCount, Average, Minimum, Maximum or a percentile.
        length: minutes in a window; the one of minute ``t`` holds minutes ``t - length`` to ``t - 1``.
        start: the first minute of the result.
        end: the minute after the last one.
        cut: minutes at the end of each window whose data have not arrived yet.

    Raises:
        ValueError: the statistic is none of these.
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
    return [_percentile(tuple(filter(None, minutes[low:high])), percentile) for low, high in spans]


def _totals(minutes: list[Points], spans: list[tuple[int, int]], statistic: str) -> list[float | None]:
    counts, sums = [0.0], [0.0]
    for points in minutes:
        count = total = 0.0
        for value, times in points:
            count += times
            total += value * times
        counts.append(counts[-1] + count)
        sums.append(sums[-1] + total)
    found: list[float | None] = []
    for low, high in spans:
        count, total = counts[high] - counts[low], sums[high] - sums[low]
        if count < 1e-6:
            found.append(None)
        elif statistic == "Sum":
            found.append(total)
        else:
            found.append(count if statistic == "SampleCount" else total / count)
    return found


def _extremes(minutes: list[Points], length: int, count: int, sign: int) -> list[float | None]:
    """Return the largest values of the sliding windows (the smallest for sign -1), each looked at once."""
    best = [max((sign * value for value, _ in points), default=None) for points in minutes]
    candidates: deque[int] = deque()  # minutes whose value no later one of the window beats
    found: list[float | None] = []
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
            found.append(None if top is None else sign * top)
    return found


@lru_cache(maxsize=20_000)
def _percentile(window: tuple[Points, ...], percentile: float) -> float | None:
    """Return the smallest value that so many percent of the values do not exceed (nearest rank).

    CloudWatch does not publish how it interpolates: nothing here may depend on more than that.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    """
    values = sorted(chain.from_iterable(window))
    wanted = sum(times for _, times in values) * percentile / 100
    for value, times in values:
        wanted -= times
        if wanted <= 1e-9:
            return value
    return None

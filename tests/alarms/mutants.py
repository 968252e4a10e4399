"""Small changes of an alarm. Each is a mistake that a scenario must detect."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Final

from .deployed import DeployedAlarm, deployed
from .evaluation import DAY, Alarm, Query
from .scenarios import (
    COMPLETE,
    Scenario,
    environment_of,
    fired,
    is_modelled,
    result,
    scenario_called,
    scenarios,
    streams_of,
)
from .streams import Metric, Points

Change = Callable[[Alarm], Alarm]
QueryChange = Callable[[Query], Query]

_OPPOSITE: Final = {
    "GreaterThanThreshold": "LessThanThreshold",
    "GreaterThanOrEqualToThreshold": "LessThanOrEqualToThreshold",
    "LessThanThreshold": "GreaterThanThreshold",
    "LessThanOrEqualToThreshold": "GreaterThanOrEqualToThreshold",
}
_STATISTICS: Final[Mapping[str, tuple[str, ...]]] = {
    "Sum": ("Average", "Maximum"),
    "Average": ("Sum", "Maximum"),
    "Maximum": ("Sum", "Average"),
    "Minimum": ("Sum", "Maximum"),
    "SampleCount": (),  # another statistic asks another question, often with the same answer
}
_PERCENTILE: Final = ("p50", "Maximum")  # instead of another percentile


def mutants(alarm: Alarm) -> Iterator[tuple[str, Change]]:
    """Yield the names of changes of an alarm, and the changes."""
    if alarm.threshold:
        yield "threshold doubled", lambda original: original._replace(threshold=2 * original.threshold)
        if not _counts_samples(alarm):
            yield "threshold halved", lambda original: original._replace(threshold=_half(original.threshold))
    else:
        yield "threshold 1000", lambda original: original._replace(threshold=1000.0)
        yield "threshold -1", lambda original: original._replace(threshold=-1.0)
    yield "comparison", lambda original: original._replace(exceeds=_OPPOSITE[original.exceeds])
    opposite = "notBreaching" if alarm.missing == "breaching" else "breaching"
    yield "missing data", lambda original: original._replace(missing=opposite)
    for period in _other_periods(alarm.period):
        yield f"period of {period} min", partial(Alarm._replace, period=period)
    yield "a period more", _longer
    for datapoints in {alarm.datapoints - 1, alarm.datapoints + 1} & set(range(1, alarm.periods + 1)):
        yield f"{datapoints} data points", partial(Alarm._replace, datapoints=datapoints)
    if alarm.warm_up:
        yield "no warm-up", lambda original: original._replace(warm_up=0)
    if alarm.warms_up_fully:
        yield "warm-up ends with the first data", lambda original: original._replace(warms_up_fully=False)
    if alarm.expression:
        yield from _other_expressions(alarm.expression)
    for index, query in enumerate(alarm.queries):
        for what, changed in _other_queries(alarm, query):
            yield f"{query.id}: {what}", partial(_with_query, index=index, change=changed)


def _counts_samples(alarm: Alarm) -> bool:
    """Return whether an alarm asks for any sample. A period without samples has no data point to compare."""
    return alarm.threshold == 1 and any(query.statistic == "SampleCount" for query in alarm.queries)


def _half(threshold: float) -> float:
    """Return half of a threshold; 0 for 1, because many metrics have only whole numbers."""
    return threshold / 2 if threshold != 1 else 0.0


def _other_periods(minutes: int) -> tuple[int, ...]:
    if minutes == DAY:
        return (60,)
    return (5,) if minutes == 1 else (1, 2 * minutes)


def _longer(alarm: Alarm) -> Alarm:
    every = alarm.datapoints == alarm.periods
    return alarm._replace(periods=alarm.periods + 1, datapoints=alarm.datapoints + (1 if every else 0))


def _other_expressions(expression: str) -> Iterator[tuple[str, Change]]:
    """Yield changes of an expression: each minimum is 0, and each metric that can be missing is ignored."""
    for pattern, new in ((r">= \d+", ">= 0"), (r"FILL\(\w+, 0\)", "0")):
        for old in re.findall(pattern, expression):
            yield f"{new} for {old}", partial(Alarm._replace, expression=expression.replace(old, new))


def _other_queries(alarm: Alarm, query: Query) -> Iterator[tuple[str, QueryChange]]:
    for statistic in _STATISTICS.get(query.statistic, _PERCENTILE):
        if not _is_same_question(alarm, query):
            yield statistic, partial(Query._replace, statistic=statistic)
    for name, _ in sorted(query.metric.dimensions):
        change = partial(_with_dimension, name=name, value=None)
        if not _is_same_metric(query.metric, change(query).metric):
            yield f"without {name}", change
    roles = {"WRITER": "READER", "READER": "WRITER"}
    role = dict(query.metric.dimensions).get("Role")
    if role:
        yield roles[role], partial(_with_dimension, name="Role", value=roles[role])
    yield (
        "other name",
        lambda original: original._replace(metric=original.metric._replace(name=original.metric.name + "s")),
    )
    yield (
        "other region",
        lambda original: original._replace(metric=original.metric._replace(region="eu-west-1")),
    )


def _is_same_question(alarm: Alarm, query: Query) -> bool:
    """Return whether sum, average and maximum always have the same answer.

    That is so above 0, because no metric is negative, and if there is one sample in each period.
    """
    if alarm.threshold == 0 and alarm.exceeds == "GreaterThanThreshold":
        return True
    uses = len(re.findall(rf"\b{query.id}\b", alarm.expression))
    if uses and uses == alarm.expression.count(f"FILL({query.id}, 0) > 0"):
        return True
    points = _sent(query.metric).values()
    return alarm.period == 1 and all(len(minute) == 1 and minute[0][1] == 1 for minute in points)


def _is_same_metric(metric: Metric, another: Metric) -> bool:
    """Return whether a metric has the same data as another one, such as that of the only stage of an API."""
    return _sent(metric) == _sent(another)


@cache
def _sent(metric: Metric) -> Mapping[int, Points]:
    """Return the data of a metric in all scenarios."""
    data: dict[int, Points] = {}
    for scenario in scenarios():
        for points in streams_of(scenario.name).get(metric, {}).values():
            data[len(data)] = points
    return data


def _with_dimension(query: Query, name: str, value: str | None) -> Query:
    others = {dimension for dimension in query.metric.dimensions if dimension[0] != name}
    dimensions = frozenset(others if value is None else others | {(name, value)})
    return query._replace(metric=query.metric._replace(dimensions=dimensions))


def _with_query(alarm: Alarm, index: int, change: QueryChange) -> Alarm:
    queries = [*alarm.queries]
    queries[index] = change(queries[index])
    return alarm._replace(queries=tuple(queries))


def surprised(what: str, change: Change) -> str | None:
    """Return a scenario with an unexpected result for a changed alarm, or None if there is none.

    The scenarios in which the alarm fires are run first.
    """

    def order(scenario: Scenario) -> tuple[bool, int]:
        return what not in result(scenario.name).fires, scenario.minutes

    for scenario in sorted(scenarios(), key=order):
        for deployed_alarm in environment_of(scenario.name).alarms:
            if deployed_alarm.what == what and _differs(scenario, deployed_alarm, change):
                return scenario.name
    return None


def _differs(scenario: Scenario, deployed_alarm: DeployedAlarm, change: Change) -> bool:
    changed = fired(scenario, change(deployed_alarm.alarm), deployed_alarm.created)
    return changed != _fired(scenario.name, deployed_alarm.what)


@cache
def _fired(scenario: str, what: str) -> list[tuple[int, int | None]]:
    """Return when an alarm fires and ends in a scenario."""
    alarms = environment_of(scenario).alarms
    (deployed_alarm,) = (alarm for alarm in alarms if alarm.what == what)
    return fired(scenario_called(scenario), deployed_alarm.alarm, deployed_alarm.created)


def every_alarm() -> Iterator[DeployedAlarm]:
    """Yield all alarms."""
    yield from deployed("prod", COMPLETE).alarms


def modelled_alarms() -> Iterator[DeployedAlarm]:
    """Yield the alarms whose metrics the model can send."""
    for alarm in every_alarm():
        if is_modelled(alarm):
            yield alarm

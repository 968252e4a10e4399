"""Small changes of an alarm. Each is a mistake that a scenario must detect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from .deployed import DeployedAlarm, deployed
from .evaluation import Alarm, Query
from .scenarios import DOMAIN, Scenario, Told, environment_of, fired, scenarios

Change = Callable[[Alarm], Alarm]
QueryChange = Callable[[Query], Query]

_OPPOSITE: Final = {
    "GreaterThanThreshold": "LessThanThreshold",
    "LessThanThreshold": "GreaterThanThreshold",
}
_STATISTICS: Final[Mapping[str, tuple[str, ...]]] = {
    "Sum": ("Average", "Maximum"),
    "Average": ("Sum", "Maximum"),
    "Maximum": ("Sum", "Average"),
    "Minimum": ("Sum", "Average"),
    "SampleCount": ("Average",),
    "p95": ("p50", "Maximum"),
    "p90": ("p50", "Maximum"),
}
_PERIODS: Final[Mapping[int, tuple[int, ...]]] = {1: (5,), 5: (1, 10), 1440: (60,)}


def mutants(alarm: Alarm) -> Iterator[tuple[str, Change]]:
    """Yield the names of changes of an alarm, and the changes."""
    if alarm.threshold:
        yield "threshold doubled", lambda one: one._replace(threshold=2 * one.threshold)
        yield "threshold halved", lambda one: one._replace(threshold=one.threshold / 2)
    else:
        yield "threshold 1000", lambda one: one._replace(threshold=1000.0)
        yield "threshold -1", lambda one: one._replace(threshold=-1.0)
    yield "comparison", lambda one: one._replace(exceeds=_OPPOSITE[one.exceeds])
    other = "notBreaching" if alarm.missing == "breaching" else "breaching"
    yield "missing data", lambda one: one._replace(missing=other)
    for period in _PERIODS[alarm.period]:
        yield f"period of {period} min", partial(Alarm._replace, period=period)
    yield "a period more", _longer
    for datapoints in {alarm.datapoints - 1, alarm.datapoints + 1} & set(range(1, alarm.periods + 1)):
        yield f"{datapoints} data points", partial(Alarm._replace, datapoints=datapoints)
    if alarm.warm_up:
        yield "no warm-up", lambda one: one._replace(warm_up=0)
    if alarm.warms_up_fully:
        yield "warm-up ends with the first data", lambda one: one._replace(warms_up_fully=False)
    if alarm.expression:
        yield from _other_expressions(alarm.expression)
    for index, query in enumerate(alarm.queries):
        for what, changed in _other_queries(query):
            yield f"{query.id}: {what}", partial(_with_query, index=index, change=changed)


def _longer(alarm: Alarm) -> Alarm:
    every = alarm.datapoints == alarm.periods
    return alarm._replace(periods=alarm.periods + 1, datapoints=alarm.datapoints + (1 if every else 0))


def _other_expressions(expression: str) -> Iterator[tuple[str, Change]]:
    for old, new in ((">= 100", ">= 0"), ("FILL(failed, 0)", "0"), ("FILL(refused, 0)", "0")):
        if old not in expression:
            raise ValueError(f"{expression}: there is no {old} to change.")
        yield f"{new} for {old}", partial(Alarm._replace, expression=expression.replace(old, new))


def _other_queries(query: Query) -> Iterator[tuple[str, QueryChange]]:
    for statistic in _STATISTICS[query.statistic]:
        yield statistic, partial(Query._replace, statistic=statistic)
    for name, _ in sorted(query.metric.dimensions):
        yield f"without {name}", partial(_with_dimension, name=name, value=None)
    roles = {"WRITER": "READER", "READER": "WRITER"}
    role = dict(query.metric.dimensions).get("Role")
    if role:
        yield roles[role], partial(_with_dimension, name="Role", value=roles[role])
    yield "other name", lambda one: one._replace(metric=one.metric._replace(name=one.metric.name + "s"))
    yield "other region", lambda one: one._replace(metric=one.metric._replace(region="eu-west-1"))


def _with_dimension(query: Query, name: str, value: str | None) -> Query:
    others = {one for one in query.metric.dimensions if one[0] != name}
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
    for scenario in sorted(scenarios(), key=lambda one: (what not in one.fires, one.minutes)):
        for one in environment_of(scenario.name).alarms:
            if one.what == what and _differs(scenario, one, change):
                return scenario.name
    return None


def _differs(scenario: Scenario, deployed_one: DeployedAlarm, change: Change) -> bool:
    times = fired(scenario, change(deployed_one.alarm), deployed_one.created)
    if deployed_one.what in scenario.already:
        return not times or times[0][0] >= 0 or times[0][1] is not None
    expected = scenario.fires.get(deployed_one.what)
    return [Told(deployed_one.topic, *one) for one in times] != ([expected] if expected else [])


def every_alarm() -> Iterator[DeployedAlarm]:
    """Yield all alarms. Production with a domain has all of them."""
    yield from deployed("prod", DOMAIN).alarms

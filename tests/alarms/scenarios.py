"""Runs the scenarios of scenarios.yaml: what happens to the system, and which alarms fire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from .deployed import Environment, deployed
from .evaluation import ALARM, DAY, Alarm, changes
from .state import LOADS, State
from .streams import Metric, Points
from .system import System

FILE: Final = Path(__file__).with_name("scenarios.yaml")

# How much of the visitors of an ordinary minute there are, by the hour of the day in Tokyo.
_HOURS: Final = [
    *(0.08, 0.04, 0.02, 0.01, 0.01, 0.03, 0.1, 0.4, 0.8, 1.1, 1.2, 1.3),
    *(1.4, 1.3, 1.2, 1.1, 1.1, 1.2, 1.3, 1.4, 1.4, 1.1, 0.6, 0.25),
]
_TOKYO: Final = 9  # hours ahead of UTC
DOMAIN: Final = (
    ("CustomDomainName", "www.example.com"),
    ("CertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/1"),
    ("HostedZoneId", "Z1"),
)


class Told(NamedTuple):
    """The notified topic, and the minute.

    Attributes:
        topic: normal or critical.
        minutes: after the beginning; an alarm at minute 1 has seen one minute of it.
        end: minutes until the same topic is notified of the end; None if that is not within the scenario.
    """

    topic: str
    minutes: int
    end: int | None = None


class Scenario(NamedTuple):
    """Something that happens to the system.

    Attributes:
        name: short, in kebab-case.
        en: what happens, for the page in English.
        ja: the same in Japanese.
        environment: of the parameter files.
        parameters: other values for some of its parameters.
        load: how many visitors there are: day, night, idle, or a whole day with its hours.
        clock: the hour in UTC at minute 0.
        minutes: how long it is watched.
        history: minutes before, without what happens, from which alarms have their state.
        changes: first minute, the minute after the last one (None: to the end), in how manieth minute (1:
            in each), what is different.
        events: minute, source (cluster, writer or reader) and category of what RDS tells.
        first_create: whether the stacks are created, beginning at minute 0.
        updated: whether every alarm counts as created at minute 0, although its metric is older.
        already: alarms that fired before and still do at the end, so that no one is told again.
        fires: alarm, or event of RDS -> who is told. Nothing else fires.
        note_en: what is surprising, for the page in English.
        note_ja: the same in Japanese.
    """

    name: str
    en: str
    ja: str
    environment: str
    parameters: tuple[tuple[str, str], ...]
    load: str
    clock: int
    minutes: int
    history: int
    changes: tuple[tuple[int, int | None, int, Mapping[str, Any]], ...]
    events: tuple[tuple[int, str, str], ...]
    first_create: bool
    updated: bool
    already: frozenset[str]
    fires: Mapping[str, Told]
    note_en: str
    note_ja: str

    def states(self) -> Iterator[tuple[int, State]]:
        """Yield each minute and what is the case in it."""
        for minute in range(-self.history, self.minutes):
            state = self._load(minute)
            for first, end, every, different in self.changes:
                if first <= minute and (end is None or minute < end) and (minute - first) % every == 0:
                    state = state._replace(**different)
            yield minute, state

    def _load(self, minute: int) -> State:
        if self.load in LOADS:
            return LOADS[self.load]
        factor = _HOURS[(minute // 60 + self.clock + _TOKYO) % 24]
        day = LOADS["day"]
        rates = ("pages", "calls", "missing_pages", "refused_calls", "blocked")
        return day._replace(**{name: factor * getattr(day, name) for name in rates})


class Group(NamedTuple):
    """Scenarios of one kind, with their heading on the pages."""

    en: str
    ja: str
    scenarios: tuple[Scenario, ...]


@cache
def groups() -> tuple[Group, ...]:
    """Return the scenarios, group by group."""
    return tuple(
        Group(one["en"], one["ja"], tuple(_scenario(**each) for each in one["scenarios"]))
        for one in yaml.safe_load(FILE.read_text("utf-8"))
    )


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios.

    Raises:
        ValueError: a key or a name is wrong.
    """
    found = tuple(one for group in groups() for one in group.scenarios)
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise ValueError("Two scenarios have the same name.")
    return found


def _scenario(
    *,
    name: str,
    en: str,
    ja: str,
    fires: Mapping[str, list[Any]],
    note_en: str = "",
    note_ja: str = "",
    environment: str = "prod",
    parameters: Mapping[str, str] | None = None,
    domain: bool = False,
    load: str = "day",
    clock: int = 3,
    hours: float = 4,
    history: float = 1,
    changes: list[dict[str, Any]] | None = None,
    events: list[list[Any]] | None = None,
    first_create: bool = False,
    updated: bool = False,
    already: list[str] | None = None,
) -> Scenario:
    """Return a scenario as the file gives it, with hours in the place of minutes."""
    periods = []
    for one in changes or []:
        different = {key: value for key, value in one.items() if key not in {"from", "until", "every"}}
        if unknown := different.keys() - set(State._fields):
            raise ValueError(f"{name}: there is no {', '.join(sorted(unknown))}.")
        if "seconds" in different:
            different["seconds"] = tuple(map(tuple, different["seconds"]))
        periods.append((int(one.get("from", 0)), one.get("until"), one.get("every", 1), different))
    return Scenario(
        name,
        en,
        ja,
        environment,
        (*(DOMAIN if domain else ()), *(parameters or {}).items()),
        load,
        clock,
        round(60 * hours),
        0 if first_create else round(60 * history),
        tuple(periods),
        tuple((minute, source, category) for minute, source, category in events or []),
        first_create,
        updated,
        frozenset(already or []),
        {what: Told(*told) for what, told in fires.items()},
        note_en,
        note_ja,
    )


class Run(NamedTuple):
    """A scenario that has been run.

    Attributes:
        fires: alarm, or event -> its first notification.
        already: alarms that fired before minute 0 and still do at the end.
        again: alarms that fire, end and fire again.
    """

    fires: Mapping[str, Told]
    already: frozenset[str]
    again: frozenset[str]


@cache
def environment_of(scenario: str) -> Environment:
    """Return the environment that a scenario happens to."""
    (found,) = (one for one in scenarios() if one.name == scenario)
    return deployed(found.environment, found.parameters)


@cache
def system_of(environment: str, parameters: tuple[tuple[str, str], ...]) -> System:
    """Return the model of an environment."""
    return System(deployed(environment, parameters))


@cache
def streams_of(scenario: str) -> Mapping[Metric, Mapping[int, Points]]:
    """Return what all services send in a scenario."""
    (one,) = (one for one in scenarios() if one.name == scenario)
    return system_of(one.environment, one.parameters).metrics(
        dict(one.states()), first_create=one.first_create, midnight=-60 * one.clock % DAY
    )


def fired(scenario: Scenario, alarm: Alarm, created: int, delay: int = 0) -> list[tuple[int, int | None]]:
    """Return when an alarm fires and when it ends; a minute below zero is from before the scenario.

    Args:
        scenario: what happens.
        alarm: any, also one that no template has.
        created: when it is there, in a scenario in which stacks are created.
        delay: minutes until data arrive.
    """
    settled = -scenario.history + alarm.periods * alarm.period + delay  # the window is full
    found = changes(
        alarm,
        streams_of(scenario.name),
        min(settled, 0),
        scenario.minutes,
        created=created if scenario.first_create else 0 if scenario.updated else None,
        delay=delay,
    )
    ended = [(one.minute, one.state) for one in found]
    return [
        (minute, ended[index + 1][0] if index + 1 < len(ended) else None)
        for index, (minute, state) in enumerate(ended)
        if state == ALARM
    ]


def run(scenario: Scenario, delay: int = 0) -> Run:
    """Run a scenario."""
    fires: dict[str, Told] = {}
    already, again = set(), set()
    for one in environment_of(scenario.name).alarms:
        times = fired(scenario, one.alarm, one.created, delay)
        if times and times[0][0] < 0 and times[0][1] is None:
            already.add(one.what)
        elif times:
            fires[one.what] = Told(one.topic, *times[0])
        if len(times) > 1:
            again.add(one.what)
    return Run(fires | dict(_events(scenario)), frozenset(already), frozenset(again))


def _events(scenario: Scenario) -> Iterator[tuple[str, Told]]:
    """Yield what RDS tells of the events of a scenario, by its subscriptions."""
    environment = environment_of(scenario.name)
    cluster = next(iter(environment.of_type("database", "AWS::RDS::DBCluster").values()))
    sources = {
        "cluster": ("db-cluster", cluster["DBClusterIdentifier"]),
        "writer": ("db-instance", "DatabaseInstance1"),
        "reader": ("db-instance", "DatabaseInstance2"),
    }
    for minute, source, category in scenario.events:
        source_type, name = sources[source]
        for one in environment.subscriptions:
            if one.source_type == source_type and name in one.sources and category in one.categories:
                yield f"RDS {source} {category}", Told(one.topic, minute)

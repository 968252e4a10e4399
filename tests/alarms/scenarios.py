"""Runs the scenarios of scenarios.yaml: events in the system, and the alarms that must fire."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from .deployed import NORMAL, DeployedAlarm, Environment, Overrides, deployed, updated
from .evaluation import ALARM, DAY, Alarm, changes
from .state import LOADS, State
from .streams import Metric, Points
from .system import System, Update

FILE: Final = Path(__file__).with_name("scenarios.yaml")

# Share of the normal number of visitors, by hour of the day in Tokyo.
_HOURS: Final = [
    *(0.08, 0.04, 0.02, 0.01, 0.01, 0.03, 0.1, 0.4, 0.8, 1.1, 1.2, 1.3),
    *(1.4, 1.3, 1.2, 1.1, 1.1, 1.2, 1.3, 1.4, 1.4, 1.1, 0.6, 0.25),
]
_TOKYO: Final = 9  # hours ahead of UTC
# The parts that an environment can do without; the scenarios are those of a system with all of them.
PARTS: Final = (("CloudFrontEnabled", "true"), ("WAFEnabled", "true"))
DOMAIN: Final = (
    *PARTS,
    ("CustomDomainName", "www.example.com"),
    ("CertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/1"),
    ("HostedZoneId", "Z1"),
)
COMPLETE: Final = (*DOMAIN, ("ApiProbePath", "/api/health"))  # production with these has every alarm


# A value relative to the threshold of an alarm, such as database-cpu-high + 15.
_RELATIVE: Final = re.compile(r"([a-z][a-z0-9-]*[a-z])((?: [-+*/] [0-9.]+)*)")
_OPERATIONS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_PERCENTAGES: Final = ("writer_cpu", "reader_cpu")
"""Values that are never above 100."""


class Relative(NamedTuple):
    """A value of a change that depends on the threshold of an alarm.

    Attributes:
        alarm: the end of the alarm's name.
        steps: operator and number, applied to the threshold from left to right.
    """

    alarm: str
    steps: tuple[tuple[str, float], ...]

    def value(self, threshold: float) -> float:
        """Return the value for a threshold."""
        result = threshold
        for sign, number in self.steps:
            result = _OPERATIONS[sign](result, number)
        return result


class Told(NamedTuple):
    """A notified topic, and the minute.

    Attributes:
        topic: normal, critical, or no one.
        minutes: minutes after the start. An alarm at minute 1 has data of one minute.
        end: minutes until the topic is notified of the end; None if the scenario ends before.
    """

    topic: str
    minutes: int
    end: int | None = None


class Scenario(NamedTuple):
    """An event in the system.

    Attributes:
        name: short name, in kebab-case.
        en: description for the English page.
        ja: description for the Japanese page.
        parameters: different values for some parameters of production.
        before: their values before an update of the frontend stack that starts at minute 0; empty if there is
            no update.
        load: number of visitors: day, night, idle, or a whole day with its hours.
        clock: hour in UTC at minute 0.
        minutes: length in minutes.
        history: minutes before the event, which determine the initial state of the alarms.
        changes: first minute, minute after the last one (None: to the end), interval in minutes,
            differences from the normal state. A difference can be relative to an alarm's threshold.
        events: minute, source (cluster, writer or reader) and category of RDS events.
        first_create: whether the stacks are created, starting at minute 0.
        updated: whether every alarm counts as created at minute 0, although its metric is older.
        critical: alarms and RDS events that must notify the critical topic.
        calls_no_one: whether nothing may notify the critical topic.
        rolled_back: stack -> whether a rollback trigger of the stack must fire, or none may, if the event
            happens during an update of the stack.
        silent: whether nothing may fire.
        timeline: whether the pages have a picture of its notifications.
        line: number of the line in the file: of ``critical``, or of the name if there is none.
        note_en: unexpected results, for the English page.
        note_ja: unexpected results, for the Japanese page.
    """

    name: str
    en: str
    ja: str
    parameters: Overrides
    before: Overrides
    load: str
    clock: int
    minutes: int
    history: int
    changes: tuple[tuple[int, int | None, int, Mapping[str, Any]], ...]
    events: tuple[tuple[int, str, str], ...]
    first_create: bool
    updated: bool
    critical: tuple[str, ...]
    calls_no_one: bool
    rolled_back: Mapping[str, bool]
    silent: bool
    timeline: bool
    line: int
    note_en: str
    note_ja: str

    def states(self) -> Iterator[tuple[int, State]]:
        """Yield each minute and the state of the system."""
        thresholds = {alarm.what: alarm.alarm.threshold for alarm in deployed("prod", self.parameters).alarms}
        periods = [
            (first, end, every, _with_thresholds(different, thresholds))
            for first, end, every, different in self.changes
        ]
        for minute in range(-self.history, self.minutes):
            state = self._load(minute)
            for first, end, every, different in periods:
                if first <= minute and (end is None or minute < end) and (minute - first) % every == 0:
                    state = state._replace(**different)
            yield minute, state

    def relative_to(self) -> list[tuple[str, str]]:
        """Return the values that are relative to the threshold of an alarm, with the alarm."""
        relative = []
        for _, _, _, different in self.changes:
            for name, value in different.items():
                if isinstance(value, Relative):
                    relative.append((name, value.alarm))
        return relative

    def _load(self, minute: int) -> State:
        if self.load in LOADS:
            return LOADS[self.load]
        factor = _HOURS[(minute // 60 + self.clock + _TOKYO) % 24]
        day = LOADS["day"]
        rates = ("pages", "calls", "missing_pages", "refused_calls", "blocked")
        return day._replace(**{name: factor * getattr(day, name) for name in rates})


def _with_thresholds(different: Mapping[str, Any], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Return the values of a change; those relative to an alarm that does not exist stay normal."""
    values = {}
    for name, value in different.items():
        if not isinstance(value, Relative):
            values[name] = value
        elif value.alarm in thresholds:
            number = value.value(thresholds[value.alarm])
            values[name] = min(number, 100.0) if name in _PERCENTAGES else number
    return values


class Group(NamedTuple):
    """Scenarios of one kind, with their heading on the pages."""

    en: str
    ja: str
    scenarios: tuple[Scenario, ...]


class _Lines(yaml.SafeLoader):
    """Adds to each scenario the number of its line."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping, with the key ``line`` if it is a scenario."""
        values = super().construct_mapping(node, deep)
        if "name" in values:
            lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
            values["line"] = lines.get("critical", lines["name"])
        return values


@cache
def groups() -> tuple[Group, ...]:
    """Return the scenarios, group by group."""
    return tuple(_group(**keys) for keys in yaml.load(FILE.read_text("utf-8"), _Lines))


def _group(*, en: str, ja: str, scenarios: list[dict[str, Any]], silent: bool = False) -> Group:
    """Return a group of the file."""
    return Group(en, ja, tuple(_scenario(silent=silent, **keys) for keys in scenarios))


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios.

    Raises:
        ValueError: a key or a name is invalid.
    """
    everything: list[Scenario] = []
    for group in groups():
        everything += group.scenarios
    names = [scenario.name for scenario in everything]
    if len(set(names)) != len(names):
        raise ValueError("Two scenarios have the same name.")
    return tuple(everything)


def scenario_called(name: str) -> Scenario:
    """Return the scenario with a name."""
    (scenario,) = (scenario for scenario in scenarios() if scenario.name == name)
    return scenario


def _scenario(
    *,
    name: str,
    en: str,
    ja: str,
    silent: bool,
    line: int,
    note_en: str = "",
    note_ja: str = "",
    parameters: Mapping[str, str] | None = None,
    domain: bool = False,
    before: Mapping[str, str] | None = None,
    load: str = "day",
    clock: int = 3,
    hours: float = 4,
    history: float = 1,
    changes: list[dict[str, Any]] | None = None,
    events: list[list[Any]] | None = None,
    first_create: bool = False,
    updated: bool = False,
    critical: list[str] | None = None,
    rolled_back: Mapping[str, bool] | None = None,
    timeline: bool = False,
) -> Scenario:
    """Return a scenario of the file, with hours converted to minutes."""
    periods = []
    for change in changes or []:
        different = {key: value for key, value in change.items() if key not in {"from", "until", "every"}}
        if unknown := different.keys() - set(State._fields):
            raise ValueError(f"{name}: there is no {', '.join(sorted(unknown))}.")
        different = {key: _value(name, key, value) for key, value in different.items()}
        periods.append((int(change.get("from", 0)), change.get("until"), change.get("every", 1), different))
    return Scenario(
        name,
        en,
        ja,
        (*(DOMAIN if domain else PARTS), *(parameters or {}).items()),
        tuple((before or {}).items()),
        load,
        clock,
        round(60 * hours),
        0 if first_create else round(60 * history),
        tuple(periods),
        tuple((minute, source, category) for minute, source, category in events or []),
        first_create,
        updated,
        tuple(critical or []),
        critical == [],
        rolled_back or {},
        silent,
        timeline,
        line,
        note_en,
        note_ja,
    )


def _value(scenario: str, key: str, value: Any) -> Any:
    """Return a value of a change, as a ``State`` has it, or relative to the threshold of an alarm."""
    if key == "seconds":
        return tuple(tuple(pair) for pair in value)
    if isinstance(value, str) and State._field_defaults[key].__class__ is not str:
        if not (match := _RELATIVE.fullmatch(value)):
            raise ValueError(
                f"{scenario}: {key} is {value!r}. Write a number, or an alarm with steps such as "
                "'database-cpu-high + 15'."
            )
        steps = match[2].split()
        numbers = [float(number) for number in steps[1::2]]
        return Relative(match[1], tuple(zip(steps[::2], numbers, strict=True)))
    return value


class Run(NamedTuple):
    """The results of a scenario.

    Attributes:
        fires: alarm, or RDS event -> its first notification.
        already: alarms that fired before minute 0 and still do at the end.
        again: alarms that fire, end and fire again.
    """

    fires: Mapping[str, Told]
    already: frozenset[str]
    again: frozenset[str]


@cache
def environment_of(scenario: str) -> Environment:
    """Return the environment of a scenario."""
    return deployed("prod", scenario_called(scenario).parameters)


@cache
def system_of(parameters: Overrides) -> System:
    """Return the model of an environment with these parameters."""
    return System(deployed("prod", parameters))


@cache
def sent_metrics() -> frozenset[Metric]:
    """Return the metrics that the model can send, in production with all its parts."""
    busy = State(dead_letters=1, reader="up")
    return frozenset(system_of(COMPLETE).metrics(dict.fromkeys(range(301), busy)))


def is_modelled(alarm: DeployedAlarm) -> bool:
    """Return whether the model can send every metric of an alarm.

    The alarms of other metrics that notify the normal topic are not evaluated.
    """
    return alarm.topic != NORMAL or all(query.metric in sent_metrics() for query in alarm.alarm.queries)


@cache
def streams_of(scenario: str) -> Mapping[Metric, Mapping[int, Points]]:
    """Return the metrics of all services in a scenario."""
    running = scenario_called(scenario)
    update = None
    if running.before:
        before = (*running.parameters, *running.before)
        update = Update(deployed("prod", before), updated("prod", before, running.parameters))
    return system_of(running.parameters).metrics(
        dict(running.states()),
        first_create=running.first_create,
        midnight=-60 * running.clock % DAY,
        update=update,
    )


def fired(scenario: Scenario, alarm: Alarm, created: int, delay: int = 0) -> list[tuple[int, int | None]]:
    """Return when an alarm fires and when it ends. A minute below zero is before the scenario.

    Args:
        scenario: scenario to run.
        alarm: any alarm, even if it is not in a template.
        created: minute in which the alarm exists, if the scenario creates stacks.
        delay: minutes until data arrives.
    """
    settled = -scenario.history + alarm.periods * alarm.period + delay  # the window is complete
    if scenario.first_create:
        exists_from: int | None = created
    else:
        exists_from = 0 if scenario.updated else None
    state_changes = changes(
        alarm,
        streams_of(scenario.name),
        min(settled, 0),
        scenario.minutes,
        created=exists_from,
        delay=delay,
    )
    ended = [(change.minute, change.state) for change in state_changes]
    return [
        (minute, ended[index + 1][0] if index + 1 < len(ended) else None)
        for index, (minute, state) in enumerate(ended)
        if state == ALARM
    ]


@cache
def result(scenario: str) -> Run:
    """Return the result of a scenario."""
    return run(scenario_called(scenario))


def run(scenario: Scenario, delay: int = 0) -> Run:
    """Run a scenario."""
    fires: dict[str, Told] = {}
    already, again = set(), set()
    for deployed_alarm in environment_of(scenario.name).alarms:
        if not is_modelled(deployed_alarm):
            continue
        times = fired(scenario, deployed_alarm.alarm, deployed_alarm.created, delay)
        if times and times[0][0] < 0 and times[0][1] is None:
            already.add(deployed_alarm.what)
        elif times:
            fires[deployed_alarm.what] = Told(deployed_alarm.topic, *times[0])
        if len(times) > 1:
            again.add(deployed_alarm.what)
    return Run(fires | dict(_events(scenario)), frozenset(already), frozenset(again))


def _events(scenario: Scenario) -> Iterator[tuple[str, Told]]:
    """Yield the notifications for the RDS events of a scenario, according to the subscriptions."""
    environment = environment_of(scenario.name)
    cluster = next(iter(environment.of_type("database", "AWS::RDS::DBCluster").values()))
    sources = {
        "cluster": ("db-cluster", cluster["DBClusterIdentifier"]),
        "writer": ("db-instance", "DatabaseInstance1"),
        "reader": ("db-instance", "DatabaseInstance2"),
    }
    for minute, source, category in scenario.events:
        source_type, name = sources[source]
        for subscription in environment.subscriptions:
            if (
                subscription.source_type == source_type
                and name in subscription.sources
                and category in subscription.categories
            ):
                yield f"RDS {source} {category}", Told(subscription.topic, minute)

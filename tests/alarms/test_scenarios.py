"""The behavior of the alarms of the built templates when events happen in the system."""

import re
from collections.abc import Collection, Iterator

import pytest

from csr_templates import STACKS
from tests.system import PROJECT

from . import evaluation
from .deployed import CRITICAL, NO_ONE, NORMAL, deployed
from .evaluation import changes
from .mutants import every_alarm, modelled_alarms, mutants, surprised
from .scenarios import COMPLETE, Scenario, environment_of, result, run, scenarios, streams_of

each_scenario = pytest.mark.parametrize(
    "scenario", scenarios(), ids=[scenario.name for scenario in scenarios()]
)


def short_scenarios() -> list[Scenario]:
    """Return the scenarios of at most half a day, which can be run again quickly."""
    return [scenario for scenario in scenarios() if scenario.minutes <= 12 * 60]


def place(scenario: Scenario) -> str:
    """Return the line to change for a scenario."""
    return f"tests/alarms/scenarios.yaml, line {scenario.line}: {scenario.name}:"


@each_scenario
def test_scenario(scenario: Scenario) -> None:
    """The critical topic is notified of what it must be; nothing fires in silence, and no alarm twice."""
    actual = result(scenario.name)

    for what in set(scenario.critical) - set(_removed_alarms(scenario)):
        told = actual.fires.get(what)
        assert told, (
            f"{place(scenario)} {what} does not fire. Correct the alarm, raise the assumed load in changes, "
            f"or remove {what} from critical."
        )
        assert told.topic == CRITICAL, (
            f"{place(scenario)} {what} notifies the {told.topic} topic. Correct the alarm, or remove {what} "
            "from critical."
        )
    called = [what for what, told in actual.fires.items() if told.topic == CRITICAL]
    assert not (scenario.calls_no_one and called), (
        f"{place(scenario)} {', '.join(called)} notifies the critical topic. Correct the alarm, or add it to "
        "critical."
    )
    if scenario.silent:
        assert not actual.fires, (
            f"{place(scenario)} {', '.join(actual.fires)} fires. Correct the alarm, lower the assumed load "
            "in changes (of a normal minute: tests/alarms/state.py), or move the scenario to another group."
        )
    assert not actual.again, f"{place(scenario)} {', '.join(actual.again)} fires more than once."


@each_scenario
def test_rollback_triggers(scenario: Scenario) -> None:
    """An update of a stack is rolled back by what a bad release causes, and not by what others cause."""
    prefix = f"{PROJECT}-prod-"
    declared = {stack.name: stack for stack in STACKS}
    for stack, expected in scenario.rolled_back.items():
        triggers = {
            resource["Properties"]["AlarmName"].removeprefix(prefix)
            for logical_id, resource in environment_of(scenario.name).resources[stack].items()
            if logical_id in declared[stack].rollback_triggers
        }
        firing = triggers & result(scenario.name).fires.keys()
        assert bool(firing) is expected, (
            f"{place(scenario)} of the rollback triggers of {stack}, {', '.join(firing) or 'none'} fires. "
            "Correct the alarms, the rollback triggers in the listing of the stacks, or rolled_back."
        )


def test_rollbacks_are_tested_both_ways() -> None:
    """For a stack with an alarm made for deploys, one scenario rolls an update back, and one does not."""
    tested: set[tuple[str, bool]] = set()
    for scenario in scenarios():
        tested.update(scenario.rolled_back.items())
    made_for_deploys = {alarm.stack for alarm in every_alarm() if alarm.topic == NO_ONE}
    if not made_for_deploys:
        pytest.skip("No alarm is made for deploys.")
    for stack in made_for_deploys:
        assert {(stack, True), (stack, False)} <= tested, (
            f"tests/alarms/scenarios.yaml: the update of {stack} needs two scenarios with rolled_back, one "
            "with true and one with false."
        )


def _removed_alarms(scenario: Scenario) -> list[str]:
    """Return the alarms that a scenario requires, and that its environment does not have."""
    alarms = {alarm.what for alarm in environment_of(scenario.name).alarms}
    return [what for what in scenario.critical if what not in alarms and not what.startswith("RDS ")]


def test_scenarios_require_only_what_exists() -> None:
    """A scenario names alarms of its environment, and events of RDS. The message has all lines to change."""
    sentences = []
    for scenario in scenarios():
        removed = _removed_alarms(scenario)
        if removed:
            sentences.append(f"{place(scenario)} there is no alarm {', '.join(removed)}. Remove it.")
    assert not sentences, "\n".join(sentences)  # pytest would shorten a comparison


def test_loads_are_relative_to_alarms_that_exist() -> None:
    """A value that is relative to a threshold names an alarm of production."""
    alarms = {alarm.what for alarm in every_alarm()}
    relative = 0
    for scenario in scenarios():
        for value, alarm in scenario.relative_to():
            relative += 1
            assert alarm in alarms, (
                f"tests/alarms/scenarios.yaml, scenario {scenario.name}: {value} is relative to {alarm}, but "
                "there is no such alarm. Write a number, or remove the value."
            )
    assert relative


def test_every_critical_alarm_must_fire() -> None:
    """A scenario requires each alarm that notifies the critical topic."""
    required: set[str] = set()
    for scenario in scenarios():
        required.update(scenario.critical)
    for alarm in every_alarm():
        if alarm.topic == CRITICAL and alarm.what not in required:
            firing = [
                place(scenario) for scenario in scenarios() if alarm.what in result(scenario.name).fires
            ]
            pytest.fail(
                f"No scenario requires the critical alarm {alarm.what}. In tests/alarms/scenarios.yaml, add "
                + (
                    f"it to critical of a scenario in which it fires: {' '.join(firing)}"
                    if firing
                    else "a scenario in which it fires. state.py lists the values that a change can have."
                )
            )


def test_related_alarms_fire_together() -> None:
    """Alarms that a description calls related fire together in a scenario.

    All alarms of a sentence must fire with the alarm, or one of them after "or". An alarm that "does not
    fire" must not fire. Alarms that fire in no scenario are not checked.
    """
    modelled = {alarm.what for alarm in modelled_alarms()}
    seen = 0
    for what, description in _descriptions():
        together = _fire_together(what)
        if not together:
            continue
        related = re.findall(r"^Related: (.*)$", description, re.MULTILINE)
        for sentence in re.findall(r"[^.]+", " ".join(related)):
            mentioned = re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", sentence)
            alarms = [name for name in mentioned if name in modelled]
            assert _is_shown(sentence, alarms, together), (
                f"{what}: no scenario shows {sentence.strip()!r}. Correct Related in the description of the "
                "alarm, or add a scenario to tests/alarms/scenarios.yaml."
            )
            seen += len(alarms)
    assert seen


def _descriptions() -> Iterator[tuple[str, str]]:
    """Yield name and description of each alarm of the complete environment."""
    for resources in deployed("prod", COMPLETE).resources.values():
        for resource in resources.values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                properties = resource["Properties"]
                yield properties["AlarmName"].removeprefix(f"{PROJECT}-prod-"), properties["AlarmDescription"]


def _fire_together(what: str) -> list[Collection[str]]:
    """Return the alarms that fire in each of the scenarios in which an alarm fires."""
    fires = [result(scenario.name).fires.keys() for scenario in scenarios()]
    return [firing for firing in fires if what in firing]


def _is_shown(sentence: str, alarms: list[str], together: list[Collection[str]]) -> bool:
    """Return whether scenarios show what a sentence says of the alarms that it names."""
    must_fire = "does not fire" not in sentence

    def is_shown(alarm: str) -> bool:
        return any((alarm in firing) == must_fire for firing in together)

    shown = [is_shown(alarm) for alarm in alarms]
    return any(shown) if " or " in sentence else all(shown)


def test_every_event_is_notified() -> None:
    """Each RDS event of a scenario has a subscription, so a topic is notified."""
    for scenario in scenarios():
        events = {f"RDS {source} {category}" for _, source, category in scenario.events}
        told = {what for what in result(scenario.name).fires if what.startswith("RDS ")}
        assert events == told, f"{place(scenario)} no topic is notified of {', '.join(events - told)}."


@pytest.mark.acceptance
def test_data_that_arrives_a_minute_late() -> None:
    """If all data arrives a minute late, the same alarms fire."""
    for scenario in short_scenarios():
        assert run(scenario, delay=1).fires.keys() == result(scenario.name).fires.keys(), scenario.name


@pytest.mark.parametrize("delay", [2, 3])
def test_late_data_does_not_cause_alarms(delay: int) -> None:
    """In silent scenarios, late data does not cause any."""
    silent = [scenario for scenario in scenarios() if scenario.silent]
    assert silent
    for scenario in silent:
        assert run(scenario, delay).fires == {}, scenario.name


@pytest.mark.acceptance
@pytest.mark.parametrize("extra", [0, 4])
def test_any_evaluation_range(extra: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS does not publish the size of the evaluation range. With any size, the same alarms fire."""
    expected = {scenario.name: result(scenario.name).fires.keys() for scenario in short_scenarios()}
    monkeypatch.setattr(evaluation, "EXTRA_PERIODS", extra)
    for scenario in short_scenarios():
        assert run(scenario).fires.keys() == expected[scenario.name], scenario.name


def test_fill_of_a_metric_without_any_data() -> None:
    """The alarm is the same whether FILL returns values or nothing for a metric without any data point.

    The AWS documentation does not specify it. Only an alarm on missing data itself cannot do without FILL:
    it would not fire.
    """
    for scenario in scenarios():
        for deployed_alarm in environment_of(scenario.name).alarms:
            if "FILL" in deployed_alarm.alarm.expression and "== 0" not in deployed_alarm.alarm.expression:
                plain = deployed_alarm.alarm._replace(
                    expression=re.sub(r"FILL\((\w+), 0\)", r"\1", deployed_alarm.alarm.expression)
                )
                assert "FILL" not in plain.expression
                states = [
                    list(changes(alarm, streams_of(scenario.name), -30, scenario.minutes))
                    for alarm in (deployed_alarm.alarm, plain)
                ]
                assert states[0] == states[1], scenario.name


@pytest.mark.acceptance
def test_mistakes_in_the_templates_are_detected() -> None:
    """Scenarios detect each incorrect threshold, period, statistic, dimension, region or expression.

    Of a critical alarm, they detect every mistake; of the others, at least 9 of 10. So a new alarm that
    notifies the normal topic does not require a scenario, nor that the model sends its metric.
    """
    missed: dict[str, list[str]] = {CRITICAL: [], NORMAL: []}
    total = dict.fromkeys(missed, 0)
    for alarm in modelled_alarms():
        for changed, change in mutants(alarm.alarm):
            topic = CRITICAL if alarm.topic == CRITICAL else NORMAL
            total[topic] += 1
            if surprised(alarm.what, change) is None:
                missed[topic].append(f"{alarm.what} with {changed}")

    advice = "Add a scenario to tests/alarms/scenarios.yaml in which the result is another one."
    assert not missed[CRITICAL], f"No scenario detects {', '.join(missed[CRITICAL])}. {advice}"
    assert len(missed[NORMAL]) <= total[NORMAL] / 10, (
        f"No scenario detects {', '.join(missed[NORMAL])}. {advice}"
    )

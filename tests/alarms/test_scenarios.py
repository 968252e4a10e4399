"""The behavior of the alarms of the built templates when events happen in the system."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from tests.system import ENVIRONMENTS, PROJECT

from . import evaluation
from .deployed import deployed
from .evaluation import changes
from .mutants import every_alarm, mutants, surprised
from .scenarios import DOMAIN, PARTS, Scenario, environment_of, groups, run, scenarios, streams_of

pytestmark = pytest.mark.xdist_group("alarms")  # they share the metrics of the services

each_scenario = pytest.mark.parametrize("scenario", scenarios(), ids=[one.name for one in scenarios()])

# Mutants that no scenario can detect, because they do not change the result.
POSITIVE = "Above 0, sum, average and maximum are the same question."
ONE_STAGE = "The API has one stage, so both metrics are the same."
ONE_SAMPLE = "Route 53 sends 0 or 1, once a minute."
UNNOTICED = {
    ("nat-1-ports", "m: Average"): POSITIVE,
    ("nat-1-ports", "m: Maximum"): POSITIVE,
    ("nat-2-ports", "m: Average"): POSITIVE,
    ("nat-2-ports", "m: Maximum"): POSITIVE,
    ("database-surplus-credits-charged", "m: Average"): POSITIVE,
    ("database-surplus-credits-charged", "m: Sum"): POSITIVE,
    ("dead-letters", "m: Average"): POSITIVE,
    ("dead-letters", "m: Sum"): POSITIVE,
    ("database-silent", "m: Average"): "An instance that runs is never below 1 percent.",
    ("database-silent", "threshold halved"): "There is no half sample.",
    ("api-4xx", "m: without Stage"): ONE_STAGE,
    ("api-5xx", "m: without Stage"): ONE_STAGE,
    ("api-latency", "m: without Stage"): ONE_STAGE,
    ("api-quota", "m: without Stage"): ONE_STAGE,
    ("api-mostly-failing", "requests: without Stage"): ONE_STAGE,
    ("api-mostly-failing", "failed: without Stage"): ONE_STAGE,
    ("site-unreachable", "threshold halved"): ONE_SAMPLE,
    ("site-unreachable", "m: Average"): ONE_SAMPLE,
    ("site-unreachable", "m: Sum"): ONE_SAMPLE,
    ("certificate-expiring", "m: Average"): "Within a day the values differ by one day.",
}


def short_scenarios() -> list[Scenario]:
    """Return the scenarios of at most half a day, which can be run again quickly."""
    return [one for one in scenarios() if one.minutes <= 12 * 60]


@each_scenario
def test_scenario(scenario: Scenario) -> None:
    """Exactly the expected alarms fire once, notify the expected topics, and end in the expected minutes."""
    found = run(scenario)

    assert found.fires == scenario.fires
    assert found.already == scenario.already
    assert found.again == frozenset()


def test_every_alarm_fires() -> None:
    """Each alarm of each environment fires in a scenario, and each scenario lists only existing alarms."""
    firing = {what for one in scenarios() for what in one.fires if not what.startswith("RDS ")}
    existing = {one.what for one in every_alarm()}

    assert firing == existing
    for environment in ENVIRONMENTS:
        assert {one.what for one in deployed(environment).alarms} <= existing


def test_related_alarms_fire_together() -> None:
    """Alarms that a description calls related fire together in a scenario.

    All alarms of a sentence must fire with the alarm, or one of them after "or". An alarm that "does not
    fire" must not fire.
    """
    together = [one.fires.keys() for one in scenarios()]
    resources = chain.from_iterable(one.values() for one in deployed("prod", DOMAIN).resources.values())
    described = [one["Properties"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    known = {one.what for one in every_alarm()}
    seen = 0
    for properties in described:
        what = properties["AlarmName"].removeprefix(f"{PROJECT}-prod-")
        related = re.findall(r"^Related: (.*)$", properties["AlarmDescription"], re.MULTILINE)
        for sentence in re.findall(r"[^.]+", " ".join(related)):
            others = [one for one in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", sentence) if one in known]
            found = [any(what in one and other in one for one in together) for other in others]
            if "does not fire" in sentence:
                found = [any(what in one and other not in one for one in together) for other in others]
            assert any(found) if " or " in sentence else all(found), f"{what}: {sentence.strip()}"
            seen += len(others)
    assert seen


def test_every_event_is_notified() -> None:
    """Each RDS event of a scenario has a subscription, so a topic is notified."""
    for one in scenarios():
        events = {f"RDS {source} {category}" for _, source, category in one.events}
        assert events == {what for what in one.fires if what.startswith("RDS ")}


def test_data_that_arrives_a_minute_late() -> None:
    """If all data arrives a minute late, the same alarms fire."""
    for scenario in short_scenarios():
        assert run(scenario, delay=1).fires.keys() == scenario.fires.keys(), scenario.name


@pytest.mark.parametrize("delay", [2, 3])
def test_late_data_does_not_cause_alarms(delay: int) -> None:
    """In scenarios without alarms, late data does not cause any."""
    for scenario in groups()[0].scenarios:
        assert run(scenario, delay).fires == {}, scenario.name


@pytest.mark.parametrize("extra", [0, 4])
def test_any_evaluation_range(extra: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS does not publish the size of the evaluation range. With any size, the same alarms fire."""
    monkeypatch.setattr(evaluation, "EXTRA_PERIODS", extra)
    for scenario in short_scenarios():
        assert run(scenario).fires.keys() == scenario.fires.keys(), scenario.name


def test_fill_of_a_metric_without_any_data() -> None:
    """The alarm is the same whether FILL returns values or nothing for a metric without any data point.

    The AWS documentation does not specify it.
    """
    for scenario in scenarios():
        for one in environment_of(scenario.name).alarms:
            if one.alarm.expression:
                plain = one.alarm._replace(
                    expression=one.alarm.expression.replace("FILL(failed, 0)", "failed").replace(
                        "FILL(refused, 0)", "refused"
                    )
                )
                assert "FILL" not in plain.expression
                states = [
                    list(changes(alarm, streams_of(scenario.name), -30, scenario.minutes))
                    for alarm in (one.alarm, plain)
                ]
                assert states[0] == states[1], scenario.name


def test_mistakes_in_the_templates_are_detected() -> None:
    """A scenario fails for each incorrect threshold, period, statistic, dimension, region or expression."""
    missed = {
        (one.what, changed)
        for one in every_alarm()
        for changed, change in mutants(one.alarm)
        if surprised(one.what, change) is None
    }

    assert missed == UNNOTICED.keys()


def test_alarms_that_only_some_environments_have() -> None:
    """Conditions determine which alarms exist: zones, reader, deletion protection, site, probe, domain."""

    def names(environment: str, **parameters: str) -> set[str]:
        return {one.what for one in deployed(environment, (*PARTS, *parameters.items())).alarms}

    everything = {one.what for one in deployed("prod", DOMAIN).alarms}
    assert everything - names("prod") == {"certificate-expiring"}
    assert names("prod") - names("prod", ProbePath="") == {"site-unreachable"}
    assert names("prod") - names("prod", NatGatewayPerZone="false") == {"nat-2-ports", "nat-2-drops"}
    assert names("prod") - names("prod", DatabaseDeletionProtection="false") == {"database-silent"}

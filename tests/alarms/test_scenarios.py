"""What the alarms of the built templates do when something happens to the system."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from . import evaluation
from .deployed import deployed
from .evaluation import changes
from .mutants import every_alarm, mutants, surprised
from .scenarios import DOMAIN, Scenario, environment_of, groups, run, scenarios, streams_of

pytestmark = pytest.mark.xdist_group("alarms")  # they share what the services send

each_scenario = pytest.mark.parametrize("scenario", scenarios(), ids=[one.name for one in scenarios()])

# What no scenario can notice, because it changes nothing that matters.
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
    """Return the scenarios of at most half a day, which are quick to run again."""
    return [one for one in scenarios() if one.minutes <= 12 * 60]


@each_scenario
def test_scenario(scenario: Scenario) -> None:
    """Exactly these alarms fire, once, on these topics, after so many minutes, and end then."""
    found = run(scenario)

    assert found.fires == scenario.fires
    assert found.already == scenario.already
    assert found.again == frozenset()


def test_every_alarm_fires() -> None:
    """Each alarm of each environment is fired by a scenario, and each scenario names alarms that exist."""
    firing = {what for one in scenarios() for what in one.fires if not what.startswith("RDS ")}
    existing = {one.what for one in every_alarm()}

    assert firing == existing
    for environment in ("dev", "staging"):
        assert {one.what for one in deployed(environment).alarms} <= existing


def test_related_alarms_fire_together() -> None:
    """The description of an alarm is correct about other alarms in some scenario.

    Alarms of a sentence fire in one scenario with the alarm; one of them is enough after "or". An alarm
    that "does not fire" does not.
    """
    together = [one.fires.keys() for one in scenarios()]
    resources = chain.from_iterable(one.values() for one in deployed("prod", DOMAIN).resources.values())
    described = [one["Properties"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    known = {one.what for one in every_alarm()}
    seen = 0
    for properties in described:
        what = properties["AlarmName"].removeprefix("csr-lambda-api-prod-")
        related = re.findall(r"^Related: (.*)$", properties["AlarmDescription"], re.MULTILINE)
        for sentence in re.findall(r"[^.]+", " ".join(related)):
            others = [one for one in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", sentence) if one in known]
            found = [any(what in one and other in one for one in together) for other in others]
            if "does not fire" in sentence:
                found = [any(what in one and other not in one for one in together) for other in others]
            assert any(found) if " or " in sentence else all(found), f"{what}: {sentence.strip()}"
            seen += len(others)
    assert seen


def test_every_event_is_told() -> None:
    """What RDS tells in a scenario reaches a topic: each of its events has a subscription."""
    for one in scenarios():
        events = {f"RDS {source} {category}" for _, source, category in one.events}
        assert events == {what for what in one.fires if what.startswith("RDS ")}


def test_data_that_arrive_a_minute_late() -> None:
    """When all data arrive a minute late, the same alarms fire, and no other."""
    for scenario in short_scenarios():
        assert run(scenario, delay=1).fires.keys() == scenario.fires.keys(), scenario.name


@pytest.mark.parametrize("delay", [2, 3])
def test_late_data_fire_no_alarm(delay: int) -> None:
    """Where there is nothing to report, late data report nothing either."""
    for scenario in groups()[0].scenarios:
        assert run(scenario, delay).fires == {}, scenario.name


@pytest.mark.parametrize("extra", [0, 4])
def test_what_aws_does_not_publish(extra: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same alarms fire for any evaluation range of CloudWatch; only the time for missing data differs."""
    monkeypatch.setattr(evaluation, "EXTRA_PERIODS", extra)
    for scenario in short_scenarios():
        assert run(scenario).fires.keys() == scenario.fires.keys(), scenario.name


def test_fill_of_a_metric_without_any_data() -> None:
    """The expression gives the same if FILL returns nothing for a metric that has no data point at all.

    AWS's page does not document which.
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


def test_mistakes_in_the_templates_are_noticed() -> None:
    """Some scenario fails for each wrong threshold, period, statistic, dimension, region or expression."""
    missed = {
        (one.what, changed)
        for one in every_alarm()
        for changed, change in mutants(one.alarm)
        if surprised(one.what, change) is None
    }

    assert missed == UNNOTICED.keys()


def test_production_has_what_other_environments_lack() -> None:
    """Conditions decide which alarms there are: zones, reader, deletion protection, site, probe, domain."""

    def names(environment: str, **parameters: str) -> set[str]:
        return {one.what for one in deployed(environment, tuple(parameters.items())).alarms}

    everything = {one.what for one in deployed("prod", DOMAIN).alarms}
    assert everything - names("prod") == {"certificate-expiring"}
    assert names("prod") - names("prod", ProbePath="") == {"site-unreachable"}
    assert names("prod") - names("prod", NatGatewayPerZone="false") == {"nat-2-ports", "nat-2-drops"}
    assert names("prod") - names("prod", DatabaseDeletionProtection="false") == {"database-silent"}
    assert "database-silent" not in names("dev")

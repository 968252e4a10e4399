"""The alarms: their states, whether they notify, and rules that mute them."""

import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from csr_templates.preflight import calls, live_calls
from csr_templates.preflight.facts import Lookup, Query, moment
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, SkippedError, Subject, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource

_ALARM: Final = "AWS::CloudWatch::Alarm"
_FIRST_EVALUATION: Final = timedelta(minutes=15)  # three periods of 5 minutes
_UNITS: Final = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes"}  # of a duration in ISO 8601
_ACTIONS: Final = ("AlarmActions", "OKActions", "InsufficientDataActions")
_SETTINGS: Final = (
    "Namespace",
    "MetricName",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
)
"""What decides when an alarm notifies, if it is one value. Dimensions and expressions are not compared."""
_PLANNED_WORK: Final = timedelta(days=1)  # a rule that ends later was probably forgotten


def _alarms(region: str, lookup: Lookup) -> dict[str, Mapping[str, Any]]:
    return {alarm["AlarmName"]: alarm for alarm in lookup(calls.alarms(region))}


def _judge_alarm(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    name, properties = resource.physical_id, resource.properties
    alarm = _alarms(resource.region, lookup).get(name)
    if alarm is None:
        return failed(f"The alarm {name} does not exist.", resource.drift)
    if alarm["StateValue"] == "ALARM":
        return failed(f"{name} is in ALARM.", "Follow its section of the on-call page.")
    if properties.get("AlarmActions") and not alarm["ActionsEnabled"]:
        return failed(
            f"The actions of {name} are disabled: it does not notify anyone.",
            f"Enable them: aws cloudwatch enable-alarm-actions --region {resource.region} --alarm-names "
            f"{name}",
        )
    different = _different_actions(resource, alarm, needs, lookup) or _different_settings(resource, alarm)
    if different:
        return different
    if alarm.get("EvaluationState"):
        return _not_evaluated(resource, alarm)
    if alarm["StateValue"] == "INSUFFICIENT_DATA":
        return _without_data(name, properties, alarm, lookup)
    return passed(f"{name} is {alarm['StateValue']}.")


def _different_actions(
    resource: DeployedResource, alarm: Mapping[str, Any], needs: Needs, lookup: Lookup
) -> Verdict | None:
    """Return the verdict for an alarm with other actions than in the template; None if they are the same."""
    for transition in _ACTIONS:
        expected = [
            resources.in_account(action, resource.stack, needs, lookup)
            for action in resource.properties.get(transition, [])
        ]
        actions = alarm.get(transition, [])
        missing = [action for action in expected if action not in actions]
        if missing:
            return failed(
                f"{resource.physical_id} lacks an action of the template ({transition}: {missing[0]}), so "
                "its receivers do not get the message.",
                resource.drift,
            )
        added = [action for action in actions if action not in expected]
        if added:
            return warned(
                f"{resource.physical_id} has an action that is not in the template ({transition}: "
                f"{added[0]}).",
                resource.drift,
            )
    return None


def _different_settings(resource: DeployedResource, alarm: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict for an alarm with another setting than in the template; None if there is none."""
    for name in _SETTINGS:
        expected = resource.properties.get(name)
        if not isinstance(expected, (str, int, float)) or _is_equal(alarm.get(name), expected):
            continue
        return failed(
            f"{name} of {resource.physical_id} is {alarm.get(name, 'missing')} instead of {expected}.",
            resource.drift,
        )
    return None


def _is_equal(value: Any, expected: str | float) -> bool:
    """Return whether two settings are equal. A number of a template can be a text, such as a parameter."""
    if isinstance(value, (int, float)):
        return value == float(expected)
    return bool(value == expected)


def _not_evaluated(resource: DeployedResource, alarm: Mapping[str, Any]) -> Verdict:
    """Judge an alarm that CloudWatch evaluates with a part of the data, or cannot evaluate.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
    """
    state = alarm["EvaluationState"]
    if state == "PARTIAL_DATA":
        return warned(
            f"{resource.physical_id} is evaluated with a part of the data only (PARTIAL_DATA): its query "
            "matches too many metrics.",
            "Narrow the query of the alarm.",
        )
    return failed(
        f"CloudWatch cannot evaluate {resource.physical_id} ({state}), so it does not notify anyone.",
        "Read the reason (StateReason of the command above). EVALUATION_ERROR is a mistake in its metrics; "
        "after EVALUATION_FAILURE, CloudWatch tries again.",
    )


def _without_data(
    name: str, properties: Mapping[str, Any], alarm: Mapping[str, Any], lookup: Lookup
) -> Verdict:
    """Judge an alarm in INSUFFICIENT_DATA, which is normal during a warm-up."""
    warm_up = properties.get("WarmUpConfiguration", {}).get("WarmUpPeriodDurationInMinutes", 0)
    left = max(timedelta(minutes=int(warm_up)), _FIRST_EVALUATION)
    since = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    if lookup.facts.now - moment(since) <= left:
        return passed(f"{name} has no data yet. It was created or updated recently.")
    if properties.get("TreatMissingData") == "breaching":
        return failed(
            f"{name} has no data since {since}, but what it watches must send data.",
            "Check that the watched resource exists and sends the metric.",
        )
    return warned(
        f"{name} has no data since {since}.", "If what it watches is in use, check its metric and dimensions."
    )


def _alarm_regions(needs: Needs) -> Iterator[Subject]:
    """Yield each region with alarms once."""
    stacks = {stack.region: stack for stack, _, _ in needs.of_type(_ALARM)}
    for region, stack in stacks.items():
        yield Subject(region, stack)


def _rule_calls(region: str, lookup: Lookup) -> list[Query]:
    """Return the call for each mute rule of a region. The ARN of a rule ends with its name."""
    return [
        live_calls.mute_rule(region, rule["AlarmMuteRuleArn"].rpartition(":")[2])
        for rule in lookup(live_calls.mute_rules(region))
    ]


def _judge_mute_rules(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    names = {
        deployed.physical_id
        for deployed in resources.all_of(needs, lookup, _ALARM)
        if deployed.region == subject.id
    }
    if not names:
        raise SkippedError
    warning = None
    for rule in filter(None, lookup.all(_rule_calls(subject.id, lookup))):
        muted = sorted(names & set(rule.get("MuteTargets", {}).get("AlarmNames", [])))
        if not muted:
            continue
        period, is_short = _period(rule, lookup.facts.now)
        sentence = (
            f"The mute rule {rule['Name']} ({rule['Status']}) mutes {len(muted)} of the alarms, such as "
            f"{muted[0]}, {period}."
        )
        remedy = f"If the work is complete, delete the rule: {_unmute(rule['Name'], subject.id, needs)}"
        if not is_short:
            return failed(sentence, remedy)
        warning = warning or warned(sentence, remedy)
    return warning or passed(f"No mute rule mutes alarms in {subject.id}.")


def _unmute(rule: str, region: str, needs: Needs) -> str:
    """Return the command that deletes a mute rule; ``mute-alarms`` gives its rules a prefix."""
    text = rule.removeprefix(f"{needs.prefix}mute-")
    if text != rule:
        return f"csr-operate {needs.environment} unmute-alarms {shlex.quote(text)}"
    return shlex.join(
        ["aws", "cloudwatch", "delete-alarm-mute-rule", "--region", region, "--alarm-mute-rule-name", rule]
    )


def _period(rule: Mapping[str, Any], now: datetime) -> tuple[str, bool]:
    """Return when a mute rule ends, and whether that is soon. Only a recurring one needs an ExpireDate.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
    """
    if rule.get("MuteType") == "ONE_TIME":
        duration = rule["Rule"]["Schedule"]["Duration"]
        numbers = re.findall(r"(\d+)([WDHM])", duration)
        length = timedelta(**{_UNITS[unit]: int(number) for number, unit in numbers})
        return f"once, for {duration}", length <= _PLANNED_WORK
    if end := rule.get("ExpireDate"):
        return f"until {end}", moment(end) - now <= _PLANNED_WORK
    return "without an end", False


CHECKS: tuple[Check, ...] = (
    resources.check(
        "alarms",
        "No alarm is in ALARM or without data that it needs, and each has the actions and the threshold of "
        "the template",
        _ALARM,
        _judge_alarm,
    ),
    Check(
        "mute-rules",
        "No mute rule mutes the alarms for more than 24 hours",
        _alarm_regions,
        _judge_mute_rules,
    ),
)

"""Alarms and dashboards: names, quotas and the page of the alarms; states of alarms, and mute rules."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from csr_templates.preflight import deployed_resources, fixed_names, quotas, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, moment
from csr_templates.preflight.fixed_names import NamedType
from csr_templates.preflight.quotas import Quota
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, SkippedError, Subject, failed, passed, warned
from csr_templates.preflight.services import cloudwatch_calls

_ALARM: Final = "AWS::CloudWatch::Alarm"
_RUNBOOK_URL: Final = "RunbookUrl"
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


# ---- Before a deploy ----


def _pages(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield the address of the page once for each value: usually, all stacks have the same one."""
    stacks = {
        stack.values[_RUNBOOK_URL]: stack for stack in environment.chosen if _RUNBOOK_URL in stack.values
    }
    for address, stack in stacks.items():
        yield Subject(_RUNBOOK_URL, stack, address)


def _judge_page(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    if subject.about.startswith("https://"):
        return passed(f"The alarms refer to the page {subject.about}.")
    return warned(
        f"{_RUNBOOK_URL} is {subject.about}, which is not an https address: a notification contains no link "
        "to the section of the alarm.",
        f"In parameters/shared.json, set {_RUNBOOK_URL} to the address of docs/on-call.ja.md in your "
        "repository.",
    )


# ---- After a deploy ----


def _judge_alarm(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name, properties = resource.physical_id, resource.properties
    alarm = _alarms(resource.region, lookup).get(name)
    if alarm is None:
        return failed(f"The alarm {name} does not exist.", resource.drift)
    if alarm["StateValue"] == "ALARM":
        return failed(f"{name} is in ALARM.", "Follow its section of the on-call page.")
    if properties.get("AlarmActions") and not alarm["ActionsEnabled"]:
        return failed(
            f"The actions of {name} are disabled: it does not notify anyone.",
            "Enable them: "
            f"{remedies.aws('cloudwatch enable-alarm-actions', resource.region, alarm_names=name)}",
        )
    if different := _different_actions(resource, alarm, environment, lookup):
        return different
    if different := _different_settings(resource, alarm):
        return different
    if alarm.get("EvaluationState"):
        return _not_evaluated(resource, alarm)
    if alarm["StateValue"] == "INSUFFICIENT_DATA":
        return _without_data(resource, alarm, lookup)
    return passed(f"{name} is {alarm['StateValue']}.")


def _alarms(region: str, lookup: Lookup) -> dict[str, Mapping[str, Any]]:
    return {alarm["AlarmName"]: alarm for alarm in lookup(cloudwatch_calls.alarms.query(region))}


def _different_actions(
    resource: DeployedResource, alarm: Mapping[str, Any], environment: ResolvedEnvironment, lookup: Lookup
) -> Result | None:
    """Return the result for an alarm with other actions than in the template; None if they are the same."""
    for transition in _ACTIONS:
        expected = [
            deployed_resources.in_account(action, resource.stack, environment, lookup)
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


def _different_settings(resource: DeployedResource, alarm: Mapping[str, Any]) -> Result | None:
    """Return the result for an alarm with another setting than in the template; None if there is none."""
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


def _not_evaluated(resource: DeployedResource, alarm: Mapping[str, Any]) -> Result:
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


def _without_data(resource: DeployedResource, alarm: Mapping[str, Any], lookup: Lookup) -> Result:
    """Judge an alarm in INSUFFICIENT_DATA, which is normal during a warm-up."""
    name = resource.physical_id
    warm_up = resource.properties.get("WarmUpConfiguration", {}).get("WarmUpPeriodDurationInMinutes", 0)
    normal = max(timedelta(minutes=int(warm_up)), _FIRST_EVALUATION)
    since = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    if lookup.facts.now - moment(since) <= normal:
        return passed(f"{name} has no data yet. It was created or updated recently.")
    if resource.properties.get("TreatMissingData") == "breaching":
        return failed(
            f"{name} has no data since {since}, but what it watches must send data.",
            "Check that the watched resource exists and sends the metric.",
        )
    return warned(
        f"{name} has no data since {since}.", "If what it watches is in use, check its metric and dimensions."
    )


def _alarm_regions(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield each region with alarms once."""
    stacks = {stack.region: stack for stack, _, _ in environment.of_type(_ALARM)}
    for region, stack in stacks.items():
        yield Subject(region, stack)


def _judge_mute_rules(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    region = subject.id
    names = {
        alarm.physical_id
        for alarm in deployed_resources.all_of(environment, lookup, _ALARM)
        if alarm.region == region
    }
    if not names:
        raise SkippedError
    planned_work = None
    for rule in _mute_rules(region, lookup):
        muted = sorted(names & set(rule.get("MuteTargets", {}).get("AlarmNames", [])))
        if not muted:
            continue
        period = _period(rule, lookup.facts.now)
        sentence = (
            f"The mute rule {rule['Name']} ({rule['Status']}) mutes {len(muted)} of the alarms, such as "
            f"{muted[0]}, {period.words}."
        )
        unmute = _unmute_command(rule["Name"], region, environment)
        remedy = f"If the work is complete, delete the rule: {unmute}"
        rule_query = cloudwatch_calls.mute_rule.query(region, rule["Name"])
        if not period.is_short:
            return failed(sentence, remedy, rule_query)
        if planned_work is None:
            planned_work = warned(sentence, remedy, rule_query)
    return planned_work or passed(f"No mute rule mutes alarms in {region}.")


def _mute_rules(region: str, lookup: Lookup) -> list[Mapping[str, Any]]:
    """Return the mute rules of a region, without those that were deleted meanwhile."""
    summaries = lookup(cloudwatch_calls.mute_rules.query(region))
    # The ARN of a rule ends with its name.
    names = [summary["AlarmMuteRuleArn"].rpartition(":")[2] for summary in summaries]
    rules = lookup.all(cloudwatch_calls.mute_rule.query(region, name) for name in names)
    return [rule for rule in rules if rule]


def _unmute_command(rule: str, region: str, environment: ResolvedEnvironment) -> str:
    """Return the command that deletes a mute rule; ``mute-alarms`` gives its rules a prefix."""
    text = rule.removeprefix(f"{environment.prefix}mute-")
    if text != rule:
        return remedies.csr_operate(environment, "unmute-alarms", text)
    return remedies.aws("cloudwatch delete-alarm-mute-rule", region, alarm_mute_rule_name=rule)


class _MutePeriod(NamedTuple):
    """When a mute rule ends.

    Attributes:
        words: the period in a sentence.
        is_short: whether it ends as soon as planned work does.
    """

    words: str
    is_short: bool


def _period(rule: Mapping[str, Any], now: datetime) -> _MutePeriod:
    """Return when a mute rule ends. Only a recurring one needs an ExpireDate.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
    """
    if rule.get("MuteType") == "ONE_TIME":
        duration = rule["Rule"]["Schedule"]["Duration"]
        numbers = re.findall(r"(\d+)([WDHM])", duration)
        length = timedelta(**{_UNITS[unit]: int(number) for number, unit in numbers})
        return _MutePeriod(f"once, for {duration}", length <= _PLANNED_WORK)
    if end := rule.get("ExpireDate"):
        return _MutePeriod(f"until {end}", moment(end) - now <= _PLANNED_WORK)
    return _MutePeriod("without an end", is_short=False)


BEFORE_DEPLOY: Final = (
    fixed_names.check(
        "alarm-names",
        "The names of the alarms are available, or used by the stacks",
        (
            NamedType(
                _ALARM, "alarm", lambda stack, *_: cloudwatch_calls.alarms.query(stack.region), "AlarmName"
            ),
        ),
    ),
    fixed_names.check(
        "dashboard-names",
        "The names of the dashboards are available, or used by the stacks",
        (
            NamedType(
                "AWS::CloudWatch::Dashboard",
                "dashboard",
                lambda _, environment, __: cloudwatch_calls.dashboards.query(environment.prefix),
                "DashboardName",
            ),
        ),
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    quotas.check(
        "alarm-quota",
        "The quota of alarms is sufficient for the new resources",
        (Quota("alarms", _ALARM, cloudwatch_calls.alarms, 5_000),),
    ),
    Check(
        "on-call-page",
        "The alarms refer to an https address of the on-call page",
        _pages,
        _judge_page,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
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

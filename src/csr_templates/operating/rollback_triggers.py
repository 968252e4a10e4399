"""The rollback triggers of an update: those whose alarm exists, and in a repair those that do not fire.

CloudFormation rolls an update back if an alarm goes to ALARM, and fails it if a trigger is missing:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from csr_templates.operating import words
from csr_templates.operating.aws import Aws
from csr_templates.operating.environment import Stack

_FIRING = "ALARM"
_MISSING = "missing"


def configuration(aws: Aws, stack: Stack, *, repair: bool) -> Mapping[str, Any] | None:
    """Return the rollback configuration of the next update; None keeps that of the last one.

    It names the triggers that are left out, and those that stay.

    Args:
        aws: the account.
        stack: a stack that exists.
        repair: whether the alarms that fire now must not undo the update.
    """
    before = aws.require_stack(stack).get("RollbackConfiguration", {})
    triggers = before.get("RollbackTriggers", [])
    if not triggers:
        return None
    states = _states(aws, stack, [_alarm_of(trigger) for trigger in triggers])
    left_out = [_MISSING]
    if repair:
        left_out.append(_FIRING)
    kept = [trigger for trigger in triggers if states[_alarm_of(trigger)] not in left_out]
    _say(states, [_alarm_of(trigger) for trigger in kept], repair=repair)
    if kept == triggers:
        return None
    minutes = 0
    if kept:
        minutes = before.get("MonitoringTimeInMinutes", 0)
    return {"MonitoringTimeInMinutes": minutes, "RollbackTriggers": kept}


def missing_of(stack: Stack, description: Mapping[str, Any]) -> Sequence[str]:
    """Return the alarms that the output folder lists as triggers of a stack, and that it does not have."""
    triggers = description.get("RollbackConfiguration", {}).get("RollbackTriggers", [])
    names = [_alarm_of(trigger) for trigger in triggers]
    return [name for name in stack.rollback_triggers if name not in names]


def _alarm_of(trigger: Mapping[str, str]) -> str:
    """Return the name of the alarm of a trigger: ``arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME``."""
    return trigger["Arn"].split(":alarm:")[-1]


def _states(aws: Aws, stack: Stack, names: Sequence[str]) -> dict[str, str]:
    """Return the state of each alarm."""
    answer = aws.all_pages(
        aws.client("cloudwatch", stack.region),
        "DescribeAlarms",
        AlarmNames=list(names),
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
    )
    states = dict.fromkeys(names, _MISSING)
    for alarm in [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]:
        states[alarm["AlarmName"]] = alarm["StateValue"]
    return states


def _say(states: Mapping[str, str], kept: Sequence[str], *, repair: bool) -> None:
    missing = [name for name, state in states.items() if state == _MISSING]
    firing = [name for name, state in states.items() if state == _FIRING]
    if missing:
        words.say(f"Without these rollback triggers, whose alarms do not exist: {', '.join(missing)}.")
    if not firing:
        return
    if not repair:
        words.say(
            f"These rollback triggers fire now, so that CloudFormation will undo the update: "
            f"{', '.join(firing)}. To repair: --repair"
        )
        return
    words.say(
        f"Without these rollback triggers, which fire now: {', '.join(firing)}. If this update does harm "
        "that they would show, nothing undoes it."
    )
    words.say(f"Rollback triggers that stay: {', '.join(kept) or 'none'}.")

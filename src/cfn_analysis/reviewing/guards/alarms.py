"""Weakened alarms: they notify later, less often, or no one.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from math import ceil
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings, is_unknown, parts_of_sub
from cfn_analysis.model.references import as_list
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.findings import Problem
from cfn_analysis.reviewing.states import Stacks
from cfn_analysis.reviewing.values import text, words
from cfn_analysis.updates.resolved_stack import Resource, mentions, resource_at
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

ALARM_TYPES: Final = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_ACTIONS: Final = ("AlarmActions", "InsufficientDataActions", "OKActions")
# Properties that do not change the monitored condition.
_WATCHED: Final = (
    "AlarmRule", "Dimensions", "EvaluateLowSampleCountPercentile", "ExtendedStatistic", "MetricName",
    "Metrics", "Namespace", "Period", "Statistic", "ThresholdMetricId", "Unit",
)  # fmt: skip
UPPER: Final = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
LOWER: Final = ("LessThanThreshold", "LessThanOrEqualToThreshold")
# From most to least sensitive to missing data: with one breaching datapoint among missing ones, "missing"
# goes into ALARM, the last two do not.
_MISSING: Final = {"breaching": 2, "missing": 1, "ignore": 0, "notbreaching": 0}


def notifies_only(node: Node, alarm: Resource, stacks: Stacks) -> bool:
    """Return whether all actions of an alarm are known to be topics of SNS.

    Other actions change something: they stop or terminate an instance, scale, or call a function.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
    """
    for key in _ACTIONS:
        for action in as_list(alarm.properties.get(key)):
            if not _is_topic(action, node.stack, stacks):
                return False
    return True


def _is_topic(action: Any, stack: str, stacks: Stacks) -> bool:
    parts = parts_of_sub(action) if is_unknown(action) else [action]
    if parts and isinstance(parts[0], str):
        return re.match(r"arn:[^:]+:sns:", parts[0]) is not None
    resources = [resource_at(mention.target, stacks) for mention in mentions(action, stack)]
    types = [resource.type for resource in resources if resource is not None]
    return types == ["AWS::SNS::Topic"]


def weaker_alarms(change: ResourceChange, gone: Collection[Node]) -> Iterator[Problem]:
    """Yield the ways in which a changed alarm notifies later, or fewer recipients, than before.

    An alarm on a resource in ``gone``, which are removed, must monitor another one.
    """
    is_judged = change.type in ALARM_TYPES and change.action not in (ADD, REMOVE)
    if not is_judged or change.before is None or change.after is None:
        return
    before, after = change.before.properties, change.after.properties
    yield from _notifications(before, after)
    missing = [text(side.get("TreatMissingData", "missing")) for side in (before, after)]
    ranks = [_MISSING.get(treatment.lower(), 0) for treatment in missing]
    if ranks[1] < ranks[0]:
        how = f"TreatMissingData is {missing[1]} instead of {missing[0]}: missing data raises it less often"
        yield Problem(how, ("TreatMissingData",))
    yield from _comparison(before, after)
    yield from _periods(before, after)
    changed = [
        key for key in _WATCHED if _watches_another(change, key, before.get(key), after.get(key), gone)
    ]
    if changed:
        are = "is" if len(changed) == 1 else "are"
        how = f"{', '.join(changed)} {are} changed: it monitors another condition, and may notify later"
        yield Problem(how, tuple(changed))


def _notifications(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield removed and suppressed actions."""
    for key in ("AlarmActions", "InsufficientDataActions"):
        kept = {json.dumps(action, sort_keys=True) for action in as_list(after.get(key))}
        dropped = [
            action for action in as_list(before.get(key)) if json.dumps(action, sort_keys=True) not in kept
        ]
        if dropped:
            what = ", ".join(words(action) for action in dropped)
            if not kept:
                what += ", and is empty"
            yield Problem(f"{key} no longer contains {what}", (key,))
    was, will = (text(side.get("ActionsEnabled", True)).lower() for side in (before, after))
    if was == "true" and will != "true":
        how = f"ActionsEnabled is {words(after.get('ActionsEnabled'))}: it does not notify anyone"
        yield Problem(how, ("ActionsEnabled",))
    if after.get("ActionsSuppressor") not in (None, before.get("ActionsSuppressor")):
        yield Problem("ActionsSuppressor suppresses its actions in more cases", ("ActionsSuppressor",))


def _watches_another(
    change: ResourceChange, key: str, before: Any, after: Any, gone: Collection[Node]
) -> bool:
    if _comparable(before) == _comparable(after):
        return False
    if any(mention.target in gone for mention in mentions(before, change.node.stack)):
        return False
    causes = [cause for cause in change.causes if cause.place[:1] == (key,)]
    # Otherwise it monitors the replacement of the old resource.
    return any(cause.follows is None for cause in causes)


def _comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    paths = ("ComparisonOperator",)
    operators = [text(side.get("ComparisonOperator")) for side in (before, after)]
    if operators[0] != operators[1]:
        direction = next((side for side in (UPPER, LOWER) if set(operators) <= set(side)), None)
        if direction is None:
            yield Problem(f"ComparisonOperator is {operators[1]} instead of {operators[0]}", paths)
        elif "OrEqualTo" in operators[0]:
            how = f"ComparisonOperator is {operators[1]}: a value equal to the threshold no longer raises it"
            yield Problem(how, paths)
    old, new = before.get("Threshold"), after.get("Threshold")
    if old is None or _comparable(old) == _comparable(new):
        return
    was, will = number(old), number(new)
    is_upper, is_lower = operators[1] in UPPER, operators[1] in LOWER
    if was is None or will is None or not (is_upper or is_lower):
        how = "whether it notifies later is not known"
    elif is_upper and will > was:
        how = "more is tolerated"
    elif is_lower and will < was:
        how = "less is tolerated"
    else:
        return
    yield Problem(f"Threshold is {words(new)} instead of {words(old)}: {how}", ("Threshold",))


def _periods(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a weaker M out of N: datapoints that raised the alarm before may never raise it."""
    old_datapoints, old_periods = m_out_of_n(before)
    new_datapoints, new_periods = m_out_of_n(after)
    if (old_datapoints, old_periods) == (new_datapoints, new_periods):
        return
    paths = tuple(
        key for key in ("DatapointsToAlarm", "EvaluationPeriods") if before.get(key) != after.get(key)
    )
    if old_datapoints is None or old_periods is None or new_datapoints is None or new_periods is None:
        yield Problem("the number of periods that must breach is not known", paths)
    elif new_datapoints > _certain_datapoints(old_datapoints, old_periods, new_periods):
        now = f"{new_datapoints:g} of {new_periods:g}"
        yield Problem(f"{now} periods must breach instead of {old_datapoints:g} of {old_periods:g}", paths)


def m_out_of_n(alarm: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return how many datapoints must breach, and among how many periods; None for what is not known."""
    periods = number(alarm.get("EvaluationPeriods", 1))
    return number(alarm.get("DatapointsToAlarm", periods)), periods


def _certain_datapoints(datapoints: float, periods: float, new_periods: float) -> float:
    """Return how many of the last periods certainly breach when M of N did, now or a little earlier.

    Of M breaching datapoints among the last N, at least M - (N - n) are among the last n; and one of the
    ceil(N / n) spans of n datapoints contained at least M / ceil(N / n) of them, perhaps earlier.
    """
    among_the_last = datapoints - max(0, periods - new_periods)
    spans = max(1, ceil(periods / max(1, new_periods)))
    return max(among_the_last, ceil(datapoints / spans))


def number(value: Any) -> float | None:
    """Return a value as a number; None if it is not a known one."""
    try:
        return float(text(value))
    except ValueError:
        return None


def _comparable(value: Any) -> Any:
    compared = number(value)
    if compared is not None:
        return compared
    return json.dumps(as_strings(value), sort_keys=True, default=str)

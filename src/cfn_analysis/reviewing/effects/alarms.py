"""Alarms that notify earlier, more often or more recipients than before.

What they notify later, less often or not at all is a risk, which ``guards.alarms`` finds.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.references import as_list
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import KnownEffect
from cfn_analysis.reviewing.guards.alarms import ALARM_TYPES, LOWER, UPPER, m_out_of_n, number
from cfn_analysis.reviewing.values import text, words
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_STATES: Final = {
    "AlarmActions": "when it goes into ALARM",
    "InsufficientDataActions": "when its data is missing",
    "OKActions": "when it goes back to OK",
}
_MISSING: Final = {
    "breaching": "Periods without data count as breaching, so they raise it.",
    "notbreaching": "Periods without data count as good, so they do not raise it, and end it.",
    "ignore": "Periods without data do not change its state: it stays in ALARM or OK until data arrives.",
    "missing": "Without data in all periods, it goes into INSUFFICIENT_DATA, with the actions of this state.",
}


def effects_on_alarms(environment: EnvironmentChanges) -> Iterator[KnownEffect]:
    """Yield what changes of the alarms that remain mean for who is notified, and when."""
    for node, outcome in environment.resources.items():
        change = outcome.change
        if change.type in ALARM_TYPES and change.action not in (ADD, REMOVE):
            for path, sentence in _effects(change):
                yield KnownEffect(node, path, sentence)


def _effects(change: ResourceChange) -> Iterator[tuple[str, str]]:
    if change.before is None or change.after is None:
        return
    before, after = change.before.properties, change.after.properties
    for key, when in _STATES.items():
        if sentence := _recipients(before.get(key), after.get(key), when):
            yield key, sentence
    was, will = (text(side.get("ActionsEnabled", True)).lower() for side in (before, after))
    if was != will and will == "true":
        yield "ActionsEnabled", "It notifies again: its actions run."
    missing, now_missing = (text(side.get("TreatMissingData", "missing")) for side in (before, after))
    if missing != now_missing and now_missing.lower() in _MISSING:
        yield "TreatMissingData", _MISSING[now_missing.lower()]
    if sentence := _lower_threshold(before, after):
        yield "Threshold", sentence
    if sentence := _comparison(before, after):
        yield "ComparisonOperator", sentence
    if sentence := _fewer_datapoints(before, after):
        yield "EvaluationPeriods", sentence
        yield "DatapointsToAlarm", sentence


def _recipients(before: Any, after: Any, when: str) -> str:
    """Return who is notified in addition, or no longer, in a state."""
    old = {json.dumps(action, sort_keys=True): action for action in as_list(before)}
    new = {json.dumps(action, sort_keys=True): action for action in as_list(after)}
    sentences = []
    added = [words(action) for key, action in new.items() if key not in old]
    if any(":" not in action and "$" not in action for action in added):
        return ""  # not an ARN, which CloudWatch refuses
    if added:
        sentences.append(f"It also notifies or calls {', '.join(added)} {when}.")
    if removed := [words(action) for key, action in old.items() if key not in new]:
        sentences.append(f"It no longer notifies or calls {', '.join(removed)} {when}.")
    return " ".join(sentences)


def _lower_threshold(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    was, will = number(before.get("Threshold")), number(after.get("Threshold"))
    operator = text(after.get("ComparisonOperator"))
    if was is None or will is None:
        return ""
    if (operator in UPPER and will < was) or (operator in LOWER and will > was):
        return "Values that were no alarm before raise it: it notifies earlier and more often."
    return ""


def _comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    was, will = text(before.get("ComparisonOperator")), text(after.get("ComparisonOperator"))
    is_same_direction = {was, will} <= set(UPPER) or {was, will} <= set(LOWER)
    if was != will and is_same_direction and "OrEqualTo" in will:
        return "A value equal to the threshold raises it, too: it notifies more often."
    return ""


def _fewer_datapoints(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what another M out of N means that is not weaker; which one is, ``guards.alarms`` says."""
    old_datapoints, old_periods = m_out_of_n(before)
    new_datapoints, new_periods = m_out_of_n(after)
    if old_datapoints is None or old_periods is None or new_datapoints is None or new_periods is None:
        return ""
    if (old_datapoints, old_periods) == (new_datapoints, new_periods):
        return "The number of periods that must breach remains the same."
    now = f"{new_datapoints:g} of {new_periods:g} periods must breach instead of "
    now += f"{old_datapoints:g} of {old_periods:g}"
    if new_datapoints < old_datapoints:
        return f"{now}: it notifies earlier, and of shorter disturbances."
    if new_datapoints == old_datapoints and new_periods > old_periods:
        return f"{now}: it also notifies of disturbances with pauses, and ends later."
    return ""

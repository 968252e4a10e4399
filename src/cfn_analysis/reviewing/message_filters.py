"""Filters of subscriptions, event sources and rules, which then pass more or fewer messages.

In a filter policy and an event pattern, all keys must match, and one of the values of each key.
https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import Place, place_in_words, value_at
from cfn_analysis.reviewing.findings import Problem
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

# Type -> its filter: without one, all messages pass.
_FILTERS: Final[Mapping[str, Place]] = {
    "AWS::Events::Rule": ("EventPattern",),
    "AWS::Lambda::EventSourceMapping": ("FilterCriteria", "Filters"),
    "AWS::Logs::SubscriptionFilter": ("FilterPattern",),
    "AWS::Pipes::Pipe": ("SourceParameters", "FilterCriteria", "Filters"),
    "AWS::SNS::Subscription": ("FilterPolicy",),
}


def more_messages(change: ResourceChange) -> Iterator[Problem]:
    """Yield that a filter passes messages that it did not pass."""
    sides = _sides(change)
    if sides is None:
        return
    path, before, after = sides
    if not after:
        yield Problem(f"{path} is removed: it gets all messages", (path,))
    elif before and _passes_more(before, after):
        yield Problem(f"{path} is changed: it gets messages that it did not get", (path,))


def fewer_messages(change: ResourceChange) -> Iterator[Problem]:
    """Yield that a filter no longer passes messages that it passed."""
    sides = _sides(change)
    if sides is None:
        return
    path, before, after = sides
    if not before:
        yield Problem(f"{path} is new: it gets fewer messages", (path,))
    elif after and _passes_more(after, before):
        yield Problem(f"{path} is changed: it gets fewer messages", (path,))


def _sides(change: ResourceChange) -> tuple[str, Any, Any] | None:
    """Return the path of a changed filter, and the filter on both sides; None if they cannot be compared."""
    place = _FILTERS.get(change.type)
    if place is None or change.before is None or change.after is None or change.action in (ADD, REMOVE):
        return None
    before, after = (_parsed(value_at(side.properties, place)) for side in (change.before, change.after))
    if before == after or not (_is_plain(before) and _is_plain(after)):
        return None
    if isinstance(before, str) and isinstance(after, str) and before and after:
        return None  # two patterns for texts
    return place_in_words(place), before, after


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_plain(pattern: Any) -> bool:
    """Return whether a filter is known and has only values, or whole patterns as the items of a list."""
    if is_unknown(pattern):
        return False
    if isinstance(pattern, Mapping):
        return all(_is_plain(values) for values in pattern.values())
    if isinstance(pattern, list):
        return all(_is_value(value) for value in pattern)
    return True


def _is_value(value: Any) -> bool:
    """Return whether a value of a list is known and not a condition of its own, such as a prefix."""
    if is_unknown(value):
        return False
    return not isinstance(value, Mapping) or set(value) == {"Pattern"}


def _passes_more(before: Any, after: Any) -> bool:
    """Return whether a filter passes something that an earlier one did not pass."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        is_key_lost = any(key not in after for key in before)
        return is_key_lost or any(_passes_more(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return any(value not in before for value in after)
    return bool(before != after)

"""Resources that stop serving although they stay: disabled, scaled to zero, or without what they serve.

In all types, switches and counts are known by the names of properties, and by their defaults in the schemas.
What names do not tell is in switched_off.yaml. Rows come before names: of a value with a row, also one of
guards/weakened.yaml or access/settings.yaml, the name does not matter (``_judged``).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.model.schemas import known_property_schema
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth, truth_of
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences, values
from cfn_analysis.reviewing.access import settings
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Problem, Risk, risk
from cfn_analysis.reviewing.guards import weakened
from cfn_analysis.reviewing.kinds import SWITCHED_OFF
from cfn_analysis.reviewing.message_filters import fewer_messages
from cfn_analysis.updates.resolved_stack import mentions
from cfn_analysis.updates.resource_changes import ADD, REMOVE, Cause, ResourceChange

_TABLES: Final = values.tables(__file__)
_NAMES: Final = {kind: re.compile("|".join(names)) for kind, names in _TABLES["names"].items()}
_TARGETS: Final[Mapping[str, Sequence[str]]] = _TABLES["targets"]
_ON: Final = ("true", "enabled", "enable", "active", "on", "running", "started")


def must_not_be_closed(before: Any, after: Any) -> str:
    """Judge a stage of a pipeline in the list of those whose transition is disabled."""
    if before is not None:
        return ""
    return "is new: nothing enters this stage"


_JUDGES: Final = {**values.JUDGES, "must_not_be_closed": must_not_be_closed}
_LOST: Final = values.settings(_TABLES["lost"], _JUDGES)
_SWITCHES: Final = values.settings(_TABLES["switches"], _JUDGES)
_ROWS: Final = (*_SWITCHES, *weakened.SETTINGS, *settings.CHANGED)


class _Switch(NamedTuple):
    """The values of a property that switch a resource off, its value by default, and the effect."""

    off: Sequence[str]
    default: Any
    effect: str


def switched_off(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each resource that a deploy switches off, at least in part."""
    changes = {node: outcome.change for node, outcome in environment.resources.items()}
    gone = {node for node, change in changes.items() if change.action == REMOVE}
    for node, change in changes.items():
        if change.action not in (ADD, REMOVE):
            region = environment.after[node.stack].built.region
            for problem in dict.fromkeys(_stops(change, region, gone)):
                sentence = sentences.SWITCHED_OFF
                yield risk(SWITCHED_OFF, node, sentence, paths=problem.paths, problem=problem.text)


def _stops(change: ResourceChange, region: str, gone: Collection[Node]) -> Iterator[Problem]:
    for value in values.value_changes(change):
        yield from _judged(change, region, value, gone)
    yield from _logs_removed(change)
    yield from fewer_messages(change)
    if change.before and change.after:
        yield from _targets_removed(change, change.before.properties, change.after.properties, gone)
        yield from _no_longer_forwards(change.type, change.before.properties, change.after.properties)


def _judged(
    change: ResourceChange, region: str, value: values.ValueChange, gone: Collection[Node]
) -> Iterator[Problem]:
    """Yield what a changed value switches off, by its row, or by its name if no row of ``_ROWS`` is about it.

    The rows of guards and of access are judged there: a value has the kinds of all its rows.
    """
    if not _is_gone(value.before, change, gone):
        yield from values.judged(change.type, value, _LOST)
    yield from values.judged(change.type, value, _SWITCHES)
    if values.setting_of(change.type, value.path, _ROWS) is None:
        yield from _turned_off(change.type, region, value)


def _is_gone(value: Any, change: ResourceChange, gone: Collection[Node]) -> bool:
    return any(mention.target in gone for mention in mentions(value, change.node.stack))


def _turned_off(type_name: str, region: str, value: values.ValueChange) -> Iterator[Problem]:
    """Yield that a switch is turned off, or a count becomes zero."""
    switch = _switch(type_name, region, value)
    if switch is None:
        return
    was = _holds(values.with_default(value.before, switch.default), switch.off)
    will = _holds(values.with_default(value.after, switch.default), switch.off)
    if was is YES or will is NO:
        return
    how = "is removed" if value.after is None else f"is {values.words(value.after)}"
    certainty = "" if will is YES else "this may mean that "
    yield Problem(f"{value.path} {how}: {certainty}{switch.effect}", (value.path,))


def _switch(type_name: str, region: str, value: values.ValueChange) -> _Switch | None:
    """Return the switch that a property is by its name; None if it is not one."""
    path = tuple(re.sub(r"\[[^\]]*\]", ".*", value.path).split("."))
    name = next((step for step in reversed(path) if step != "*"), "")
    if _NAMES["features"].search(value.path):
        return None
    if _NAMES["inverted"].fullmatch(name):
        return _Switch(("true",), False, "it no longer works")
    if _NAMES["switches"].fullmatch(name):
        has_other_values = isinstance(value.before, str) and value.before.lower() not in _ON
        if has_other_values and (value.after is None or is_unknown(value.after)):  # such as an address
            return None
        # Without another default, a resource is on, and a part of it is off.
        default = known_property_schema(type_name, region, path).get("default", len(path) == 1)
        return _Switch(values.OFF, default, "it no longer works")
    if _NAMES["counts"].fullmatch(name) and not _NAMES["no counts"].search(name):
        return _Switch(("0", "0.0"), None, "it no longer serves anything")
    return None


def _holds(value: Any, texts: Collection[str]) -> Truth:
    """Return whether a value is one of some texts; of an unknown condition, both branches count."""
    match value:
        case {"Fn::If": [_, yes, no, *_]}:
            if_true = _holds(yes, texts)
            return if_true if if_true is _holds(no, texts) else UNKNOWN
    if is_unknown(value):
        return UNKNOWN
    return truth_of(values.text(value).lower() in texts)


def _logs_removed(change: ResourceChange) -> Iterator[Problem]:
    """Yield each removed destination of logs that is not a guard."""
    if change.type == "AWS::Lambda::Function":  # it still logs to the log group of its name
        return
    for cause in change.causes:
        key = next((step for step in reversed(cause.place) if isinstance(step, str)), "")
        if cause.after is not None or not cause.before or not _NAMES["logs"].fullmatch(key):
            continue
        if not _has_guard(change, cause):
            yield Problem(f"{cause.path} is removed: these logs are no longer delivered", (cause.path,))


def _has_guard(change: ResourceChange, cause: Cause) -> bool:
    """Return whether a row of guards is about a changed value in a part of the properties."""
    for value in values.value_changes(change):
        if not value.path.startswith(cause.path):
            continue
        if values.setting_of(change.type, value.path, weakened.SETTINGS) is not None:
            return True
    return False


def _targets_removed(
    change: ResourceChange, before: Mapping[str, Any], after: Mapping[str, Any], gone: Collection[Node]
) -> Iterator[Problem]:
    """Yield that all lists of targets become empty; targets that are removed too do not count."""
    places = _TARGETS.get(change.type, ())
    if any(as_list(after.get(place)) for place in places):
        return
    lost = []
    for place in places:
        targets = as_list(before.get(place))
        if not all(_is_gone(target, change, gone) for target in targets):
            lost.append(place)
    if lost:
        verb = "is" if len(lost) == 1 else "are"
        text = f"{' and '.join(lost)} {verb} empty: nothing gets its requests or events"
        yield Problem(text, tuple(lost))


def _no_longer_forwards(
    type_name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Problem]:
    """Yield that a listener, or a rule of one, no longer forwards requests."""
    if not type_name.startswith("AWS::ElasticLoadBalancingV2::Listener"):
        return
    for place in ("Actions", "DefaultActions"):
        if any(_forwarded(before.get(place))) and not any(_forwarded(after.get(place))):
            yield Problem(f"{place} no longer forwards requests to a target group", (place,))


def _forwarded(actions: Any) -> Iterator[Any]:
    """Yield the target groups that get requests from a listener."""
    for action in as_list(actions):
        if is_unknown(action):
            yield action
        elif isinstance(action, Mapping):
            weighted = as_list(value_at(action, ("ForwardConfig", "TargetGroups")))
            yield from (group for group in weighted if values.text(value_at(group, ("Weight",))) != "0")
            if not weighted:
                yield from as_list(action.get("TargetGroupArn"))

"""Resources that stop serving although they stay: disabled, scaled to zero, or without what they serve.

In all types, switches and counts are known by the names of properties, and by their defaults in the schemas.
What names do not tell is in switched_off.yaml.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.model.schemas import known_property_schema
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth, truth_of
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences, values
from cfn_analysis.reviewing.access.settings import CHANGED
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Problem, Risk, risk
from cfn_analysis.reviewing.guards.weakened import SETTINGS
from cfn_analysis.reviewing.kinds import SWITCHED_OFF
from cfn_analysis.reviewing.message_filters import fewer_messages
from cfn_analysis.updates.resolved_stack import mentions
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_TABLES: Final = values.tables(__file__)
_NAMES: Final = {kind: re.compile("|".join(names)) for kind, names in _TABLES["names"].items()}
_TARGETS: Final[Mapping[str, Sequence[str]]] = _TABLES["targets"]
_ON: Final = ("true", "enabled", "enable", "active", "on", "running", "started")


def must_not_be_closed(before: Any, after: Any) -> str:
    """Judge a stage of a pipeline in the list of those whose transition is disabled."""
    return "is new: nothing enters this stage" if before is None else ""


_JUDGES: Final = {**values.JUDGES, "must_not_be_closed": must_not_be_closed}
_LOST: Final = values.settings(_TABLES["lost"], _JUDGES)
_SWITCHES: Final = values.settings(_TABLES["switches"], _JUDGES)


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
        if not _is_gone(value.before, change, gone):
            yield from values.judged(change.type, value, _LOST)
        yield from values.judged(change.type, value, _SWITCHES)
        if values.setting_of(change.type, value.place, (*_SWITCHES, *SETTINGS, *CHANGED)) is None:
            yield from _turned_off(change.type, region, value)
    yield from _logs_removed(change)
    yield from fewer_messages(change)
    if change.before and change.after:
        yield from _targets_removed(change, change.before.properties, change.after.properties, gone)


def _is_gone(value: Any, change: ResourceChange, gone: Collection[Node]) -> bool:
    return any(mention.target in gone for mention in mentions(value, change.node.stack))


def _turned_off(type_name: str, region: str, value: values.ValueChange) -> Iterator[Problem]:
    """Yield that a switch is turned off, or a count becomes zero."""
    path = tuple(re.sub(r"\[[^\]]*\]", ".*", value.place).split("."))
    key = next((step for step in reversed(path) if step != "*"), "")
    off: Sequence[str]
    default: Any = None
    if _NAMES["features"].search(value.place):
        return
    if _NAMES["inverted"].fullmatch(key):
        off, default, effect = ("true",), False, "it no longer works"
    elif _NAMES["switches"].fullmatch(key):
        off, effect = values.OFF, "it no longer works"
        # Without another default, a resource is on, and a part of it is off.
        default = known_property_schema(type_name, region, path).get("default", len(path) == 1)
        is_no_switch = isinstance(value.before, str) and value.before.lower() not in _ON
        if is_no_switch and (value.after is None or is_unknown(value.after)):  # such as that of an address
            return
    elif _NAMES["counts"].fullmatch(key) and not _NAMES["no counts"].search(key):
        off, effect = ("0", "0.0"), "nothing of it serves any more"
    else:
        return
    was, will = (_holds(default if side is None else side, off) for side in (value.before, value.after))
    if was is not YES and will is not NO:
        how = "is removed" if value.after is None else f"is {values.words(value.after)}"
        certainty = "" if will is YES else "this may mean that "
        yield Problem(f"{value.place} {how}: {certainty}{effect}", (value.place,))


def _holds(value: Any, texts: Collection[str]) -> Truth:
    """Return whether a value is one of some texts; of an unknown condition, both branches count."""
    match value:
        case {"Fn::If": [_, yes, no, *_]}:
            branches = {_holds(yes, texts), _holds(no, texts)}
            return branches.pop() if len(branches) == 1 else UNKNOWN
    return UNKNOWN if is_unknown(value) else truth_of(values.text(value).lower() in texts)


def _logs_removed(change: ResourceChange) -> Iterator[Problem]:
    """Yield each removed destination of logs that is not a guard."""
    if change.type == "AWS::Lambda::Function":  # it still logs to the log group of its name
        return
    for cause in change.causes:
        key = next((step for step in reversed(cause.place) if isinstance(step, str)), "")
        if cause.after is not None or not cause.before or not _NAMES["logs"].fullmatch(key):
            continue
        removed = (value for value in values.value_changes(change) if value.place.startswith(cause.name))
        if not any(values.setting_of(change.type, value.place, SETTINGS) for value in removed):
            yield Problem(f"{cause.name} is removed: these logs are no longer delivered", (cause.name,))


def _targets_removed(
    change: ResourceChange, before: Mapping[str, Any], after: Mapping[str, Any], gone: Collection[Node]
) -> Iterator[Problem]:
    """Yield that lists of targets become empty, or that a listener no longer forwards requests."""
    places = _TARGETS.get(change.type, ())
    was, will = ({place: as_list(side.get(place)) for place in places} for side in (before, after))
    lost = [place for place in places if any(not _is_gone(item, change, gone) for item in was[place])]
    if lost and not any(will.values()):
        verb = "is" if len(lost) == 1 else "are"
        text = f"{' and '.join(lost)} {verb} empty: nothing gets its requests or events"
        yield Problem(text, tuple(lost))
    if change.type.startswith("AWS::ElasticLoadBalancingV2::Listener"):
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
            yield from as_list(action.get("TargetGroupArn")) if not weighted else ()

"""Cache behaviors and listener rules that come after a wider one, so that no request reaches them.

The first one that matches a request applies.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.model.wildcards import Pattern, any_covers, lower, pattern
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.reviewing.values import text
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_BEHAVIORS: Final = ("DistributionConfig", "CacheBehaviors")
_RULE: Final = "AWS::ElasticLoadBalancingV2::ListenerRule"
# Field of a condition -> its configuration, in the longer form.
_CONFIGS: Final = {"host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig"}


class _Condition(NamedTuple):
    """What a request must match: one of some patterns."""

    field: str
    patterns: tuple[Pattern, ...]


class _Entry(NamedTuple):
    """A cache behavior or a rule; all conditions must match. ``does`` is what it does with a request."""

    name: str
    conditions: tuple[_Condition, ...]
    does: str


def unreachable_entries(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the cache behaviors and rules that a wider one newly precedes."""
    for outcome in environment.resources.values():
        yield from _behaviors(outcome.change)
    yield from _rules(environment)


def _behaviors(change: ResourceChange) -> Iterator[Risk]:
    if change.type != _DISTRIBUTION or change.action in (ADD, REMOVE):
        return
    if change.before is None or change.after is None:
        return
    old, new = (
        _entries_of_behaviors(value_at(side.properties, _BEHAVIORS)) for side in (change.before, change.after)
    )
    for later, earlier in _newly_covered(old, new):
        path = f"{'.'.join(_BEHAVIORS)}[{earlier.name}]"
        detail = {
            "later": f"the cache behavior {later.name}",
            "earlier": f"the cache behavior {earlier.name}",
        }
        yield risk(
            INTERRUPTION, change.node, sentences.NEVER_REACHED, paths=(f"{path}.PathPattern",), **detail
        )


def _rules(environment: EnvironmentChanges) -> Iterator[Risk]:
    changes = {node: outcome.change for node, outcome in environment.resources.items()}
    if not any(change.type == _RULE for change in changes.values()):
        return
    deployed = _rules_by_listener(environment.before)
    for listener, rules in _rules_by_listener(environment.after).items():
        nodes = {node.seen_from(""): node for node, _ in rules}
        old = [entry for _, entry in deployed.get(listener, [])]
        for later, earlier in _newly_covered(old, [entry for _, entry in rules]):
            changed = [nodes[entry.name] for entry in (earlier, later) if nodes[entry.name] in changes]
            if not changed:
                continue
            paths = [path for path in ("Priority", "Conditions") if path in changes[changed[0]].properties]
            detail = {"later": nodes[later.name].name, "earlier": nodes[earlier.name].name}
            yield risk(INTERRUPTION, changed[0], sentences.NEVER_REACHED, paths=paths, **detail)


def _newly_covered(old: Sequence[_Entry], new: Sequence[_Entry]) -> Iterator[tuple[_Entry, _Entry]]:
    """Yield the deployed entries that no request reaches any more, each with the one that precedes it."""
    reachable = {entry.name for entry in old} - {later.name for later, _ in _covered(old)}
    for later, earlier in _covered(new):
        if later.name in reachable and later.does != earlier.does:
            yield later, earlier


def _covered(entries: Sequence[_Entry]) -> Iterator[tuple[_Entry, _Entry]]:
    for number, later in enumerate(entries):
        for earlier in entries[:number]:
            if _matches_all(earlier, later):
                yield later, earlier
                break


def _matches_all(wide: _Entry, narrow: _Entry) -> bool:
    """Return whether an entry certainly matches all requests that another one matches."""
    return all(_follows(condition, narrow) for condition in wide.conditions)


def _follows(condition: _Condition, entry: _Entry) -> bool:
    """Return whether a request that an entry matches certainly meets a condition."""
    return any(_covers(condition, narrow) for narrow in entry.conditions)


def _covers(wide: _Condition, narrow: _Condition) -> bool:
    if wide.field != narrow.field:
        return False
    return all(any_covers(wide.patterns, texts) for texts in narrow.patterns)


def _entries_of_behaviors(behaviors: Any) -> list[_Entry]:
    """Return the cache behaviors in their order; none if they are known only in the deployed stack."""
    entries = []
    for behavior in as_list(behaviors):
        if not isinstance(behavior, Mapping) or is_unknown(behavior):
            return []
        path = behavior.get("PathPattern")
        condition = _Condition("path", (_path_pattern(path),))  # the leading slash is optional
        rest = {key: value for key, value in behavior.items() if key != "PathPattern"}
        entries.append(_Entry(text(path), (condition,), json.dumps(rest, sort_keys=True, default=str)))
    return entries


def _path_pattern(value: Any) -> Pattern:
    tokens = pattern(value)
    return tokens[1:] if tokens[:1] == ("/",) else tokens


def _rules_by_listener(stacks: Stacks) -> dict[str, list[tuple[Node, _Entry]]]:
    """Return listener -> its rules in the order of their priorities, as far as these are known."""
    by_listener: dict[str, list[tuple[int, Node, _Entry]]] = {}
    for node, resource in existing_resources(stacks):
        priority = text(resource.properties.get("Priority"))
        if resource.type != _RULE or not priority.isdigit():
            continue
        listener = stacks[node.stack].with_names(resource.properties.get("ListenerArn"))
        key = json.dumps([node.stack, listener], sort_keys=True, default=str)
        conditions = [_condition(condition) for condition in as_list(resource.properties.get("Conditions"))]
        does = json.dumps(resource.properties.get("Actions"), sort_keys=True, default=str)
        entry = _Entry(node.seen_from(""), tuple(conditions), does)
        by_listener.setdefault(key, []).append((int(priority), node, entry))
    ordered = {}
    for listener, rules in by_listener.items():
        rules.sort(key=lambda rule: rule[0])
        ordered[listener] = [(node, entry) for _, node, entry in rules]
    return ordered


def _condition(condition: Any) -> _Condition:
    if not isinstance(condition, Mapping) or is_unknown(condition):
        return _Condition("", (pattern(condition),))
    field = text(condition.get("Field"))
    if field not in _CONFIGS:
        return _Condition(field, (pattern(condition),))
    values = condition.get("Values") or value_at(condition, (_CONFIGS[field], "Values"))
    patterns = [pattern(value) for value in as_list(values)]
    if field == "host-header":
        patterns = [lower(host) for host in patterns]
    return _Condition(field, tuple(patterns))

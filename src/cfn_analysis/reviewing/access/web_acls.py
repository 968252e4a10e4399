"""Web ACLs and rule groups of AWS WAF: requests that are no longer blocked.

https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_TYPES: Final = ("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")
_STOPPING: Final = ("Block", "Captcha", "Challenge")
_UNSURE: Final = "it may block fewer requests"


class _Rule(NamedTuple):
    """A rule, which applies after those of a lower priority.

    The action of a group of rules is ``Block``, or ``Count`` where all of its actions are overridden.
    """

    name: str
    priority: float
    action: str
    statement: Mapping[str, Any]

    @property
    def stops(self) -> bool:
        """Whether a matching request is blocked."""
        return self.action in _STOPPING


def passing(change: ResourceChange) -> Iterator[str]:
    """Yield the changes of a web ACL or rule group that allow requests that were blocked."""
    is_judged = change.type in _TYPES and change.action not in (ADD, REMOVE)
    if not is_judged or change.before is None or change.after is None:
        return
    before, after = change.before.properties, change.after.properties
    was, will = (_action(side.get("DefaultAction")) for side in (before, after))
    if was == "Block" and will != "Block":
        yield f"DefaultAction is {will} instead of Block: requests that no rule matches are allowed"
    old, new = (_rules(side.get("Rules")) for side in (before, after))
    if old is None or new is None:
        if before.get("Rules") != after.get("Rules"):
            yield f"Rules are known only after the deploy: {_UNSURE}"
        return
    for rule in old:
        if rule.stops:
            yield from _weaker(rule, new)
    yield from _allowing(old, new, blocks_by_default=will == "Block")


def _weaker(rule: _Rule, rules: Sequence[_Rule]) -> Iterator[str]:
    if any(new.stops and _same(new.statement, rule.statement) for new in rules):
        return
    now = next((new for new in rules if new.name == rule.name), None)
    if now is None:
        yield f"rule {rule.name}, which blocks requests, is removed"
    elif not now.stops:
        yield f"rule {rule.name} is set to {now.action} instead of {rule.action}: it does not block requests"
    else:
        yield from (f"rule {rule.name} {reason}" for reason in _less(rule.statement, now.statement))


def _less(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield the reasons why a statement may match fewer requests than before."""
    match before, after:
        case {"GeoMatchStatement": Mapping() as old}, {"GeoMatchStatement": Mapping() as new}:
            missing = [
                code for code in old.get("CountryCodes", []) if code not in new.get("CountryCodes", [])
            ]
            if missing:
                yield f"no longer matches {', '.join(map(str, missing))}"
            elif not _same(old, new, "CountryCodes"):
                yield f"determines the country differently: {_UNSURE}"
        case {"RateBasedStatement": Mapping() as old}, {"RateBasedStatement": Mapping() as new}:
            yield from _rate(old, new)
        case {"ManagedRuleGroupStatement": Mapping() as old}, {"ManagedRuleGroupStatement": Mapping() as new}:
            yield from _group(old, new)
        case _:
            yield f"matches other requests than before: {_UNSURE}"


def _rate(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    try:
        limits = [float(str(statement.get("Limit"))) for statement in (before, after)]
    except ValueError:
        yield f"has an unknown limit: {_UNSURE}"
        return
    if limits[1] > limits[0]:
        yield f"allows {after['Limit']} requests instead of {before['Limit']}"
    yield from _scope(before, after)
    if not _same(before, after, "Limit", "ScopeDownStatement"):
        yield f"counts requests differently: {_UNSURE}"


def _group(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    was, will = (_overrides(group) for group in (before, after))
    softer = [name for name in will if name not in was]
    if softer:
        yield f"no longer blocks requests that match {', '.join(softer)} of the group"
    yield from _scope(before, after)
    if not _same(before, after, "RuleActionOverrides", "ExcludedRules", "ScopeDownStatement"):
        yield f"uses the group differently: {_UNSURE}"


def _overrides(group: Mapping[str, Any]) -> list[str]:
    """Return the rules of a group that do not block the requests that they match."""
    overrides = group.get("RuleActionOverrides", [])
    weak = [override for override in overrides if _action(override.get("ActionToUse")) not in _STOPPING]
    return [str(rule.get("Name")) for rule in (*weak, *group.get("ExcludedRules", []))]


def _scope(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    was, will = (statement.get("ScopeDownStatement") for statement in (before, after))
    if will is not None and was is None:
        yield "inspects only a part of the requests"
    elif will is not None and not _same(was, will):
        yield f"inspects other requests than before: {_UNSURE}"


def _allowing(old: Sequence[_Rule], new: Sequence[_Rule], *, blocks_by_default: bool) -> Iterator[str]:
    """Yield rules that newly end the evaluation with Allow before rules that block."""
    for rule in new:
        if rule.action != "Allow":
            continue
        was = [allow for allow in old if allow.action == "Allow" and _same(allow.statement, rule.statement)]
        spared = _stopping_after(rule, new)
        if was:
            before = _stopping_after(was[0], old)
            stopping = [old_rule.name for old_rule in old if old_rule.stops]
            spared = [name for name in spared if name not in before and name in stopping]
            if spared:
                yield f"rule {rule.name} allows requests before {', '.join(spared)}"
        elif spared or blocks_by_default:
            behind = f" before {', '.join(spared)}" if spared else ""
            yield f"rule {rule.name} is new or matches other requests, and allows them{behind}"


def _stopping_after(rule: _Rule, rules: Sequence[_Rule]) -> list[str]:
    """Return the names of the rules that block requests and are evaluated after a rule."""
    return [later.name for later in rules if later.stops and later.priority > rule.priority]


def _rules(given: Any) -> list[_Rule] | None:
    """Return the rules; None if they are known only in the deployed stack."""
    if given is None:
        return []
    if not isinstance(given, list) or not all(map(_is_known, given)):
        return None
    found = []
    for rule in given:
        statement = rule.get("Statement")
        if not _is_known(statement):
            return None
        override = _action(rule.get("OverrideAction"))
        action = _action(rule.get("Action")) or ("Count" if override == "Count" else "Block")
        try:
            priority = float(str(rule.get("Priority", 0)))
        except ValueError:
            return None
        found.append(_Rule(str(rule.get("Name")), priority, action, statement))
    return sorted(found, key=lambda rule: rule.priority)


def _is_known(value: Any) -> bool:
    return isinstance(value, Mapping) and not is_unknown(value)


def _action(given: Any) -> str:
    return next(iter(given), "") if isinstance(given, Mapping) else ""


def _same(before: Any, after: Any, *without: str) -> bool:
    texts = []
    for side in (before, after):
        kept = {key: value for key, value in side.items() if key not in without} if without else side
        texts.append(json.dumps(as_strings(kept), sort_keys=True, default=str))
    return texts[0] == texts[1]

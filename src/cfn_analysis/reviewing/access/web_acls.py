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
    """A rule.

    Attributes:
        name: its name.
        priority: rules are evaluated from the lowest priority.
        action: ``Block``, ``Count``, ``Allow`` or another; of a group of rules ``Block``, or ``Count`` where
            all of its actions are overridden.
        statement: the requests that it matches.
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
    if change.type not in _TYPES or change.action in (ADD, REMOVE):
        return
    if change.before is None or change.after is None:
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
    if any(one.stops and _same(one.statement, rule.statement) for one in rules):
        return
    now = next((one for one in rules if one.name == rule.name), None)
    if now is None:
        yield f"rule {rule.name}, which blocks requests, is removed"
    elif not now.stops:
        yield f"rule {rule.name} is set to {now.action} instead of {rule.action}: it does not block requests"
    else:
        yield from (f"rule {rule.name} {found}" for found in _less(rule.statement, now.statement))


def _less(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield the reasons why a statement may match fewer requests than before."""
    match before, after:
        case {"GeoMatchStatement": Mapping() as one}, {"GeoMatchStatement": Mapping() as other}:
            missing = [
                code for code in one.get("CountryCodes", []) if code not in other.get("CountryCodes", [])
            ]
            if missing:
                yield f"no longer matches {', '.join(map(str, missing))}"
            elif not _same(one, other, "CountryCodes"):
                yield f"determines the country differently: {_UNSURE}"
        case {"RateBasedStatement": Mapping() as one}, {"RateBasedStatement": Mapping() as other}:
            yield from _rate(one, other)
        case (
            {"ManagedRuleGroupStatement": Mapping() as one},
            {"ManagedRuleGroupStatement": Mapping() as other},
        ):
            yield from _group(one, other)
        case _:
            yield f"matches other requests than before: {_UNSURE}"


def _rate(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    try:
        limits = [float(str(one.get("Limit"))) for one in (before, after)]
    except ValueError:
        yield f"has an unknown limit: {_UNSURE}"
        return
    if limits[1] > limits[0]:
        yield f"allows {after['Limit']} requests instead of {before['Limit']}"
    yield from _scope(before, after)
    if not _same(before, after, "Limit", "ScopeDownStatement"):
        yield f"counts requests differently: {_UNSURE}"


def _group(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    was, will = (_overrides(one) for one in (before, after))
    softer = [name for name in will if name not in was]
    if softer:
        yield f"no longer blocks requests that match {', '.join(softer)} of the group"
    yield from _scope(before, after)
    if not _same(before, after, "RuleActionOverrides", "ExcludedRules", "ScopeDownStatement"):
        yield f"uses the group differently: {_UNSURE}"


def _overrides(group: Mapping[str, Any]) -> list[str]:
    """Return the rules of a group that do not block the requests that they match."""
    found = [
        str(one.get("Name"))
        for one in group.get("RuleActionOverrides", [])
        if _action(one.get("ActionToUse")) not in _STOPPING
    ]
    return found + [str(one.get("Name")) for one in group.get("ExcludedRules", [])]


def _scope(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    was, will = (one.get("ScopeDownStatement") for one in (before, after))
    if will is not None and was is None:
        yield "inspects only a part of the requests"
    elif will is not None and not _same(was, will):
        yield f"inspects other requests than before: {_UNSURE}"


def _allowing(old: Sequence[_Rule], new: Sequence[_Rule], *, blocks_by_default: bool) -> Iterator[str]:
    """Yield rules that newly end the evaluation with Allow before rules that block."""
    for rule in new:
        if rule.action != "Allow":
            continue
        was = next(
            (one for one in old if one.action == "Allow" and _same(one.statement, rule.statement)), None
        )
        spared = [one.name for one in new if one.stops and one.priority > rule.priority]
        if was is not None:
            before = [one.name for one in old if one.stops and one.priority > was.priority]
            stopping = [one.name for one in old if one.stops]
            spared = [name for name in spared if name not in before and name in stopping]
            if spared:
                yield f"rule {rule.name} allows requests before {', '.join(spared)}"
        elif spared or blocks_by_default:
            behind = f" before {', '.join(spared)}" if spared else ""
            yield f"rule {rule.name} is new or matches other requests, and allows them{behind}"


def _rules(given: Any) -> list[_Rule] | None:
    """Return the rules; None if they are known only in the deployed stack."""
    if given is None:
        return []
    if not isinstance(given, list) or not all(
        isinstance(one, Mapping) and not is_unknown(one) for one in given
    ):
        return None
    found = []
    for one in given:
        statement = one.get("Statement")
        if not isinstance(statement, Mapping) or is_unknown(statement):
            return None
        override = _action(one.get("OverrideAction"))
        action = _action(one.get("Action")) or ("Count" if override == "Count" else "Block")
        try:
            priority = float(str(one.get("Priority", 0)))
        except ValueError:
            return None
        found.append(_Rule(str(one.get("Name")), priority, action, statement))
    return sorted(found, key=lambda rule: rule.priority)


def _action(given: Any) -> str:
    return next(iter(given), "") if isinstance(given, Mapping) else ""


def _same(one: Any, other: Any, *without: str) -> bool:
    texts = []
    for side in (one, other):
        kept = {key: value for key, value in side.items() if key not in without} if without else side
        texts.append(json.dumps(as_strings(kept), sort_keys=True, default=str))
    return texts[0] == texts[1]

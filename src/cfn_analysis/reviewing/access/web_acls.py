"""Web ACLs and rule groups of AWS WAF: requests that are no longer blocked.

https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.references import as_list
from cfn_analysis.reviewing.findings import Problem
from cfn_analysis.reviewing.values import with_default
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_TYPES: Final = ("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")
_STOPPING: Final = ("Block", "Captcha", "Challenge")
_UNSURE: Final = "it may block fewer requests"


class _Rule(NamedTuple):
    """A rule, which applies after those of a lower priority.

    The action of a group of rules is ``Block``, or ``Count`` where all of its actions are overridden; its
    ``action_key`` is OverrideAction.
    """

    name: str
    priority: float
    action: str
    action_key: str
    statement: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The path of the rule in the properties."""
        return f"Rules[{self.name}]"

    @property
    def stops(self) -> bool:
        """Whether a matching request is blocked."""
        return self.action in _STOPPING


def passing(change: ResourceChange) -> Iterator[Problem]:
    """Yield the changes of a web ACL or rule group that allow requests that were blocked."""
    is_judged = change.type in _TYPES and change.action not in (ADD, REMOVE)
    if not is_judged or change.before is None or change.after is None:
        return
    before, after = change.before.properties, change.after.properties
    was, will = (_action(side.get("DefaultAction")) for side in (before, after))
    if was == "Block" and will != "Block":
        text = f"DefaultAction is {will} instead of Block: requests that no rule matches are allowed"
        yield Problem(text, ("DefaultAction",))
    old, new = (_rules(side.get("Rules")) for side in (before, after))
    if old is None or new is None:
        if before.get("Rules") != after.get("Rules"):
            yield Problem(f"Rules are known only after the deploy: {_UNSURE}", ("Rules",))
        return
    for rule in old:
        if rule.stops:
            yield from _weaker(rule, new)
    yield from _allowing(old, new, blocks_by_default=will == "Block")


def _weaker(rule: _Rule, rules: Sequence[_Rule]) -> Iterator[Problem]:
    if any(new.stops and _same(new.statement, rule.statement) for new in rules):
        return
    now = next((new for new in rules if new.name == rule.name), None)
    if now is None:
        yield Problem(f"rule {rule.name}, which blocks requests, is removed", (rule.path,))
        return
    if not now.stops:
        text = f"rule {rule.name} is set to {now.action} instead of {rule.action}: it does not block requests"
        keys = dict.fromkeys([rule.action_key, now.action_key])
        yield Problem(text, tuple(f"{rule.path}.{key}" for key in keys))
        return
    for reason, below in _less(rule.statement, now.statement):
        path = ".".join([rule.path, "Statement", *below])
        yield Problem(f"rule {rule.name} {reason}", (path,))


_Reason = tuple[str, tuple[str, ...]]
"""Why a statement matches fewer requests, and the keys of what it is about in the statement."""


def _less(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[_Reason]:
    """Yield the reasons why a statement may match fewer requests than before."""
    match before, after:
        case {"GeoMatchStatement": Mapping() as old}, {"GeoMatchStatement": Mapping() as new}:
            missing, added = _countries_not_in(old, new), _countries_not_in(new, old)
            if missing:
                text = f"no longer matches {', '.join(missing)}"
                if added:
                    text += f", and newly matches {', '.join(added)}"
                yield text, ("GeoMatchStatement", "CountryCodes")
            elif not _same(old, new, "CountryCodes"):
                yield f"determines the country differently: {_UNSURE}", ("GeoMatchStatement",)
        case {"RateBasedStatement": Mapping() as old}, {"RateBasedStatement": Mapping() as new}:
            yield from _rate(old, new)
        case {"ManagedRuleGroupStatement": Mapping() as old}, {"ManagedRuleGroupStatement": Mapping() as new}:
            yield from _group(old, new)
        case _:
            yield f"matches other requests than before: {_UNSURE}", ()


def _countries_not_in(statement: Mapping[str, Any], compared: Mapping[str, Any]) -> list[str]:
    codes = as_list(statement.get("CountryCodes"))
    return [str(code) for code in codes if code not in as_list(compared.get("CountryCodes"))]


_RATE: Final = "RateBasedStatement"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-wafv2-webacl-ratebasedstatement.html
_DEFAULTS: Final = {"EvaluationWindowSec": 300}  # seconds
_GROUP: Final = "ManagedRuleGroupStatement"


def _rate(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[_Reason]:
    try:
        limits = [float(str(statement.get("Limit"))) for statement in (before, after)]
    except ValueError:
        yield f"has an unknown limit: {_UNSURE}", (_RATE, "Limit")
        return
    if limits[1] > limits[0]:
        yield f"allows {after['Limit']} requests instead of {before['Limit']}", (_RATE, "Limit")
    yield from _scope(_RATE, before, after)
    for key in _changed_keys(before, after, "Limit", "ScopeDownStatement"):
        yield f"counts requests differently ({key}): {_UNSURE}", (_RATE, key)


def _group(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[_Reason]:
    was, will = (_overrides(group) for group in (before, after))
    softer = [name for name in will if name not in was]
    if softer:
        text = f"no longer blocks requests that match {', '.join(softer)} of the group"
        excluded = before.get("ExcludedRules") != after.get("ExcludedRules")
        yield text, (_GROUP, "ExcludedRules" if excluded else "RuleActionOverrides")
    yield from _scope(_GROUP, before, after)
    for key in _changed_keys(before, after, "RuleActionOverrides", "ExcludedRules", "ScopeDownStatement"):
        yield f"uses the group differently ({key}): {_UNSURE}", (_GROUP, key)


def _changed_keys(before: Mapping[str, Any], after: Mapping[str, Any], *without: str) -> list[str]:
    """Return the keys of a statement whose values differ, except some."""
    changed = []
    for key in dict.fromkeys([*after, *before]):
        was, will = (with_default(side.get(key), _DEFAULTS.get(key)) for side in (before, after))
        if key not in without and not _same(was, will):
            changed.append(key)
    return changed


def _overrides(group: Mapping[str, Any]) -> list[str]:
    """Return the rules of a group that do not block the requests that they match."""
    overrides = group.get("RuleActionOverrides", [])
    weak = [override for override in overrides if _action(override.get("ActionToUse")) not in _STOPPING]
    return [str(rule.get("Name")) for rule in (*weak, *group.get("ExcludedRules", []))]


def _scope(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[_Reason]:
    was, will = (statement.get("ScopeDownStatement") for statement in (before, after))
    if will is not None and was is None:
        yield "inspects only a part of the requests", (kind, "ScopeDownStatement")
    elif will is not None and not _same(was, will):
        yield f"inspects other requests than before: {_UNSURE}", (kind, "ScopeDownStatement")


def _allowing(old: Sequence[_Rule], new: Sequence[_Rule], *, blocks_by_default: bool) -> Iterator[Problem]:
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
                text = f"rule {rule.name} allows requests before {', '.join(spared)}"
                yield Problem(text, (f"{rule.path}.Priority",))
        elif spared or blocks_by_default:
            behind = f" before {', '.join(spared)}" if spared else ""
            text = f"rule {rule.name} is new or matches other requests, and allows them{behind}"
            yield Problem(text, (rule.path,))


def _stopping_after(rule: _Rule, rules: Sequence[_Rule]) -> list[str]:
    """Return the names of the rules that block requests and are evaluated after a rule."""
    return [later.name for later in rules if later.stops and later.priority > rule.priority]


def _rules(value: Any) -> list[_Rule] | None:
    """Return the rules in the order of their priorities; None if they are not known."""
    if value is None:
        return []
    if not isinstance(value, list):
        return None
    rules = []
    for properties in value:
        rule = _rule(properties)
        if rule is None:
            return None
        rules.append(rule)
    return sorted(rules, key=lambda rule: rule.priority)


def _rule(properties: Any) -> _Rule | None:
    """Return a rule; None if it is known only in the deployed stack."""
    if not _is_known(properties) or not _is_known(properties.get("Statement")):
        return None
    try:
        priority = float(str(properties.get("Priority", 0)))
    except ValueError:
        return None
    action = _action(properties.get("Action"))
    if not action:
        action = "Count" if _action(properties.get("OverrideAction")) == "Count" else "Block"
    key = "Action" if "Action" in properties else "OverrideAction"
    return _Rule(str(properties.get("Name")), priority, action, key, properties["Statement"])


def _is_known(value: Any) -> bool:
    return isinstance(value, Mapping) and not is_unknown(value)


def _action(value: Any) -> str:
    """Return the name of an action, which is the only key of its mapping; empty without one."""
    if not isinstance(value, Mapping):
        return ""
    return next(iter(value), "")


def _same(before: Any, after: Any, *without: str) -> bool:
    texts = []
    for side in (before, after):
        kept = {key: value for key, value in side.items() if key not in without} if without else side
        texts.append(json.dumps(as_strings(kept), sort_keys=True, default=str))
    return texts[0] == texts[1]

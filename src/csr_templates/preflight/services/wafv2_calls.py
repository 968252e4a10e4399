"""The API calls for web ACLs, and the keys that are kept of each answer."""

from collections.abc import Mapping
from typing import Any

from csr_templates.preflight.calls import GLOBAL, GlobalCall
from csr_templates.preflight.facts import Query

web_acls = GlobalCall("wafv2 ListWebACLs", path="WebACLs", keep="Name", fixed=(("Scope", "CLOUDFRONT"),))
"""The web ACLs for CloudFront."""


def capacity(rules: Any) -> Query:
    """The web ACL capacity units (WCU) of rules."""
    parameters = (("Scope", "CLOUDFRONT"), ("Rules", rules))
    return Query("wafv2", "CheckCapacity", GLOBAL, parameters, keep=("Capacity",))


def _actions_of_rules(web_acl: Mapping[str, Any]) -> dict[str, Any]:
    """Return the action of each rule, and of the rules inside rule groups whose action is overridden."""
    return {"Rules": {rule["Name"]: actions_of_rule(rule) for rule in web_acl["Rules"]}}


def actions_of_rule(rule: Mapping[str, Any]) -> dict[str, str]:
    """Return what a rule of a web ACL does, as ``{"": "Block"}``, and its overrides by the inner name."""
    action = rule.get("Action") or rule.get("OverrideAction") or {"": {}}
    actions = {"": next(iter(action))}
    group = rule.get("Statement", {}).get("ManagedRuleGroupStatement", {})
    for override in group.get("RuleActionOverrides", []):
        actions[override["Name"]] = next(iter(override["ActionToUse"]))
    return actions


web_acl = GlobalCall(
    "wafv2 GetWebACL",
    "Name Id",
    path="WebACL",
    absent="WAFNonexistentItemException",
    fixed=(("Scope", "CLOUDFRONT"),),
    reduce=_actions_of_rules,
    cli_query="WebACL.Rules",
)
"""The actions of the rules of a web ACL; absent if it does not exist."""

logging = GlobalCall(
    "wafv2 GetLoggingConfiguration",
    "ResourceArn",
    path="LoggingConfiguration",
    keep="LogDestinationConfigs",
    absent="WAFNonexistentItemException",
)
"""Where a web ACL writes its log; absent if it writes none."""

from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, scenarios
from cfn_analysis.rules.support.statements import place, statements
from cfn_analysis.rules.support.values import mappings, show
from cfn_analysis.rules.support.words import words

COMMON = "AWSManagedRulesCommonRuleSet"
SIZE_RULE = "SizeRestrictions_BODY"

# Managed groups with rules on the body; these rules inspect only the part that WAF gets.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
BODY_GROUPS = words("""
    AWSManagedRulesCommonRuleSet AWSManagedRulesKnownBadInputsRuleSet AWSManagedRulesPHPRuleSet
    AWSManagedRulesSQLiRuleSet AWSManagedRulesUnixRuleSet AWSManagedRulesWindowsRuleSet
""")


# The most bytes of a body that WAF gets, without and with AssociationConfig.
INSPECTED = (16384, 65536)


class OversizeBodyUninspected(Rule):
    """Web ACL that inspects bodies, with no rule on their size.

    WAF gets the first 8 KB of a body (Application Load Balancer, AppSync) or the first 16 KB (CloudFront, API
    Gateway and others); AssociationConfig raises it up to 64 KB, except for AppSync. The rest goes to the
    application uninspected, so an attack behind that much padding passes. SizeRestrictions_BODY of
    AWSManagedRulesCommonRuleSet blocks bodies above 8 KB, but must often be set to count because of uploads.
    Then add a rule with a SizeConstraintStatement on Body with OversizeHandling MATCH, which blocks, or at
    least counts, bodies above the limit. With CONTINUE it measures only what WAF gets, and never sees a size
    above that.
    """

    id = "W9745"
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::WAFv2::WebACL")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        parts = {"rules": properties.get("Rules"), "default": properties.get("DefaultAction")}
        inspected = INSPECTED["AssociationConfig" in properties]
        for acl, case in scenarios(validator, parts):
            rules, default = acl.get("rules"), acl.get("default")
            # If the default action is Block, a request passes only with a rule that allows it.
            if not isinstance(rules, list) or not isinstance(default, dict) or "Allow" not in default:
                continue
            listed = list(statements(rules))
            inspecting = [index for kind, body, (index, *_) in listed if _inspects_body(kind, body)]
            if inspecting and not any(
                _may_limit(kind, body, rules[index], inspected) for kind, body, (index, *_) in listed
            ):
                rule = rules[inspecting[0]]
                yield RuleFinding(
                    place(properties, rules, (inspecting[0],)),
                    f"Rule {show(rule.get('Name'))} inspects bodies, of which WAF gets only the beginning, "
                    "and no rule is about their size{when}: what follows is not inspected. Add "
                    "a rule with a SizeConstraintStatement on Body with OversizeHandling MATCH.",
                    case,
                )


def _inspects_body(kind: str, statement: Any) -> bool:
    """Return whether a statement inspects the part of the body that WAF gets."""
    if not isinstance(statement, dict):
        return False
    if kind == "ManagedRuleGroupStatement":
        return statement.get("VendorName") == "AWS" and statement.get("Name") in BODY_GROUPS
    return any(body.get("OversizeHandling", "CONTINUE") == "CONTINUE" for body in _bodies(statement))


def _bodies(statement: Any) -> list[Any]:
    """Return how a statement inspects the body, as ``Body`` or ``JsonBody``; empty if it does not."""
    field = statement.get("FieldToMatch")
    named = [field.get(name) for name in ("Body", "JsonBody")] if isinstance(field, dict) else []
    return [body for body in named if isinstance(body, dict)]


def _may_limit(kind: str, statement: Any, rule: Any, inspected: int) -> bool:
    """Return whether a statement is on the size of bodies, or may be (in a function or a group)."""
    if not isinstance(statement, dict) or kind in ("", "RuleGroupReferenceStatement"):
        return True
    if kind == "ManagedRuleGroupStatement":
        is_of_aws = statement.get("VendorName") == "AWS"
        return not is_of_aws or (statement.get("Name") == COMMON and _blocks_large(statement, rule))
    if kind == "SizeConstraintStatement":
        size = number(statement.get("Size"))
        smallest_matching_size = (
            None if size is None else size + (statement.get("ComparisonOperator") == "GT")
        )
        is_size_seen = smallest_matching_size is None or smallest_matching_size <= inspected
        return any(
            is_size_seen or body.get("OversizeHandling", "CONTINUE") != "CONTINUE"
            for body in _bodies(statement)
        )
    return any(body.get("OversizeHandling", "CONTINUE") != "CONTINUE" for body in _bodies(statement))


def _blocks_large(statement: Any, rule: Any) -> bool:
    """Return whether AWS's rule on the size of bodies blocks, for every request."""
    override = rule.get("OverrideAction")
    if isinstance(override, dict) and "Count" in override:
        return False
    overrides = [*mappings(statement.get("RuleActionOverrides")), *mappings(statement.get("ExcludedRules"))]
    if SIZE_RULE in [entry.get("Name") for entry in overrides]:
        return False
    return "ScopeDownStatement" not in statement

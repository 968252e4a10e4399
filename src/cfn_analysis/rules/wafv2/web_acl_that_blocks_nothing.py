from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import property_scenarios


class WebAclThatBlocksNothing(Rule):
    """Web ACL whose rules only count.

    With DefaultAction Allow, and Count in every rule, WAF allows every request and only writes metrics. This
    is correct only while rules are tested. A rule group with OverrideAction Count only
    counts, also if its rules block.
    """

    id = "W9747"
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::WAFv2::WebACL")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for acl, case in property_scenarios(validator, properties, "DefaultAction", "Rules"):
            default, rules = acl.get("DefaultAction"), acl.get("Rules", [])
            if not isinstance(default, dict) or "Allow" not in default or not isinstance(rules, list):
                continue
            acts = [_acts(rule) for rule in rules]
            if not any(acts):
                what = "and every rule only counts" if acts else "and there is no rule"
                yield RuleFinding(
                    ("Rules",) if acts else (),
                    f"DefaultAction is Allow{{when}}, {what}: no request is blocked. Set a rule to Block.",
                    case,
                )


def _acts(rule: Any) -> bool:
    if not isinstance(rule, dict) or is_function(rule)[0]:
        return True
    action = rule.get("Action", rule.get("OverrideAction"))
    return not isinstance(action, dict) or set(action) != {"Count"}

from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.statements import place, rule_lists, statements
from cfn_analysis.rules.support.values import show

CONFIGS = ("ForwardedIPConfig", "IPSetForwardedIPConfig")


class AddressThatClientChooses(Rule):
    """Rule for CloudFront on an address that the client sets.

    CloudFront gets the address of the client. With ForwardedIPConfig, or the key FORWARDED_IP, WAF uses the
    first address of a header instead, and clients can write any address into X-Forwarded-For: a new address
    for every request bypasses a rate limit, an IP set or a geo match. This is correct only behind another CDN
    or proxy that sets the header and cannot be bypassed.
    """

    id = "W9753"
    source_url = (
        "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-forwarded-ip-address.html"
    )
    finding_class = "protections"
    looks_at = properties_of("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        if only_value(validator, properties.get("Scope")) != "CLOUDFRONT":
            return
        if not any(name in show(properties.get("Rules")) for name in (*CONFIGS, "ForwardedIP")):
            return
        for rules, case in rule_lists(validator, properties):
            for _, body, path in statements(rules):
                for name in CONFIGS:
                    config = value_at(body, (name,))
                    if isinstance(config, dict):
                        yield RuleFinding(
                            place(properties, rules, (*path, name)),
                            f"Rule {show(rules[path[0]].get('Name'))} takes the address from the header "
                            f"{show(config.get('HeaderName'))}{{when}}, which clients of CloudFront choose. "
                            "Use the address of the request.",
                            case,
                        )

from typing import Any

from cfn_analysis.rules.support.regions import US_EAST_1, regions
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import state
from cfn_analysis.rules.support.values import values


class CloudFrontScopeOutsideUsEast1(Rule):
    """WAF for CloudFront outside us-east-1.

    WAF creates a web ACL, rule group, IP set or pattern set with the scope CLOUDFRONT only in us-east-1. In
    every other region the create call fails with 'The scope is not valid'. Deploy the stack in us-east-1 (and
    lint it for that region), or use the scope REGIONAL for other resources than CloudFront.
    """

    id = "E9740"
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html"
    fault_class = "names"
    looks_at = properties_of(
        *("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup", "AWS::WAFv2::IPSet", "AWS::WAFv2::RegexPatternSet")
    )

    def faults(self, validator: Validator, properties: Any) -> Faults:
        scope = properties.get("Scope")
        for known, case in values(validator, scope):
            wrong = [region for region in regions(case) if region != US_EAST_1]
            if known == "CLOUDFRONT" and wrong:
                yield Fault(
                    ("Scope",),
                    f"Scope {state(validator, case, scope, known)}, and the stack is for {', '.join(wrong)}: "
                    "WAF creates resources for CloudFront only in us-east-1. Deploy the stack there, or "
                    "use the scope REGIONAL.",
                    case,
                )

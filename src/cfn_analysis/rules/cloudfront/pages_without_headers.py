from typing import Any

from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of

KIND = "AWS::CloudFront::ResponseHeadersPolicy"


class PagesWithoutHeaders(Rule):
    """Security headers on some cache behaviors, and none on the default one.

    A response headers policy applies to the behaviors that refer to it. If others refer to a policy with
    security headers, but DefaultCacheBehavior does not, the pages do not have Strict-Transport-Security and
    Content-Security-Policy. Set it there too.
    """

    id = "W9598"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for config in configurations(validator, properties, "DefaultCacheBehavior", "CacheBehaviors"):
            default = config.parts.get("DefaultCacheBehavior")
            if not isinstance(default, dict) or "ResponseHeadersPolicyId" in default:
                continue
            for _, behavior in config.behaviors():
                policy_id, policy_properties = target(
                    config.case, behavior.get("ResponseHeadersPolicyId"), KIND
                )
                policy_config = policy_properties.get("ResponseHeadersPolicyConfig")
                if policy_id and isinstance(policy_config, dict) and "SecurityHeadersConfig" in policy_config:
                    yield RuleFinding(
                        config.path("DefaultCacheBehavior"),
                        f"ResponseHeadersPolicyId is missing{{when}}, and other behaviors have {policy_id}: "
                        "the pages come without its security headers. Set it here, too.",
                        config.case,
                    )
                    break

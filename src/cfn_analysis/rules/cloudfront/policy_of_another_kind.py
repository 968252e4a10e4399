from typing import Any

from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import values
from cfn_analysis.rules.support.words import rows

MANAGED: dict[str, dict[str, str]] = {}
for kind, policy_id, name in map(str.split, rows(__file__)):
    MANAGED.setdefault(kind, {})[policy_id] = name
TYPES = {
    "CachePolicyId": "AWS::CloudFront::CachePolicy",
    "OriginRequestPolicyId": "AWS::CloudFront::OriginRequestPolicy",
    "ResponseHeadersPolicyId": "AWS::CloudFront::ResponseHeadersPolicy",
}


class PolicyOfAnotherKind(Rule):
    """CloudFront policy of another kind than the property is for.

    Cache policies, origin request policies and response headers policies all have an ID of the same form. One
    of another kind does not exist where it is looked for, and CloudFront refuses the distribution.
    """

    id = "E9591"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html"
    )
    fault_class = "names"
    looks_at = (
        "Resources/AWS::CloudFront::Distribution/Properties/DistributionConfig/DefaultCacheBehavior",
        "Resources/AWS::CloudFront::Distribution/Properties/DistributionConfig/CacheBehaviors/*",
    )

    def faults(self, validator: Validator, behavior: Any) -> Faults:
        resources = validator.cfn.template["Resources"]
        for name in TYPES:
            for value, case in values(validator, behavior.get(name)):
                kind = resources.get(single_reference(value)[0], {}).get("Type")
                other = next((key for key, type_of in TYPES.items() if key != name and type_of == kind), "")
                what = single_reference(value)[0]
                for key, known in MANAGED.items():
                    if key != name and isinstance(value, str) and value in known:
                        other, what = key, known[value]
                if other:
                    yield Fault(
                        (name,),
                        f"{name} is {what}{{when}}, which belongs in {other}. CloudFront refuses it.",
                        case,
                    )

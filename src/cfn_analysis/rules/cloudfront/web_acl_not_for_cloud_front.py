from typing import Any

from cfn_analysis.rules.support.references import find_resource, single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, place


class WebAclNotForCloudFront(Rule):
    """Web ACL that a distribution cannot use.

    WebACLId of a distribution requires the ARN of a web ACL with Scope CLOUDFRONT. Ref of an
    AWS::WAFv2::WebACL is its name, ID and scope in one text, GetAtt Id only the ID, and one with Scope
    REGIONAL is for load balancers and APIs. CloudFront refuses each.
    """

    id = "E9593"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-distribution-distributionconfig.html#cfn-cloudfront-distribution-distributionconfig-webaclid"
    fault_class = "names"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for value, case in branches(validator, properties, "DistributionConfig", "WebACLId"):
            acl, attribute = single_reference(value)
            _, acl_properties = find_resource(case, acl, "AWS::WAFv2::WebACL")
            if not acl_properties:
                continue
            scope = only_value(case, acl_properties.get("Scope"))
            if attribute != "Arn":
                problem = f"WebACLId is not its ARN. Write GetAtt {acl}.Arn"
            elif scope == "REGIONAL":
                problem = "its Scope is REGIONAL. A distribution needs CLOUDFRONT"
            else:
                continue
            yield Fault(place(case, validator), f"WebACLId is {acl}{{when}}, and {problem}.", case)

from typing import Any

from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, show


class CloudFrontAclAssociated(Rule):
    """Association of a web ACL for CloudFront.

    AWS::WAFv2::WebACLAssociation accepts web ACLs with Scope REGIONAL, and WAF refuses one with CLOUDFRONT.
    For a distribution, set the web ACL in WebACLId.
    """

    id = "E9750"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webaclassociation.html"
    fault_class = "names"
    looks_at = properties_of("AWS::WAFv2::WebACLAssociation")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for value, case in branches(validator, properties, "WebACLArn"):
            acl, acl_properties = target(case, value, "AWS::WAFv2::WebACL")
            for scope, where in branches(case, acl_properties, "Scope") if acl else ():
                if only_value(where, scope) == "CLOUDFRONT":  # a parameter that allows both is meant
                    yield Fault(
                        ("WebACLArn",),
                        f"WebACLArn is {acl}{{when}}, whose Scope is CLOUDFRONT: WAF refuses the "
                        "association. Set WebACLId of the distribution instead.",
                        where,
                    )
        if "distribution/" in show(properties.get("ResourceArn")):
            yield Fault(
                ("ResourceArn",),
                "ResourceArn is a distribution: set its WebACLId instead, WAF refuses the association.",
            )

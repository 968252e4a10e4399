from typing import Any

from cfn_analysis.rules.support.references import single_reference, waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type


class RouteBeforeGatewayAttachment(Rule):
    """Route to a gateway that does not wait for its attachment.

    A route to an internet gateway or a VPN gateway needs the gateway to be attached to the VPC, and refers
    only to the gateway: CloudFormation may create it first, and the stack fails by chance. Add DependsOn
    with the AWS::EC2::VPCGatewayAttachment.
    """

    id = "E9625"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html#gatewayattachment"
    fault_class = "lifecycle"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        attachments: dict[str, list[str]] = {}
        for logical_id, _, properties in of_type(resources, "AWS::EC2::VPCGatewayAttachment"):
            for name in ("InternetGatewayId", "VpnGatewayId"):
                attachments.setdefault(single_reference(properties.get(name))[0], []).append(logical_id)
        for logical_id, _, properties in of_type(resources, "AWS::EC2::Route"):
            gateway = single_reference(properties.get("GatewayId"))[0]
            known = attachments.get(gateway, []) if gateway else []
            if known and not any(waits_for(validator, logical_id, one) for one in known):
                yield Fault(
                    (logical_id,),
                    f"The route to {gateway} does not wait for {known[0]}, which attaches it: the stack "
                    f"fails if the route is created first. Add DependsOn: {known[0]}.",
                )

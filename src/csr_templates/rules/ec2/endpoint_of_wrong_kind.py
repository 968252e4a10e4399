"""An endpoint has a type that its service supports."""

from __future__ import annotations

import re
from typing import Any

from csr_templates.rules.support.references import sub_text
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from csr_templates.rules.support.scenarios import only_value, scenarios

GATEWAY = ("s3", "dynamodb")


class EndpointOfWrongKind(Rule):
    """VPC endpoint of a type that its service does not support.

    The default of VpcEndpointType is Gateway, which only S3 and DynamoDB support: every other service needs
    Interface, with subnets and security groups. A gateway is only a route: it needs RouteTableIds, and does
    not accept subnets or security groups.
    """

    id = "E9631"
    source_url = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
    tags = ["resources", "ec2", "vpc"]
    fault_class = "networks"
    looks_at = properties_of("AWS::EC2::VPCEndpoint")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        asked = {name: properties.get(name) for name in ("ServiceName", "VpcEndpointType")}
        for found, case in scenarios(validator, asked):
            service = re.match(r"com\.amazonaws\.[^.]+\.(.+)$", sub_text(found.get("ServiceName")) or "")
            kind = only_value(case, found.get("VpcEndpointType", "Gateway"))
            if not service or kind != "Gateway" or "$" in service[1]:
                continue
            if service[1] not in GATEWAY:
                yield Fault(
                    ("ServiceName",),
                    "VpcEndpointType is "
                    f"Gateway{'' if 'VpcEndpointType' in found else ' by default'}{{when}}, which "
                    f"only S3 and DynamoDB have: EC2 refuses it for {service[1]}. Set it to Interface.",
                    case,
                )
            for name in ("SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"):
                value = properties.get(name)
                if service[1] in GATEWAY and value and str(value).lower() != "false":
                    yield Fault(
                        (name,),
                        f"{name} is set on a gateway endpoint{{when}}, which EC2 refuses: a gateway is a "
                        "route. Set "
                        "RouteTableIds instead, or VpcEndpointType to Interface.",
                        case,
                    )
            if service[1] in GATEWAY and "RouteTableIds" not in properties:
                yield Fault(
                    (),
                    f"RouteTableIds is missing on the gateway endpoint for {service[1]}{{when}}: no subnet "
                    "uses it. "
                    "List the route tables.",
                    case,
                )

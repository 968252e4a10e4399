from typing import Any

from cfn_analysis.rules.support.networks import reaches_gateway, reaches_internet, tables_of_subnet
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import conditional_properties, scenarios
from cfn_analysis.rules.support.values import logical_ids_in, of_type

GATEWAY = "AWS::EC2::NatGateway"


class NatGatewayWithoutInternet(Rule):
    """NAT gateway that does not reach the internet.

    A public NAT gateway forwards traffic with the route table of its own subnet. Without a default route to
    an internet gateway, or with a route back to a NAT gateway, all connections through it time out. Put it
    into a public subnet. A private NAT gateway has no public address: an internet gateway drops its traffic.
    A NAT gateway to which no route leads, or none in the case of a condition, is billed and not used.
    """

    id = "E9626"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"
    finding_class = "networks"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        yield from _unused(validator, resources)
        for logical_id, _, properties in of_type(resources, GATEWAY):
            subnet = single_reference(properties.get("SubnetId"))[0]
            if subnet not in resources:
                continue
            tables = tables_of_subnet(resources, subnet)
            if properties.get("ConnectivityType", "public") == "private":
                if tables and all(reaches_gateway(resources, table) for table in tables):
                    yield RuleFinding(
                        (logical_id, "Properties", "ConnectivityType"),
                        f"ConnectivityType is private, and the route table of {subnet} has a route to an "
                        "internet gateway, which drops the traffic of a private NAT gateway. Make it public, "
                        "with an AllocationId.",
                    )
                continue
            if tables and not any(reaches_internet(resources, table) for table in tables):
                yield RuleFinding(
                    (logical_id, "Properties", "SubnetId"),
                    f"SubnetId is {subnet}, whose route table {tables[0]} has no route to an internet "
                    "gateway: nothing behind the NAT gateway reaches the internet. Put it into a public "
                    "subnet.",
                )


def _unused(validator: Validator, resources: Any) -> Findings:
    """Yield the NAT gateways to which no route leads, in a template with routes to NAT gateways."""
    gateways = [logical_id for logical_id, _, _ in of_type(resources, GATEWAY)]
    together = {
        logical_id: conditional_properties(resource)
        for logical_id, resource, properties in of_type(resources, "AWS::EC2::Route")
        if "NatGatewayId" in properties
    }
    if not gateways or not together:
        return
    outputs = validator.cfn.template.get("Outputs")
    used = logical_ids_in(outputs if isinstance(outputs, dict) else {})
    together |= {logical_id: conditional_properties(resources[logical_id]) for logical_id in gateways}
    for plain, case in scenarios(validator, together):
        routes = [properties for properties in plain.values() if "NatGatewayId" in properties]
        targets = [single_reference(route["NatGatewayId"])[0] for route in routes]
        if not set(targets) <= set(gateways):
            continue
        for gateway in gateways:
            if gateway in plain and gateway not in [*targets, *used]:
                yield RuleFinding(
                    (gateway,),
                    f"No route leads to {gateway}{{when}}: it is billed and not used. Add a route to it, or "
                    "give it the condition of its routes.",
                    case,
                )

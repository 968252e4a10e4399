from typing import Any

from cfn_analysis.rules.support.networks import reaches_gateway, reaches_internet, tables_of_subnet
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type


class NatGatewayWithoutInternet(Rule):
    """NAT gateway that does not reach the internet.

    A public NAT gateway forwards traffic with the route table of its own subnet. Without a default route to
    an internet gateway, or with a route back to a NAT gateway, all connections through it time out. Put it
    into a public subnet. A private NAT gateway has no public address: an internet gateway drops its
    traffic.
    """

    id = "E9626"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, _, properties in of_type(resources, "AWS::EC2::NatGateway"):
            subnet = single_reference(properties.get("SubnetId"))[0]
            if subnet not in resources:
                continue
            tables = tables_of_subnet(resources, subnet)
            if properties.get("ConnectivityType", "public") == "private":
                if tables and all(reaches_gateway(resources, table) for table in tables):
                    yield Fault(
                        (logical_id, "Properties", "ConnectivityType"),
                        f"ConnectivityType is private, and the route table of {subnet} has a route to an "
                        "internet gateway, which drops the traffic of a private NAT gateway. Make it public, "
                        "with an AllocationId.",
                    )
                continue
            if tables and not any(reaches_internet(resources, table) for table in tables):
                yield Fault(
                    (logical_id, "Properties", "SubnetId"),
                    f"SubnetId is {subnet}, whose route table {tables[0]} has no route to an internet "
                    "gateway: nothing behind the NAT gateway reaches the internet. Put it into a public "
                    "subnet.",
                )

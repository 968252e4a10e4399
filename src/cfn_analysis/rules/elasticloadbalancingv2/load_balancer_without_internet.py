from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.networks import default_routes, tables_of_subnet
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type


class LoadBalancerWithoutInternet(Rule):
    """Load balancer for the internet in a subnet behind a NAT gateway.

    A load balancer with the scheme internet-facing, the default, gets public addresses, and answers by the
    route table of each of its subnets. A NAT gateway there does not pass the answers on, and clients wait.
    Put the load balancer into public subnets, or set Scheme to internal.
    """

    id = "E9763"
    source_url = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
    )
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, _, properties in of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer"):
            if properties.get("Scheme", "internet-facing") != "internet-facing":
                continue
            for subnet_id, path in each(properties.get("Subnets"), logical_id, "Properties", "Subnets"):
                subnet = single_reference(subnet_id)[0]
                for table in tables_of_subnet(resources, subnet):
                    routes = [route for _, route in default_routes(resources, table)]
                    if routes and all("NatGatewayId" in route for route in routes):
                        yield Fault(
                            path,
                            f"Scheme is internet-facing, and {table}, the route table of {subnet}, leads "
                            "to a NAT gateway: no client gets an answer. Use a public subnet, or the "
                            "scheme internal.",
                        )

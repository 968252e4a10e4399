"""A load balancer for the internet stands in subnets that lead there."""

from __future__ import annotations

from typing import Any

from csr_templates.rules.support.documents import each
from csr_templates.rules.support.networks import reaches_internet, tables_of_subnet
from csr_templates.rules.support.references import single_reference
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator
from csr_templates.rules.support.values import of_type


class LoadBalancerWithoutInternet(Rule):
    """Load balancer for the internet in a subnet without a route there.

    A load balancer with the scheme internet-facing, the default, gets public addresses, and answers by the
    route table of each of its subnets. Without a default route to an internet gateway no answer leaves the
    subnet, and clients wait. Put it into public subnets, or set Scheme to internal.
    """

    id = "E9763"
    source_url = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
    )
    tags = ["resources", "elasticloadbalancingv2", "vpc"]
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, _, properties in of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer"):
            if properties.get("Scheme", "internet-facing") != "internet-facing":
                continue
            for subnet_id, path in each(properties.get("Subnets"), logical_id, "Properties", "Subnets"):
                subnet = single_reference(subnet_id)[0]
                tables = tables_of_subnet(resources, subnet)
                if tables and not any(reaches_internet(resources, table) for table in tables):
                    yield Fault(
                        path,
                        f"Scheme is internet-facing, and {tables[0]}, the route table of {subnet}, has no "
                        "route to an internet gateway: no client gets an answer. Use a public subnet, or the "
                        "scheme internal.",
                    )

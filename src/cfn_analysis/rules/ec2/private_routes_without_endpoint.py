import re
from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.networks import default_routes
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import of_type


class PrivateRoutesWithoutEndpoint(Rule):
    """Gateway endpoint without a route table with a NAT gateway.

    A gateway endpoint applies to the subnets of the route tables that it lists. From other subnets, traffic
    to S3 or DynamoDB goes through the NAT gateway: it is billed by the gigabyte, and policies that require
    the endpoint deny it. List every route table whose default route is a NAT gateway. A subnet can be omitted
    intentionally.
    """

    id = "W9637"
    source_url = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
    finding_class = "networks"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        endpoints: dict[tuple[str, str], list[tuple[str, Any]]] = {}
        for logical_id, _, properties in of_type(resources, "AWS::EC2::VPCEndpoint"):
            service = re.search(r"\.(s3|dynamodb)$", sub_text(properties.get("ServiceName")) or "")
            vpc = single_reference(properties.get("VpcId"))[0]
            listed = properties.get("RouteTableIds")
            if service and vpc in resources and isinstance(listed, list):
                endpoints.setdefault((vpc, service[1]), []).append((logical_id, listed))
        for (vpc, name), endpoints_of_service in endpoints.items():
            listed_tables: list[str] = []
            for _, listed in endpoints_of_service:
                listed_tables += [single_reference(table)[0] for table, _ in each(listed)]
            left_out = [table for table in _private_tables(resources, vpc) if table not in listed_tables]
            if left_out and all(table in resources for table in listed_tables):
                first_endpoint, _ = endpoints_of_service[0]
                yield RuleFinding(
                    (first_endpoint, "Properties", "RouteTableIds"),
                    f"RouteTableIds does not contain {' and '.join(left_out)}, which has a route to a NAT "
                    f"gateway: there, {name} is reached through it, and billed. Add the route table.",
                )


def _private_tables(resources: Any, vpc: str) -> list[str]:
    """Return the route tables of a VPC that have a route to a NAT gateway."""
    return [
        table
        for table, _, properties in of_type(resources, "AWS::EC2::RouteTable")
        if single_reference(properties.get("VpcId"))[0] == vpc and _leads_to_nat(resources, table)
    ]


def _leads_to_nat(resources: Any, table: str) -> bool:
    return any("NatGatewayId" in route for _, route in default_routes(resources, table))

"""Routes of the subnets of a template. A conditional route counts as existing."""

from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.values import of_type

ANYWHERE = ("0.0.0.0/0", "::/0")
GATEWAY = "AWS::EC2::InternetGateway"


def ingress_rules(resources: Any, group_ids: list[str]) -> list[Any] | None:
    """Return the ingress rules of security groups; None without groups, or if one is in another template."""
    groups = [resources.get(group_id, {}) for group_id in group_ids]
    if not groups or any(group.get("Type") != "AWS::EC2::SecurityGroup" for group in groups):
        return None
    rules = [
        properties
        for _, _, properties in of_type(resources, "AWS::EC2::SecurityGroupIngress")
        if single_reference(properties.get("GroupId"))[0] in group_ids
    ]
    for group in groups:
        rules += [rule for rule, _ in each(group.get("Properties", {}).get("SecurityGroupIngress"))]
    return rules


def tables_of_subnet(resources: Any, subnet_id: str) -> list[str]:
    """Return the route tables of the template that a subnet is associated with."""
    tables = [
        single_reference(properties.get("RouteTableId"))[0]
        for _, _, properties in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")
        if single_reference(properties.get("SubnetId"))[0] == subnet_id
    ]
    return [table for table in tables if table in resources]


def default_routes(resources: Any, table_id: str) -> Iterator[tuple[str, Any]]:
    """Yield logical ID and properties of a table's default routes, or routes with an unknown destination."""
    for logical_id, _, properties in of_type(resources, "AWS::EC2::Route"):
        if single_reference(properties.get("RouteTableId"))[0] != table_id:
            continue
        destination = properties.get("DestinationCidrBlock", properties.get("DestinationIpv6CidrBlock"))
        if destination in ANYWHERE or not isinstance(destination, str):
            yield logical_id, properties


def reaches_internet(resources: Any, table_id: str) -> bool:
    """Return whether a table may have a route to an internet gateway, also in another template."""
    for _, properties in default_routes(resources, table_id):
        if "GatewayId" in properties:
            gateway = single_reference(properties["GatewayId"])[0]
            kind = resources.get(gateway, {}).get("Type")
            if kind in (None, GATEWAY, "AWS::EC2::VPCGatewayAttachment"):
                return True
        elif not any(name.endswith("Id") and name != "RouteTableId" for name in properties):
            return True
    return False


def reaches_gateway(resources: Any, table_id: str) -> bool:
    """Return whether a table's default route leads to an internet gateway of the template."""
    return any(
        resources.get(single_reference(properties.get("GatewayId"))[0], {}).get("Type") == GATEWAY
        for _, properties in default_routes(resources, table_id)
    )

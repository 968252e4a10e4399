"""The network: zones, NAT gateways and routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal

from csr_templates.operating import waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.problems import Stop
from csr_templates.operating.waiting import Duration, Sight

_INTERNET: Final = "0.0.0.0/0"
_DURATION: Final = Duration("seconds", 300)
_OTHER: Final = {"1": "2", "2": "1"}
_AVAILABLE: Final = "available"
_ACTIVE: Final = "active"
_SUBNETS: Final = "subnets"
_GATEWAYS: Final = "NAT gateways"
_TABLES: Final = "route tables"


def show_network(aws: Aws) -> None:
    """Show the zone of each subnet, the NAT gateways, and the gateway of each route table.

    What is wrong is marked with !.

    Calls: ec2:DescribeSubnets, ec2:DescribeNatGateways, ec2:DescribeRouteTables.
    Takes: seconds.
    """
    client = aws.client("ec2", aws.environment.stack_of("VPC").region)
    filters = [
        {"Name": "tag:Project", "Values": [aws.environment.project]},
        {"Name": "tag:Environment", "Values": [aws.environment.name]},
    ]
    answers = aws.in_parallel(
        {
            _SUBNETS: partial(aws.all_pages, client, "DescribeSubnets", Filters=filters),
            _GATEWAYS: partial(aws.all_pages, client, "DescribeNatGateways", Filter=filters),
            _TABLES: partial(aws.all_pages, client, "DescribeRouteTables", Filters=filters),
        }
    )
    for title, answer in answers.items():
        if isinstance(answer, Unknown):
            words.say(f"{words.WRONG} {title}: {answer}")
        elif title == _SUBNETS:
            _show_subnets(answer["Subnets"])
        elif title == _GATEWAYS:
            _show_gateways(answer["NatGateways"])
        else:
            _show_routes(answer["RouteTables"])


def reroute_zone(aws: Aws, zone: Literal["1", "2"], *, back: bool = False) -> None:
    """Route the traffic of a zone to the internet through the NAT gateway of the other zone.

    Args:
        zone: the zone whose NAT gateway has failed.
        back: through its own NAT gateway again.

    Example: reroute-zone 1 --back
    Calls: cloudformation:DescribeStackResource, ec2:DescribeNatGateways, ec2:DescribeRouteTables,
        ec2:ReplaceRoute.
    Takes: seconds.
    Way back: reroute-zone with --back.
    """
    aws.environment.stack_of("NatGateway2")  # an output folder without it has only one gateway
    client = aws.client("ec2", aws.environment.stack_of("VPC").region)
    table = aws.physical_id(f"PrivateRouteTable{zone}")
    zone_of_gateway = zone if back else _OTHER[zone]
    gateway = aws.physical_id(f"NatGateway{zone_of_gateway}")
    (description,) = client.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
    if description["State"] != _AVAILABLE:
        raise Stop(f"The NAT gateway {gateway} is {description['State']}, not {_AVAILABLE}.")
    look = partial(_routed, client, zone, table, gateway)
    if not look().is_there:
        words.say(f"Routes {table} through {gateway}.")
        client.replace_route(RouteTableId=table, DestinationCidrBlock=_INTERNET, NatGatewayId=gateway)
    waiting.for_effect(aws, f"the route of zone {zone}", look, _DURATION, aws.command("show-network"))
    if not back:
        words.say(f"When the zone works again: {aws.command('reroute-zone', zone, '--back')}")


def _routed(client: Any, zone: str, table: str, gateway: str) -> Sight:
    """Look through which gateway the traffic of a zone goes."""
    (description,) = client.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    for route in description["Routes"]:
        if route.get("DestinationCidrBlock") == _INTERNET:
            present = route.get("NatGatewayId", "no NAT gateway")
            is_there = (present, route["State"]) == (gateway, _ACTIVE)
            sentence = f"zone {zone} reaches the internet through {present} ({route['State']})"
            return Sight(sentence, is_there)
    return Sight(f"zone {zone} has no route to the internet")


def _show_subnets(subnets: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        (_name_tag(subnet), subnet["SubnetId"], subnet["AvailabilityZone"], subnet["AvailabilityZoneId"])
        for subnet in subnets
    ]
    words.table(("subnet", "ID", "zone", "zone ID"), sorted(rows))


def _show_gateways(gateways: Sequence[Mapping[str, Any]]) -> None:
    rows: list[tuple[str, ...]] = []
    for gateway in gateways:
        mark = words.mark(is_fine=gateway["State"] == _AVAILABLE)
        rows.append((mark, _name_tag(gateway), gateway["NatGatewayId"], gateway["State"]))
    rows.sort(key=lambda row: row[1:])
    words.table(("", "NAT gateway", "ID", "state"), rows)


def _show_routes(tables: Sequence[Mapping[str, Any]]) -> None:
    """Show the routes through NAT gateways."""
    rows: list[tuple[str, ...]] = []
    for table in tables:
        for route in table["Routes"]:
            if "NatGatewayId" in route:
                mark = words.mark(is_fine=route["State"] == _ACTIVE)
                rows.append(
                    (mark, _name_tag(table), table["RouteTableId"], route["NatGatewayId"], route["State"])
                )
    rows.sort(key=lambda row: row[1:])
    words.table(("", "route table", "ID", "NAT gateway", "state"), rows)


def _name_tag(resource: Mapping[str, Any]) -> str:
    """Return the tag ``Name``."""
    for tag in resource.get("Tags", []):
        if tag["Key"] == "Name":
            return str(tag["Value"])
    return ""

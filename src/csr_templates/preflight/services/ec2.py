"""Availability Zones, the quotas of VPCs; the routes, NAT gateways and security groups of the account."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from csr_templates.preflight import deployed, deployed_resources, quotas, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.quotas import Quota
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed, warned
from csr_templates.preflight.services import ec2_calls, ec2_security_groups

_NAT_GATEWAY: Final = "AWS::EC2::NatGateway"
_NAT_GATEWAYS: Final = Quota(
    "nat-gateways", _NAT_GATEWAY, ec2_calls.nat_gateways, 5, "vpc L-FE5A380F", noun="NAT gateways"
)
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
_QUOTAS: Final = (
    Quota("vpcs", "AWS::EC2::VPC", ec2_calls.vpcs, 5, "vpc L-F678F1CE", noun="VPCs"),
    Quota("internet-gateways", "AWS::EC2::InternetGateway", ec2_calls.internet_gateways, 5, "vpc L-A4707A72"),
    Quota(
        "elastic-ips", "AWS::EC2::EIP", ec2_calls.addresses, 5, "ec2 L-0263D0A3", noun="Elastic IP addresses"
    ),
)
_TARGETS: Final = ("NatGatewayId", "GatewayId")
_DESTINATION: Final = "DestinationCidrBlock"
_DESTINATION_IPV6: Final = "DestinationIpv6CidrBlock"
_ROUTE: Final = "AWS::EC2::Route"


# ---- Before a deploy ----


def _zones(environment: ResolvedEnvironment) -> Iterator[Subject]:
    stacks: dict[str, EnvironmentStack] = {}
    for stack, _, properties in environment.of_type("AWS::EC2::Subnet"):
        zone = properties.get("AvailabilityZone")
        if isinstance(zone, str):
            stacks[zone] = stack
    for zone, stack in stacks.items():
        yield Subject(zone, stack, len(stacks))


def _judge_zone(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    zones = lookup(ec2_calls.zones.query(subject.stack.region))
    states = {zone["ZoneName"]: zone["State"] for zone in zones}
    if subject.id not in states:
        return failed(
            f"The account does not have the Availability Zone {subject.id}. It has "
            f"{', '.join(sorted(states))}.",
            "Set AvailabilityZone1 and AvailabilityZone2 to zones of this list.",
        )
    if states[subject.id] != "available":
        return failed(
            f"The Availability Zone {subject.id} is {states[subject.id]}.",
            "Choose another zone, or wait until it is available.",
        )
    if subject.about < 2:
        return failed(
            f"All subnets are in {subject.id}, but the DB subnet group needs two Availability Zones.",
            "Set AvailabilityZone1 and AvailabilityZone2 to different zones.",
        )
    return passed(f"The Availability Zone {subject.id} is available.")


def _nat_gateway_zones(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, _, properties in environment.of_type(_NAT_GATEWAY):
        zone = _zone(stack, properties)
        if isinstance(zone, str):
            yield Subject(f"nat-gateways-{zone}", stack, zone)


def _judge_nat_gateways(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    region, zone = subject.stack.region, subject.about
    new = _new_nat_gateways(zone, environment, lookup)
    subnets: set[str] = set()
    if new:
        subnets = _subnets(region, zone, lookup)

    def counts(nat_gateway: Mapping[str, Any]) -> bool:
        # A regional NAT gateway does not have a subnet.
        if nat_gateway.get("SubnetId") not in subnets:
            return False
        return nat_gateway["State"] not in ("deleted", "failed")

    quota = _NAT_GATEWAYS._replace(noun=f"NAT gateways in {zone}", counts=counts)
    return quotas.result(lookup, quota, region, new)


def _subnets(region: str, zone: str, lookup: Lookup) -> set[str]:
    """Return the IDs of the subnets of a zone, also of other VPCs."""
    subnets = lookup(ec2_calls.subnets.query(region))
    return {subnet["SubnetId"] for subnet in subnets if subnet["AvailabilityZone"] == zone}


def _new_nat_gateways(zone: str, environment: ResolvedEnvironment, lookup: Lookup) -> int:
    """Return the number of new NAT gateways in a zone."""
    new = {logical_id for _, logical_id in deployed.new(lookup, environment, _NAT_GATEWAY)}
    count = 0
    for stack, logical_id, properties in environment.of_type(_NAT_GATEWAY):
        if logical_id in new and _zone(stack, properties) == zone:
            count += 1
    return count


def _zone(stack: EnvironmentStack, properties: Mapping[str, Any]) -> Any:
    """Return the Availability Zone of a NAT gateway; None if its subnet is not in the stack."""
    subnet = stack.resources.get(properties.get("SubnetId", {}).get("Ref", ""), {})
    return subnet.get("Properties", {}).get("AvailabilityZone")


# ---- After a deploy ----


def _has_target(properties: Mapping[str, Any]) -> bool:
    """Return whether a route goes to a gateway, for IPv4."""
    return _DESTINATION in properties and any(target in properties for target in _TARGETS)


def _judge_route(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    properties = resource.properties
    destination = properties[_DESTINATION]
    table = deployed_resources.in_account(properties["RouteTableId"], resource.stack, environment, lookup)
    route = _route_to(lookup(ec2_calls.route_tables.query(resource.region)), table, destination)
    if route is None:
        return failed(f"The route table {table} does not have a route to {destination}.", resource.drift)
    if route.get("State") == "blackhole":
        return failed(
            f"The route to {destination} in {table} goes to a gateway that does not exist (blackhole).",
            resource.drift,
        )
    for target in _TARGETS:
        expected = deployed_resources.in_account(properties.get(target), resource.stack, environment, lookup)
        if expected != route.get(target):
            return _another_target(resource, f"The route to {destination} in {table}", environment)
    return passed(f"The route to {destination} in {table} is that of the template.")


def _judge_table(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the routes that were added to a route table by hand, which no drift shows."""
    name = resource.physical_id
    tables = {table["RouteTableId"]: table for table in lookup(ec2_calls.route_tables.query(resource.region))}
    if name not in tables:
        return failed(f"The route table {name} does not exist.", resource.drift)
    expected = _destinations_of(resource, environment, lookup)
    for route in tables[name]["Routes"]:
        destination = route.get(_DESTINATION) or route.get(_DESTINATION_IPV6)
        # Routes of gateway endpoints have a prefix list; the local ones come with the table.
        if destination is None or route.get("Origin") == "CreateRouteTable" or destination in expected:
            continue
        return failed(
            f"{name} has a route to {destination}, which no template has.",
            f"If no one needs it, delete it: {_delete_route(name, route, resource.region)}",
        )
    return passed(f"The route table {name} has only routes of the templates.")


def _destinations_of(table: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> set[Any]:
    """Return the destinations of the routes of a route table in all templates."""
    destinations = set()
    for stack in environment.stacks:
        for _, properties in stack.of_type(_ROUTE):
            if _is_route_of(table, stack, properties, environment, lookup):
                destinations |= {properties.get(_DESTINATION), properties.get(_DESTINATION_IPV6)}
    return destinations


def _is_route_of(
    table: DeployedResource,
    stack: EnvironmentStack,
    properties: Mapping[str, Any],
    environment: ResolvedEnvironment,
    lookup: Lookup,
) -> bool:
    """Return whether a route belongs to a route table. Most refer to one of their own stack by its name."""
    match properties["RouteTableId"]:
        case {"Ref": str(logical_id)}:
            return (stack.name, logical_id) == (table.stack.name, table.logical_id)
        case reference:
            in_account = deployed_resources.in_account(reference, stack, environment, lookup)
            return bool(in_account == table.physical_id)


def _delete_route(table: str, route: Mapping[str, Any], region: str) -> str:
    if _DESTINATION in route:
        destination = {"destination_cidr_block": route[_DESTINATION]}
    else:
        destination = {"destination_ipv6_cidr_block": route[_DESTINATION_IPV6]}
    return remedies.aws("ec2 delete-route", region, route_table_id=table, **destination)


def _route_to(tables: Sequence[Mapping[str, Any]], table: str, destination: str) -> Mapping[str, Any] | None:
    for route_table in tables:
        if route_table["RouteTableId"] != table:
            continue
        routes: Sequence[Mapping[str, Any]] = route_table["Routes"]
        for route in routes:
            if route.get(_DESTINATION) == destination:
                return route
    return None


def _another_target(resource: DeployedResource, route: str, environment: ResolvedEnvironment) -> Result:
    """Return the result for a route with another target."""
    zone_number = _zone_number(resource.properties.get("NatGatewayId"))
    if not zone_number:
        return failed(f"{route} has another target than in the template.", resource.drift)
    return warned(
        f"{route} does not use the NAT gateway of its zone.",
        "If the gateway works again: "
        f"{remedies.csr_operate(environment, 'reroute-zone', zone_number, '--back')}",
    )


def _zone_number(gateway: Any) -> str:
    """Return the number of the zone, with which the logical ID of a NAT gateway ends; or an empty text."""
    match gateway:
        case {"Ref": str(logical_id)}:
            digits = re.search(r"\d+$", logical_id)
            if digits:
                return digits[0]
    return ""


def _judge_nat_gateway(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    name = resource.physical_id
    gateways = {
        gateway["NatGatewayId"]: gateway for gateway in lookup(ec2_calls.nat_gateways.query(resource.region))
    }
    remedy = _without_gateway(resource, environment)
    gateway = gateways.get(name, {"State": "deleted"})
    if gateway["State"] != "available":
        reason = gateway.get("FailureMessage", "").rstrip(".")
        if reason:
            reason = f" ({reason})"
        return failed(
            f"The NAT gateway {name} is {gateway['State']}{reason}: what it connects cannot reach the "
            "internet.",
            remedy,
        )
    address = _address_of(resource, lookup)
    addresses = [entry.get("PublicIp") for entry in gateway.get("NatGatewayAddresses", [])]
    if address is not None and address not in addresses:
        return failed(
            f"The NAT gateway {name} does not have the address {address} of the template.", resource.drift
        )
    return passed(f"The NAT gateway {name} is available.")


def _address_of(gateway: DeployedResource, lookup: Lookup) -> str | None:
    """Return the public address of the template, which is the physical ID; None if no template has it."""
    match gateway.properties.get("AllocationId"):
        case {"Fn::GetAtt": [str(logical_id), "AllocationId"]}:
            return deployed.physical_id(lookup, gateway.stack, logical_id)
    return None


def _without_gateway(gateway: DeployedResource, environment: ResolvedEnvironment) -> str:
    """Return what to do without a NAT gateway: reroute its zone if the other zone has one too."""
    zone_number = _zone_number({"Ref": gateway.logical_id})
    if not zone_number or len(gateway.stack.of_type(_NAT_GATEWAY)) < 2:
        return gateway.drift
    return (
        "Use the gateway of the other zone until this one is replaced: "
        f"{remedies.csr_operate(environment, 'reroute-zone', zone_number)}"
    )


BEFORE_DEPLOY: Final = (
    Check(
        "zones",
        "The subnets are in two Availability Zones that exist and are available",
        _zones,
        _judge_zone,
    ),
    quotas.check(
        "network-quotas",
        "The quotas of VPCs, gateways and addresses are sufficient for the new resources",
        _QUOTAS,
    ),
    Check(
        "nat-gateway-quota",
        "The quota of NAT gateways in each Availability Zone is sufficient for the new resources",
        _nat_gateway_zones,
        _judge_nat_gateways,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "routes",
        "Each route has the target of the template",
        _ROUTE,
        _judge_route,
        where=_has_target,
    ),
    deployed_resources.check(
        "added-routes",
        "No route table has a route that no template has",
        "AWS::EC2::RouteTable",
        _judge_table,
    ),
    deployed_resources.check(
        "nat-gateways",
        "Each NAT gateway is available, with the address of the template",
        _NAT_GATEWAY,
        _judge_nat_gateway,
    ),
    deployed_resources.check(
        "security-groups",
        "Each security group has the rules of the templates, and no others",
        ec2_security_groups.GROUP,
        ec2_security_groups.judge_rules,
    ),
)

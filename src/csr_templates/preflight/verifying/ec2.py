"""The routes: whether each goes where the template says."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from csr_templates.preflight import live_calls
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource

_TARGETS: Final = ("NatGatewayId", "GatewayId")
_DESTINATION: Final = "DestinationCidrBlock"


def _judge_route(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    properties = resource.properties
    destination = properties[_DESTINATION]
    table = resources.in_account(properties["RouteTableId"], resource.stack, needs, lookup)
    route = _route_to(lookup(live_calls.route_tables(resource.region)), table, destination)
    if route is None:
        return failed(f"The route table {table} does not have a route to {destination}.", resource.drift)
    if route.get("State") == "blackhole":
        return failed(
            f"The route to {destination} in {table} goes to a gateway that does not exist (blackhole).",
            resource.drift,
        )
    for target in _TARGETS:
        expected = resources.in_account(properties.get(target), resource.stack, needs, lookup)
        if expected != route.get(target):
            return _elsewhere(resource, f"The route to {destination} in {table}", needs)
    return passed(f"The route to {destination} in {table} is that of the template.")


def _route_to(tables: Sequence[Mapping[str, Any]], table: str, destination: str) -> Mapping[str, Any] | None:
    for found in tables:
        if found["RouteTableId"] != table:
            continue
        routes: Sequence[Mapping[str, Any]] = found["Routes"]
        for route in routes:
            if route.get(_DESTINATION) == destination:
                return route
    return None


def _elsewhere(resource: DeployedResource, what: str, needs: Needs) -> Verdict:
    """Return the verdict for a route with another target. The name of a gateway ends with its zone."""
    gateway = resource.properties.get("NatGatewayId", {})
    number = re.search(r"\d+$", str(gateway.get("Ref", ""))) if isinstance(gateway, dict) else None
    if number is None:
        return failed(f"{what} has another target than in the template.", resource.drift)
    return warned(
        f"{what} does not use the NAT gateway of its zone.",
        f"If the gateway works again: csr-operate {needs.environment} reroute-zone {number[0]} --back",
    )


CHECKS: tuple[Check, ...] = (
    resources.check(
        "routes",
        "Each route has the target of the template",
        "AWS::EC2::Route",
        _judge_route,
        where=lambda properties: (
            _DESTINATION in properties and any(target in properties for target in _TARGETS)
        ),
    ),
)

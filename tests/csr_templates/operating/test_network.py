"""The network: ``show-network`` and ``reroute-zone``."""

import pytest

from . import creating
from .conftest import Operator
from .recorded import FAULTS


@pytest.fixture
def zones(operator: Operator) -> Operator:
    """Production with two zones, each with its NAT gateway."""
    creating.create_network(operator.world)
    return operator


def gateway(operator: Operator, zone: str) -> str:
    """Return the logical ID of the NAT gateway of a zone's traffic."""
    physical_ids = operator.world.stacks.stacks["network"].physical_ids
    tables = operator.world.client("ec2").describe_route_tables(
        RouteTableIds=[physical_ids[f"PrivateRouteTable{zone}"]]
    )
    (route,) = [route for route in tables["RouteTables"][0]["Routes"] if "NatGatewayId" in route]
    names = {physical_id: logical_id for logical_id, physical_id in physical_ids.items()}
    return names[route["NatGatewayId"]]


def test_subnets_gateways_and_routes_are_shown(zones: Operator) -> None:
    """By their names."""
    run = zones.run("show-network")

    assert (run.status, run.err) == (0, [])
    assert [line.split()[0] for line in run.out[1:]] == [
        "subnet", "private-subnet-1", "private-subnet-2",
        "NAT", "private-nat-1", "private-nat-2",
        "route", "private-table-1", "private-table-2",
    ]  # fmt: skip
    assert run.out[2].split()[2] == "ap-northeast-1a"


def test_a_gateway_that_is_gone_is_marked(zones: Operator) -> None:
    """The state is shown."""
    physical_id = zones.world.stacks.stacks["network"].physical_ids["NatGateway1"]
    zones.world.client("ec2").delete_nat_gateway(NatGatewayId=physical_id)

    (marked,) = [line for line in zones.run("show-network").out if line.strip().startswith("!")]

    assert marked.split() == ["!", "private-nat-1", physical_id, "deleted"]


@pytest.mark.parametrize("call", ["DescribeSubnets", "DescribeNatGateways", "DescribeRouteTables"])
def test_a_part_that_cannot_be_read_is_marked(zones: Operator, call: str) -> None:
    """The others are shown."""
    zones.world.recorder.failing[f"ec2:{call}"] = FAULTS["denied"]()

    run = zones.run("show-network")

    assert run.status == 1
    assert [line for line in run.out if line.endswith(": unknown")]
    assert len(run.out) == 8


@pytest.mark.parametrize(("zone", "other"), [("1", "2"), ("2", "1")])
def test_a_zone_is_rerouted_and_led_back(zones: Operator, zone: str, other: str) -> None:
    """The command prints the way back, which works."""
    run = zones.run("reroute-zone", zone)

    assert (run.status, run.err) == (0, [])
    assert gateway(zones, zone) == f"NatGateway{other}"
    physical_id = zones.world.stacks.stacks["network"].physical_ids[f"NatGateway{other}"]
    assert run.out[-2:] == [
        f"Now zone {zone} reaches the internet through {physical_id} (active).",
        f"When the zone works again: csr-operate prod reroute-zone {zone} --back",
    ]
    repeated = zones.run("reroute-zone", zone)
    assert (repeated.status, repeated.printed, repeated.out[-2:]) == (0, [], run.out[-2:])
    assert zones.run("reroute-zone", zone, "--back").status == 0
    assert gateway(zones, zone) == f"NatGateway{zone}"


def test_a_gateway_that_is_not_available_is_refused(zones: Operator) -> None:
    """Traffic through it would be lost."""
    physical_id = zones.world.stacks.stacks["network"].physical_ids["NatGateway2"]
    zones.world.client("ec2").delete_nat_gateway(NatGatewayId=physical_id)

    run = zones.run("reroute-zone", "1")

    assert run.err == [
        f"The NAT gateway {physical_id} is deleted, not available.",
        "Nothing was changed.",
    ]
    assert gateway(zones, "1") == "NatGateway1"

"""NAT gateways in a zone."""

import pytest

from csr_templates.preflight.facts import Facts
from tests.csr_templates.preflight.conftest import Walk
from tests.csr_templates.preflight.faults import changed

from .before_deploy import sentences


@pytest.mark.parametrize(("gateway", "used"), [({"SubnetId": "subnet-1"}, 1), ({}, 0)])
def test_a_regional_nat_gateway_does_not_count_in_a_zone(
    walk: Walk, gateway: dict[str, str], used: int
) -> None:
    """EC2 returns a subnet for zonal NAT gateways, and none for regional ones."""
    subnet = {"SubnetId": "subnet-1", "AvailabilityZone": "ap-northeast-1a"}

    def change(facts: Facts) -> Facts:
        facts = changed("DescribeSubnets", lambda _: [subnet])(facts)
        answer = [{"NatGatewayId": "nat-1", "State": "available", **gateway}]
        return changed("DescribeNatGateways", lambda _: answer)(facts)

    assert sentences(walk, "new", "nat-gateway-quota", change)[0] == (
        "PASS",
        f"NAT gateways in ap-northeast-1a: {used} used and 1 new, of 5 (Service Quotas).",
    )

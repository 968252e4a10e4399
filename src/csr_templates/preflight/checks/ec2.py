"""Availability Zones, and the quotas of VPCs."""

from collections.abc import Iterator, Mapping
from typing import Any

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.checks import quotas
from csr_templates.preflight.checks.quotas import Quota
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed

_NAT = Quota(
    "nat-gateways", "AWS::EC2::NatGateway", calls.nat_gateways, 5, "vpc L-FE5A380F", noun="NAT gateways"
)
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
_QUOTAS = (
    Quota("vpcs", "AWS::EC2::VPC", calls.vpcs, 5, "vpc L-F678F1CE", noun="VPCs"),
    Quota("internet-gateways", "AWS::EC2::InternetGateway", calls.internet_gateways, 5, "vpc L-A4707A72"),
    Quota("elastic-ips", "AWS::EC2::EIP", calls.addresses, 5, "ec2 L-0263D0A3", noun="Elastic IP addresses"),
)


def _zones(needs: Needs) -> Iterator[Subject]:
    found = {
        zone: stack
        for stack, _, properties in needs.of_type("AWS::EC2::Subnet")
        if isinstance(zone := properties.get("AvailabilityZone"), str)
    }
    for zone, stack in found.items():
        yield Subject(zone, stack, len(found))


def _judge_zone(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    there = {zone["ZoneName"]: zone["State"] for zone in lookup(calls.zones(subject.stack.region))}
    if subject.id not in there:
        return failed(
            f"The account does not have the Availability Zone {subject.id}. It has "
            f"{', '.join(sorted(there))}.",
            "Set AvailabilityZone1 and AvailabilityZone2 to zones of this list.",
        )
    if there[subject.id] != "available":
        return failed(
            f"The Availability Zone {subject.id} is {there[subject.id]}.",
            "Choose another zone, or wait until it is available.",
        )
    if subject.about < 2:
        return failed(
            f"All subnets are in {subject.id}, but the DB subnet group needs two Availability Zones.",
            "Set AvailabilityZone1 and AvailabilityZone2 to different zones.",
        )
    return passed(f"The Availability Zone {subject.id} is available.")


def _nat_zones(needs: Needs) -> Iterator[Subject]:
    for stack, _, properties in needs.of_type("AWS::EC2::NatGateway"):
        if isinstance(zone := _zone(stack, properties), str):
            yield Subject(f"nat-gateways-{zone}", stack, zone)


def _judge_nat_zone(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    region = subject.stack.region
    wanted = _new_nats(subject, needs, lookup)
    here = {
        subnet["SubnetId"]
        for subnet in (lookup(calls.subnets(region)) if wanted else [])
        if subnet["AvailabilityZone"] == subject.about
    }
    quota = _NAT._replace(
        noun=f"NAT gateways in {subject.about}",
        # A regional NAT gateway does not have a subnet.
        counts=lambda item: item.get("SubnetId") in here and item["State"] not in ("deleted", "failed"),
    )
    return quotas.verdict(lookup, quota, region, wanted)


def _new_nats(subject: Subject, needs: Needs, lookup: Lookup) -> int:
    """Return the number of new NAT gateways in a zone."""
    new = {logical_id for _, logical_id in deployed.new(lookup, needs, _NAT.type)}
    return sum(
        logical_id in new and _zone(stack, properties) == subject.about
        for stack, logical_id, properties in needs.of_type(_NAT.type)
    )


def _zone(stack: StackNeeds, properties: Mapping[str, Any]) -> Any:
    """Return the Availability Zone of a NAT gateway; None if its subnet is not in the stack."""
    subnet = stack.resources.get(properties.get("SubnetId", {}).get("Ref", ""), {})
    return subnet.get("Properties", {}).get("AvailabilityZone")


_IN_VPC = quotas.check(
    "network-quotas",
    "The quotas of VPCs, gateways and addresses are sufficient for the new resources",
    _QUOTAS,
)
CHECKS = (
    Check(
        "zones",
        "The subnets are in two Availability Zones that exist and are available",
        _zones,
        _judge_zone,
    ),
    _IN_VPC,
    Check(
        "nat-gateway-quota",
        "The quota of NAT gateways in each Availability Zone is sufficient for the new resources",
        _nat_zones,
        _judge_nat_zone,
    ),
)

"""Subnets that cannot be created, because their addresses are those of another subnet of the VPC.

The old subnet, which is deleted after the new one is created, counts too.
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import WILL_FAIL
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.updates.partial_resolving import in_stack
from cfn_analysis.updates.resource_changes import ADD, REPLACE

_SUBNET = "AWS::EC2::Subnet"


class _Block(NamedTuple):
    """A block of a subnet: as the template writes it, and the addresses that EC2 makes of it."""

    node: Node
    vpc_id: Any
    written: str
    addresses: ipaddress.IPv4Network | ipaddress.IPv6Network


def overlapping_blocks(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each new subnet with addresses of a deployed one of its VPC.

    ``failures`` reports a block that is written in the same way, as it does a name that is taken.
    """
    outcomes = environment.resources
    if not any(outcome.change.type == _SUBNET for outcome in outcomes.values()):
        return
    deployed = list(_blocks(environment.before))
    for new in _blocks(environment.after):
        outcome = outcomes.get(new.node)
        if outcome is None or outcome.change.action not in (ADD, REPLACE):
            continue
        if environment.refers_to_new(new.vpc_id, new.node.stack):
            continue  # the deployed subnets are in the old VPC
        rival = next((old for old in deployed if _overlap(old, new)), None)
        if rival is not None:
            yield risk(
                WILL_FAIL,
                new.node,
                sentences.BLOCK_TAKEN,
                block=str(new.addresses),
                taken=str(rival.addresses),
                holder="" if rival.node == new.node else rival.node.name,
            )


def _overlap(old: _Block, new: _Block) -> bool:
    """Return whether two blocks of a VPC, which are written differently, have common addresses."""
    if old.vpc_id != new.vpc_id or old.written == new.written:
        return False
    return old.addresses.version == new.addresses.version and old.addresses.overlaps(new.addresses)


def _blocks(stacks: Stacks) -> Iterator[_Block]:
    """Yield the blocks that are known.

    EC2 changes 10.0.0.5/24 to 10.0.0.0/24.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
    """
    for node, resource in existing_resources(stacks):
        if resource.type != _SUBNET:
            continue
        vpc_id = in_stack(node.stack, resource.properties.get("VpcId"))
        for key in ("CidrBlock", "Ipv6CidrBlock"):
            block = resource.properties.get(key)
            if not isinstance(block, str):
                continue  # missing, or known only in the deployed stack
            with suppress(ValueError):  # not a block, which the linter reports
                yield _Block(node, vpc_id, block, ipaddress.ip_network(block, strict=False))

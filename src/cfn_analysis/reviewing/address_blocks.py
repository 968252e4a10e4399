"""Subnets that cannot be created, because their addresses are those of another subnet of the VPC.

The old subnet, which is deleted after the new one is created, counts too.
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

import ipaddress
import json
from collections.abc import Iterator
from typing import NamedTuple

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
    node: Node
    vpc: str
    addresses: ipaddress.IPv4Network | ipaddress.IPv6Network


def overlapping_blocks(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each new subnet with addresses of a deployed one; equal blocks are names that are taken."""
    outcomes = environment.resources
    if not any(outcome.change.type == _SUBNET for outcome in outcomes.values()):
        return
    deployed = list(_blocks(environment.before))
    for new in _blocks(environment.after):
        outcome = outcomes.get(new.node)
        if outcome is None or outcome.change.action not in (ADD, REPLACE):
            continue
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
    """Return whether two different blocks of a VPC have common addresses."""
    if old.vpc != new.vpc or old.addresses == new.addresses:
        return False
    return old.addresses.version == new.addresses.version and old.addresses.overlaps(new.addresses)


def _blocks(stacks: Stacks) -> Iterator[_Block]:
    for node, resource in existing_resources(stacks):
        if resource.type == _SUBNET:
            vpc = json.dumps(in_stack(node.stack, resource.properties.get("VpcId")), sort_keys=True)
            for key in ("CidrBlock", "Ipv6CidrBlock"):
                try:
                    yield _Block(node, vpc, ipaddress.ip_network(resource.properties[key]))
                except (KeyError, ValueError):  # missing, or known only in the deployed stack
                    continue

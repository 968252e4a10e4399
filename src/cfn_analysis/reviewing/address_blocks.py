"""Subnets that cannot be created, because their addresses are those of another subnet of the VPC.

The old subnet, which is deleted after the new one is created, counts too.
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

import ipaddress
import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import WILL_FAIL
from cfn_analysis.updates.partial_resolving import in_stack
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource
from cfn_analysis.updates.resource_changes import ADD, REPLACE

_BLOCKS: Final = ("CidrBlock", "Ipv6CidrBlock")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class _Block(NamedTuple):
    node: Node
    vpc: str
    network: Network


def overlapping_blocks(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each new subnet with addresses of another one; equal blocks of two subnets are names taken."""
    new = {
        node: outcome.change.after
        for node, outcome in environment.resources.items()
        if outcome.change.type == "AWS::EC2::Subnet" and outcome.change.action in (ADD, REPLACE)
    }
    if not new:
        return
    taken = [block for side in environment.before.values() for block in _blocks(side)]
    for side in environment.after.values():
        for block in _blocks(side):
            if block.node not in new:
                continue
            rivals = [
                other
                for other in taken
                if other.vpc == block.vpc
                and other.network != block.network
                and other.network.version == block.network.version
                and other.network.overlaps(block.network)
            ]
            if rivals:
                yield risk(
                    WILL_FAIL,
                    block.node,
                    sentences.BLOCK_TAKEN,
                    block=str(block.network),
                    taken=str(rivals[0].network),
                    holder="" if rivals[0].node == block.node else rivals[0].node.name,
                )


def _blocks(side: ResolvedStack) -> Iterator[_Block]:
    for name, resource in side.existing():
        if resource.type == "AWS::EC2::Subnet":
            vpc = json.dumps(in_stack(side.name, resource.properties.get("VpcId")), sort_keys=True)
            for network in _networks(resource):
                yield _Block(Node(side.name, name), vpc, network)


def _networks(resource: Resource) -> Iterator[Network]:
    for key in _BLOCKS:
        given: Any = resource.properties.get(key)
        try:
            yield ipaddress.ip_network(given)
        except ValueError:  # missing, or known only in the deployed stack
            continue

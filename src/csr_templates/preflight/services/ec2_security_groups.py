"""The rules of security groups: those of the account against those of all templates."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final, NamedTuple

from csr_templates.preflight import deployed_resources, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Result, failed, passed, skipped
from csr_templates.preflight.services import ec2_calls

GROUP: Final = "AWS::EC2::SecurityGroup"
_INBOUND: Final = "AWS::EC2::SecurityGroupIngress"
_OUTBOUND: Final = "AWS::EC2::SecurityGroupEgress"
_ALL: Final = -1
"""All protocols, or all ports.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
"""
_CIDRS: Final = ("CidrIp", "CidrIpv6")
_PEERS: Final = {
    False: ("SourceSecurityGroupId", "SourcePrefixListId", *_CIDRS),
    True: ("DestinationSecurityGroupId", "DestinationPrefixListId", *_CIDRS),
}
"""Whether a rule is outbound -> the properties of which one says to whom it applies."""


class _Rule(NamedTuple):
    """What a rule allows.

    Attributes:
        is_outbound: whether it is for outbound traffic.
        protocol: name or number of the protocol.
        first: the first port, or the ICMP type.
        last: the last port, or the ICMP code.
        peer: CIDR, ID of a security group, or ID of a prefix list.
    """

    is_outbound: bool
    protocol: str
    first: int
    last: int
    peer: str

    @property
    def in_words(self) -> str:
        """The rule as a part of a sentence."""
        direction, preposition = "inbound", "from"
        if self.is_outbound:
            direction, preposition = "outbound", "to"
        return f"{direction} rule for {self._ports} {preposition} {self.peer}"

    @property
    def _ports(self) -> str:
        if self.protocol == str(_ALL):
            return "all traffic"
        if self.first == self.last:
            return f"{self.protocol} {self.first}"
        return f"{self.protocol} {self.first}-{self.last}"


def judge_rules(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the rules of a security group."""
    group = resource.physical_id
    rules = lookup(ec2_calls.security_group_rules(resource.region, group))
    if not rules:
        return failed(f"The security group {group} does not exist, or has no rules.", resource.drift)
    expected = list(_of_templates(resource, environment, lookup))
    if None in expected:
        return skipped(
            f"The rules of {group} were not compared: a template has one whose source is not known.",
            "Compare them with the template.",
        )
    for rule in rules:
        allowed = _of_account(rule)
        if allowed not in expected:
            return failed(
                f"{resource.logical_id} ({group}) has an {allowed.in_words}, which no template has.",
                f"If no one needs it, remove it: {_revoke(rule, resource)}",
            )
    present = {_of_account(rule) for rule in rules}
    for wanted in expected:
        if wanted is not None and wanted not in present:
            return failed(
                f"{resource.logical_id} ({group}) does not have the {wanted.in_words}.", resource.drift
            )
    return passed(f"{resource.logical_id} ({group}) has exactly the rules of the templates.")


def _of_account(rule: Mapping[str, Any]) -> _Rule:
    """Return what a rule of the account allows."""
    peers = (
        rule.get("ReferencedGroupInfo", {}).get("GroupId"),
        rule.get("PrefixListId"),
        rule.get("CidrIpv4"),
        rule.get("CidrIpv6"),
    )
    (peer,) = (_normalized(str(value)) for value in peers if value)
    return _Rule(rule["IsEgress"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"], peer)


def _of_templates(
    group: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Iterator[_Rule | None]:
    """Yield the rules of a group in all templates; None for one whose source is not known."""
    for rule in group.properties.get("SecurityGroupIngress", []):
        yield _in_template(rule, group.stack, environment, lookup, is_outbound=False)
    for rule in group.properties.get("SecurityGroupEgress", []):
        yield _in_template(rule, group.stack, environment, lookup, is_outbound=True)
    for stack in environment.stacks:
        for kind in (_INBOUND, _OUTBOUND):
            for _, rule in stack.of_type(kind):
                owner = deployed_resources.in_account(rule.get("GroupId"), stack, environment, lookup)
                if owner == group.physical_id:
                    yield _in_template(rule, stack, environment, lookup, is_outbound=kind == _OUTBOUND)


def _in_template(
    rule: Mapping[str, Any],
    stack: EnvironmentStack,
    environment: ResolvedEnvironment,
    lookup: Lookup,
    *,
    is_outbound: bool,
) -> _Rule | None:
    for name in _PEERS[is_outbound]:
        peer = deployed_resources.in_account(rule.get(name), stack, environment, lookup)
        if isinstance(peer, str):
            first, last = int(rule.get("FromPort", _ALL)), int(rule.get("ToPort", _ALL))
            return _Rule(is_outbound, str(rule["IpProtocol"]).lower(), first, last, _normalized(peer))
    return None


def _normalized(peer: str) -> str:
    """Return a CIDR in its usual form, or another peer as it is."""
    if "/" not in peer:
        return peer
    return str(ip_network(peer, strict=False))


def _revoke(rule: Mapping[str, Any], resource: DeployedResource) -> str:
    command = "ec2 revoke-security-group-ingress"
    if rule["IsEgress"]:
        command = "ec2 revoke-security-group-egress"
    return remedies.aws(
        command,
        resource.region,
        group_id=resource.physical_id,
        security_group_rule_ids=rule["SecurityGroupRuleId"],
    )

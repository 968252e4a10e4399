from collections.abc import Iterator
from typing import Any, NamedTuple

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import Path, of_type

GROUP = "AWS::EC2::SecurityGroup"


class Opening(NamedTuple):
    """A rule of a security group of the template."""

    group: str
    rule: Any
    path: Path


class GroupClosedOnOneSide(Rule):
    """Egress rule to a security group without a matching ingress rule.

    A connection needs an egress rule of the source group and an ingress rule of the destination group. An
    egress rule to a group of the template without a matching ingress rule has no effect: often source and
    destination are exchanged, or the two ports differ.
    """

    id = "E9635"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    finding_class = "networks"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        group_ids = {logical_id for logical_id, _, _ in of_type(resources, GROUP)}
        if not group_ids:
            return
        ingress_openings = list(_openings(resources, "SecurityGroupIngress", group_ids))
        for egress in _openings(resources, "SecurityGroupEgress", group_ids):
            destination = single_reference(egress.rule.get("DestinationSecurityGroupId"))[0]
            destination_rules = [ingress.rule for ingress in ingress_openings if ingress.group == destination]
            if destination in group_ids and not any(
                _meets(egress, ingress_rule) for ingress_rule in destination_rules
            ):
                yield RuleFinding(
                    (*egress.path, "DestinationSecurityGroupId"),
                    f"DestinationSecurityGroupId is {destination}, which does not allow {egress.group} on "
                    "this port: every connection fails. Add an ingress rule there, or swap the two groups.",
                )


def _openings(resources: Any, direction: str, group_ids: set[str]) -> Iterator[Opening]:
    """Yield the rules of one direction, in the groups and as separate resources."""
    for logical_id, _, properties in of_type(resources, GROUP):
        for rule, path in each(properties.get(direction), logical_id, "Properties", direction):
            yield Opening(logical_id, rule if isinstance(rule, dict) else {}, path)
    for logical_id, _, properties in of_type(resources, f"AWS::EC2::{direction}"):
        group = single_reference(properties.get("GroupId"))[0]
        if group in group_ids:
            yield Opening(group, properties, (logical_id, "Properties"))


def _meets(egress: Opening, rule: Any) -> bool:
    """Return whether a rule of the other group matches; unknown values match."""
    if is_function(rule)[0] or not rule:
        return True
    source = rule.get("SourceSecurityGroupId")
    if source is not None and single_reference(source)[0] not in (egress.group, ""):
        return False
    ends = [_ports(side) for side in (egress.rule, rule)]
    if None in ends:
        return True
    (first, last), (other_first, other_last) = [end for end in ends if end]
    return first <= other_last and other_first <= last and _protocols_meet(egress.rule, rule)


def _ports(rule: Any) -> tuple[float, float] | None:
    """Return the ports of a rule; None for all ports or if they are not known."""
    first, last = number(rule.get("FromPort")), number(rule.get("ToPort"))
    if str(rule.get("IpProtocol")) == "-1" or first is None or last is None or first < 0:
        return None
    return first, last


def _protocols_meet(egress: Any, ingress: Any) -> bool:
    written = [str(rule.get("IpProtocol")) for rule in (egress, ingress)]
    protocols = {{"6": "tcp", "17": "udp"}.get(protocol, protocol) for protocol in written}
    return len(protocols) == 1 or any(text.startswith("{") for text in protocols)

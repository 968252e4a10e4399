"""Security groups and network ACLs: newly allowed protocols, ports and addresses, and blocked answers."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import as_list
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences, writing
from cfn_analysis.reviewing.access import boxes
from cfn_analysis.reviewing.access.boxes import Box, without
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import KnownEffect, Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION, OPENS
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.reviewing.values import text, words
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource, mentions
from cfn_analysis.updates.resource_changes import ADD, REMOVE

_GROUP: Final = "AWS::EC2::SecurityGroup"
_RULES: Final = {"AWS::EC2::SecurityGroupIngress": "in", "AWS::EC2::SecurityGroupEgress": "out"}
_INLINE: Final = {"in": "SecurityGroupIngress", "out": "SecurityGroupEgress"}
_ENTRY: Final = "AWS::EC2::NetworkAclEntry"
_BLOCKS: Final = ("CidrIp", "CidrIpv6", "CidrBlock", "Ipv6CidrBlock")
_PREFIX_LISTS: Final = ("SourcePrefixListId", "DestinationPrefixListId")
_GROUPS: Final = ("SourceSecurityGroupId", "SourceSecurityGroupName", "DestinationSecurityGroupId")
# Without egress rules, a group has the default egress rules.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
_DEFAULT_EGRESS: Final = (
    {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"},
    {"IpProtocol": "-1", "CidrIpv6": "::/0"},
)


class _Rule(NamedTuple):
    """A rule of a group, with the number 0, or of an ACL.

    Attributes:
        path: of a rule in the properties of a group; empty for a resource of its own.
        source: the name of addresses that are not known.
    """

    node: Node
    path: str
    owner: Node | None
    direction: str
    number: int
    allows: bool
    box: Box
    source: str

    @property
    def effect(self) -> tuple[str, int, bool, Box, str]:
        """What the rule does, without the resource that declares it."""
        return self.direction, self.number, self.allows, self.box, self.source


_Rules = dict[str, list[_Rule]]


def wider_networks(before: Stacks, after: Stacks) -> Iterator[Risk]:
    """Yield the resources whose rules allow more traffic."""
    had, has = dict(existing_resources(before)), dict(existing_resources(after))
    for gather in (_groups, _acls):
        old, new = gather(before), gather(after)
        for subject, rules in new.items():
            was = old.get(subject, [])
            if [rule.effect for rule in was] == [rule.effect for rule in rules]:
                continue
            wider = _by_rule(_newly_allowed(was, rules, had))
            lost = _by_rule(_newly_allowed(rules, was, has))
            for (node, path), traffic in wider.items():
                paths = (path,) if path else _changed(had.get(node), has[node])
                lost_traffic = lost.get((node, path), ())
                sentence = sentences.TRAFFIC_ALLOWED
                yield risk(OPENS, node, sentence, paths=paths, traffic=traffic, lost=lost_traffic)
            yield from _unsure_denials(was, rules)


def narrower_networks(environment: EnvironmentChanges) -> Iterator[KnownEffect]:
    """Yield the resources that remain, and whose rules allow less traffic."""
    if not environment.before:
        return
    has = dict(existing_resources(environment.after))
    for gather in (_groups, _acls):
        old, new = gather(environment.before), gather(environment.after)
        for subject, was in old.items():
            rules = new.get(subject, [])
            if [rule.effect for rule in was] == [rule.effect for rule in rules]:
                continue
            for (node, path), traffic in _by_rule(_newly_allowed(rules, was, has)).items():
                outcome = environment.resources.get(node)
                if outcome is None or outcome.change.action in (ADD, REMOVE):
                    continue
                change = outcome.change
                paths = (path.partition("[")[0],) if path else _changed(change.before, change.after)
                effect = f"It no longer allows {'; '.join(traffic)}. Connections that need this fail."
                yield from (KnownEffect(node, changed, effect) for changed in paths)


def _by_rule(traffic_of_rules: Iterable[tuple[_Rule, Box]]) -> dict[tuple[Node, str], tuple[str, ...]]:
    """Return resource and path of a rule -> its traffic in words."""
    parts: dict[tuple[Node, str], list[str]] = {}
    for rule, traffic in traffic_of_rules:
        parts.setdefault((rule.node, rule.path), []).append(_in_words(traffic, rule))
    return {place: writing.first(dict.fromkeys(texts)) for place, texts in parts.items()}


# Clients choose their ports from these; NAT gateways, load balancers and functions use all of them.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_EPHEMERAL: Final = (1024, 65535)


def blocked_answers(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the entries of network ACLs with which answers to some ports of clients no longer pass."""
    before, after = environment.before, environment.after
    deployed, planned = _acls(before), _acls(after)
    for subject, rules in planned.items():
        allowed = _allowed(rules)
        blocked: dict[Node, list[str]] = {}
        for rule, through in _through(deployed.get(subject, [])):
            if not _allows_answers(rule.box):
                continue
            for traffic in _ephemeral(without(through, allowed)):
                if node := _blocking(environment, rule, rules, traffic):
                    blocked.setdefault(node, []).append(_in_words(traffic, rule))
        for node, parts in blocked.items():
            change = environment.resources[node].change
            paths = _changed(change.before, change.after)
            traffic_in_words = writing.first(dict.fromkeys(parts))
            sentence = sentences.TRAFFIC_BLOCKED
            yield risk(INTERRUPTION, node, sentence, paths=paths, traffic=traffic_in_words)


def _allows_answers(traffic: Box) -> bool:
    """Return whether a rule allows answers to every port that a client can choose."""
    (first, last), (low, high), _ = traffic.sides
    has_ports = first == last and first in boxes.WITH_PORTS
    return has_ports and low <= _EPHEMERAL[0] and high >= _EPHEMERAL[1]


def _ephemeral(traffic: Iterable[Box]) -> Iterator[Box]:
    """Yield the parts of some traffic with ports that clients choose."""
    for box in traffic:
        protocols, (low, high), where = box.sides
        ports = (max(low, _EPHEMERAL[0]), min(high, _EPHEMERAL[1]))
        if ports[0] <= ports[1]:
            yield box._replace(sides=(protocols, ports, where))


def _blocking(
    environment: EnvironmentChanges, rule: _Rule, rules: Iterable[_Rule], traffic: Box
) -> Node | None:
    """Return the changed entry that blocks traffic: the one that allowed it, or one that denies it."""
    denying = [later.node for later in rules if not later.allows and boxes.common(later.box, traffic)]
    return next((node for node in (rule.node, *denying) if node in environment.resources), None)


def _changed(before: Resource | None, after: Resource | None) -> tuple[str, ...]:
    """Return the changed properties of a rule that is a resource; none if it is new or removed."""
    if before is None or after is None:
        return ()
    old, new = before.properties, after.properties
    return tuple(key for key in dict.fromkeys([*new, *old]) if old.get(key) != new.get(key))


def _newly_allowed(
    was: Sequence[_Rule], rules: Sequence[_Rule], had: Collection[Node]
) -> Iterator[tuple[_Rule, Box]]:
    """Yield the traffic of each rule that the earlier rules did not allow; ``had`` existed before."""
    allowed = _allowed(was)
    for rule, through in _through(rules):
        is_new = rule.owner is not None and rule.owner not in had
        for traffic in without(through, allowed):
            if boxes.hidden_by_everyone(traffic, allowed):
                continue
            if is_new and not (rule.direction == "in" and boxes.is_everyone(traffic)):
                continue  # a new group or ACL has no earlier traffic to compare with
            if boxes.is_internet(rule.box):  # one name for the pieces around the addresses that were allowed
                traffic = traffic._replace(sides=(*traffic.sides[:2], boxes.everyone(traffic.family)))
            yield rule, traffic


def _through(rules: Sequence[_Rule]) -> Iterator[tuple[_Rule, list[Box]]]:
    """Yield the allow rules, each with the traffic that it allows: the first matching rule applies.

    https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
    """
    decided: list[Box] = []
    for rule in rules:
        if rule.allows:
            yield rule, without([rule.box], decided) if rule.number else [rule.box]
        if rule.number:
            decided.append(rule.box)


def _allowed(rules: Sequence[_Rule]) -> list[Box]:
    """Return the traffic that rules allow together."""
    allowed: list[Box] = []
    for _, through in _through(rules):
        allowed += through
    return allowed


def _unsure_denials(was: Sequence[_Rule], rules: Sequence[_Rule]) -> Iterator[Risk]:
    """Yield removed denials of unknown addresses or ports, whose effect is unknown."""
    kept = [rule.box for rule in rules if not rule.allows]
    for rule in was:
        is_unsure = rule.source or rule.box.unknown_ports
        if not rule.allows and is_unsure and rule.box not in kept:
            yield risk(
                OPENS,
                rule.node,
                sentences.TRAFFIC_NO_LONGER_DENIED,
                paths=(rule.path,) if rule.path else (),
                traffic=_in_words(rule.box, rule),
            )


def _in_words(traffic: Box, rule: _Rule) -> str:
    return boxes.box_in_words(traffic, "from" if rule.direction == "in" else "to", rule.source)


def _groups(side: Stacks) -> _Rules:
    """Return group and direction -> its rules, from the group and from separate resources."""
    by_group: _Rules = {}
    for node, resource in existing_resources(side):
        resolved, properties = side[node.stack], resource.properties
        if resource.type == _GROUP:
            key = _key({"Ref": node.name}, resolved)
            for direction in _INLINE:
                rules = _inline_rules(resolved, node, properties, direction)
                by_group.setdefault(f"{key} {direction}", []).extend(rules)
        elif resource.type in _RULES:
            reference = properties.get("GroupId", properties.get("GroupName"))
            direction = _RULES[resource.type]
            rule = _rule(resolved, node, "", _owner(reference, node.stack), direction, properties)
            by_group.setdefault(f"{_key(reference, resolved)} {direction}", []).append(rule)
    return by_group


def _inline_rules(
    resolved: ResolvedStack, group: Node, properties: Mapping[str, Any], direction: str
) -> list[_Rule]:
    """Return the rules of one direction in the properties of a group."""
    name = _INLINE[direction]
    entries = as_list(properties.get(name))
    if direction == "out" and not entries:
        entries = list(_DEFAULT_EGRESS)
    rules = []
    for number, entry in enumerate(entries):
        rules.append(_rule(resolved, group, f"{name}[{number}]", group, direction, entry))
    return rules


def _rule(
    resolved: ResolvedStack, node: Node, path: str, owner: Node | None, direction: str, properties: Any
) -> _Rule:
    if not isinstance(properties, Mapping):
        properties = {"CidrIp": properties}
    block, source = _source(properties, resolved)
    first, last = properties.get("FromPort"), properties.get("ToPort")
    traffic = boxes.box(block, properties.get("IpProtocol", "-1"), first, last)
    return _Rule(node, path, owner, direction, 0, True, traffic, source)


def _acls(side: Stacks) -> _Rules:
    """Return network ACL and direction -> its entries in the order of their numbers."""
    by_acl: _Rules = {}
    for node, resource in existing_resources(side):
        if resource.type == _ENTRY:
            rule = _entry(side[node.stack], node, resource.properties)
            key = _key(resource.properties.get("NetworkAclId"), side[node.stack])
            by_acl.setdefault(f"{key} {rule.direction}", []).append(rule)
    return {subject: sorted(rules, key=lambda rule: rule.number) for subject, rules in by_acl.items()}


def _entry(resolved: ResolvedStack, node: Node, properties: Mapping[str, Any]) -> _Rule:
    """Return an entry of a network ACL; one with an unknown number counts as the first."""
    is_egress = text(properties.get("Egress", False)).lower() == "true"
    block, source = _source(properties, resolved)
    protocol = text(properties.get("Protocol", "-1"))
    first, last = _ends(properties, protocol)
    number = text(properties.get("RuleNumber"))
    return _Rule(
        node,
        "",
        _owner(properties.get("NetworkAclId"), node.stack),
        "out" if is_egress else "in",
        int(number) if number.isdigit() else 1,
        properties.get("RuleAction") == "allow",
        boxes.box(block, protocol, first, last),
        source,
    )


def _ends(properties: Mapping[str, Any], protocol: str) -> tuple[Any, Any]:
    """Return the first and the last port of an entry; of ICMP, its type and code."""
    name, first, last = "PortRange", "From", "To"
    if protocol in ("1", "58"):
        name, first, last = "Icmp", "Type", "Code"
    pair = properties.get(name)
    if not isinstance(pair, Mapping):  # it is missing or not known
        return pair, pair
    return pair.get(first), pair.get(last)


def _source(rule: Mapping[str, Any], resolved: ResolvedStack) -> tuple[Any, str]:
    """Return the addresses of a rule, or their identifier and their name."""
    for key in _BLOCKS:
        if key in rule:
            block = rule[key]
            if isinstance(block, str):
                return block, ""
            return {"": json.dumps(block, sort_keys=True)}, words(block)
    for key in _PREFIX_LISTS:
        if key in rule:
            prefix_list = rule[key]
            identifier = {"the prefix list ": json.dumps(prefix_list, sort_keys=True)}
            return identifier, f"the prefix list {words(prefix_list)}"
    for key in _GROUPS:
        if key in rule:
            group = rule[key]
            return {"the group ": _key(group, resolved)}, f"the group {words(group)}"
    key = json.dumps(rule, sort_keys=True, default=str)
    return {"": key}, "addresses that the template does not specify"


def _key(reference: Any, resolved: ResolvedStack) -> str:
    """Return a key that is the same for all references to one group or ACL."""
    match reference:
        case {"Fn::GetAtt": [str(name), _]}:
            return _key({"Ref": name}, resolved)
    return json.dumps([resolved.name, resolved.with_names(reference)], sort_keys=True, default=str)


def _owner(reference: Any, stack: str) -> Node | None:
    return next((mention.target for mention in mentions(reference, stack)), None)

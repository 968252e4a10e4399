from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.acls import ANY_PROTOCOL, NetworkAclEntry, acl_entries
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import of_type


class AclRuleWithoutEffect(Rule):
    """Network ACL rule that has no effect, or network ACL that allows nothing in one direction.

    The rules of a network ACL are evaluated from the lowest number, the first matching rule applies, and what
    no rule allows is denied. After a rule that matches all of its traffic, a rule is never reached. A deny
    after the allow that it limits has no effect. Without a rule that allows one of the two directions, no
    connection works. Give the narrower rule the lower number.
    """

    id = "E9634"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
    finding_class = "networks"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        used = {
            single_reference(properties.get("NetworkAclId"))[0]
            for _, _, properties in of_type(resources, "AWS::EC2::SubnetNetworkAclAssociation")
        }
        for acl, _, _ in of_type(resources, "AWS::EC2::NetworkAcl"):
            for entries_of, case in acl_entries(validator, resources, acl):
                for egress, way in ((False, "in"), (True, "out")):
                    entries = [entry for entry in entries_of if entry.egress == egress]
                    yield from _without_effect(entries, case)
                    if acl in used and entries_of and not any(entry.allows for entry in _reached(entries)):
                        before = ", before the one that denies everything." if entries else "."
                        yield RuleFinding(
                            (acl,),
                            f"The network ACL allows nothing {way}{{when}}: add an AWS::EC2::NetworkAclEntry "
                            f"with Egress: {str(egress).lower()} and RuleAction: allow{before}",
                            case,
                        )


def _reached(entries: list[NetworkAclEntry]) -> list[NetworkAclEntry]:
    """Return the rules before the first that denies all traffic of IPv4."""
    ends = [
        entry.number
        for entry in entries
        if entry.number is not None and not entry.allows and entry.is_everything and _version(entry) == 4
    ]
    return [
        entry
        for entry in entries
        if entry.number is None or not ends or entry.number < min(ends) or _version(entry) == 6
    ]


def _version(entry: NetworkAclEntry) -> int:
    if not entry.network:
        return 0
    return entry.network.version


def _without_effect(entries: list[NetworkAclEntry], case: Validator) -> Iterator[RuleFinding]:
    """Yield the rules of one direction that are never reached, or that deny what is denied anyway."""
    if any(entry.number is None for entry in entries):
        return
    ordered = sorted(entries, key=lambda entry: entry.number or 0)
    for index, entry in enumerate(ordered):
        if entry.is_everything or entry.network is None:
            continue
        earlier, later = ordered[:index], ordered[index + 1 :]
        path = (entry.logical_id, "Properties", "RuleNumber")
        for first in earlier:
            if _covers(first, entry) and (first.is_everything or first.allows != entry.allows):
                yield RuleFinding(
                    path,
                    f"RuleNumber is {entry.number:g}, after {first.logical_id} with {first.number:g}, which "
                    "matches all of its traffic{when}: the rule is never reached. Give it a lower number.",
                    case,
                )
                break
            limited = first.allows and _meets(first, entry) and _is_inside(entry, first)
            if limited and not entry.allows and not any(_meets(entry, rule) for rule in later if rule.allows):
                yield RuleFinding(
                    path,
                    f"RuleNumber is {entry.number:g}, after {first.logical_id} with {first.number:g}, which "
                    "allows what this rule denies{when}, and no later rule does: it has no effect. Give it a "
                    "lower number.",
                    case,
                )
                break


def _is_inside(entry: NetworkAclEntry, wider: NetworkAclEntry) -> bool:
    """Return whether the addresses of a rule are some of those of another."""
    if entry.network is None or wider.network is None or _version(entry) != _version(wider):
        return False
    return entry.network != wider.network and entry.network.subnet_of(wider.network)  # type: ignore[arg-type]


def _covers(wide: NetworkAclEntry, narrow: NetworkAclEntry) -> bool:
    """Return whether a rule matches all traffic that another does."""
    same = wide.network is not None and wide.network == narrow.network
    if not same and not _is_inside(narrow, wide):
        return False
    if wide.protocol == ANY_PROTOCOL:
        return True
    if wide.protocol != narrow.protocol or wide.ports is None or narrow.ports is None:
        return False
    return wide.ports[0] <= narrow.ports[0] and narrow.ports[1] <= wide.ports[1]


def _meets(first: NetworkAclEntry, second: NetworkAclEntry) -> bool:
    """Return whether two rules may match the same traffic."""
    if ANY_PROTOCOL not in (first.protocol, second.protocol) and first.protocol != second.protocol:
        return False
    if first.network and second.network and _version(first) != _version(second):
        return False
    if first.network and second.network and not first.network.overlaps(second.network):
        return False
    if first.ports is None or second.ports is None:
        return True
    return first.ports[0] <= second.ports[1] and second.ports[0] <= first.ports[1]

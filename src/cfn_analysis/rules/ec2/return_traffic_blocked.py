import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from cfn_analysis.rules.support.acls import ANY_PROTOCOL, PORTS, NetworkAclEntry, acl_entries
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import of_type

# The ephemeral ports of all systems are in this range: Linux 32768-60999,
# Windows 49152-65535, NAT gateways and Lambda 1024-65535.
FIRST_PORT, LAST_PORT = 49152, 60999


class ReturnTrafficBlocked(Rule):
    """Network ACL that blocks return traffic.

    A network ACL is stateless: return traffic must be allowed too, from the remote address to the ephemeral
    port of the connection. An ACL that allows HTTPS to 0.0.0.0/0 must allow inbound TCP 1024-65535 (the range
    of NAT gateways and Lambda) from 0.0.0.0/0, also behind a NAT gateway, which keeps the remote address.
    Otherwise every connection times out.
    """

    id = "E9622"
    source_url = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports"
    )
    finding_class = "networks"

    def findings(self, validator: Validator, resources: Any) -> Iterator[RuleFinding]:
        for acl_id, _, _ in of_type(resources, "AWS::EC2::NetworkAcl"):
            goes_out = _goes_out(resources, acl_id)
            for entries, case in acl_entries(validator, resources, acl_id):
                for entry in _unanswered(_about_tcp(entries), goes_out):
                    yield RuleFinding((entry.logical_id, "Properties"), _unanswered_text(entry), case)


def _goes_out(resources: Any, acl_id: str) -> bool:
    """Return whether a subnet of the ACL has a route to a NAT gateway, for outbound connections."""
    subnets = _associated(resources, "AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId")
    tables = _associated(resources, "AWS::EC2::SubnetRouteTableAssociation", "RouteTableId")
    subnets_of_acl = subnets.get(acl_id, set())
    for _, _, route in of_type(resources, "AWS::EC2::Route"):
        table = single_reference(route.get("RouteTableId"))[0]
        if "NatGatewayId" in route and tables.get(table, set()) & subnets_of_acl:
            return True
    return False


def _associated(resources: Any, kind: str, key: str) -> dict[str, set[str]]:
    """Return the subnets of each network ACL or route table."""
    subnets: dict[str, set[str]] = {}
    for _, _, properties in of_type(resources, kind):
        holder = single_reference(properties.get(key))[0]
        subnet = single_reference(properties.get("SubnetId"))[0]
        subnets.setdefault(holder, set()).add(subnet)
    return subnets


def _unanswered_text(entry: NetworkAclEntry) -> str:
    way, back, from_ = ("out to", "in", "from") if entry.egress else ("in from", "out", "to")
    ports = "" if entry.ports in (None, PORTS) else f" {_range(entry.ports)}"
    return (
        f"TCP{ports} can go {way} {entry.network}{{when}}, but no entry of the ACL allows the responses "
        f"{back}: every connection times out. Allow TCP 1024-65535 {from_} {entry.network} with Egress "
        f"{str(not entry.egress).lower()}."
    )


def _range(ports: Any) -> str:
    first, last = (int(port) for port in ports)
    if first == last:
        return str(first)
    return f"{first}-{last}"


def _about_tcp(entries: list[NetworkAclEntry]) -> list[NetworkAclEntry]:
    """Return the entries about TCP, in the order of their numbers; none if one of them is not known."""
    about = [entry for entry in entries if entry.protocol in ("6", ANY_PROTOCOL, "None")]
    if any(None in (entry.number, entry.network, entry.ports) for entry in about):
        return []
    return sorted(about, key=lambda entry: entry.number or 0)


def _takes_answers(entry: NetworkAclEntry) -> bool:
    """Return whether an entry covers the ephemeral ports."""
    return bool(entry.ports and entry.ports[0] <= FIRST_PORT and entry.ports[1] >= LAST_PORT)


def _unanswered(entries: list[NetworkAclEntry], goes_out: bool) -> Iterator[NetworkAclEntry]:
    """Yield the entries that allow connections whose return traffic no entry allows."""
    for entry in entries:
        opposite = [answer for answer in entries if answer.egress != entry.egress]
        # An entry with the ephemeral ports may be for return traffic of the other direction: a database that
        # the whole VPC uses often allows all outbound traffic.
        answers = _takes_answers(entry) and not (entry.egress and goes_out)
        answers = answers and any(
            answer.allows and _overlap(answer.network, entry.network) for answer in opposite
        )
        if entry.allows and not answers and not _lets_back(entry, opposite):
            yield entry


def _lets_back(entry: NetworkAclEntry, opposite: Iterable[NetworkAclEntry]) -> bool:
    allowed = []
    for answer in opposite:
        if not _takes_answers(answer):
            continue
        if answer.allows:
            allowed.append(answer.network)
        elif _include([answer.network], entry.network):
            return False
        if _include(allowed, entry.network):
            return True
    return False


def _include(networks: list[Any], inner: Any) -> bool:
    same = [network for network in networks if network.version == inner.version]
    return any(inner.subnet_of(network) for network in ipaddress.collapse_addresses(same))


def _overlap(first: Any, second: Any) -> bool:
    return bool(first.version == second.version and first.overlaps(second))

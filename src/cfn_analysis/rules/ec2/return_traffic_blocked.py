import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Rule, Validator
from cfn_analysis.rules.support.scenarios import conditional_properties, number, only_value, scenarios
from cfn_analysis.rules.support.values import is_true, of_type

ENTRY = "AWS::EC2::NetworkAclEntry"
TCP, ALL = 6, -1

# The ephemeral ports of all systems are in this range: Linux 32768-60999,
# Windows 49152-65535, NAT gateways and Lambda 1024-65535.
FIRST_PORT, LAST_PORT = 49152, 60999


class Entry(NamedTuple):
    """A network ACL entry about TCP."""

    logical_id: str
    number: float
    allows: bool
    egress: bool
    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    ports: tuple[float, float]

    @property
    def takes_answers(self) -> bool:
        """Whether it covers the ephemeral ports."""
        return self.ports[0] <= FIRST_PORT and self.ports[1] >= LAST_PORT


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
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Iterator[Fault]:
        for acl_id, _, _ in of_type(resources, "AWS::EC2::NetworkAcl"):
            own = {
                logical_id: conditional_properties(resource)
                for logical_id, resource, properties in of_type(resources, ENTRY)
                if single_reference(properties.get("NetworkAclId"))[0] == acl_id
            }
            yield from _blocked(validator, own, _goes_out(resources, acl_id))


def _goes_out(resources: Any, acl_id: str) -> bool:
    """Return whether a subnet of the ACL has a route to a NAT gateway, for outbound connections."""
    subnets = _associated(resources, "AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId")
    tables = _associated(resources, "AWS::EC2::SubnetRouteTableAssociation", "RouteTableId")
    behind_nat = {
        subnet
        for _, _, route in of_type(resources, "AWS::EC2::Route")
        if "NatGatewayId" in route
        for subnet in tables.get(single_reference(route.get("RouteTableId"))[0], ())
    }
    return bool(behind_nat & subnets.get(acl_id, set()))


def _associated(resources: Any, kind: str, key: str) -> dict[str, set[str]]:
    """Return the subnets of each network ACL or route table."""
    found: dict[str, set[str]] = {}
    for _, _, properties in of_type(resources, kind):
        holder, subnet = (single_reference(properties.get(name))[0] for name in (key, "SubnetId"))
        found.setdefault(holder, set()).add(subnet)
    return found


def _blocked(validator: Validator, own: dict[str, Any], goes_out: bool) -> Iterator[Fault]:
    for plain, case in scenarios(validator, own):
        for entry in _unanswered(_entries(case, plain), goes_out):
            yield Fault((entry.logical_id, "Properties"), _unanswered_text(entry), case)


def _unanswered_text(entry: Entry) -> str:
    way, back, from_ = ("out to", "in", "from") if entry.egress else ("in from", "out", "to")
    ports = "" if entry.ports == (0, 65535) else f" {_range(entry.ports)}"
    return (
        f"TCP{ports} can go {way} {entry.network}{{when}}, but no entry of the ACL allows the responses "
        f"{back}: every connection times out. Allow TCP 1024-65535 {from_} {entry.network} with Egress "
        f"{str(not entry.egress).lower()}."
    )


def _range(ports: tuple[float, float]) -> str:
    first, last = (int(port) for port in ports)
    return str(first) if first == last else f"{first}-{last}"


def _entries(case: Validator, plain: Any) -> list[Entry]:
    """Return the entries about TCP, in the order of their numbers; none if one of them is not known."""
    entries = []
    for logical_id, properties in plain.items():
        protocol = number(only_value(case, properties.get("Protocol")))
        if protocol not in (None, TCP, ALL):
            continue
        entry = _entry(case, logical_id, properties, protocol)
        if not entry:
            return []
        entries.append(entry)
    return sorted(entries, key=lambda entry: entry.number)


def _entry(case: Validator, logical_id: str, properties: Any, protocol: float | None) -> Entry | None:
    cidr = only_value(case, properties.get("CidrBlock", properties.get("Ipv6CidrBlock")))
    rule = number(only_value(case, properties.get("RuleNumber")))
    action, egress = only_value(case, properties.get("RuleAction")), properties.get("Egress", False)
    ports = properties.get("PortRange", {})
    first, last = (number(only_value(case, ports.get(end))) for end in ("From", "To"))
    if protocol == ALL:
        first, last = 0, 65535
    try:
        network = ipaddress.ip_network(str(cidr), strict=False)
    except ValueError:
        return None
    if None in (rule, first, last, protocol) or action not in ("allow", "deny") or isinstance(egress, dict):
        return None
    assert rule is not None and first is not None and last is not None
    return Entry(logical_id, rule, action == "allow", is_true(egress), network, (first, last))


def _unanswered(entries: list[Entry], goes_out: bool) -> Iterator[Entry]:
    """Yield the entries that allow connections whose return traffic no entry allows."""
    for entry in entries:
        opposite = [other for other in entries if other.egress != entry.egress]
        # An entry with the ephemeral ports may be for return traffic of the other direction: a database that
        # the whole VPC uses often allows all outbound traffic.
        answers = entry.takes_answers and not (entry.egress and goes_out)
        answers = answers and any(
            other.allows and _overlap(other.network, entry.network) for other in opposite
        )
        if entry.allows and not answers and not _lets_back(entry, opposite):
            yield entry


def _lets_back(entry: Entry, opposite: Iterable[Entry]) -> bool:
    allowed = []
    for other in opposite:
        if not other.takes_answers:
            continue
        if other.allows:
            allowed.append(other.network)
        elif _include([other.network], entry.network):
            return False
        if _include(allowed, entry.network):
            return True
    return False


def _include(networks: list[Any], wanted: Any) -> bool:
    same = [network for network in networks if network.version == wanted.version]
    return any(wanted.subnet_of(network) for network in ipaddress.collapse_addresses(same))


def _overlap(network: Any, other: Any) -> bool:
    return bool(network.version == other.version and network.overlaps(other))

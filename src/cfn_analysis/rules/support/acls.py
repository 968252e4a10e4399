"""The rules of a network ACL."""

import ipaddress
from collections.abc import Iterator
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.scenarios import conditional_properties, default_values, number, scenarios
from cfn_analysis.rules.support.values import is_true, of_type

ANY_PROTOCOL = "-1"
PORTS = (0.0, 65535.0)


class NetworkAclEntry(NamedTuple):
    """A rule of a network ACL; a part that is not known is None."""

    logical_id: str
    number: float | None
    allows: bool
    egress: bool
    protocol: str
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None
    ports: tuple[float, float] | None

    @property
    def is_everything(self) -> bool:
        """Whether it matches all traffic of a version of IP."""
        return self.protocol == ANY_PROTOCOL and self.network is not None and self.network.prefixlen == 0


def acl_entries(
    validator: Validator, resources: Any, acl: str
) -> Iterator[tuple[list[NetworkAclEntry], Validator]]:
    """Yield the rules of a network ACL in each case, in their order in the template."""
    own = {
        logical_id: conditional_properties(resource)
        for logical_id, resource, properties in of_type(resources, "AWS::EC2::NetworkAclEntry")
        if single_reference(properties.get("NetworkAclId"))[0] == acl
    }
    for plain, case in scenarios(validator, own):
        yield [_entry(case, logical_id, properties) for logical_id, properties in plain.items()], case


def _entry(case: Validator, logical_id: str, properties: Any) -> NetworkAclEntry:
    protocol = str(_only_default(case, properties.get("Protocol")))
    return NetworkAclEntry(
        logical_id,
        number(_only_default(case, properties.get("RuleNumber"))),
        str(_only_default(case, properties.get("RuleAction"))).lower() != "deny",
        is_true(properties.get("Egress")),
        protocol,
        _network(case, properties),
        _ports(case, protocol, properties),
    )


def _network(case: Validator, properties: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    cidr = _only_default(case, properties.get("CidrBlock", properties.get("Ipv6CidrBlock")))
    try:
        return ipaddress.ip_network(str(cidr), strict=False)
    except ValueError:
        return None


def _ports(case: Validator, protocol: str, properties: Any) -> tuple[float, float] | None:
    if protocol == ANY_PROTOCOL:
        return PORTS
    first = number(_only_default(case, value_at(properties, ("PortRange", "From"))))
    last = number(_only_default(case, value_at(properties, ("PortRange", "To"))))
    if first is None or last is None:
        return None
    return first, last


def _only_default(case: Validator, value: Any) -> Any:
    """Return a value, of a parameter the default; None if it is not known."""
    defaults = [default for default, _ in default_values(case, value)]
    if len(defaults) != 1 or isinstance(defaults[0], dict):
        return None
    return defaults[0]

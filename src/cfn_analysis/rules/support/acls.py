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


class Entry(NamedTuple):
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


def acl_entries(validator: Validator, resources: Any, acl: str) -> Iterator[tuple[list[Entry], Validator]]:
    """Yield the rules of a network ACL in each case, in their order in the template."""
    own = {
        logical_id: conditional_properties(resource)
        for logical_id, resource, properties in of_type(resources, "AWS::EC2::NetworkAclEntry")
        if single_reference(properties.get("NetworkAclId"))[0] == acl
    }
    for plain, case in scenarios(validator, own):
        yield [_entry(case, logical_id, properties) for logical_id, properties in plain.items()], case


def _entry(case: Validator, logical_id: str, properties: Any) -> Entry:
    protocol = str(_known(case, properties.get("Protocol")))
    first, last = (number(_known(case, value_at(properties, ("PortRange", end)))) for end in ("From", "To"))
    try:
        cidr = _known(case, properties.get("CidrBlock", properties.get("Ipv6CidrBlock")))
        network = ipaddress.ip_network(str(cidr), strict=False)
    except ValueError:
        network = None
    return Entry(
        logical_id,
        number(_known(case, properties.get("RuleNumber"))),
        str(_known(case, properties.get("RuleAction"))).lower() != "deny",
        is_true(properties.get("Egress")),
        protocol,
        network,
        PORTS if protocol == ANY_PROTOCOL else None if first is None or last is None else (first, last),
    )


def _known(case: Validator, value: Any) -> Any:
    """Return a value, of a parameter the default; None if it is not known."""
    found = [known for known, _ in default_values(case, value)]
    return found[0] if len(found) == 1 and not isinstance(found[0], dict) else None

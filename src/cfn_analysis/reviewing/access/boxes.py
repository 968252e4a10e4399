"""Sets of protocols, ports and addresses as boxes, independent of how rules divide them.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

import ipaddress
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings

_PORTS: Final = (0, 65535)
_ALL: Final = (0, 255)  # protocols
_NUMBERS: Final = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}
_NAMES: Final = {number: name for name, number in _NUMBERS.items()}
_WITH_PORTS: Final = (6, 17)
_ICMP: Final = (1, 58)


Span = tuple[int, int]
"""First and last number, inclusive."""


class Box(NamedTuple):
    """A set of protocols, ports and addresses.

    Attributes:
        family: ``4`` or ``6``, or an identifier of unknown addresses, such as a prefix list.
        sides: protocol numbers; ports, for ICMP 256 times the type plus the code; and addresses as numbers.
    """

    family: str
    sides: tuple[Span, ...]


def addresses(block: Any) -> tuple[str, Span]:
    """Return the family and the addresses of a CIDR block or another source."""
    try:
        network = ipaddress.ip_network(str(block), strict=False)
    except ValueError:
        return json.dumps(block, sort_keys=True, default=str), (0, 0)
    return str(network.version), (int(network.network_address), int(network.broadcast_address))


def box(block: Any, protocol: Any, first: Any, last: Any) -> Box:
    """Return the box of a rule.

    Args:
        block: a CIDR block, or the identifier of a group or a prefix list.
        protocol: its name or number; -1 is all.
        first: port, or type of ICMP; -1 is all.
        last: port, or code of ICMP; -1 is all.
    """
    family, where = addresses(block)
    number = _number(_NUMBERS.get(str(protocol).lower(), protocol))
    if number is None or (first is not None and _number(first) is None):
        whole = json.dumps([block, protocol, first, last], sort_keys=True, default=str)
        return Box(whole, (_ALL, _PORTS, (0, 0)))
    if number == -1:
        return Box(family, (_ALL, _PORTS, where))
    ports = _PORTS
    low, high = _number(first), _number(last)
    if number in _WITH_PORTS and low is not None and low >= 0:
        ports = (low, low if high is None else high)
    elif number in _ICMP and low is not None and low >= 0:
        ports = (low * 256 + max(high or 0, 0), low * 256 + (255 if high in (None, -1) else high or 0))
    return Box(family, ((number, number), ports, where))


def without(boxes: Iterable[Box], others: Iterable[Box]) -> list[Box]:
    """Return the difference of two lists of boxes."""
    rest = list(boxes)
    for other in others:
        rest = [piece for one in rest for piece in _cut(one, other)]
    return rest


def common(one: Box, other: Box) -> Box | None:
    """Return the intersection of two boxes."""
    if one.family != other.family:
        return None
    sides = tuple((max(a[0], b[0]), min(a[1], b[1])) for a, b in zip(one.sides, other.sides, strict=True))
    return None if any(low > high for low, high in sides) else Box(one.family, sides)


def everyone(family: str) -> Span:
    """Return all addresses of a family."""
    return (0, 2 ** (32 if family == "4" else 128) - 1)


def is_everyone(one: Box) -> bool:
    """Return whether a box contains at least half of all addresses of its family."""
    low, high = one.sides[2]
    return one.family in ("4", "6") and (high - low + 1) * 2 >= everyone(one.family)[1] + 1


def hidden_by_everyone(one: Box, others: Sequence[Box]) -> bool:
    """Return whether all addresses are already allowed, so that unknown addresses do not matter."""
    if one.family in ("4", "6"):
        return False
    whole = [Box(family, (*one.sides[:2], everyone(family))) for family in ("4", "6")]
    return not without(whole, others)


def box_in_words(one: Box, direction: str, source: str) -> str:
    """Return a box in words.

    Args:
        one: the box.
        direction: ``from`` or ``to``.
        source: the name of its addresses, if they are not known.
    """
    (first, last), (low, high), _ = one.sides
    protocol = "all protocols" if first != last else _NAMES.get(first, f"protocol {first}")
    if first != last or (low, high) == _PORTS:
        ports = "" if first != last else ", all ports" if first in _WITH_PORTS else ""
    elif first in _ICMP:
        ports = f" type {low // 256}" + (f" code {low % 256}" if low == high else "")
    else:
        ports = f" {low}" if low == high else f" {low}-{high}"
    return f"{protocol}{ports} {direction} {source or _blocks(one)}"


def _blocks(one: Box) -> str:
    if one.family not in ("4", "6"):
        return "unknown addresses"
    kind = ipaddress.IPv4Address if one.family == "4" else ipaddress.IPv6Address
    first, last = (kind(number) for number in one.sides[2])
    found = [str(block) for block in ipaddress.summarize_address_range(first, last)]
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more blocks" if len(found) > 3 else "")


def _cut(one: Box, other: Box) -> list[Box]:
    """Return the difference of two boxes, as disjoint boxes."""
    shared = common(one, other)
    if shared is None:
        return [one]
    pieces = []
    rest = list(one.sides)
    for axis, (first, last) in enumerate(shared.sides):
        low, high = rest[axis]
        for side in ((low, first - 1), (last + 1, high)):
            if side[0] <= side[1]:
                rest[axis] = side
                pieces.append(one._replace(sides=tuple(rest)))
        rest[axis] = (first, last)
    return pieces


def _number(value: Any) -> int | None:
    try:
        return int(str(as_strings(value)))
    except ValueError:
        return None

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
WITH_PORTS: Final = (6, 17)
"""The protocols with ports: TCP and UDP."""
_ICMP: Final = (1, 58)

Span = tuple[int, int]
"""First and last number, inclusive."""


class Box(NamedTuple):
    """A set of protocols, ports and addresses.

    Attributes:
        family: ``4`` or ``6``, or an identifier of unknown addresses, such as a prefix list.
        sides: protocol numbers; ports, for ICMP 256 times the type plus the code; and addresses as numbers.
        unknown_ports: identifier of ports that are known only in the deployed stack, within ``sides``.
    """

    family: str
    sides: tuple[Span, ...]
    unknown_ports: str = ""


def addresses(block: Any) -> tuple[str, Span]:
    """Return the family and the addresses of a CIDR block or another source."""
    try:
        network = ipaddress.ip_network(str(block), strict=False)
    except ValueError:
        return json.dumps(block, sort_keys=True, default=str), (0, 0)
    return str(network.version), (int(network.network_address), int(network.broadcast_address))


def box(block: Any, protocol: Any, first: Any, last: Any) -> Box:
    """Return the box of a rule; of ICMP, ``first`` and ``last`` are type and code, and -1 is all."""
    family, where = addresses(block)
    number = _number(_NUMBERS.get(str(protocol).lower(), protocol))
    if number is None:
        whole = json.dumps([block, protocol, first, last], sort_keys=True, default=str)
        return Box(whole, (_ALL, _PORTS, (0, 0)))
    if number == -1:
        return Box(family, (_ALL, _PORTS, where))
    ports = _PORTS
    if number in (*WITH_PORTS, *_ICMP) and any(
        end is not None and _number(end) is None for end in (first, last)
    ):
        unknown = json.dumps([first, last], sort_keys=True, default=str)
        return Box(family, ((number, number), ports, where), unknown)
    low, high = _number(first), _number(last)
    if number in WITH_PORTS and low is not None and low >= 0:
        ports = (low, low if high is None else high)
    elif number in _ICMP and low is not None and low >= 0:
        ports = (low * 256 + max(high or 0, 0), low * 256 + (255 if high in (None, -1) else high or 0))
    return Box(family, ((number, number), ports, where))


def without(boxes: Iterable[Box], removed: Iterable[Box]) -> list[Box]:
    """Return the difference of two lists of boxes."""
    # (b1 or b2 or ...) - r1 - r2 - ... : every box that is left is cut by the next removed box.
    rest = list(boxes)
    for cutting in removed:
        rest = [piece for left in rest for piece in _cut(left, cutting)]
    return rest


def common(whole: Box, certain: Box) -> Box | None:
    """Return the part of a box that certainly is in another one; None if there is none.

    Unknown ports of the first box can be any ports of it; those of the second contain only themselves.
    """
    if whole.family != certain.family:
        return None
    if certain.unknown_ports and certain.unknown_ports != whole.unknown_ports:
        return None
    sides = tuple((max(a[0], b[0]), min(a[1], b[1])) for a, b in zip(whole.sides, certain.sides, strict=True))
    return None if any(low > high for low, high in sides) else whole._replace(sides=sides)


def everyone(family: str) -> Span:
    """Return all addresses of a family."""
    return (0, 2 ** (32 if family == "4" else 128) - 1)


def is_everyone(traffic: Box) -> bool:
    """Return whether a box contains at least half of all addresses of its family."""
    low, high = traffic.sides[2]
    return traffic.family in ("4", "6") and (high - low + 1) * 2 >= everyone(traffic.family)[1] + 1


def is_internet(traffic: Box) -> bool:
    """Return whether a box contains all addresses of its family."""
    return traffic.family in ("4", "6") and traffic.sides[2] == everyone(traffic.family)


def hidden_by_everyone(traffic: Box, allowed: Sequence[Box]) -> bool:
    """Return whether all addresses are already allowed, so that unknown addresses do not matter."""
    if traffic.family in ("4", "6"):
        return False
    whole = [
        traffic._replace(family=family, sides=(*traffic.sides[:2], everyone(family))) for family in ("4", "6")
    ]
    return not without(whole, allowed)


def box_in_words(traffic: Box, direction: str, source: str) -> str:
    """Return a box in words; ``source`` is the name of its addresses, if they are not known."""
    (first, last), (low, high), _ = traffic.sides
    protocol = "all protocols" if first != last else _NAMES.get(first, f"protocol {first}")
    if traffic.unknown_ports:
        ports = ", unknown ports" if first in WITH_PORTS else ", unknown types"
    elif first != last or (low, high) == _PORTS:
        ports = "" if first != last else ", all ports" if first in WITH_PORTS else ""
    elif first in _ICMP:
        ports = f" type {low // 256}" + (f" code {low % 256}" if low == high else "")
    else:
        ports = f" {low}" if low == high else f" {low}-{high}"
    return f"{protocol}{ports} {direction} {source or _blocks(traffic)}"


def _blocks(traffic: Box) -> str:
    if traffic.family not in ("4", "6"):
        return "unknown addresses"
    if is_internet(traffic):
        return f"the internet ({'0.0.0.0/0' if traffic.family == '4' else '::/0'})"
    kind = ipaddress.IPv4Address if traffic.family == "4" else ipaddress.IPv6Address
    first, last = (kind(number) for number in traffic.sides[2])
    found = [str(block) for block in ipaddress.summarize_address_range(first, last)]
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more blocks" if len(found) > 3 else "")


def _cut(whole: Box, removed: Box) -> list[Box]:
    """Return the difference of two boxes, as disjoint boxes."""
    shared = common(whole, removed)
    if shared is None:
        return [whole]
    # Axis by axis: what is below and above the shared span is a piece; the rest has the shared span there.
    pieces = []
    rest = list(whole.sides)
    for axis, (first, last) in enumerate(shared.sides):
        low, high = rest[axis]
        for side in ((low, first - 1), (last + 1, high)):
            if side[0] <= side[1]:
                rest[axis] = side
                pieces.append(whole._replace(sides=tuple(rest)))
        rest[axis] = (first, last)
    return pieces


def _number(value: Any) -> int | None:
    try:
        return int(str(as_strings(value)))
    except ValueError:
        return None

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
    family, span = addresses(block)
    number = _number(_NUMBERS.get(str(protocol).lower(), protocol))
    if number is None:
        whole = json.dumps([block, protocol, first, last], sort_keys=True, default=str)
        return Box(whole, (_ALL, _PORTS, (0, 0)))
    if number == -1:
        return Box(family, (_ALL, _PORTS, span))
    ports = _PORTS
    if number in (*WITH_PORTS, *_ICMP) and any(
        end is not None and _number(end) is None for end in (first, last)
    ):
        unknown = json.dumps([first, last], sort_keys=True, default=str)
        return Box(family, ((number, number), ports, span), unknown)
    low, high = _number(first), _number(last)
    if low is not None and low >= 0:
        if number in WITH_PORTS:
            ports = (low, low if high is None else high)
        elif number in _ICMP:
            ports = _type_and_codes(low, high)
    return Box(family, ((number, number), ports, span))


def _type_and_codes(icmp_type: int, code: int | None) -> Span:
    """Return a type of ICMP with one code, or with all codes, as ``Box.sides`` has it."""
    if code is None or code == -1:
        return (icmp_type * 256, icmp_type * 256 + 255)
    return (icmp_type * 256 + max(code, 0), icmp_type * 256 + code)


def without(boxes: Iterable[Box], removed: Iterable[Box]) -> list[Box]:
    """Return the difference of two lists of boxes."""
    # (b1 or b2 or ...) - r1 - r2 - ... : every box of the rest is cut by the next removed box.
    rest = list(boxes)
    for cutting in removed:
        pieces: list[Box] = []
        for whole in rest:
            pieces += _cut(whole, cutting)
        rest = pieces
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
    if any(low > high for low, high in sides):
        return None
    return whole._replace(sides=sides)


def everyone(family: str) -> Span:
    """Return all addresses of a family."""
    bits = 32 if family == "4" else 128
    return (0, 2**bits - 1)


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
    addresses_in_words = source or _blocks(traffic)
    return f"{_protocol_in_words(traffic)}{_ports_in_words(traffic)} {direction} {addresses_in_words}"


def _protocol_in_words(traffic: Box) -> str:
    first, last = traffic.sides[0]
    if first != last:
        return "all protocols"
    return _NAMES.get(first, f"protocol {first}")


def _ports_in_words(traffic: Box) -> str:
    """Return the ports, or the types and codes of ICMP; empty for all protocols, and all types of one."""
    (first, last), (low, high), _ = traffic.sides
    if traffic.unknown_ports:
        return ", unknown ports" if first in WITH_PORTS else ", unknown types"
    if first != last:
        return ""
    if (low, high) == _PORTS:
        return ", all ports" if first in WITH_PORTS else ""
    if first not in _ICMP:
        return f" {low}" if low == high else f" {low}-{high}"
    if low == high:
        return f" type {low // 256} code {low % 256}"
    return f" type {low // 256}"


def _blocks(traffic: Box) -> str:
    """Return the addresses as CIDR blocks, of many only the first ones."""
    if traffic.family not in ("4", "6"):
        return "unknown addresses"
    if is_internet(traffic):
        whole_block = "0.0.0.0/0" if traffic.family == "4" else "::/0"
        return f"the internet ({whole_block})"
    address_class = ipaddress.IPv4Address if traffic.family == "4" else ipaddress.IPv6Address
    first_address, last_address = (address_class(address) for address in traffic.sides[2])
    blocks = [str(block) for block in ipaddress.summarize_address_range(first_address, last_address)]
    first_blocks = ", ".join(blocks[:3])
    if len(blocks) > 3:
        return f"{first_blocks} and {len(blocks) - 3} more blocks"
    return first_blocks


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

"""The addresses that operators block: two sets of the web ACL, for IPv4 and IPv6."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.wording import hint
from csr_templates.operating import waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.callers import SCOPE, SPREAD
from csr_templates.operating.problems import Stop, WrongInput
from csr_templates.operating.waiting import Duration, Sight

Network = IPv4Network | IPv6Network

SETS: Final[Mapping[int, str]] = {4: "BlockedIPv4Set", 6: "BlockedIPv6Set"}
"""Version of IP -> logical ID of its set."""
_WIDEST: Final[Mapping[int, int]] = {4: 8, 6: 32}
"""Version of IP -> length of the shortest prefix that can be blocked."""
_WRITTEN: Final = re.compile(r"[0-9A-Fa-f:.]+(/[0-9]{1,3})?")
"""Without netmasks and zones, which Python accepts too."""


_DURATION: Final = Duration("seconds", 300)


class _Set(NamedTuple):
    """A set, as WAF returned it.

    Attributes:
        name: its name.
        id: its ID.
        description: its description; empty without one.
        networks: its content, in the order of WAF.
        lock: token without which an update is refused, so that no other change is lost.
    """

    name: str
    id: str
    description: str
    networks: list[Network]
    lock: str


def block_address(aws: Aws, address: str) -> None:
    """Block an address, or a network, for the site and the API.

    Many users can share one IPv4 address.

    Args:
        address: such as 203.0.113.7, 203.0.113.0/24 or 2001:db8:1:2::/64.

    Example: block-address 203.0.113.7
    Calls: cloudformation:DescribeStackResource, wafv2:UpdateIPSet, wafv2:GetIPSet.
    Takes: seconds to several minutes, until it works everywhere.
    Way back: unblock-address with the same address.
    """
    network = _blockable(address)
    blocked = _address_set(aws, network.version)
    for present in blocked.networks:
        if _contains(present, network):
            words.say(f"{network} is blocked already, by {present}. {SPREAD}")
            return
    words.say(f"Blocks {network}. Way back: {aws.command('unblock-address', str(network))}")
    _write(aws, network.version, blocked, [*blocked.networks, network])


def unblock_address(aws: Aws, address: str) -> None:
    """Stop blocking an address, or a network.

    Args:
        address: as show-blocked-addresses prints it, or written in another way.

    Example: unblock-address 203.0.113.7
    Calls: cloudformation:DescribeStackResource, wafv2:UpdateIPSet, wafv2:GetIPSet.
    Takes: seconds to several minutes, until it works everywhere.
    Way back: block-address with the same address.
    """
    network = _network(address)
    blocked = _address_set(aws, network.version)
    if network not in blocked.networks:
        _say_not_blocked(network, blocked)
        return
    words.say(f"No longer blocks {network}. Way back: {aws.command('block-address', str(network))}")
    _write(aws, network.version, blocked, [present for present in blocked.networks if present != network])


def show_blocked_addresses(aws: Aws) -> None:
    """Show the addresses that operators block.

    Calls: cloudformation:DescribeStackResource, wafv2:GetIPSet.
    Takes: seconds.
    """
    _show(_read_both(aws))


def save_addresses(aws: Aws, file: Path) -> None:
    """Save the blocked addresses in a file, for replace-addresses.

    Args:
        file: a new file.

    Example: save-addresses addresses.json
    Calls: cloudformation:DescribeStackResource, wafv2:GetIPSet.
    Takes: seconds.
    """
    if file.exists():
        raise Stop(f"{file} exists already. Name a new file.")
    sets = _read_both(aws)
    _show(sets)
    content: dict[str, list[str]] = {}
    for version, blocked in sets.items():
        if isinstance(blocked, Unknown):
            words.say(f"{file} is not written.")
            return
        content[SETS[version]] = [str(network) for network in blocked.networks]
    try:
        file.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise Stop(f"Cannot write {file}: {error.strerror}.") from error
    words.say(f"The addresses are in {file}. To set them: {aws.command('replace-addresses', str(file))}")


def replace_addresses(aws: Aws, file: Path) -> None:
    """Block the addresses of a file that save-addresses wrote, and no others.

    Args:
        file: the file.

    Example: replace-addresses addresses.json
    Calls: cloudformation:DescribeStackResource, wafv2:UpdateIPSet, wafv2:GetIPSet.
    Takes: seconds to several minutes, until it works everywhere.
    Way back: save-addresses before, and replace-addresses with that file.
    """
    content = _saved(file)
    sets = {version: _address_set(aws, version) for version in SETS}
    changed = [version for version in SETS if set(sets[version].networks) != set(content[version])]
    if not changed:
        words.say(f"The addresses of {file} are blocked, and no others.")
        return
    for version in changed:
        removed = [network for network in sets[version].networks if network not in content[version]]
        added = [network for network in content[version] if network not in sets[version].networks]
        words.say(f"{sets[version].name}: removes {_listed(removed)}; adds {_listed(added)}.")
    aws.confirm(aws.environment.prefix, f"This replaces the blocked addresses of {aws.environment.prefix}.")
    for version in changed:
        _write(aws, version, sets[version], content[version])


# ---- Addresses ----


def _say_not_blocked(network: Network, blocked: _Set) -> None:
    """Say that a network is not in its set: an earlier call has removed it, or it is a wrong one.

    WAF keeps no history, so the two look alike, except if a part of the network is blocked nevertheless.

    Raises:
        WrongInput: another network of the set blocks it, or a part of it.
    """
    what_is = f"Blocked are: {_listed(blocked.networks)}."
    for present in blocked.networks:
        if _contains(present, network) or _contains(network, present):
            raise WrongInput(f"{network} is not blocked by itself, but {present} is. {what_is}")
    nearest = hint(network, [str(present) for present in blocked.networks])
    words.say(f"{network} is not blocked: nothing is changed.{nearest} {what_is}")


def _network(text: str) -> Network:
    """Return an address as a network of one, or a network.

    Raises:
        WrongInput: it is neither.
    """
    if _WRITTEN.fullmatch(text):
        try:
            return ip_network(text, strict=False)
        except ValueError:
            pass
    raise WrongInput(
        f"{text} is not an address. Give an address such as 203.0.113.7 or 2001:db8::7, or a network such as "
        "203.0.113.0/24 or 2001:db8:1:2::/64."
    )


def _blockable(text: str) -> Network:
    """Return a network that may be blocked.

    Raises:
        WrongInput: it is not an address, or too wide.
    """
    network = _network(text)
    if network.prefixlen < _WIDEST[network.version]:
        raise WrongInput(
            f"{text} is too wide to be blocked. Give an address, or a network from /8 to /32 (IPv4) or from "
            "/32 to /128 (IPv6)."
        )
    return network


def _contains(wide: Network, narrow: Network) -> bool:
    """Return whether a network contains another one of the same version."""
    return wide.prefixlen <= narrow.prefixlen and narrow.network_address in wide


def _listed(networks: Iterable[Network]) -> str:
    return ", ".join(str(network) for network in networks) or "nothing"


def _saved(file: Path) -> dict[int, list[Network]]:
    """Return the addresses of a file of save-addresses, by version of IP.

    Raises:
        WrongInput: it is not such a file.
    """
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise WrongInput(f"Cannot read {file}: {error.strerror}. save-addresses writes it.") from error
    except ValueError as error:
        raise WrongInput(f"{file} is not JSON ({error}). save-addresses writes it.") from error
    if not isinstance(content, dict) or content.keys() != set(SETS.values()):
        keys = " and ".join(SETS.values())
        raise WrongInput(f"{file} does not have the keys {keys}. save-addresses writes it.")
    return {version: _saved_networks(file, content[key], version) for version, key in SETS.items()}


def _saved_networks(file: Path, texts: Any, version: int) -> list[Network]:
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise WrongInput(f"{file}: {SETS[version]} is not a list of addresses.")
    networks = [_blockable(text) for text in texts]
    for network in networks:
        if network.version != version:
            raise WrongInput(f"{file}: {network} does not belong in {SETS[version]}.")
    return networks


# ---- Sets ----


def _read_both(aws: Aws) -> dict[int, _Set | Unknown]:
    """Return the sets by version of IP, read at the same time."""
    region = aws.environment.stack_of(SETS[4]).region
    aws.client("cloudformation", region)
    aws.client("wafv2", region)
    reads: dict[str, Callable[[], _Set]] = {
        logical_id: partial(_address_set, aws, version) for version, logical_id in SETS.items()
    }
    answers = aws.in_parallel(reads)
    return {version: answers[logical_id] for version, logical_id in SETS.items()}


def _address_set(aws: Aws, version: int) -> _Set:
    """Return a set. Its physical ID is name, ID and scope: ``name|id|CLOUDFRONT``."""
    name, set_id, _ = aws.physical_id(SETS[version]).split("|")
    client = aws.client("wafv2", aws.environment.stack_of(SETS[version]).region)
    answer = client.get_ip_set(Scope=SCOPE, Name=name, Id=set_id)
    networks = [ip_network(text, strict=False) for text in answer["IPSet"]["Addresses"]]
    return _Set(name, set_id, answer["IPSet"].get("Description", ""), networks, answer["LockToken"])


def _write(aws: Aws, version: int, blocked: _Set, networks: Sequence[Network]) -> None:
    """Give a set its content; an omitted description would be removed."""
    client = aws.client("wafv2", aws.environment.stack_of(SETS[4]).region)
    description: dict[str, str] = {}
    if blocked.description:
        description["Description"] = blocked.description
    client.update_ip_set(
        Scope=SCOPE,
        Name=blocked.name,
        Id=blocked.id,
        LockToken=blocked.lock,
        Addresses=[str(network) for network in networks],
        **description,
    )
    again = aws.command("show-blocked-addresses")
    look = partial(_set_sight, aws, version, networks)
    waiting.for_effect(aws, f"the set {blocked.name}", look, _DURATION, again)


def _set_sight(aws: Aws, version: int, networks: Sequence[Network]) -> Sight:
    """Look whether a set has its new content; whether all locations have it cannot be read."""
    blocked = _address_set(aws, version)
    sentence = f"{blocked.name} blocks {_listed(blocked.networks)}"
    return Sight(f"{sentence}. {SPREAD[:-1]}", is_there=set(blocked.networks) == set(networks))


def _show(sets: Mapping[int, _Set | Unknown]) -> None:
    for version, blocked in sets.items():
        if isinstance(blocked, Unknown):
            words.say(f"IPv{version}: {blocked}")
        else:
            words.say(f"IPv{version}: {_listed(blocked.networks)}")

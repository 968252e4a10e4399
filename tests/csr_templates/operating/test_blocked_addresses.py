"""The addresses that operators block."""

import json

import pytest

from . import edge
from .conftest import Operator
from .recorded import FAULTS
from .stacks import PREFIX, AwsError

TOO_WIDE = (
    "{} is too wide to be blocked. Give an address, or a network from /8 to /32 (IPv4) or from /32 to /128 "
    "(IPv6)."
)


@pytest.fixture
def blocking(operator: Operator) -> Operator:
    """Production that blocks 203.0.113.7 and 2001:db8::7."""
    edge.create_address_sets(operator.world)
    return operator


@pytest.mark.parametrize(
    ("address", "blocked"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("198.51.100.7/24", "198.51.100.0/24"),
        ("10.0.0.0/8", "10.0.0.0/8"),
    ],
)
def test_an_address_is_blocked(blocking: Operator, address: str, blocked: str) -> None:
    """As the network that it is; the others stay, and so does the description."""
    run = blocking.run("block-address", address)

    assert (run.status, run.err) == (0, [])
    assert run.out[1] == f"Blocks {blocked}. Way back: csr-operate prod unblock-address {blocked}"
    assert edge.blocked_addresses(blocking.world) == [["203.0.113.7/32", blocked], ["2001:db8::7/128"]]
    assert "--description 'Addresses that operators block'" in run.printed[0]
    assert blocking.run("unblock-address", address).status == 0
    assert edge.blocked_addresses(blocking.world)[0] == ["203.0.113.7/32"]


@pytest.mark.parametrize(
    "address",
    [
        "300.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "01.2.3.4",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/8/8",
        "1.2.3.4/255.0.0.0",
        "x",
        "::1/129",
        "1:2:3:4:5:6:7",
        "1::2::3",
        ":::",
        "12345::1",
        "fe80::1%eth0",
    ],
)
def test_what_is_not_an_address_is_refused(blocking: Operator, address: str) -> None:
    """Before anything is asked."""
    run = blocking.run("block-address", address)

    assert run.status == 2
    assert run.err[0].startswith(f"{address} is not an address. Give an address such as 203.0.113.7 or ")


@pytest.mark.parametrize("address", ["0.0.0.0/0", "10.0.0.0/7", "::/0", "2001:db8::/31"])
def test_a_network_that_is_too_wide_is_refused(blocking: Operator, address: str) -> None:
    """Half the internet must not be blocked."""
    run = blocking.run("block-address", address)

    assert (run.status, run.err) == (2, [TOO_WIDE.format(address), "Nothing was changed."])


@pytest.mark.parametrize("written", ["2001:DB8::7", "2001:db8:0:0:0:0:0:7", "2001:0db8::0007/128"])
def test_an_address_is_the_same_however_it_is_written(blocking: Operator, written: str) -> None:
    """WAF returns an address in its own notation."""
    again = blocking.run("block-address", written)
    assert (again.status, again.printed) == (0, [])
    assert again.out[-1].startswith("2001:db8::7/128 is blocked already, by 2001:db8::7/128.")
    assert blocking.run("unblock-address", written).status == 0
    assert edge.blocked_addresses(blocking.world)[1] == []


def test_what_is_not_blocked_is_not_unblocked(blocking: Operator) -> None:
    """The sentence says what is blocked: the address may be a wrong one, or the command the second one."""
    run = blocking.run("unblock-address", "203.0.113.8")

    assert (run.status, run.printed) == (0, [])
    assert run.out[-1] == (
        "203.0.113.8/32 is not blocked: nothing is changed. Did you mean '203.0.113.7/32'? Blocked are: "
        "203.0.113.7/32."
    )


def test_a_network_of_which_a_part_stays_blocked_is_a_wrong_one(blocking: Operator) -> None:
    """And so is an address of a network that is blocked."""
    wide = blocking.run("unblock-address", "203.0.113.0/24")
    blocking.run("block-address", "198.51.100.0/24")
    narrow = blocking.run("unblock-address", "198.51.100.9")

    assert (wide.status, wide.err) == (
        2,
        [
            "203.0.113.0/24 is not blocked by itself, but 203.0.113.7/32 is. Blocked are: 203.0.113.7/32.",
            "Nothing was changed.",
        ],
    )
    assert narrow.status == 2
    assert narrow.err[0].startswith("198.51.100.9/32 is not blocked by itself, but 198.51.100.0/24 is.")


def test_a_change_of_someone_else_is_not_lost(blocking: Operator) -> None:
    """WAF refuses the old token, and the repeated command reads the set again."""
    blocking.world.recorder.failing["wafv2:UpdateIPSet"] = AwsError("WAFOptimisticLockException", "changed")

    run = blocking.run("block-address", "203.0.113.9")

    assert run.status == 1
    assert run.err == [
        "wafv2:UpdateIPSet failed: WAFOptimisticLockException. (changed)",
        "Nothing was changed.",
    ]


def test_addresses_are_saved_and_replaced(blocking: Operator) -> None:
    """The file is never overwritten; the replacement shows what goes before it asks."""
    file = str(blocking.world.folder / "addresses.json")
    saved = blocking.run("save-addresses", file)
    blocking.run("unblock-address", "203.0.113.7")
    blocking.run("block-address", "203.0.113.9")

    again = blocking.run("save-addresses", file)
    refused = blocking.run("replace-addresses", file, "--confirm", "yes")
    run = blocking.run("replace-addresses", file, "--confirm", f"{PREFIX}")

    assert (saved.status, saved.out[1:3]) == (0, ["IPv4: 203.0.113.7/32", "IPv6: 2001:db8::7/128"])
    assert again.err == [f"{file} exists already. Name a new file."]
    assert refused.err == [f"yes was given, not {PREFIX}.", "Nothing was changed."]
    assert run.out[1:3] == [
        f"{PREFIX}-blocked-ipv4: removes 203.0.113.9/32; adds 203.0.113.7/32.",
        f"This replaces the blocked addresses of {PREFIX}.",
    ]
    assert edge.blocked_addresses(blocking.world) == [["203.0.113.7/32"], ["2001:db8::7/128"]]
    unchanged = blocking.run("replace-addresses", file)
    assert (unchanged.status, unchanged.printed) == (0, [])


def test_a_set_that_cannot_be_read_leaves_no_file(blocking: Operator) -> None:
    """Half of the addresses would look like all of them."""
    file = blocking.world.folder / "addresses.json"
    blocking.world.recorder.failing["wafv2:GetIPSet"] = FAULTS["denied"]()

    run = blocking.run("save-addresses", str(file))

    assert run.status == 1
    assert run.out[-1] == f"{file} is not written."
    assert not file.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "Cannot read {}: No such file or directory. save-addresses writes it."),
        ("{", "{} is not JSON ("),
        ("[]", "{} does not have the keys BlockedIPv4Set and BlockedIPv6Set. save-addresses writes it."),
        ({"BlockedIPv4Set": "x", "BlockedIPv6Set": []}, "{}: BlockedIPv4Set is not a list of addresses."),
        (
            {"BlockedIPv4Set": ["2001:db8::7"], "BlockedIPv6Set": []},
            "{}: 2001:db8::7/128 does not belong in BlockedIPv4Set.",
        ),
        ({"BlockedIPv4Set": ["0.0.0.0/0"], "BlockedIPv6Set": []}, TOO_WIDE.format("0.0.0.0/0")),
    ],
)
def test_a_wrong_file_replaces_nothing(blocking: Operator, content: object, reason: str) -> None:
    """It is checked as a whole before the first set is replaced."""
    file = blocking.world.folder / "addresses.json"
    if content is not None:
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")

    run = blocking.run("replace-addresses", str(file), "--confirm", f"{PREFIX}")

    assert run.status == 2
    assert run.err[0].startswith(reason.replace("{}", str(file)))
    assert edge.blocked_addresses(blocking.world) == [["203.0.113.7/32"], ["2001:db8::7/128"]]

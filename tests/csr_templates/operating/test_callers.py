"""Callers, and the rules of the web ACL."""

from typing import Any

import pytest

from . import edge
from .conftest import Operator
from .stacks import PREFIX


@pytest.fixture
def filtered(operator: Operator) -> Operator:
    """Production with a web ACL."""
    edge.create_web_acl(operator.world)
    return operator


def group(operator: Operator) -> dict[str, Any]:
    """Return the rule group of the web ACL."""
    statement = edge.web_acl(operator.world)["Rules"][1]["Statement"]
    rule_group: dict[str, Any] = statement["ManagedRuleGroupStatement"]
    return rule_group


def test_requests_are_counted_by_address(operator: Operator) -> None:
    """The most frequent caller first, and where the files are."""
    operator.world.create_distribution()
    edge.create_access_logs(operator.world)

    run = operator.run("show-callers")

    assert (run.status, run.err) == (0, [])
    assert run.out[1].startswith(f"Access logs: s3://{PREFIX}-edge-logs-123456789012/AWSLogs/")
    assert [line.split() for line in run.out[2:]] == [
        ["requests", "address", "country"],
        ["2", "203.0.113.7", "JP"],
        ["1", "203.0.113.8", "JP"],
    ]
    assert operator.run("show-callers", "5").err == [
        "There are no access logs of this hour yet. CloudFront writes them some minutes late."
    ]


def test_addresses_of_a_rate_limit_are_shown(filtered: Operator) -> None:
    """Of both versions of IP."""
    filtered.world.recorder.answers["wafv2:GetRateBasedStatementManagedKeys"] = {
        "ManagedKeysIPV4": {"IPAddressVersion": "IPV4", "Addresses": ["203.0.113.7/32"]},
        "ManagedKeysIPV6": {"IPAddressVersion": "IPV6", "Addresses": ["2001:db8::7/128"]},
    }

    run = filtered.run("show-rate-limited", "rate-limit")

    assert run.out[1:] == ["Addresses that rate-limit blocks: 2", "  203.0.113.7/32", "  2001:db8::7/128"]


def test_one_rule_of_a_group_counts_and_blocks_again(filtered: Operator) -> None:
    """Everything else in the web ACL stays as it is, overrides of other rules too."""
    before = edge.web_acl(filtered.world)

    counting = filtered.run("count-rule", "common-rules", "NoUserAgent_HEADER")

    assert (counting.status, counting.err) == (0, [])
    assert counting.out[1] == (
        "Lets common-rules NoUserAgent_HEADER count instead of block. Way back: csr-operate prod block-rule "
        "common-rules NoUserAgent_HEADER"
    )
    assert [rule["Name"] for rule in group(filtered)["RuleActionOverrides"]] == [
        "SizeRestrictions_BODY",
        "NoUserAgent_HEADER",
    ]
    assert counting.out[-1].startswith(
        "Now the action of NoUserAgent_HEADER in the web ACL is Count. It can take"
    )
    (call,) = [call for call in counting.calls if call.operation == "UpdateWebACL"]
    assert call.parameters["AssociationConfig"] == {
        "RequestBody": {"CLOUDFRONT": {"DefaultSizeInspectionLimit": "KB_64"}}
    }
    assert filtered.run("block-rule", "common-rules", "NoUserAgent_HEADER").status == 0
    assert edge.web_acl(filtered.world)["Rules"] == before["Rules"]


def test_a_whole_group_and_a_rule_of_the_web_acl_count_and_block_again(filtered: Operator) -> None:
    """A group has an override, a rule of its own an action."""
    before = edge.web_acl(filtered.world)["Rules"]
    for rule in ("rate-limit", "common-rules"):
        assert filtered.run("count-rule", rule).status == 0
    rate_limit, common_rules = edge.web_acl(filtered.world)["Rules"]

    assert rate_limit["Action"] == {"Count": {}}
    assert common_rules["OverrideAction"] == {"Count": {}}
    for rule in ("rate-limit", "common-rules"):
        assert filtered.run("block-rule", rule).status == 0
    assert edge.web_acl(filtered.world)["Rules"] == before


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (
            ("count-rule", "rate-limits"),
            2,
            f"{PREFIX}-cloudfront-waf has no rule rate-limits. Did you mean 'rate-limit'? Its "
            "rules are rate-limit and common-rules.",
        ),
        (
            ("count-rule", "rate-limit", "x"),
            2,
            "rate-limit is not a rule group, so it has no inner rules.",
        ),
        (
            ("count-rule", "common-rules", "NoUserAgent"),
            2,
            "The rule group AWSManagedRulesCommonRuleSet has no rule NoUserAgent. Did you mean "
            "'NoUserAgent_HEADER'? Its rules are NoUserAgent_HEADER and SizeRestrictions_BODY.",
        ),
    ],
)
def test_a_name_that_does_not_exist_is_refused(
    filtered: Operator, arguments: tuple[str, ...], status: int, reason: str
) -> None:
    """WAF itself ignores the name of an inner rule that does not exist."""
    run = filtered.run(*arguments)

    assert (run.status, run.err) == (status, [reason, "Nothing was changed."])


@pytest.mark.parametrize(
    ("arguments", "name", "action"),
    [
        (("count-rule", "common-rules", "SizeRestrictions_BODY"), "SizeRestrictions_BODY", "Count"),
        (("block-rule", "rate-limit"), "rate-limit", "Block"),
        (("block-rule", "common-rules"), "common-rules", "Block"),
        (("block-rule", "common-rules", "NoUserAgent_HEADER"), "NoUserAgent_HEADER", "Block"),
    ],
)
def test_what_would_change_nothing_is_said(
    filtered: Operator, arguments: tuple[str, ...], name: str, action: str
) -> None:
    """A second run is no failure; a rule that counts in the template must not be set to block."""
    run = filtered.run(*arguments)

    assert (run.status, run.err, run.printed) == (0, [], [])
    assert run.out[1].startswith(f"Now the action of {name} is {action} already.")
    assert ("do not run block-rule" in run.out[-1]) == (action == "Count")


def test_a_rule_that_neither_counts_nor_blocks_is_left_alone(filtered: Operator) -> None:
    """There would be no way back to a captcha."""
    acl = edge.web_acl(filtered.world)
    acl["Rules"][0]["Action"] = {"Captcha": {}}
    filtered.world.recorder.coming["wafv2:GetWebACL"] = [{"WebACL": acl}]

    run = filtered.run("count-rule", "rate-limit")

    assert run.err[0] == "The action of rate-limit is Captcha. Only Block and Count are changed."

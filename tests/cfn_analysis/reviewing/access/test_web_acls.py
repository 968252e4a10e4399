"""Web ACLs: requests that are no longer blocked."""

from typing import Any

import pytest

from ..templates import resources, reviewed, risks

GEO = {"GeoMatchStatement": {"CountryCodes": ["KP", "RU"]}}
RATE = {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}}
GROUP = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "Common"}}


def _rule(name: str, statement: dict[str, Any], priority: int = 1, action: str = "Block") -> dict[str, Any]:
    return {"Name": name, "Priority": priority, "Action": {action: {}}, "Statement": statement}


def _acl(*rules: Any, default: str = "Allow") -> dict[str, Any]:
    properties = {"Scope": "REGIONAL", "DefaultAction": {default: {}}, "Rules": list(rules)}
    return {
        **resources(It=("AWS::WAFv2::WebACL", properties)),
        "Parameters": {"P": {"Type": "String"}},
    }


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (_acl(_rule("a", GEO)), _acl(), "rule a, which blocks requests, is removed"),
        (
            _acl(default="Block"),
            _acl(),
            "DefaultAction is Allow instead of Block: requests that no rule matches are allowed",
        ),
        (
            _acl(_rule("a", GEO)),
            _acl(_rule("a", GEO, action="Count")),
            "rule a is set to Count instead of Block: it does not block requests",
        ),
        (
            _acl(_rule("a", GEO)),
            _acl(_rule("a", {"GeoMatchStatement": {"CountryCodes": ["KP"]}})),
            "rule a no longer matches RU",
        ),
        (
            _acl(_rule("a", RATE)),
            _acl(_rule("a", {"RateBasedStatement": {"Limit": 200, "AggregateKeyType": "IP"}})),
            "rule a allows 200 requests instead of 100",
        ),
        (
            _acl(_rule("a", GROUP)),
            _acl(
                _rule(
                    "a",
                    {
                        "ManagedRuleGroupStatement": {
                            **GROUP["ManagedRuleGroupStatement"],
                            "ExcludedRules": [{"Name": "SizeRestrictions"}],
                        }
                    },
                )
            ),
            "rule a no longer blocks requests that match SizeRestrictions of the group",
        ),
        (
            _acl(_rule("a", GEO)),
            _acl(_rule("b", RATE, 0, "Allow"), _rule("a", GEO)),
            "rule b is new or matches other requests, and allows them before a",
        ),
        (
            _acl(_rule("a", GEO), _rule("b", RATE, 2, "Allow")),
            _acl(_rule("a", GEO, 3), _rule("b", RATE, 2, "Allow")),
            "rule b allows requests before a",
        ),
        (
            _acl(_rule("a", GEO)),
            _acl({"Ref": "P"}),
            "Rules are known only after the deploy: it may block fewer requests",
        ),
        (_acl(_rule("a", GEO)), _acl(_rule("renamed", GEO), _rule("b", RATE, 2)), None),
    ],
)
def test_requests_that_are_no_longer_blocked(
    before: dict[str, Any], after: dict[str, Any], message: str | None
) -> None:
    """Each way in which a web ACL blocks fewer requests has its message; more rules have none."""
    assert risks(reviewed(before, after)).get(("opens", "It")) == (message and f"It: {message}.")

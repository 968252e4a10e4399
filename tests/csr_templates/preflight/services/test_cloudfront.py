"""The domain of the distribution, and its headers, whose values do not become facts."""

from typing import Any

import pytest

from csr_templates.preflight import hidden
from csr_templates.preflight.checked_account import _kept
from csr_templates.preflight.facts import Fact
from csr_templates.preflight.results import judge
from csr_templates.preflight.services import cloudfront_calls
from tests.csr_templates.preflight.conftest import Walk

from .before_deploy import check_of


@pytest.mark.parametrize(
    ("alias", "ours", "expected"),
    [
        ("*.example.com", True, "PASS No distribution in any account has the alias shop.example.com."),
        (
            "*.example.com",
            False,
            "WARN *.example.com, which overlaps with shop.example.com, is an alias of the distribution "
            "*******SEWHERE in account ******999999. CloudFront uses the more specific alias for a request.",
        ),
        (
            "shop.example.com",
            False,
            "FAIL shop.example.com is already an alias of the distribution *******SEWHERE in account "
            "******999999, so the deploy would fail.",
        ),
    ],
)
def test_only_an_equal_alias_is_a_failure(walk: Walk, alias: str, *, ours: bool, expected: str) -> None:
    """AWS also returns overlapping aliases, and hides the first characters of the IDs."""
    tail = walk.world.distribution[-7:] if ours else "SEWHERE"
    conflict = {"Alias": alias, "DistributionId": f"*******{tail}", "AccountId": "******999999"}
    ready = walk.states["ready"].facts
    facts = ready.with_facts(ready)
    query = cloudfront_calls.conflicting_aliases.query(walk.world.distribution, "shop.example.com")
    facts.add([Fact(query, ready.time, [conflict])])
    environment = walk.world.environment_of(CustomDomainName="shop.example.com")

    results = judge([check_of("domain-alias")], environment, facts)

    assert [f"{result.status} {result.sentence}" for result in results] == [expected]


def test_a_distribution_without_its_header_values() -> None:
    """The key in the header of the origin is hidden; other settings are dropped."""
    config: dict[str, Any] = {
        "Enabled": True,
        "WebACLId": "acl",
        "Comment": "only-in-the-account",
        "Origins": {
            "Items": [
                {
                    "Id": "api",
                    "DomainName": "api.example.com",
                    "CustomHeaders": {
                        "Items": [{"HeaderName": "X-Api-Key", "HeaderValue": "only-in-the-account"}]
                    },
                },
                {"Id": "site", "DomainName": "site.example.com", "CustomHeaders": {"Quantity": 0}},
            ]
        },
    }
    answer = {
        "Distribution": {"Status": "Deployed", "DomainName": "d.example.com", "DistributionConfig": config}
    }

    assert _kept(cloudfront_calls.distribution.query("E1"), answer) == {
        "Status": "Deployed",
        "DomainName": "d.example.com",
        "Enabled": True,
        "Aliases": [],
        "WebACLId": "acl",
        "Origins": [
            {
                "Id": "api",
                "DomainName": "api.example.com",
                "Headers": {"x-api-key": hidden.digest("only-in-the-account")},
            },
            {"Id": "site", "DomainName": "site.example.com", "Headers": {}},
        ],
    }

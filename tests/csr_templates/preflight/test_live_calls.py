"""The calls of verify: what becomes a fact."""

from typing import Any

from csr_templates.preflight import live_calls
from csr_templates.preflight.checked_account import _kept
from csr_templates.preflight.live_calls import digest


def test_a_digest_only_shows_equality() -> None:
    """Equal values have equal digests, and a digest does not contain the value or its plain hash."""
    import hashlib

    assert digest("key") == digest("key") != digest("kez")
    assert digest("key") not in (hashlib.sha256(b"key").hexdigest(), "key")


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

    assert _kept(live_calls.distribution("E1"), answer) == {
        "Status": "Deployed",
        "DomainName": "d.example.com",
        "Enabled": True,
        "WebACLId": "acl",
        "Origins": [
            {
                "Id": "api",
                "DomainName": "api.example.com",
                "Headers": {"x-api-key": digest("only-in-the-account")},
            },
            {"Id": "site", "DomainName": "site.example.com", "Headers": {}},
        ],
    }


def test_an_api_key_without_its_value() -> None:
    """The value is hidden, also in the shown command; the keys of a usage plan have only their IDs."""
    call = live_calls.api_key("eu-west-1", "k")
    key = _kept(call, {"id": "k", "value": "only-in-the-account", "enabled": True, "name": "n"})
    plan = _kept(
        live_calls.plan_keys("eu-west-1", "p"), {"items": [{"id": "k", "value": "only-in-the-account"}]}
    )

    assert key == {"enabled": True, "value": digest("only-in-the-account")}
    assert plan == [{"id": "k"}]
    assert call.command == "aws apigateway get-api-key --region eu-west-1 --api-key k"
    assert live_calls.plan_keys("eu-west-1", "p").command.endswith(" --query 'items[].id'")

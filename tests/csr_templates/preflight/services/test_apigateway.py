"""The keys of the API: a new one is replicated, and their values do not become facts."""

import pytest

from csr_templates.preflight import hidden
from csr_templates.preflight.checked_account import _kept
from csr_templates.preflight.facts import Fact
from csr_templates.preflight.results import judge
from csr_templates.preflight.services import apigateway_calls, secretsmanager_calls
from tests.csr_templates.preflight.conftest import Walk
from tests.system import PROJECT

from .before_deploy import check_of


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (
            "InSync",
            f"PASS {PROJECT}-prod-api accepts the key that {PROJECT}-prod-frontend would send: b.",
        ),
        (
            "InProgress",
            f"FAIL The replica of {PROJECT}-prod-origin-api-key-b in us-east-1 is InProgress, so "
            "CloudFront could get a different value than the API.",
        ),
    ],
)
def test_a_new_key_needs_a_replica_in_sync(walk: Walk, state: str, expected: str) -> None:
    """The replication of a key that CloudFront starts to send must be finished."""
    environment = walk.world.environment_of(OriginKeys="both", OriginKey="b")
    query = secretsmanager_calls.secret.query("ap-northeast-1", f"{environment.prefix}origin-api-key-b")
    ready = walk.states["ready"].facts
    facts = ready.with_facts(ready)
    facts.add([Fact(query, ready.time, {"ReplicationStatus": [{"Region": "us-east-1", "Status": state}]})])
    found = {one.subject: one for one in judge([check_of("origin-key")], environment, facts)}

    assert f"{found['OriginKey'].status} {found['OriginKey'].sentence}" == expected


def test_an_api_key_without_its_value() -> None:
    """The value is hidden, also in the shown command; the keys of a usage plan have only their IDs."""
    call = apigateway_calls.api_key.query("eu-west-1", "k")
    key = _kept(call, {"id": "k", "value": "only-in-the-account", "enabled": True, "name": "n"})
    plan = _kept(
        apigateway_calls.plan_keys.query("eu-west-1", "p"),
        {"items": [{"id": "k", "value": "only-in-the-account"}]},
    )

    assert key == {"enabled": True, "value": hidden.digest("only-in-the-account")}
    assert plan == [{"id": "k"}]
    assert call.command == "aws apigateway get-api-key --region eu-west-1 --api-key k"
    assert apigateway_calls.plan_keys.query("eu-west-1", "p").command.endswith(" --query 'items[].id'")

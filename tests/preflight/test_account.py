"""How an account is asked: what is called, with which permissions, how fast, and what can go wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import botocore.exceptions
import pytest
from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource

from csr_templates.hand_over import preflight_policy
from csr_templates.hand_over.preflight_policy import CHANGE_SET, READ
from csr_templates.preflight import account as accounts
from csr_templates.preflight import calls
from csr_templates.preflight.account import Account, AccountError, collect
from csr_templates.preflight.checks.listing import CHECKS
from csr_templates.preflight.facts import DENIED, Fact, Facts, Query

from .conftest import Walk
from .mock_account import package, session
from .recorded import TOKYO, VIRGINIA, AwsError

ACTIONS: Any = load_resource(AdditionalSpecs, "Policies.json")  # type: ignore[no-untyped-call]


def names(found: Any) -> set[tuple[str, str]]:
    """Return service and operation of each call."""
    return {(call.service, call.operation) for call in found}


def test_what_is_called_is_what_the_policy_allows(walk: Walk) -> None:
    """The list of calls has every call of the runs in all states, and no other one."""
    reading = {(service, name) for service, listed in READ.items() for name in listed}

    assert names(walk.world.recorder.made) == reading


def test_every_action_exists() -> None:
    """Every action of both policies exists in IAM; no action can return a secret or change resources."""
    for calls_of in (READ, CHANGE_SET):
        for service, listed in calls_of.items():
            for name in listed:
                for action in preflight_policy.actions(service, name):
                    prefix, _, verb = action.partition(":")
                    assert verb.lower() in ACTIONS[prefix]["Actions"], action
    reading = [name for listed in READ.values() for name in listed]
    assert [
        name for name in reading if not name.startswith(("Check", "Describe", "Get", "Head", "List"))
    ] == []
    assert "GetSecretValue" not in reading


class Slow(NamedTuple):
    """An account that gives the answers of another one, each after a hundredth of a second."""

    facts: Facts
    asked: list[Query]

    def ask(self, query: Query) -> Fact:
        """Answer a call."""
        self.asked.append(query)
        time.sleep(0.01)
        found: Fact = next(fact for fact in self.facts if fact.query.key == query.key)
        return found


def test_one_environment_takes_less_than_twenty_seconds_at_a_tenth_of_a_second_for_each_call(
    walk: Walk,
) -> None:
    """At a tenth of that delay it takes less than a tenth of that time, in few rounds of calls."""
    for state in walk.states.values():
        facts = Facts(state.facts.time, state.facts.account, state.facts.caller)
        slow: Any = Slow(state.facts, [])
        told: list[tuple[int, int]] = []
        started = time.monotonic()
        collect(slow, facts, CHECKS, walk.world.needs, lambda *both, told=told: told.append(both))
        spent = time.monotonic() - started

        rounds = len({known for _, known in told})
        assert spent < 2
        assert rounds <= 6
        # What the delay alone costs, if each call is one page.
        assert 0.1 * (len(slow.asked) / accounts.WORKERS + rounds) < 4
        assert told[-1][0] == told[-1][1] == len(slow.asked)


def test_a_call_that_is_not_permitted_names_its_action(walk: Walk) -> None:
    """Each form of a denied call is recorded as denied; other errors keep their code."""
    world = walk.world
    try:
        for code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"):
            world.recorder.failing["ec2", "DescribeVpcs"] = AwsError(code, "User: ... is not authorized", 403)
            fact = world.account.ask(calls.vpcs(TOKYO))
            assert fact.failure and fact.failure.code == DENIED
        world.recorder.failing["ec2", "DescribeVpcs"] = AwsError(
            "OptInRequired", "You are not subscribed", 401
        )
        fact = world.account.ask(calls.vpcs(TOKYO))
        assert fact.failure == ("OptInRequired", "You are not subscribed")
    finally:
        world.recorder.failing.clear()


def test_a_network_that_fails_on_the_way_leaves_a_check_unknown(walk: Walk) -> None:
    """Without an answer there is a failure with the name of what happened, and nothing is raised."""
    with (
        mock.patch.dict(os.environ, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}),
        mock.patch.object(accounts, "ATTEMPTS", 1),
    ):
        fact = Account(session=session()).ask(calls.vpcs(TOKYO))

    assert fact.failure and fact.failure.code == "EndpointConnectionError"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (botocore.exceptions.NoCredentialsError(), "There are no AWS credentials."),
        (botocore.exceptions.UnauthorizedSSOTokenError(), "The AWS credentials have expired."),
        (AwsError("ExpiredToken", "expired", 403), "The AWS credentials have expired."),
        (AwsError("InvalidClientTokenId", "invalid", 403), "AWS rejects the credentials."),
        (AwsError("AccessDenied", "no", 403), "The credentials do not allow sts:GetCallerIdentity"),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"), "AWS does not respond."),
        (AwsError("InternalFailure", "", 400), "sts:GetCallerIdentity failed: InternalFailure."),
    ],
)
def test_an_account_that_cannot_be_asked_is_a_sentence(walk: Walk, error: Exception, sentence: str) -> None:
    """Credentials that are missing, expired, unknown or without permission, and no network."""
    recorder = walk.world.recorder
    if isinstance(error, AwsError):
        recorder.failing["sts", "GetCallerIdentity"] = error
        patched: Any = mock.patch.dict(recorder.failing)
    else:
        patched = mock.patch.object(Account, "_call", side_effect=error)
    try:
        with patched, pytest.raises(AccountError, match=f"^{sentence.replace('.', '[.]')}"):
            walk.world.start()
    finally:
        recorder.failing.clear()


def test_credentials_that_expire_on_the_way_end_the_run(walk: Walk) -> None:
    """No call would succeed any more, so nothing is judged from half of the facts."""
    world = walk.world
    world.recorder.failing["ec2", "DescribeVpcs"] = AwsError("RequestExpired", "expired", 400)
    try:
        with pytest.raises(AccountError, match="have expired"):
            world.account.ask(calls.vpcs(TOKYO))
    finally:
        world.recorder.failing.clear()


def test_throttling_is_waited_for_and_nothing_is_waited_for_forever(walk: Walk) -> None:
    """boto3 repeats what AWS throttles, at a rate that it adapts, and gives up after some seconds."""
    config = walk.world.account.client("ec2", TOKYO).meta.config

    assert config.retries == {"mode": "adaptive", "total_max_attempts": 6}
    assert (config.connect_timeout, config.read_timeout) == (5, 20)


def test_an_unknown_profile_is_a_sentence() -> None:
    """The profile is looked for before anything is asked."""
    with (
        mock.patch.dict(os.environ, {"AWS_CONFIG_FILE": os.devnull}),
        pytest.raises(AccountError, match=r"^There is no profile prdo[.]"),
    ):
        Account("prdo")


class Pages(NamedTuple):
    """A client that answers in pages as CloudFront and WAF do."""

    pages: dict[Any, dict[str, Any]]

    def call(self, **parameters: Any) -> dict[str, Any]:
        """Return a page."""
        return self.pages[parameters.get("Marker", parameters.get("NextMarker"))]


def test_answers_that_boto3_does_not_put_together_are_read_to_the_end() -> None:
    """CloudFront puts the marker into the list, WAF beside it, also after its last page."""
    cloudfront = Pages(
        {
            None: {"FunctionList": {"NextMarker": "2", "Items": [{"Name": "a"}]}},
            "2": {"FunctionList": {"Items": [{"Name": "b"}]}},
        }
    )
    waf = Pages(
        {
            None: {"NextMarker": "2", "WebACLs": [{"Name": "a"}]},
            "2": {"NextMarker": "3", "WebACLs": [{"Name": "b"}]},
            "3": {"NextMarker": "3", "WebACLs": []},
        }
    )
    read: Callable[..., Any] = accounts._pages_by_marker

    assert read(cloudfront.call, "FunctionList.Items", {}) == {
        "FunctionList": {"Items": [{"Name": "a"}, {"Name": "b"}]}
    }
    assert read(waf.call, "WebACLs", {}) == {"WebACLs": [{"Name": "a"}, {"Name": "b"}]}


def test_every_list_is_read_to_its_end(walk: Walk) -> None:
    """No list that is asked for is paged in a way that nothing here reads."""
    paged_otherwise = accounts._PAGED_BY_MARKER
    unpaged = {
        "CheckCapacity", "DescribeAccountAttributes", "DescribeAddresses", "DescribeAvailabilityZones",
        "DescribeCertificate", "DescribeRegions", "DescribeSecret", "DescribeStackResources",
        "GetAWSDefaultServiceQuota", "GetAccount", "GetAccountLimit", "GetAccountSettings",
        "GetBucketVersioning", "GetCallerIdentity", "GetFunctionConcurrency", "GetHostedZone",
        "GetObject", "GetRole", "GetServiceQuota", "HeadBucket",
        "HeadObject",
    }  # fmt: skip
    for service, listed in READ.items():
        client = walk.world.account.client(service, VIRGINIA)
        for name in listed:
            method = botocore.xform_name(name)
            assert client.can_paginate(method) or name in paged_otherwise | unpaged, name


def test_an_archive_is_read_from_its_end(walk: Walk, tmp_path: Path) -> None:
    """Of a package of some megabytes, only the end is loaded."""
    import zipfile

    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.bin", os.urandom(3_000_000))
        archive.writestr("lambda_handler.py", "x = 1\n")
        archive.writestr("deep/down/here.py", "x = 1\n")
    version = walk.world.upload(path.read_bytes())
    bucket = "csr-lambda-api-prod-lambda-deployments-123456789012"
    before = len(walk.world.recorder.made)
    fact = walk.world.account.ask(
        calls.package_files(TOKYO, bucket, "lambda-deployment-package.zip", version)
    )

    assert fact.answer == {"unzipped": 3_000_012, "files": ["data.bin", "lambda_handler.py"]}
    made = walk.world.recorder.made[before:]
    assert [call.parameters["Range"] for call in made] == ["bytes=-65557"]


def test_an_archive_with_very_many_files_is_read_from_its_directory(walk: Walk) -> None:
    """A directory that is longer than what is loaded first takes one more request, for the rest of it."""
    names = [f"library/{number:04}-{'x' * 60}.py" for number in range(900)]
    version = walk.world.upload(package("lambda_handler.py", *names))
    bucket = "csr-lambda-api-prod-lambda-deployments-123456789012"
    before = len(walk.world.recorder.made)
    fact = walk.world.account.ask(
        calls.package_files(TOKYO, bucket, "lambda-deployment-package.zip", version)
    )

    assert fact.answer == {"unzipped": 901 * 6, "files": ["lambda_handler.py", *names]}
    assert len(walk.world.recorder.made) - before == 2

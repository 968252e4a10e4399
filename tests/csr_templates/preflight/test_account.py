"""The calls to an account: which calls, with which permissions, how fast, and possible errors."""

import contextlib
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import botocore.exceptions
import pytest
from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource

from csr_templates.account import session as sessions
from csr_templates.account.errors import DENIED, AccountError
from csr_templates.hand_over import operator_policies
from csr_templates.hand_over.operator_policies import CALLS, PREFLIGHT
from csr_templates.preflight import checked_account
from csr_templates.preflight.checked_account import CheckedAccount, collect
from csr_templates.preflight.facts import Fact, Facts, FactsHeader, Query
from csr_templates.preflight.results import missing_calls
from csr_templates.preflight.services import ec2_calls, s3_calls
from csr_templates.preflight.services.listing import BEFORE_DEPLOY
from tests.system import PROJECT

from .conftest import Walk, listed_calls
from .mock_account import ENVIRONMENT, package, session
from .recorded import TOKYO, VIRGINIA, AwsError

ACTIONS: Any = load_resource(AdditionalSpecs, "Policies.json")  # type: ignore[no-untyped-call]


def names(found: Any) -> set[tuple[str, str]]:
    """Return service and operation of each call."""
    return {(call.service, call.operation) for call in found}


def test_the_policy_allows_exactly_the_calls(walk: Walk) -> None:
    """The listed calls are exactly those of the runs in all states."""
    assert names(walk.world.recorder.made) == listed_calls(CALLS[PREFLIGHT])


def test_every_action_exists() -> None:
    """All actions of the policy exist in IAM, and none returns a secret or changes resources."""
    reading: set[tuple[str, str]] = set()
    for operations_of_services in CALLS.values():
        reading |= listed_calls(operations_of_services)
    for service, name in reading:
        for action in operator_policies.actions(service, name):
            prefix, _, verb = action.partition(":")
            assert verb.lower() in ACTIONS[prefix]["Actions"], action
    operations = [name for _, name in reading]
    verbs = ("Check", "Describe", "Get", "Head", "List")
    assert [name for name in operations if not name.startswith(verbs)] == ["DetectStackDrift"]
    assert "GetSecretValue" not in operations


class Slow(NamedTuple):
    """An account with the responses of another one, each after 10 milliseconds."""

    facts: Facts
    asked: list[Query]

    def ask(self, query: Query) -> Fact:
        """Return the fact for a call."""
        self.asked.append(query)
        time.sleep(0.01)
        found: Fact = next(fact for fact in self.facts if fact.query.key == query.key)
        return found


def test_one_environment_takes_less_than_two_seconds_with_slow_calls(walk: Walk) -> None:
    """If each call takes 100 milliseconds; here, it takes a tenth of that."""
    for state in walk.states.values():
        facts = state.facts.with_facts(())
        slow: Any = Slow(state.facts, [])
        told: list[tuple[int, int]] = []
        missing = partial(missing_calls, BEFORE_DEPLOY)
        collect(slow, walk.world.environment, facts, missing, lambda *both, told=told: told.append(both))

        rounds = len({known for _, known in told})
        assert rounds <= 6
        # the total delay, if each call has one page
        assert 0.1 * (len(slow.asked) / sessions.WORKERS + rounds) < 2
        assert told[-1][0] == told[-1][1] == len(slow.asked)


def test_a_call_that_is_not_permitted_names_its_action(walk: Walk) -> None:
    """The codes of a denied call are recorded as one code. Other errors keep their code."""
    world = walk.world
    try:
        for code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"):
            world.recorder.failing["ec2", "DescribeVpcs"] = AwsError(code, "User: ... is not authorized", 403)
            fact = world.account.ask(ec2_calls.vpcs.query(TOKYO))
            assert fact.failure and fact.failure.code == DENIED
        world.recorder.failing["ec2", "DescribeVpcs"] = AwsError(
            "OptInRequired", "You are not subscribed", 401
        )
        fact = world.account.ask(ec2_calls.vpcs.query(TOKYO))
        assert fact.failure == ("OptInRequired", "You are not subscribed")
    finally:
        world.recorder.failing.clear()


def test_a_network_error_during_a_run_is_a_failure(walk: Walk) -> None:
    """A call without a response is recorded as a failure with its kind.

    No exception is raised.
    """
    with (
        mock.patch.dict(os.environ, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}),
        mock.patch.object(sessions, "ATTEMPTS", 1),
    ):
        fact = CheckedAccount(session=session()).ask(ec2_calls.vpcs.query(TOKYO))

    assert fact.failure and fact.failure.code == "no-connection"


def test_an_endpoint_that_does_not_respond_is_not_asked_again() -> None:
    """The first call decides, with its attempts; the others of the endpoint have the same failure at once."""
    connections = []

    def accept(server: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed at the end of the test
            while True:
                connections.append(server.accept())

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with (
            mock.patch.dict(os.environ, {**ENVIRONMENT, "AWS_ENDPOINT_URL": url}),
            mock.patch.object(sessions, "FIRST_READ_SECONDS", 0.1),
        ):
            account = CheckedAccount(session=session())
            queries = [
                ec2_calls.vpcs.query(TOKYO),
                ec2_calls.addresses.query(TOKYO),
                ec2_calls.subnets.query(TOKYO),
            ]
            with ThreadPoolExecutor() as pool:
                facts = list(pool.map(account.ask, queries))
            later = account.ask(ec2_calls.zones.query(TOKYO))
            account.close()

    assert [fact.failure.code for fact in (*facts, later) if fact.failure] == ["time-out"] * 4
    assert len(connections) == sessions.FIRST_ATTEMPTS
    for connection, _ in connections:
        connection.close()


def test_one_call_to_each_endpoint_is_made_first() -> None:
    """So the time until all endpoints that do not respond are known is that of one of them."""
    asked: list[Query] = []
    queries = [
        ec2_calls.vpcs.query(TOKYO),
        ec2_calls.addresses.query(TOKYO),
        s3_calls.own_buckets.query(),
        ec2_calls.vpcs.query(VIRGINIA),
    ]

    class Answering:
        def ask(self, query: Query) -> Fact:
            asked.append(query)
            return Fact(query, "2026-11-29T03:00:00Z", [])

    def missing(environment: Any, facts: Facts) -> list[Query]:
        return [query for query in queries if not facts.has(query)]

    header = FactsHeader("shop", "prod", "123456789012", "arn", "2026-11-29T03:00:00Z")
    with mock.patch.object(checked_account, "_ASKING", 1):
        collect(Answering(), mock.Mock(), Facts(header), missing)  # type: ignore[arg-type]

    assert asked == [queries[0], queries[2], queries[3], queries[1]]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (botocore.exceptions.NoCredentialsError(), "There are no AWS credentials."),
        (botocore.exceptions.UnauthorizedSSOTokenError(), "The AWS credentials have expired."),
        (AwsError("ExpiredToken", "expired", 403), "The AWS credentials have expired."),
        (AwsError("InvalidClientTokenId", "invalid", 403), "AWS rejects the credentials."),
        (AwsError("AccessDenied", "no", 403), "The credentials do not allow sts:GetCallerIdentity"),
        (
            botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"),
            "AWS does not respond to sts:GetCallerIdentity.",
        ),
        (AwsError("InternalFailure", "", 400), "sts:GetCallerIdentity failed: InternalFailure."),
    ],
)
def test_an_account_that_cannot_be_called_is_a_message(walk: Walk, error: Exception, sentence: str) -> None:
    """Credentials can be missing, expired, unknown or without permission, or there is no network."""
    recorder = walk.world.recorder
    if isinstance(error, AwsError):
        recorder.failing["sts", "GetCallerIdentity"] = error
        patched: Any = mock.patch.dict(recorder.failing)
    else:
        patched = mock.patch.object(CheckedAccount, "_answer", side_effect=error)
    try:
        with patched, pytest.raises(AccountError, match=f"^{sentence.replace('.', '[.]')}"):
            walk.world.start()
    finally:
        recorder.failing.clear()


def test_credentials_that_expire_during_a_run_end_it(walk: Walk) -> None:
    """Later calls would fail too, so checks are not evaluated with incomplete facts."""
    world = walk.world
    world.recorder.failing["ec2", "DescribeVpcs"] = AwsError("RequestExpired", "expired", 400)
    try:
        with pytest.raises(AccountError, match="have expired"):
            world.account.ask(ec2_calls.vpcs.query(TOKYO))
    finally:
        world.recorder.failing.clear()


def test_throttled_calls_are_retried_and_all_calls_have_a_timeout(walk: Walk) -> None:
    """boto3 retries throttled calls at an adaptive rate. Calls have a timeout of a few seconds."""
    config = walk.world.account.client("ec2", TOKYO).meta.config

    assert config.retries == {"mode": "adaptive", "total_max_attempts": 6}
    assert (config.connect_timeout, config.read_timeout) == (5, 20)
    first = walk.world.account.client("sts", VIRGINIA).meta.config
    assert first.retries["total_max_attempts"] * (first.connect_timeout + first.read_timeout) == 26


@pytest.mark.parametrize(
    ("variable", "value", "cause"),
    [
        ("AWS_CONFIG_FILE", "[default\nx", "Unable to parse config file: .*"),
        ("AWS_CONFIG_FILE", "[default]\ncredential_process = /no/such/file\n", ".*'/no/such/file'"),
        ("AWS_ENDPOINT_URL", "nonsense", "Invalid endpoint: nonsense"),
    ],
)
def test_a_wrong_configuration_is_a_message(
    variable: str, value: str, cause: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mistakes for which botocore raises its own and other exceptions, in the session or the first call."""
    if variable == "AWS_CONFIG_FILE":
        (tmp_path / "config").write_text(value, "utf-8")
        value = str(tmp_path / "config")
        monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv(variable, value)
    expected = f"^The AWS configuration cannot be used: {cause}[.] Check ~/.aws/config, the profile and AWS_"
    with pytest.raises(AccountError, match=expected):
        CheckedAccount().start(PROJECT, "prod")


def test_an_endpoint_that_is_not_aws_is_a_message(walk: Walk) -> None:
    """A proxy that responds with a page of HTML, for which botocore raises a KeyError."""
    page: Any = mock.Mock(status_code=200, headers={}, content=b"<html>Sign in</html>")
    with (
        mock.patch("botocore.httpsession.URLLib3Session.send", return_value=page),
        pytest.raises(AccountError, match=r"^What answers sts:GetCallerIdentity is not AWS"),
    ):
        CheckedAccount(session=session()).start(PROJECT, "prod")


def test_an_archive_is_read_from_its_end(walk: Walk, tmp_path: Path) -> None:
    """For a package of several megabytes, only the end is downloaded."""
    import zipfile

    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.bin", os.urandom(3_000_000))
        archive.writestr("lambda_handler.py", "x = 1\n")
        archive.writestr("deep/down/here.py", "x = 1\n")
    version = walk.world.upload(path.read_bytes())
    bucket = f"{PROJECT}-prod-lambda-deployments-123456789012"
    before = len(walk.world.recorder.made)
    fact = walk.world.account.ask(
        s3_calls.package_files(TOKYO, bucket, "lambda-deployment-package.zip", version)
    )

    assert fact.answer == {"unzipped": 3_000_012, "files": ["data.bin", "lambda_handler.py"]}
    made = walk.world.recorder.made[before:]
    assert [call.parameters["Range"] for call in made] == ["bytes=-65557"]


def test_an_archive_with_very_many_files_is_read_from_its_directory(walk: Walk) -> None:
    """If the directory of the archive is larger than the first download, one more request reads the rest."""
    names = [f"library/{number:04}-{'x' * 60}.py" for number in range(900)]
    version = walk.world.upload(package("lambda_handler.py", *names))
    bucket = f"{PROJECT}-prod-lambda-deployments-123456789012"
    before = len(walk.world.recorder.made)
    fact = walk.world.account.ask(
        s3_calls.package_files(TOKYO, bucket, "lambda-deployment-package.zip", version)
    )

    assert fact.answer == {"unzipped": 901 * 6, "files": ["lambda_handler.py", *names]}
    assert len(walk.world.recorder.made) - before == 2

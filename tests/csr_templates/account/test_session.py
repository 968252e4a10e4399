"""The session of an account: profiles, proxies, time-outs, and who calls."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from unittest import mock

import pytest

from csr_templates.account import session as sessions
from csr_templates.account.errors import AccountError
from csr_templates.account.session import Account, Identity
from tests.csr_templates.preflight.mock_account import ENVIRONMENT, session

TOKYO = "ap-northeast-1"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>Sign in</html>"
FORBIDDEN = HTML.replace(b"200 OK", b"407 Proxy Authentication Required")


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that no account has, and no settings of this machine."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in (
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "NO_PROXY",
        "no_proxy",
        "AWS_PROFILE",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("from_option", [True, False])
def test_an_unknown_profile_is_a_message(from_option: bool, tmp_path: Path) -> None:
    """The profile is checked before the first call, also the one of AWS_PROFILE."""
    (tmp_path / "config").write_text("[profile prod]\nregion = eu-west-1\n", "utf-8")
    environment = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_PROFILE": "dev" if from_option else "prdo",
    }
    with (
        mock.patch.dict(os.environ, environment),
        pytest.raises(AccountError, match=r"^There is no profile prdo[.] Did you mean 'prod'\? List "),
    ):
        Account("prdo" if from_option else None)


def test_the_name_of_a_caller_is_that_within_the_account() -> None:
    """Of a role, both the role and the session."""
    identity = Identity("123456789012", "arn:aws:sts::123456789012:assumed-role/on-call/kudo")

    assert identity.name == "assumed-role/on-call/kudo"


def test_calls_have_a_time_out_and_throttled_ones_are_repeated() -> None:
    """The first call ends after less than half a minute if AWS does not answer."""
    account = Account(session=session())
    config = account.client("rds", TOKYO).meta.config
    first = account.client("sts", TOKYO).meta.config

    assert config.retries == {"mode": "adaptive", "total_max_attempts": 6}
    assert (config.connect_timeout, config.read_timeout) == (5, 20)
    assert first.retries["total_max_attempts"] * (first.connect_timeout + first.read_timeout) == 26


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Yield the port of a server that gives the same answer to everything."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

    Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def test_a_page_instead_of_an_answer_of_aws_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """As from a proxy or a network that asks to sign in."""
    with answering(HTML) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(
            AccountError, match=r"^What answers sts:GetCallerIdentity is not AWS, but perhaps a proxy"
        ):
            Account(session=session()).identity(TOKYO)


def test_a_proxy_that_refuses_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence has host and port of the proxy of the environment."""
    with answering(FORBIDDEN) as port, mock.patch.object(sessions, "FIRST_ATTEMPTS", 1):
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{port}")
        with pytest.raises(AccountError) as caught:
            Account(session=session()).identity(TOKYO)

    sentence = str(caught.value)
    assert sentence.startswith(
        "The proxy does not connect to AWS for sts:GetCallerIdentity. Check HTTPS_PROXY and"
    )
    assert f"The environment sets the proxy 127.0.0.1:{port} (HTTPS_PROXY)." in sentence
    assert "secret" not in sentence
    assert "Error" not in sentence


def test_no_server_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens on this port."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with (
        mock.patch.object(sessions, "FIRST_ATTEMPTS", 1),
        pytest.raises(
            AccountError, match=r"^AWS does not respond to sts:GetCallerIdentity[.] Check the network"
        ),
    ):
        Account(session=session()).identity(TOKYO)


def test_no_credentials_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says how to sign in."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(AccountError, match=r"^There are no AWS credentials[.] Sign in"):
        Account(session=session()).identity(TOKYO)


@pytest.mark.parametrize("config", ["[default\nx", "[default]\ncredential_process = /no/such/file\n"])
def test_a_wrong_configuration_is_a_sentence(
    config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mistakes for which botocore raises its own and other exceptions."""
    path = tmp_path / "config"
    path.write_text(config, "utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(AccountError, match=r"^The AWS configuration cannot be used: "):
        Account().identity(TOKYO)

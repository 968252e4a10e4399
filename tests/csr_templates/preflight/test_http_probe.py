"""One HTTPS request to local servers: answers, redirects, and why there is no answer."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from csr_templates.preflight import http_probe
from csr_templates.preflight.checked_account import CheckedAccount
from csr_templates.preflight.services import https_calls

SECONDS: Final = 2.0  # a request to this machine takes milliseconds


@pytest.fixture(autouse=True)
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect directly, whatever the environment of the tests is."""
    monkeypatch.setenv("no_proxy", "*")


def certificate(folder: Path, host: str = "127.0.0.1", days: int = 1) -> Path:
    """Write a certificate that signs itself, with its key, and return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{host}-{days}.pem"
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def server(answer: bytes, file: Path | None = None) -> Iterator[str]:
    """Yield the address of a server that sends these bytes to one request; with a certificate, with TLS."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(SECONDS)
                if file:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(file)
                    connection = context.wrap_socket(connection, server_side=True)
                connection.recv(4_096)
                connection.sendall(answer)
                connection.close()
        except OSError:
            pass  # the client does not accept the certificate

    thread = Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
    thread.join(SECONDS)


Get = Callable[..., dict[str, object]]


@pytest.fixture
def get(tmp_path: Path) -> Get:
    """Sends a request to a server whose certificate is trusted, unless another one is given."""
    trusted = certificate(tmp_path)

    def send(answer: bytes, file: Path | None = trusted) -> dict[str, object]:
        context = ssl.create_default_context(cafile=str(file or trusted))
        with server(answer, file) as url:
            return http_probe.get(url, context, SECONDS)

    return send


@pytest.mark.parametrize("status", [200, 204, 403, 404, 429, 500, 503])
def test_a_status_is_the_answer(get: Get, status: int) -> None:
    """No content is read, also not that of an error."""
    reason = "x-amzn-ErrorType: ForbiddenException:http://internal.amazon.com/"
    assert get(f"HTTP/1.1 {status} X\r\n{reason}\r\nContent-Length: 1000000\r\n\r\nsecret".encode()) == {
        "status": status,
        "location": "",
        "errorType": "ForbiddenException",
    }


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(get: Get, status: int) -> None:
    """The answer has its address without the query string, which can contain a token."""
    location = "https://elsewhere.invalid/path?token=secret#part"

    assert get(f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()) == {
        "status": status,
        "location": "https://elsewhere.invalid/path",
        "errorType": "",
    }
    assert get(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())["location"] == ""


def test_a_certificate_that_is_not_trusted(get: Get, tmp_path: Path) -> None:
    """Its issuer is not known, as with a proxy that replaces certificates."""
    with server(b"", certificate(tmp_path)) as url:
        error = str(http_probe.get(url, None, SECONDS)["error"])

    assert error.startswith("the certificate is not valid (self")


def test_an_expired_certificate_and_one_for_another_host(get: Get, tmp_path: Path) -> None:
    """The reason is the one of TLS, although the issuer is trusted."""
    assert get(b"", certificate(tmp_path, days=-1)) == {
        "error": "the certificate is not valid (certificate has expired)"
    }
    error = str(get(b"", certificate(tmp_path, host="127.0.0.2"))["error"])
    assert error.startswith("the certificate is not valid (")
    assert "127.0.0.1" in error


def test_a_refused_connection() -> None:
    """Nothing listens on the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert http_probe.get(f"https://127.0.0.1:{port}/", None, SECONDS) == {
        "error": "the connection was refused"
    }


def test_a_server_that_does_not_answer() -> None:
    """The request ends after the given time, during the connection and after it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        assert http_probe.get(f"https://127.0.0.1:{port}/", None, 0.05) == {
            "error": "no answer within 0.05 seconds"
        }


def test_an_answer_that_is_not_http(get: Get) -> None:
    """Neither other text, nor a connection that ends, nor a server without TLS raises an error."""
    assert get(b"SSH-2.0\r\n\r\n") == {"error": "the answer is not HTTP"}
    assert "error" in get(b"")
    assert "no TLS connection" in str(get(b"HTTP/1.1 200 OK\r\n\r\n", None)["error"])


def test_an_unknown_host() -> None:
    """The name of the host does not exist."""
    answer = http_probe.get("https://no-such-host.invalid/", None, SECONDS)

    assert list(answer) == ["error"]
    assert answer["error"]


def test_the_account_sends_the_request_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query for HTTPS is not a call of the AWS API; its command is curl."""
    monkeypatch.setattr(http_probe, "get", lambda url: {"status": 200, "location": url})
    query = https_calls.request("https://example.com/a b")

    assert CheckedAccount.ask(None, query).answer == {  # type: ignore[arg-type]  # no session is needed
        "status": 200,
        "location": "https://example.com/a b",
    }
    assert query.command == "curl -sS -o /dev/null -w '%{http_code}\\n' 'https://example.com/a b'"

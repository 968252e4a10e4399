"""Requests to the site and the API over HTTPS, as a browser makes them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, Final, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from csr_templates.account.cli_lines import HIDDEN
from csr_templates.naming import VERSION
from csr_templates.operating import words
from csr_templates.operating.aws import PROGRAM
from csr_templates.operating.problems import Stop, WrongInput

_SECONDS: Final = 30.0
_SHOWN: Final = 1500
"""Bytes of a body that are shown."""
_KEPT: Final = "%/?&=+:;,@!$'()*~"
"""Characters of a path with its query that are not percent-encoded."""


class Answer(NamedTuple):
    """A response.

    Attributes:
        status: status code.
        reason: the phrase after it.
        headers: pairs of name and value, in their order.
        body: its beginning.
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: str


class _NoRedirects(HTTPRedirectHandler):
    """Lets a redirect be an answer."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow no redirect."""


def require_path(path: str) -> None:
    """Check that a path of a URL is one.

    Raises:
        WrongInput: it does not begin with a slash, so it would become a part of the name of the host.
    """
    if not path.startswith("/"):
        raise WrongInput(f"The path {path or '(empty)'} does not begin with /. Give it as /{path}")


def get(origin: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return the answer to a request, which may also be an error or a redirect.

    Args:
        origin: scheme and host, and the beginning of the path if there is one.
        path: begins with a slash, and may have a query.
        headers: name -> value.

    Raises:
        Stop: there is no answer.
    """
    request = Request(
        origin + quote(path, safe=_KEPT),
        headers={"User-Agent": f"{PROGRAM}/{VERSION}", **(headers or {})},
    )
    try:
        with build_opener(_NoRedirects).open(request, timeout=_SECONDS) as response:
            return _answer(response)
    except HTTPError as error:
        with error:
            return _answer(error)
    except (OSError, HTTPException) as error:
        raise Stop(_no_answer(urlsplit(origin).hostname or origin, error)) from error


def show(answer: Answer, secret: str = "") -> None:
    """Print status, headers and the beginning of the body.

    Args:
        answer: the response.
        secret: a text that is not shown if the response contains it.
    """
    lines = [f"{answer.status} {answer.reason}".rstrip()]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    lines += ["", *answer.body.splitlines()]
    for line in lines:
        if secret:
            line = line.replace(secret, HIDDEN)
        words.say(line)


def _answer(response: Any) -> Answer:
    body = response.read(_SHOWN).decode("utf-8", "replace")
    return Answer(response.status, response.reason, response.headers.items(), body)


def _no_answer(host: str, error: Exception) -> str:
    """Return a sentence about a request without an answer; the page for the site has a row for each."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, socket.gaierror):
        return f"The name {host} is not resolved. Check its DNS records, and whether the domain has expired."
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not valid ({reason.verify_message})."
    if isinstance(reason, TimeoutError):
        return f"{host} does not answer within {_SECONDS:.0f} seconds."
    return f"There is no connection to {host} ({reason})."

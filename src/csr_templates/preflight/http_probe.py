"""Sends one HTTPS request without credentials, and reduces the answer to a fact.

A redirect is not followed, and no content is read. A proxy of the environment is used, as boto3 does.
"""

import http.client
import re
import ssl
from email.message import Message
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

SECONDS: Final = 10.0
_AGENT: Final = "csr-templates"


class _NoRedirect(HTTPRedirectHandler):
    """Returns a redirect as the answer."""

    def redirect_request(self, *_: Any) -> None:
        return None


def get(url: str, context: ssl.SSLContext | None = None, seconds: float = SECONDS) -> dict[str, Any]:
    """Return the answer to a GET request: ``status``, ``location`` and ``errorType``; or ``error``.

    ``location`` is the target of a redirect, and ``errorType`` the reason of API Gateway; otherwise empty.

    Args:
        url: the address; it must start with https.
        context: settings for the certificate; by default those of the operating system.
        seconds: time after which an answer is not awaited any more.
    """
    opener = build_opener(HTTPSHandler(context=context or ssl.create_default_context()), _NoRedirect)
    request = Request(url, headers={"User-Agent": _AGENT})
    try:
        with opener.open(request, timeout=seconds) as response:
            return _answer(response.status, response.headers)
    except HTTPError as error:  # every status from 300 on
        with error:
            return _answer(error.code, error.headers)
    except URLError as error:
        return {"error": _error_in_words(error.reason, seconds)}
    except (OSError, http.client.HTTPException) as error:
        return {"error": _error_in_words(error, seconds)}


def _answer(status: int, headers: Message) -> dict[str, Any]:
    return {
        "status": status,
        "location": re.split("[?#]", headers.get("Location", ""))[0],  # a query string can contain a token
        "errorType": headers.get("x-amzn-ErrorType", "").partition(":")[0],
    }


def _error_in_words(error: object, seconds: float) -> str:
    """Return why there is no answer, in words."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the certificate is not valid ({error.verify_message or error.reason})"
        case ssl.SSLError():
            return f"no TLS connection ({error.reason})"
        case TimeoutError():
            return f"no answer within {seconds:g} seconds"
        case ConnectionRefusedError():
            return "the connection was refused"
        case http.client.RemoteDisconnected():
            return "the connection was closed without an answer"
        case OSError():
            return error.strerror or "no connection"
        case http.client.HTTPException():
            return "the answer is not HTTP"
    return str(error)

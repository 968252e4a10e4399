"""Errors of boto3 and AWS as codes and sentences, without names of Python classes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, NamedTuple

from cfn_analysis.model.escaping import for_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

DENIED: Final = "denied"
"""Code of a call that IAM does not allow, for all services."""
NO_CREDENTIALS: Final = "no-credentials"
EXPIRED: Final = "expired-credentials"
TIME_OUT: Final = "time-out"
NO_CONNECTION: Final = "no-connection"
PROXY: Final = "proxy"
NOT_AWS: Final = "not-an-answer-of-aws"
INVALID: Final = "invalid-call"
THROTTLED: Final = "throttled"

CREDENTIALS: Final = frozenset({NO_CREDENTIALS, EXPIRED})
"""Codes after which no other call can succeed."""
UNREACHABLE: Final = frozenset({TIME_OUT, NO_CONNECTION, PROXY, NOT_AWS})
"""Codes of calls that AWS may not have received."""

_SHOWN: Final = 300
"""Characters of what answers instead of AWS, such as the page of a network that asks to sign in."""
_DENIED: Final = frozenset(
    {
        "403",  # the response to HEAD has no error code
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "NotAuthorized",
        "UnauthorizedOperation",
    }
)
_REJECTED: Final = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_EXPIRED: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
_THROTTLED: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Those of botocore, without ``LimitExceededException``, which is mostly a quota.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""


class AccountError(Exception):
    """AWS cannot be called; the message states why and what to do."""


class Failure(NamedTuple):
    """Why a call failed.

    Attributes:
        code: the error code of AWS, or one of this module.
        message: the error message of AWS or boto3, as one line.
    """

    code: str
    message: str


def failure(error: Exception) -> Failure:
    """Return why a call failed.

    Args:
        error: one of ``call_errors``, or a ``KeyError`` of an answer that lacks what AWS always returns: it
            is not one of AWS, such as the page of a proxy.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        return of_answer(error.response)
    message = for_terminal(str(error))
    if isinstance(error, BotoCoreError):
        return Failure(_of_class(error), message)
    return Failure(NOT_AWS, textwrap.shorten(message, _SHOWN, placeholder=" ..."))


def call_errors() -> tuple[type[Exception], ...]:
    """Return the classes of the errors with which a call of boto3 fails."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return BotoCoreError, ClientError, ResponseParserError


def in_words(reason: Failure, call: str) -> str:
    """Return a sentence about a failed call, and what to do.

    Args:
        reason: why it failed.
        call: service and operation, such as ``rds:DescribeDBClusters``.
    """
    return _with_message(_sentence(reason.code, call), reason.message)


def proxies() -> str:
    """Return the proxies of the environment for HTTPS as a part of a sentence; without user and password."""
    from urllib.parse import urlsplit  # takes a tenth of a second, and is needed for an error only
    from urllib.request import getproxies

    proxy = getproxies().get("https")
    if not proxy:
        return ""
    if "//" not in proxy:
        proxy = f"//{proxy}"
    parts = urlsplit(proxy)
    host = parts.hostname or "?"
    port = ""
    if parts.port:
        port = f":{parts.port}"
    return for_terminal(f" The environment sets the proxy {host}{port} (HTTPS_PROXY).")


def of_answer(response: Mapping[str, Mapping[str, object]]) -> Failure:
    """Return why a call failed, of an answer of AWS with an error."""
    error = response.get("Error", {})
    code = str(error.get("Code", ""))
    message = for_terminal(str(error.get("Message", "")))
    if code in _DENIED:
        return Failure(DENIED, message)
    if code in _EXPIRED:
        return Failure(EXPIRED, message)
    if code in _THROTTLED:
        return Failure(THROTTLED, message)
    if not code:
        return Failure(NOT_AWS, message)
    return Failure(code, message)


def _of_class(error: Exception) -> str:
    from botocore import exceptions

    no_credentials = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
    )
    expired = (
        exceptions.LoginRefreshRequired,
        exceptions.SSOTokenLoadError,
        exceptions.TokenRetrievalError,
        exceptions.UnauthorizedSSOTokenError,
    )
    if isinstance(error, no_credentials):
        return NO_CREDENTIALS
    if isinstance(error, expired):
        return EXPIRED
    if isinstance(error, (exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError)):
        return TIME_OUT
    if isinstance(error, exceptions.ProxyConnectionError):
        return PROXY
    if isinstance(error, (exceptions.ConnectionError, exceptions.HTTPClientError)):
        return NO_CONNECTION
    return INVALID


def _sentence(code: str, call: str) -> str:
    if code == NO_CREDENTIALS:
        return "There are no AWS credentials. Sign in (aws login, aws sso login), or add --profile NAME."
    if code == EXPIRED:
        return "The AWS credentials have expired. Sign in again (aws login, aws sso login)."
    if code in _REJECTED:
        return (
            "AWS rejects the credentials. Check the profile, whether its access key was deleted, and whether "
            "it belongs to the partition of the regions (aws, aws-cn, aws-us-gov)."
        )
    if code == DENIED:
        return f"The credentials do not allow {call}."
    if code == THROTTLED:
        return f"AWS throttles {call}, also after several attempts. Repeat the command in a minute."
    if code in (TIME_OUT, NO_CONNECTION):
        return (
            f"AWS does not respond to {call}. Check the network, the proxy and AWS_ENDPOINT_URL.{proxies()}"
        )
    if code == PROXY:
        return f"The proxy does not connect to AWS for {call}. Check HTTPS_PROXY and NO_PROXY.{proxies()}"
    if code == NOT_AWS:
        return (
            f"What answers {call} is not AWS, but perhaps a proxy, or a network that asks to sign in. Check "
            f"the network and AWS_ENDPOINT_URL.{proxies()}"
        )
    if code == INVALID:
        return f"{call} cannot be called."
    return f"{call} failed: {code}."


def _with_message(sentence: str, message: str) -> str:
    if not message:
        return sentence
    return f"{sentence} ({message})"

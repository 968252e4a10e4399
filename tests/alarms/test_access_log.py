"""The access log of the API stays JSON for each request that anyone can send, and is counted."""

import json
import re
from collections.abc import Mapping

import pytest

from .deployed import access_log_format, deployed
from .log_filters import matches

PROD = deployed("prod")
FORMAT = json.dumps(access_log_format(PROD))
FILTERS = {log.name: log.pattern for log in PROD.log_metrics if log.namespace.endswith("-access-log")}

# Who chooses the value of a variable, and what it can be.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-access-logging.html (requestId)
# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 (a method is a token)
CHOSEN_BY_CALLER = {
    "requestId": ("a8bd3ef5-b1bb-4d31-9c52-3f0c1f3c6d15", "UUID_REPLACED_INVALID_REQUEST_ID"),
    "httpMethod": ("GET", "!#$%&'*+-.^_`|~0aZ", "A" * 8000),
}
CHOSEN_BY_SERVICE = {
    "extendedRequestId": ("UBuxiEZSIAMFQ1Q=",),
    "identity.sourceIp": ("192.0.2.1", "2001:db8::1"),
    "resourcePath": ("/", "/{proxy+}", "-"),
    "status": ("200", "429", "504"),
    "responseLatency": ("12",),
    "integration.latency": ("-", "11"),
    "integration.status": ("-", "200"),
    "error.responseType": ("-", "INTEGRATION_FAILURE"),
    "identity.apiKeyId": ("abcde12345", "-"),
}
FREE_TEXT = (
    '"',
    "\\",
    '", "errorType": "THROTTLED',
    '"}\n{"keyId": "abcde12345',
    "\x00\x1b[2J\r\n\t",
    "\u3042" * 4000,
    "$context.path",
)


def line(log_format: str, values: Mapping[str, str], otherwise: str = "-") -> str:
    """Return a line of the log, as if API Gateway escaped nothing, which is not documented.

    https://github.com/DataBiosphere/azul/issues/4348
    """
    return re.sub(r"\$context\.([\w.]*\w)", lambda variable: values.get(variable[1], otherwise), log_format)


def counted(text: str) -> set[str]:
    """Return the filters that count a line."""
    return {name for name, pattern in FILTERS.items() if matches(pattern, text)}


@pytest.mark.parametrize("text", FREE_TEXT, ids=range(len(FREE_TEXT)))
def test_no_variable_holds_free_text(text: str) -> None:
    """A line is the same, whatever a caller writes into the variables that take any text."""
    known = {name: values[0] for name, values in (CHOSEN_BY_CALLER | CHOSEN_BY_SERVICE).items()}

    written = line(FORMAT, known, otherwise=text)

    assert json.loads(written)["keyId"] == "abcde12345"
    assert counted(written) == {"accepted-requests"}


@pytest.mark.parametrize("name", CHOSEN_BY_CALLER | CHOSEN_BY_SERVICE)
def test_each_value_stays_json(name: str) -> None:
    """Each value that a variable can have is in the record as it is."""
    key = next(key for key, variable in access_log_format(PROD).items() if variable == f"$context.{name}")
    for value in (CHOSEN_BY_CALLER | CHOSEN_BY_SERVICE)[name]:
        assert json.loads(line(FORMAT, {name: value}))[key] == value


@pytest.mark.parametrize(
    ("values", "filters"),
    [
        ({"error.responseType": "INVALID_API_KEY"}, {"keyless-requests"}),
        (
            {"error.responseType": "THROTTLED", "identity.apiKeyId": "a"},
            {"accepted-requests", "limited-requests"},
        ),
        (
            {"error.responseType": "QUOTA_EXCEEDED", "identity.apiKeyId": "a"},
            {"accepted-requests", "limited-requests"},
        ),
        ({"status": "504", "identity.apiKeyId": "a"}, {"accepted-requests"}),
    ],
)
def test_requests_are_counted(values: Mapping[str, str], filters: set[str]) -> None:
    """The filters read the fields that the log has, also if the caller chooses all that can be chosen."""
    chosen = {name: options[-1] for name, options in CHOSEN_BY_CALLER.items()}

    assert counted(line(FORMAT, {**chosen, **values})) == filters


def test_free_text_would_not_be_counted() -> None:
    """With the path in the record, a caller could keep requests out of all counts."""
    with_path = FORMAT.removesuffix("}") + ', "path": "$context.path"}'
    values = {"error.responseType": "INVALID_API_KEY"}

    assert counted(line(with_path, values | {"path": "/v1/a"})) == {"keyless-requests"}
    assert counted(line(with_path, values | {"path": '/v1/"'})) == set()

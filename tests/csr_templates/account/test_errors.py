"""Errors as codes and sentences."""

import botocore.exceptions
import botocore.parsers
import pytest
from botocore.exceptions import ClientError

from csr_templates.account.errors import CREDENTIALS, Failure, failure, in_words


def of_aws(code: str, message: str = "") -> ClientError:
    """Return an error response."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeVpcs")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (of_aws("AccessDenied"), "denied"),
        (of_aws("UnauthorizedOperation"), "denied"),
        (of_aws("403"), "denied"),
        (of_aws("ThrottlingException"), "throttled"),
        (of_aws("SlowDown"), "throttled"),
        (of_aws("LimitExceededException"), "LimitExceededException"),
        (of_aws("ExpiredToken"), "expired-credentials"),
        (of_aws("DBClusterNotFoundFault"), "DBClusterNotFoundFault"),
        (ClientError({}, "DescribeVpcs"), "not-an-answer-of-aws"),
        (KeyError("GetCallerIdentityResult"), "not-an-answer-of-aws"),
        (botocore.exceptions.NoCredentialsError(), "no-credentials"),
        (botocore.exceptions.UnauthorizedSSOTokenError(), "expired-credentials"),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"), "time-out"),
        (botocore.exceptions.ConnectTimeoutError(endpoint_url="https://x"), "time-out"),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"), "no-connection"),
        (botocore.exceptions.SSLError(endpoint_url="https://x", error="expired"), "no-connection"),
        (botocore.exceptions.ParamValidationError(report="x"), "invalid-call"),
    ],
)
def test_an_error_has_a_code(error: Exception, code: str) -> None:
    """Also one that has no code of AWS."""
    assert failure(error).code == code


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("denied", "The credentials do not allow ec2:DescribeVpcs. (why)"),
        ("throttled", "AWS throttles ec2:DescribeVpcs, also after several attempts. Repeat the command"),
        ("time-out", "AWS does not respond to ec2:DescribeVpcs. Check the network, the proxy and AWS_"),
        ("InvalidClientTokenId", "AWS rejects the credentials. Check the profile"),
        ("no-credentials", "There are no AWS credentials. Sign in (aws login, aws sso login)"),
        ("OptInRequired", "ec2:DescribeVpcs failed: OptInRequired. (why)"),
    ],
)
def test_a_code_has_a_sentence(code: str, sentence: str) -> None:
    """With the message of AWS behind it."""
    assert in_words(Failure(code, "why"), "ec2:DescribeVpcs").startswith(sentence)


def test_a_message_of_aws_cannot_control_the_terminal() -> None:
    """Names in it are chosen by others."""
    assert failure(of_aws("X", "No \x1b]0;vpc\x07")).message == r"No \u001b]0;vpc\u0007"


def test_only_missing_and_expired_credentials_end_everything() -> None:
    """Rejected ones may be those of a region that is not enabled."""
    assert {"no-credentials", "expired-credentials"} == CREDENTIALS


def test_the_page_of_another_network_is_cut() -> None:
    """Such as one that asks to sign in; a terminal would be full of it."""
    error = botocore.parsers.ResponseParserError("Unable to parse response: " + "<p>Sign in " * 900)

    assert len(failure(error).message) <= 300

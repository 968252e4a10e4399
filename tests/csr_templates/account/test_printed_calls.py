"""What is known of a changing call whose first attempt had no clear answer; botocore makes it again."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from boto3.session import Session
from botocore.exceptions import ClientError

from csr_templates.account.printed_calls import PrintedCalls
from csr_templates.account.session import Account
from tests.local_server import LocalServer, Quiet

Answer = tuple[int, str]
LOST: Answer = (0, "")
"""The connection is closed without an answer, after the call was received."""
REFUSED: Answer = (400, "InvalidDBClusterStateFault")
THROTTLED: Answer = (503, "RequestLimitExceeded")
FAULT: Answer = (500, "InternalFailure")
DONE: Answer = (200, "")
_RESULT = (
    b"<FailoverDBClusterResponse><FailoverDBClusterResult/><ResponseMetadata/></FailoverDBClusterResponse>"
)


class Aws(LocalServer):
    """A server that gives prepared answers in the format of RDS.

    Attributes:
        answers: those that are still to be given.
    """

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        aws = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                status, code = aws.answers.pop(0)
                if not status:
                    self.close_connection = True
                    return
                body = _RESULT
                if code:
                    body = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.start(Handler)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """A server in the place of AWS; botocore does not pause between attempts."""
    server = Aws()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    yield server
    server.stop()


def fail_over(aws: Aws, *answers: Answer) -> PrintedCalls:
    """Fail over a cluster with these answers of AWS, and return what is known of the calls."""
    aws.answers = list(answers)
    session = Session("test", "test")
    calls = PrintedCalls(session, lambda line: None)
    account = Account(session=session)
    try:
        account.client("rds", "ap-northeast-1").failover_db_cluster(DBClusterIdentifier="c")
    except ClientError:
        pass
    finally:
        account.close()
    return calls


@pytest.mark.parametrize(
    "answers",
    [
        (LOST, REFUSED),
        (FAULT, REFUSED),
        (LOST, THROTTLED, REFUSED),
        (LOST, FAULT, FAULT, FAULT, FAULT, FAULT),
    ],
)
def test_a_refusal_after_an_attempt_without_an_answer_proves_nothing(
    aws: Aws, answers: tuple[Answer, ...]
) -> None:
    """The first attempt may be why the next one is refused."""
    calls = fail_over(aws, *answers)

    assert (calls.made, calls.unanswered) == ([], [])
    assert calls.unclear == ["rds:FailoverDBCluster"]


@pytest.mark.parametrize("answers", [(REFUSED,), (THROTTLED, REFUSED)])
def test_a_refusal_of_each_attempt_is_clear(aws: Aws, answers: tuple[Answer, ...]) -> None:
    """Also if AWS throttled the first one."""
    calls = fail_over(aws, *answers)

    assert (calls.made, calls.unanswered, calls.unclear) == ([], [], [])


def test_a_success_after_an_attempt_without_an_answer_is_one(aws: Aws) -> None:
    """The call was made."""
    calls = fail_over(aws, LOST, DONE)

    assert (calls.made, calls.unclear) == (["rds:FailoverDBCluster"], [])

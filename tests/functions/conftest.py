"""CloudFront Functions, run by Node in a context that holds what CloudFront's runtime documents."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

Headers = Mapping[str, str | Sequence[str]]


class Runtime:
    """A Node process that runs functions, one event at a time."""

    def __init__(self, node: str) -> None:
        self.process = subprocess.Popen(
            [node, str(Path(__file__).with_name("runtime.js"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, code: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the handler of ``code`` returns.

        Raises:
            RuntimeError: the handler threw; the message is what it threw.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"code": code, "event": event}) + "\n")
        self.process.stdin.flush()
        result: dict[str, Any] = json.loads(self.process.stdout.readline())
        if "error" in result:
            raise RuntimeError(result["error"])
        value: dict[str, Any] = result["value"]
        return value

    def request(
        self,
        code: str,
        uri: str,
        query: str | None = None,
        headers: Headers | None = None,
        cookies: Sequence[tuple[str, str]] = (),
        request_id: str = "request-1",
        method: str = "GET",
    ) -> dict[str, Any]:
        """Return the request as a function hands it on.

        Args:
            code: of the function.
            uri: path of the request.
            query: what follows the question mark; None if there is none.
            headers: name in lower case -> value, or the values of a header that is sent several times.
            cookies: names and values.
            request_id: what CloudFront calls the request.
            method: of the request.
        """
        event = {
            "version": "1.0",
            "context": {"eventType": "viewer-request", "requestId": request_id},
            "viewer": {"ip": "192.0.2.1"},
            "request": {
                "method": method,
                "uri": uri,
                "rawQueryString": query,
                "headers": _event_headers(headers or {}),
                "cookies": list(cookies),
            },
        }
        return self.run(code, event)

    def response(self, code: str, uri: str, status: int, headers: Headers | None = None) -> dict[str, Any]:
        """Return the response to a request for ``uri`` as a function hands it on."""
        event = {
            "version": "1.0",
            "context": {"eventType": "viewer-response", "requestId": "request-1"},
            "viewer": {"ip": "192.0.2.1"},
            "request": {"method": "GET", "uri": uri, "rawQueryString": None, "headers": {}, "cookies": []},
            "response": {"statusCode": status, "headers": _event_headers(headers or {}), "cookies": {}},
        }
        return self.run(code, event)


def _event_headers(headers: Headers) -> dict[str, Any]:
    """Return headers as CloudFront hands them over: the last value, and all of them if there are several."""
    event_headers: dict[str, Any] = {}
    for name, sent in headers.items():
        values = [sent] if isinstance(sent, str) else list(sent)
        event_headers[name] = {"value": values[-1]}
        if len(values) > 1:
            event_headers[name]["multiValue"] = [{"value": value} for value in values]
    return event_headers


@pytest.fixture(scope="session")
def runtime() -> Iterator[Runtime]:
    """CloudFront's runtime. Without Node there is none: skipped on a laptop, a failure in CI."""
    node = shutil.which("node")
    if node is None:
        reason = "Node is not installed: CloudFront Functions are JavaScript and cannot be tested."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    runtime = Runtime(node)
    yield runtime
    assert runtime.process.stdin is not None
    assert runtime.process.stdout is not None
    runtime.process.stdin.close()
    runtime.process.wait(timeout=10)
    runtime.process.stdout.close()

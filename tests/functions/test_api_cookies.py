"""No answer that requests can share sets a cookie."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.functions.conftest import Runtime
from tests.functions.deployed import code

REQUEST = code("ApiCacheKeyFunction")
RESPONSE = code("ApiCookiesFunction")
COOKIES = {"session": {"value": "a", "attributes": "Secure; HttpOnly"}}
HEADERS = [
    "accept",
    "authorization",
    "forwarded",
    "range",
    "user-agent",
    "x-cache-key",
    "x-forwarded-for",
    "x-own",
]

requests = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "HEAD", "POST"]),
        "uri": st.sampled_from(["/api/items", "/api/me", "/api/getcsrf", "/api/%6de", "/api/%"]),
        "headers": st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(["a", "b"])),
        "cookies": st.lists(
            st.tuples(st.sampled_from(["_ga", "_gid", "session", "__proto__"]), st.just("a"))
        ),
    }
)


def cookies(runtime: Runtime, request: dict[str, Any]) -> Any:
    """Return the cookies of the response to a request, as a viewer sent it or as a function changed it."""
    event = {
        "version": "1.0",
        "context": {"eventType": "viewer-response", "requestId": "request-1"},
        "viewer": {"ip": "192.0.2.1"},
        "request": request,
        "response": {"statusCode": 200, "headers": {}, "cookies": COOKIES},
    }
    return runtime.run(RESPONSE, event)["cookies"]


@given(sent=requests)
@example({"method": "GET", "uri": "/api/items", "headers": {}, "cookies": [("__proto__", "a")]})
def test_request_and_response_decide_alike(runtime: Runtime, sent: dict[str, Any]) -> None:
    """A response keeps its cookies exactly if the request has its own key, for both forms of the request.

    Whether CloudFront passes the request of the viewer or the one that the function returned to the origin,
    the decision is the same.
    """
    changed = runtime.request(REQUEST, **sent, request_id="own")
    is_shared = changed["headers"]["x-cache-key"]["value"] != "own"
    headers = {name: {"value": value} for name, value in sent["headers"].items()}
    viewers = {**sent, "rawQueryString": None, "headers": headers}
    # JSON, in which a function's result reaches this test, loses a cookie called __proto__.
    kept = [cookie for cookie in sent["cookies"] if cookie[0] in {*changed["cookies"], "__proto__"}]

    expected = {} if is_shared else COOKIES
    assert cookies(runtime, viewers) == expected
    assert cookies(runtime, {**changed, "rawQueryString": None, "cookies": kept}) == expected


@pytest.mark.parametrize(
    ("uri", "expected"), [("/api/items", {}), ("/api/me", COOKIES)], ids=["shared", "of one user"]
)
def test_cookies(runtime: Runtime, uri: str, expected: Any) -> None:
    """A shared answer loses all cookies, and the answer to one user keeps them."""
    request: dict[str, Any] = {
        "method": "GET",
        "uri": uri,
        "rawQueryString": None,
        "headers": {},
        "cookies": [],
    }

    assert cookies(runtime, request) == expected

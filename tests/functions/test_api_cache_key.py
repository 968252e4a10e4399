"""Which API requests share a cached answer."""

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_templates.stacks import contract
from tests.functions.conftest import Runtime
from tests.functions.deployed import code

CODE = code("ApiCacheKeyFunction")
Sent = dict[str, Any]
PLAIN: Sent = {"uri": "/api/v1/users", "query": "a=1&b=2", "headers": {"accept": "application/json"}}


def key(runtime: Runtime, sent: Sent) -> str:
    """Return the cache key of a request, which is the only value of its header."""
    header = runtime.request(CODE, **sent)["headers"]["x-cache-key"]
    assert list(header) == ["value"]
    return str(header["value"])


def test_header_is_the_one_that_the_api_knows(runtime: Runtime) -> None:
    """CloudFront writes names of headers in upper case after each hyphen, and the API tells cases apart."""
    (name,) = runtime.request(CODE, "/api/x")["headers"]

    assert name.title() == contract.CACHE_KEY_HEADER


def test_equal_requests_share(runtime: Runtime) -> None:
    """The key depends on the request and not on who sends it when."""
    first = key(runtime, {**PLAIN, "request_id": "1"})
    second = key(runtime, {**PLAIN, "request_id": "2"})

    assert first == second
    assert len(first) == 64  # SHA-256, in hexadecimal


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "a"},
        {"accept-encoding": "gzip"},
        {"referer": "https://example.com/"},
        {"x-forwarded-host": "example.com"},
        {"cache-control": "no-cache"},
    ],
    ids=lambda headers: "".join(headers),
)
def test_headers_that_change_no_answer_share(runtime: Runtime, headers: dict[str, str]) -> None:
    """What does not reach the API, or must not matter there, is no part of the key."""
    changed = {**PLAIN, "headers": {**PLAIN["headers"], **headers}}

    assert key(runtime, changed) == key(runtime, PLAIN)


@pytest.mark.parametrize(
    "changed",
    [
        {"uri": "/api/v1/users/"},
        {"uri": "/api/v1/Users"},
        {"uri": "/api/v1/user%73"},
        {"uri": "/api/v1/users?a=1", "query": "b=2"},
        {"query": None},
        {"query": ""},
        {"query": "b=2&a=1"},
        {"query": "a=1&b=2&b=2"},
        {"query": "a=1&b=2&c"},
        {"query": "a=1&b=2&c="},
        {"query": "a=1%26b=2"},
        {"query": "a=1&b=%32"},
        {"query": "a=1&b=2&__proto__=1"},
        {"query": "a=1&b=2&constructor=1"},
        {"query": "a=1&b=+2"},
        {"query": "a=1&b=%202"},
        {"query": "a=1&b=2" + "&x=y" * 2000},
        {"headers": {}},
        {"headers": {"accept": ""}},
        {"headers": {"accept": "text/html"}},
        {"headers": {"accept": ["application/json", "text/html"]}},
        {"headers": {"accept": ["text/html", "application/json"]}},
        {"headers": {"accept": "application/json,text/html"}},
        {"headers": {"accept": "application/json", "accept-language": "ja"}},
        {"headers": {"accept": "application/json", "accept-language": "en"}},
        {"headers": {"accept": "application/json", "origin": "https://example.com"}},
        {"headers": {"accept-language": "application/json"}},
        {"headers": {"origin": "application/json"}},
    ],
    ids=lambda changed: str(changed)[:60],
)
def test_different_requests_do_not_share(runtime: Runtime, changed: Sent) -> None:
    """Whatever an answer may depend on tells two requests apart, as it was sent and not as it was meant."""
    assert key(runtime, {**PLAIN, **changed}) != key(runtime, PLAIN)


@pytest.mark.parametrize(
    "changed",
    [
        {"headers": {"authorization": "Bearer a"}},
        {"headers": {"authorization": ""}},
        {"headers": {"authorization": ["Bearer a", "Bearer b"]}},
        {"headers": {"cookie": "a=b"}},
        {"headers": {"if-match": '"a"'}},
        {"headers": {"if-none-match": "*"}},
        {"headers": {"if-modified-since": "Wed, 25 Nov 2026 00:00:00 GMT"}},
        {"headers": {"if-unmodified-since": "Wed, 25 Nov 2026 00:00:00 GMT"}},
        {"headers": {"if-range": '"a"'}},
        {"headers": {"range": "bytes=0-1"}},
        {"headers": {"x-auth-token": "a"}},
        {"headers": {"x-tenant": "a"}},
        {"headers": {"x-requested-with": "XMLHttpRequest"}},
        {"headers": {"accept-charset": "utf-8"}},
        {"headers": {"sec-my-token": "alice"}},
        {"headers": {"sec-ch": "alice"}},
        {"headers": {"sec-gpc-token": "alice"}},
        {"headers": {"x-forwarded-for-me": "alice"}},
        {"headers": {"cdn-loop": "a"}},
        {"method": "POST"},
        {"method": "HEAD"},
        {"cookies": [("session", "a")]},
        {"cookies": [("session", "")]},
        {"cookies": [("__proto__", "a")]},
        {"cookies": [("_ga", "a"), ("session", "a")]},
        {"uri": "/api/health"},
        {"uri": "/api/v1/health/"},
        {"uri": "/api/v1/Health"},
        {"uri": "/api/v1/%68ealth"},
        {"uri": "/api/v1%2Fhealth"},
        {"uri": "/api/v1/health/database"},
        {"uri": "/api/ready"},
        {"uri": "/api/v1/auth/session"},
        {"uri": "/api/v1/users/me"},
        {"uri": "/api/healthcheck"},
        {"uri": "/api/health-check"},
        {"uri": "/api/_health"},
        {"uri": "/api/HealthCheck"},
        {"uri": "/api/db-health"},
        {"uri": "/api/checkHealth"},
        {"uri": "/api/livez"},
        {"uri": "/api/readiness"},
        {"uri": "/api/status.json"},
        {"uri": "/api/me.json"},
        {"uri": "/api/me;v=1"},
        {"uri": "/api/me%3Bv=1"},
        {"uri": "/api/me%2ejson"},
        {"uri": "/api/me/orders"},
        {"uri": "/api/my-account"},
        {"uri": "/api/whoami"},
        {"uri": "/api/who-am-i"},
        {"uri": "/api/userinfo"},
        {"uri": "/api/currentUser"},
        {"uri": "/api/account/settings"},
        {"uri": "/api/csrf"},
        {"uri": "/api/getcsrf"},
        {"uri": "/api/getuser"},
        {"uri": "/api/mycart"},
        {"uri": "/api/mypage"},
        {"uri": "/api/location"},
        {"uri": "/api/country"},
        {"uri": "/api/region"},
        {"uri": "/api/ab-test"},
        {"uri": "/api/random-quote"},
        {"uri": "/api/csrf-token"},
        {"uri": "/api/getToken"},
        {"uri": "/api/tokens"},
        {"uri": "/api/signin"},
        {"uri": "/api/sign-in"},
        {"uri": "/api/sign_up"},
        {"uri": "/api/login.php"},
        {"uri": "/api/user-login"},
        {"uri": "/api/refresh"},
        {"uri": "/api/sso"},
        {"uri": "/api/sso/callback"},
        {"uri": "/api/oauth2/authorize"},
        {"uri": "/api/authentication"},
        {"uri": "/api/webauthn/options"},
        {"uri": "/api/passkeys"},
        {"uri": "/api/challenge"},
        {"uri": "/api/2fa"},
        {"uri": "/api/mfa/devices"},
        {"uri": "/api/totp"},
        {"uri": "/api/otp"},
        {"uri": "/api/register"},
        {"uri": "/api/registration/options"},
        {"uri": "/api/signup"},
        {"uri": "/api/verify/email"},
        {"uri": "/api/email-verification"},
        {"uri": "/api/magic"},
        {"uri": "/api/magic-link"},
        {"uri": "/api/magicLink"},
        {"uri": "/api/cart"},
        {"uri": "/api/cart/items"},
        {"uri": "/api/checkout"},
        {"uri": "/api/jwt"},
        {"uri": "/api/reset"},
        {"uri": "/api/user"},
        {"uri": "/api/up"},
        {"uri": "/api/uptime"},
        {"uri": "/api/hc"},
        {"uri": "/api/check"},
        {"uri": "/api/probe"},
        {"uri": "/api/actuator/info"},
        {"uri": "/api/ip"},
        {"uri": "/api/myip"},
        {"uri": "/api/geo"},
        {"uri": "/api/geoip"},
        {"uri": "/api/whereami"},
        {"uri": "/api/where-am-i"},
        {"uri": "/api//me"},
        {"uri": "/api/v1/./me"},
        {"uri": "/api/v1/x/../me"},
        {"uri": "/api/v1/%2e/me"},
        {"uri": "/api/v1/x/%2e%2e/me"},
        {"uri": "/api/v1;a=b/me"},
        {"uri": "/api/v1\\me"},
        {"uri": "/api/v1/%256d%2565"},
        {"uri": "/api/v1/%25256d"},
        {"uri": "/api/v1/%25"},
        {"uri": "/api/v1/%"},
        {"uri": "/api/v1/%C3"},
    ],
    ids=str,
)
def test_unshared_requests(runtime: Runtime, changed: Sent) -> None:
    """Whose answer is his own or only part of one, and who asks for the state of the system, shares none."""
    assert key(runtime, {**PLAIN, **changed, "request_id": "first"}) == "first"
    assert key(runtime, {**PLAIN, **changed, "request_id": "second"}) == "second"


def test_headers_of_a_browser_do_not_keep_from_sharing(runtime: Runtime) -> None:
    """What every browser sends says nothing about who is asking."""
    usual = {
        "accept": "application/json",
        "accept-encoding": "gzip, br",
        "accept-language": "ja",
        "connection": "keep-alive",
        "content-type": "application/json",
        "dnt": "1",
        "host": "example.com",
        "origin": "https://example.com",
        "pragma": "no-cache",
        "priority": "u=1, i",
        "referer": "https://example.com/",
        "sec-ch-ua-mobile": "?0",
        "sec-fetch-mode": "cors",
        "sec-gpc": "1",
        "traceparent": "00-a-b-01",
        "user-agent": "Mozilla/5.0",
        "via": "2.0 a.cloudfront.net",
        "x-amz-cf-id": "a",
        "x-forwarded-for": "192.0.2.1",
    }
    first = {**PLAIN, "headers": usual, "request_id": "first"}

    assert key(runtime, first) == key(runtime, {**first, "request_id": "second"}) != "first"


@pytest.mark.parametrize(
    "uri",
    [
        "/api/v1/authors",
        "/api/v1/menu",
        "/api/meters/a",
        "/api/v1/catalog/index",
        "/api/shipping",
        "/api/olives",
        "/api/lessons/espresso",
        "/api/cartoons",
        "/api/uploads/geography",
        "/api/ships/checkers",
        "/api/registered-offices",
        "/api/accounts",
        "/api/v1/caf%C3%A9",
        "/api/a%20b",
    ],
)
def test_similar_paths_share(runtime: Runtime, uri: str) -> None:
    """Words that only contain a word for health, login or identity are others."""
    assert key(runtime, {**PLAIN, "uri": uri, "request_id": "1"}) == key(
        runtime, {**PLAIN, "uri": uri, "request_id": "2"}
    )


ANALYTICS = [
    "_ga",
    "_ga_4XYZ1AB2CD",
    "_gac_UA-1234-1",
    "_gid",
    "_gat",
    "_gat_gtag_UA_1234_1",
    "_fbp",
    "__utma",
    "__utmz",
    "__utmt_b",
]


@pytest.mark.parametrize("name", ANALYTICS)
def test_cookies_of_analytics_are_removed(runtime: Runtime, name: str) -> None:
    """The API never sees them, so a request with no others may share; the application's own stay."""
    sent = {**PLAIN, "cookies": [(name, "a")]}
    beside = runtime.request(CODE, **{**sent, "cookies": [(name, "a"), ("session", "b")]}, request_id="own")

    assert key(runtime, sent) == key(runtime, PLAIN)
    assert runtime.request(CODE, **sent)["cookies"] == {}
    assert beside["cookies"] == {"session": {"value": "b"}}
    assert beside["headers"]["x-cache-key"] == {"value": "own"}


@pytest.mark.parametrize(
    "name",
    ["_gateway_session", "_garage", "_gatsby", "_gidx", "_GA", "x_ga", "_fbpx", "__utm", "_fbc", "value"],
)
def test_similar_cookies_stay(runtime: Runtime, name: str) -> None:
    """A cookie whose name only begins like one of analytics may be a session: it stays, and shares none."""
    request = runtime.request(CODE, **PLAIN, cookies=[(name, "a")], request_id="own")

    assert request["cookies"] == {name: {"value": "a"}}
    assert request["headers"]["x-cache-key"] == {"value": "own"}


@pytest.mark.parametrize("times", [1, 2, 50, 2000])
def test_encoding_many_times_over_is_not_shared(runtime: Runtime, times: int) -> None:
    """However often a path is encoded, it hides no word, and costs a bounded number of decodings."""
    sent = {**PLAIN, "uri": f"/api/v1/%{'25' * times}6de", "request_id": "own"}

    assert key(runtime, sent) == "own"


@pytest.mark.parametrize("sent", ["mine", ["mine", "victim"]], ids=["once", "twice"])
def test_viewers_own_key_is_lost(runtime: Runtime, sent: str | list[str]) -> None:
    """A viewer cannot choose whose answer to get, nor leave a second value beside ours."""
    changed = {**PLAIN, "headers": {**PLAIN["headers"], "x-cache-key": sent}}

    assert key(runtime, changed) == key(runtime, PLAIN)


def test_headers_that_could_poison_answers_are_removed(runtime: Runtime) -> None:
    """Headers by which some frameworks change host, path or method do not reach the API; all others do."""
    removed = [
        "cache-control",
        "forwarded",
        "x-forwarded-host",
        "x-forwarded-prefix",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
        "x-original-url",
        "x-rewrite-url",
    ]
    kept = {
        "accept": ["a", "b"],
        "authorization": "Bearer a",
        "x-forwarded-for": "192.0.2.1",
        "if-match": "a",
    }

    request = runtime.request(CODE, "/api/x", "a=1", {**dict.fromkeys(removed, "evil"), **kept})

    assert sorted(request["headers"]) == sorted([*kept, "x-cache-key"])
    assert request["headers"]["accept"] == {"value": "b", "multiValue": [{"value": "a"}, {"value": "b"}]}
    assert request["uri"] == "/api/x"


DROPPED = [
    "accept-encoding",
    "content-type",
    "dnt",
    "pragma",
    "priority",
    "referer",
    "sec-ch-ua-platform",
    "sec-fetch-site",
    "te",
    "traceparent",
    "tracestate",
    "user-agent",
    "x-amzn-trace-id",
    "x-forwarded-for",
]
FIXED = ["content-length", "host", "via"]


def test_shared_answers_depend_only_on_what_is_in_the_key(runtime: Runtime) -> None:
    """No viewer can have an answer made for all by a header that is not in the key: the API does not get it.

    What CloudFront lets no function change stays: a function that deletes it makes the request fail.
    """
    key_headers = {"accept": "a", "accept-language": "b", "origin": "c"}
    sent = {**PLAIN, "headers": {**key_headers, **dict.fromkeys([*DROPPED, *FIXED], "evil")}}

    request = runtime.request(CODE, **sent)

    assert request["headers"]["x-cache-key"]["value"] == key(runtime, {**PLAIN, "headers": key_headers})
    assert sorted(request["headers"]) == sorted([*key_headers, *FIXED, "x-cache-key"])


@pytest.mark.parametrize(
    "own",
    [
        {"method": "POST"},
        {"headers": {"authorization": "Bearer a"}},
        {"cookies": [("session", "a")]},
        {"uri": "/api/me"},
    ],
    ids=str,
)
def test_requests_that_are_not_shared_keep_their_headers(runtime: Runtime, own: Sent) -> None:
    """An answer for one viewer may depend on all that this viewer sends."""
    headers = {**dict.fromkeys([*DROPPED, *FIXED], "mine"), **own.get("headers", {})}

    request = runtime.request(CODE, **{**PLAIN, **own, "headers": headers})

    assert sorted(request["headers"]) == sorted([*headers, "x-cache-key"])


texts = st.text(alphabet="""a"',[]{}\\&=%/? \x00\u00e9\U0001f600""", max_size=6) | st.text(max_size=6)
wordless = texts.filter(lambda text: not re.search("[A-Za-z]{2}", text))  # "my" is a path of one user
requests = st.fixed_dictionaries(
    {"uri": wordless.map(lambda text: "/api/" + text.replace("%", "%20")), "query": st.none() | texts},
    optional={
        "headers": st.dictionaries(
            st.sampled_from(["accept", "accept-language", "origin"]),
            texts | st.lists(texts, min_size=2, max_size=3),
        )
    },
)


@given(first=requests, second=requests)
def test_no_two_requests_collide(runtime: Runtime, first: Sent, second: Sent) -> None:
    """Hostile text in one place never looks like another place."""
    first, second = ({"headers": {}, **sent} for sent in (first, second))
    keys = key(runtime, {**first, "request_id": "1"}), key(runtime, {**second, "request_id": "2"})

    assert (keys[0] == keys[1]) == (first == second)


def cut(text: str, cuts: list[int]) -> Sent:
    """Return the request whose parts are one text, cut at these places."""
    places = [0, *sorted(cuts), len(text)]
    uri, query, accept, language, origin = (text[a:b] for a, b in pairwise(places))
    headers = {"accept": accept, "accept-language": language, "origin": origin}
    return {"uri": f"/api/{uri}", "query": query, "headers": headers}


cuts = st.lists(st.integers(0, 10), min_size=4, max_size=4)


@given(text=st.text(alphabet="""a"',[]&=""", min_size=10, max_size=10), first=cuts, second=cuts)
def test_moving_text_from_one_part_to_another_changes_the_key(
    runtime: Runtime, text: str, first: list[int], second: list[int]
) -> None:
    """Parts that read the same one after the other are still different parts."""
    first_parts, second_parts = cut(text, first), cut(text, second)

    assert (key(runtime, first_parts) == key(runtime, second_parts)) == (first_parts == second_parts)


@given(sent=requests, text=texts)
def test_no_anonymous_request_gets_the_key_of_a_known_user(runtime: Runtime, sent: Sent, text: str) -> None:
    """A key that stands for a user is the unique ID of the request, which is no SHA-256."""
    own = {**sent, "cookies": [("session", text)], "request_id": "unique=="}

    assert key(runtime, own) == "unique=="
    assert key(runtime, {**sent, "request_id": "other=="}) != "unique=="

"""W9077 on cache keys of proxies with and without user and query string."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import CacheKeyWithoutUserOrQuery

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Header: {Type: String, Default: Authorization}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
"""
USER = "method.request.header.Authorization"
COOKIE = "method.request.header.Cookie"
QUERY = "method.request.querystring.page"
WHOLE = "method.request.header.X-Cache-Key"

NO_USER = "without method.request.header.Authorization or .Cookie the answer for one user is given to others"
NO_QUERY = (
    "without method.request.querystring names, or a header that stands for them, all query strings get the "
    "same answer"
)


def api(parameters: str, part: str = "{proxy+}", caching: str = "true") -> str:
    """Return a template with a cached GET method of this path and these cache key parameters."""
    return (
        f"{HEAD}  Part: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, "
        f"ParentId: !GetAtt Api.RootResourceId, PathPart: '{part}'}}}}\n"
        "  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, "
        "CacheClusterEnabled: true, MethodSettings: [{ResourcePath: /*, HttpMethod: '*', "
        f"CachingEnabled: {caching}}}]}}}}\n"
        "  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Part, "
        f"HttpMethod: GET, Integration: {{{parameters}}}}}}}\n"
    )


def key(*parameters: str) -> str:
    """Return the cache key parameters as a property."""
    return f"CacheKeyParameters: [{', '.join(parameters)}]"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(api(key(USER, QUERY)), id="user and query string"),
        pytest.param(api(key(COOKIE, WHOLE)), id="cookie and a header for the query string"),
        pytest.param(api(key("!Sub 'method.request.header.${Header}'", QUERY)), id="Sub"),
        pytest.param(api(key("method.request.multivaluequerystring.tag", USER)), id="several values"),
        pytest.param(
            api(f"CacheKeyParameters: !If [Switched, [{USER}, {QUERY}], [{COOKIE}, {WHOLE}]]"), id="If"
        ),
        pytest.param(api("CacheKeyParameters: !Split [',', !ImportValue keys]"), id="import"),
        pytest.param(api("Type: MOCK", "{id}"), id="one resource"),
        pytest.param(api("Type: MOCK", caching="false"), id="not cached"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A proxy whose cache key holds user and query string, or that is not cached, passes."""
    assert judge(CacheKeyWithoutUserOrQuery, text) == []


@pytest.mark.parametrize(
    ("integration", "path", "found", "lacks"),
    [
        pytest.param("Type: MOCK", "", "missing", f"{NO_USER} and {NO_QUERY}", id="no key"),
        pytest.param(key(USER), "/CacheKeyParameters", f'["{USER}"]', NO_QUERY, id="no query string"),
        pytest.param(key(WHOLE), "/CacheKeyParameters", f'["{WHOLE}"]', NO_USER, id="no user"),
        pytest.param(
            key("!Sub 'method.request.header.${Header}'"),
            "/CacheKeyParameters",
            f'["{USER}"]',
            NO_QUERY,
            id="parameter default by Sub",
        ),
        pytest.param(
            f"CacheKeyParameters: !If [Switched, [{WHOLE}], [{USER}, {QUERY}]]",
            "/CacheKeyParameters",
            f'["{WHOLE}"]',
            NO_USER,
            id="first branch",
        ),
        pytest.param(
            f"CacheKeyParameters: !If [Switched, [{USER}, {QUERY}], [{USER}]]",
            "/CacheKeyParameters",
            f'["{USER}"]',
            NO_QUERY,
            id="second branch",
        ),
    ],
)
def test_warns(judge: Judge, integration: str, path: str, found: str, lacks: str) -> None:
    """A cached proxy that mixes up users or query strings is found in its cache key."""
    assert judge(CacheKeyWithoutUserOrQuery, api(integration)) == [
        (
            f"Resources/Get/Properties/Integration{path}",
            f"CacheKeyParameters is {found} on a method of /{{proxy+}} that a stage caches: {lacks}. Add "
            "them, here and in RequestParameters, or do not cache the method.",
        )
    ]

"""E9076 on cache keys with and without the variables of the path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import CacheKeyWithoutPath

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  "On": {Type: String, Default: "true"}
  Proxy: {Type: String, Default: proxy}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
"""
PARTS = {
    "Pets": "ParentId: !GetAtt Api.RootResourceId, PathPart: pets",
    "Pet": "ParentId: !Ref Pets, PathPart: '{id}'",
    "Proxy": "ParentId: !GetAtt Api.RootResourceId, PathPart: '{proxy+}'",
    "Imported": "ParentId: !ImportValue parent, PathPart: '{proxy+}'",
}
HEAD += "".join(
    f"  {name}: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, {properties}}}}}\n"
    for name, properties in PARTS.items()
)
PROXY = "method.request.path.proxy"
ALL = "{ResourcePath: /*, HttpMethod: '*', CachingEnabled: true}"
ONE = "{ResourcePath: '/~1{proxy+}', HttpMethod: GET, CachingEnabled: true}"
OFF = "{ResourcePath: '/~1{proxy+}', HttpMethod: GET, CachingEnabled: false}"


def api(
    integration: str, settings: str = ALL, resource: str = "!Ref Proxy", verb: str = "GET", *,
    cluster: str = "true", of_stage: str = "", of_method: str = "",
) -> str:  # fmt: skip
    """Return a template with a stage with these method settings and a method with this integration."""
    return (
        f"{HEAD}  Stage: {{Type: AWS::ApiGateway::Stage, {of_stage} Properties: {{RestApiId: !Ref Api, "
        f"CacheClusterEnabled: {cluster}, MethodSettings: [{settings}]}}}}\n"
        f"  Method: {{Type: AWS::ApiGateway::Method, {of_method} Properties: {{RestApiId: !Ref Api, "
        f"ResourceId: {resource}, HttpMethod: {verb}, {integration}}}}}\n"
    )


def key(parameters: str) -> str:
    """Return an integration with these cache key parameters."""
    return f"Integration: {{Type: MOCK, CacheKeyParameters: {parameters}}}"


def message(found: str, missing: str = PROXY, path: str = "/{proxy+}") -> str:
    """Return what the rule says about these cache key parameters."""
    return (
        f"CacheKeyParameters is {found} on a method of {path} that a stage caches: all its paths get the "
        f"same answer. Add {missing}, here and in RequestParameters."
    )


NO_KEY = "Integration: {Type: MOCK}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(api(key(f"[{PROXY}]")), id="key"),
        pytest.param(api(key(f"[{PROXY}]"), ONE), id="entry of its own"),
        pytest.param(api(key("[!Sub 'method.request.path.${Proxy}']")), id="Sub"),
        pytest.param(api(key("[!ImportValue key]")), id="key that only AWS knows"),
        pytest.param(api(key("!Split [',', !ImportValue keys]")), id="list that only AWS knows"),
        pytest.param(api(key(f"!If [Switched, [{PROXY}], [a, {PROXY}]]")), id="both branches"),
        pytest.param(api(key(f"[!If [Switched, {PROXY}, {PROXY}]]")), id="item in both branches"),
        pytest.param(api(NO_KEY, resource="!Ref Pets"), id="no variable"),
        pytest.param(api(NO_KEY, resource="!GetAtt Api.RootResourceId"), id="root"),
        pytest.param(api(NO_KEY, resource="!Ref Imported"), id="path that only AWS knows"),
        pytest.param(api(NO_KEY, verb="POST"), id="POST"),
        pytest.param(api(NO_KEY, cluster="false"), id="no cache"),
        pytest.param(api(NO_KEY, ALL.replace("true", "false")), id="not cached"),
        pytest.param(api(NO_KEY, f"{ALL}, {OFF}"), id="switched off for the method"),
        pytest.param(api(NO_KEY, ONE, verb="ANY"), id="entry of another method"),
        pytest.param(
            api(
                NO_KEY,
                ALL.replace("true", "!If [Switched, true, false]"),
                cluster="!If [Switched, false, true]",
            ),
            id="caching never where there is a cache",
        ),
        pytest.param(
            api(NO_KEY, of_stage="Condition: Switched,", of_method="Condition: Unswitched,"), id="never both"
        ),
        pytest.param(
            api(key(f"!If [Switched, [{PROXY}], []]"), ALL.replace("true", "!If [Switched, true, false]")),
            id="key where it is cached",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A method that tells paths apart, or is not cached, passes."""
    assert judge(CacheKeyWithoutPath, text) == []


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        pytest.param(api(NO_KEY), "Integration", message("missing"), id="no key"),
        pytest.param(api("OperationName: x"), "", message("missing"), id="no integration"),
        pytest.param(
            api(key("[method.request.header.A]")),
            "Integration/CacheKeyParameters",
            message('["method.request.header.A"]'),
            id="other key",
        ),
        pytest.param(api(NO_KEY, verb="ANY"), "Integration", message("missing"), id="ANY"),
        pytest.param(api(NO_KEY, ONE), "Integration", message("missing"), id="entry of its own"),
        pytest.param(api(NO_KEY, ONE.replace("~1", "")), "Integration", message("missing"), id="plain path"),
        pytest.param(
            api(NO_KEY, resource="!Ref Pet"),
            "Integration",
            message("missing", "method.request.path.id", "/pets/{id}"),
            id="deeper path",
        ),
        pytest.param(
            api(NO_KEY, ALL.replace("true", "!Ref 'On'"), cluster="!Sub '${On}'"),
            "Integration",
            message("missing"),
            id="parameter defaults",
        ),
        pytest.param(
            api(NO_KEY, cluster="!If [Switched, true, false]"), "Integration", message("missing"), id="If"
        ),
        pytest.param(
            api(key(f"!If [Switched, [{PROXY}], [method.request.header.A]]")),
            "Integration/CacheKeyParameters",
            message('["method.request.header.A"]'),
            id="second branch",
        ),
        pytest.param(
            api(key(f"[!If [Switched, !Ref AWS::NoValue, {PROXY}]]"), of_method="Condition: Switched,"),
            "Integration/CacheKeyParameters",
            message("[]"),
            id="item in one branch, under the condition of the method",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, expected: str) -> None:
    """A cached method that mixes up paths is found in its cache key."""
    place = "Resources/Method/Properties" + (f"/{path}" if path else "")

    assert judge(CacheKeyWithoutPath, text) == [(place, expected)]


def test_two_stages_are_one_finding(judge: Judge) -> None:
    """A method that two stages cache has one cache key, and one finding."""
    text = api(NO_KEY) + (
        "  Stage2: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, "
        f"CacheClusterEnabled: true, MethodSettings: [{ALL}]}}}}\n"
    )

    assert judge(CacheKeyWithoutPath, text) == [
        ("Resources/Method/Properties/Integration", message("missing"))
    ]

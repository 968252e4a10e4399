"""W9079 on caches of GET, and of more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import CacheOfMoreThanGet

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Verb: {Type: String, Default: POST}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
"""
CLUSTER = "CacheClusterEnabled: true"
SETTING = "Resources/Stage/Properties/MethodSettings"


def stage(setting: str, properties: str = CLUSTER, attributes: str = "") -> str:
    """Return a template with a stage with one entry in MethodSettings."""
    return (
        f"{HEAD}  Stage: {{Type: AWS::ApiGateway::Stage, {attributes} Properties: {{RestApiId: a, "
        f"{properties}, MethodSettings: [{{ResourcePath: /*, {setting}}}]}}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(stage("HttpMethod: GET, CachingEnabled: true"), id="GET"),
        pytest.param(stage("HttpMethod: '*', CachingEnabled: true"), id="default of the stage"),
        pytest.param(stage("HttpMethod: POST, CachingEnabled: false"), id="not cached"),
        pytest.param(stage("HttpMethod: POST, CachingEnabled: true", "StageName: v1"), id="no cache"),
        pytest.param(stage("HttpMethod: !ImportValue verb, CachingEnabled: true"), id="import"),
        pytest.param(
            stage("HttpMethod: !If [Switched, GET, POST], CachingEnabled: !If [Unswitched, false, true]"),
            id="GET where it is cached",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A cache for GET alone passes."""
    assert judge(CacheOfMoreThanGet, text) == []


@pytest.mark.parametrize(
    ("verb", "found"),
    [
        pytest.param("POST", "POST", id="literal"),
        pytest.param("ANY", "ANY", id="ANY"),
        pytest.param("!Ref Verb", "POST", id="parameter default"),
        pytest.param("!Sub '${Verb}'", "POST", id="Sub"),
        pytest.param("!If [Switched, PUT, GET]", "PUT", id="first branch"),
        pytest.param("!If [Switched, GET, DELETE]", "DELETE", id="second branch"),
    ],
)
def test_warns(judge: Judge, verb: str, found: str) -> None:
    """A method that changes something and is cached is found in its entry."""
    assert judge(CacheOfMoreThanGet, stage(f"HttpMethod: {verb}, CachingEnabled: true")) == [
        (
            f"{SETTING}/0/HttpMethod",
            f'HttpMethod is "{found}" where CachingEnabled is true: a request that changes something can be '
            "answered from the cache and not be carried out. Cache GET alone, by a method of its own: "
            'HttpMethod: "GET".',
        )
    ]

"""W9072 on stages that cache, with and without a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import CachingWithoutCache

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Wanted: {Type: String, Default: "true"}
  Unwanted: {Type: String, Default: "false"}
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
        pytest.param(stage("CachingEnabled: true"), id="literal"),
        pytest.param(
            stage("CachingEnabled: !Ref Wanted", "CacheClusterEnabled: !Sub '${Wanted}'"), id="default"
        ),
        pytest.param(stage("CachingEnabled: false", "StageName: v1"), id="neither"),
        pytest.param(stage("CachingEnabled: true", "CacheClusterEnabled: !ImportValue x"), id="import"),
        pytest.param(
            stage(
                "CachingEnabled: !If [Switched, true, false]",
                "CacheClusterEnabled: !If [Unswitched, false, true]",
            ),
            id="both in the same branch",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A stage that has a cache wherever it caches passes."""
    assert judge(CachingWithoutCache, text) == []


@pytest.mark.parametrize(
    ("setting", "properties", "state"),
    [
        pytest.param("CachingEnabled: true", "StageName: v1", "is missing", id="missing"),
        pytest.param("CachingEnabled: true", "CacheClusterEnabled: false", "is false", id="literal"),
        pytest.param(
            "CachingEnabled: !Sub '${Wanted}'",
            "CacheClusterEnabled: !Ref Unwanted",
            'is {"Ref": "Unwanted"}',
            id="parameter defaults",
        ),
        pytest.param(
            "CachingEnabled: !If [Switched, true, false]",
            "CacheClusterEnabled: !If [Switched, false, true]",
            'is {"Fn::If": ["Switched", false, true]}',
            id="first branch",
        ),
        pytest.param(
            "CachingEnabled: true",
            "CacheClusterEnabled: !If [Switched, true, !Ref AWS::NoValue]",
            'is {"Fn::If": ["Switched", true, {"Ref": "AWS::NoValue"}]}',
            id="second branch",
        ),
    ],
)
def test_warns(judge: Judge, setting: str, properties: str, state: str) -> None:
    """Caching without a cache is found in the entry that asks for it."""
    assert judge(CachingWithoutCache, stage(setting, properties)) == [
        (
            f"{SETTING}/0/CachingEnabled",
            f"CachingEnabled is true, and CacheClusterEnabled of the stage {state}: without a cache nothing "
            "is cached. Set CacheClusterEnabled and CacheClusterSize, under the same condition.",
        )
    ]

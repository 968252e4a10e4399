"""W9078 on caches that are encrypted, and are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UnencryptedCache

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Wanted: {Type: String, Default: "true"}
  Unwanted: {Type: String, Default: "false"}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
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
        pytest.param(stage("CachingEnabled: true, CacheDataEncrypted: true"), id="literal"),
        pytest.param(stage("CachingEnabled: true, CacheDataEncrypted: !Ref Wanted"), id="default"),
        pytest.param(stage("CachingEnabled: true, CacheDataEncrypted: !ImportValue x"), id="import"),
        pytest.param(stage("CachingEnabled: false"), id="not cached"),
        pytest.param(stage("CachingEnabled: true", "StageName: v1"), id="no cache"),
        pytest.param(
            stage(
                "CachingEnabled: !If [Switched, true, false], CacheDataEncrypted: !If [Switched, true, false]"
            ),
            id="encrypted where it is cached",
        ),
        pytest.param(
            stage("CachingEnabled: !If [Switched, false, true]", attributes="Condition: Switched,"),
            id="branch that the condition of the stage excludes",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """What is encrypted wherever it is cached passes."""
    assert judge(UnencryptedCache, text) == []


@pytest.mark.parametrize(
    ("setting", "path", "found"),
    [
        pytest.param("CachingEnabled: true", "0", "missing", id="missing"),
        pytest.param(
            "CachingEnabled: true, CacheDataEncrypted: false",
            "0/CacheDataEncrypted",
            "false",
            id="literal",
        ),
        pytest.param(
            "CachingEnabled: !Ref Wanted, CacheDataEncrypted: !Ref Unwanted",
            "0/CacheDataEncrypted",
            '{"Ref": "Unwanted"}',
            id="parameter default",
        ),
        pytest.param(
            "CachingEnabled: true, CacheDataEncrypted: !Sub '${Unwanted}'",
            "0/CacheDataEncrypted",
            '{"Fn::Sub": "${Unwanted}"}',
            id="Sub",
        ),
        pytest.param(
            "CachingEnabled: !If [Switched, true, false], CacheDataEncrypted: !If [Switched, false, true]",
            "0/CacheDataEncrypted",
            '{"Fn::If": ["Switched", false, true]}',
            id="first branch",
        ),
        pytest.param(
            "CachingEnabled: true, CacheDataEncrypted: !If [Switched, true, !Ref AWS::NoValue]",
            "0/CacheDataEncrypted",
            '{"Fn::If": ["Switched", true, {"Ref": "AWS::NoValue"}]}',
            id="second branch",
        ),
    ],
)
def test_warns(judge: Judge, setting: str, path: str, found: str) -> None:
    """What is cached unencrypted in some case is found in its entry."""
    assert judge(UnencryptedCache, stage(setting)) == [
        (
            f"{SETTING}/{path}",
            f"CacheDataEncrypted is {found} where CachingEnabled is true: answers of the API are stored "
            "unencrypted. Set it to true.",
        )
    ]


def test_each_entry_counts(judge: Judge) -> None:
    """Entries do not inherit from one another."""
    text = stage("CachingEnabled: true, CacheDataEncrypted: true}, {CachingEnabled: true")

    assert [path for path, _ in judge(UnencryptedCache, text)] == [f"{SETTING}/1"]

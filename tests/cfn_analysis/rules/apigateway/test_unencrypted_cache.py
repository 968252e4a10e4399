"""Caches that are encrypted, and are not."""

from ..harness import frame, row

HEAD = """
Parameters:
  Wanted: {Type: String, Default: "true"}
  Unwanted: {Type: String, Default: "false"}
Resources:
"""

CLUSTER = "CacheClusterEnabled: true"
SETTING = "Resources/Stage/Properties/MethodSettings"

stage = frame(
    f"{HEAD}  Stage: {{Type: AWS::ApiGateway::Stage, <attributes=> Properties: {{RestApiId: a, "
    f"<properties={CLUSTER}>, MethodSettings: [{{ResourcePath: /*, <setting>}}]}}}}\n"
)

case = row(
    stage("<setting>"),
    f"{SETTING}/<path>",
    "CacheDataEncrypted is <found> where CachingEnabled is true: answers of the API are stored "
    "unencrypted. Set it to true.",
)

GOOD = {
    "literal": stage("CachingEnabled: true, CacheDataEncrypted: true"),
    "default": stage("CachingEnabled: true, CacheDataEncrypted: !Ref Wanted"),
    "import": stage("CachingEnabled: true, CacheDataEncrypted: !ImportValue x"),
    "not cached": stage("CachingEnabled: false"),
    "no cache": stage("CachingEnabled: true", properties="StageName: v1"),
    "encrypted where it is cached": stage(
        "CachingEnabled: !If [Switched, true, false], CacheDataEncrypted: !If [Switched, true, false]"
    ),
    "branch that the condition of the stage excludes": stage(
        "CachingEnabled: !If [Switched, false, true]", attributes="Condition: Switched,"
    ),
}

BAD = {
    "missing": case("CachingEnabled: true", "0", "missing"),
    "literal": case("CachingEnabled: true, CacheDataEncrypted: false", "0/CacheDataEncrypted", "false"),
    "parameter default": case(
        "CachingEnabled: !Ref Wanted, CacheDataEncrypted: !Ref Unwanted",
        "0/CacheDataEncrypted",
        '{"Ref": "Unwanted"}',
    ),
    "Sub": case(
        "CachingEnabled: true, CacheDataEncrypted: !Sub '${Unwanted}'",
        "0/CacheDataEncrypted",
        '{"Fn::Sub": "${Unwanted}"}',
    ),
    "first branch": case(
        "CachingEnabled: !If [Switched, true, false], CacheDataEncrypted: !If [Switched, false, true]",
        "0/CacheDataEncrypted",
        '{"Fn::If": ["Switched", false, true]}',
    ),
    "second branch": case(
        "CachingEnabled: true, CacheDataEncrypted: !If [Switched, true, !Ref AWS::NoValue]",
        "0/CacheDataEncrypted",
        '{"Fn::If": ["Switched", true, {"Ref": "AWS::NoValue"}]}',
    ),
    "second entry, which inherits nothing": case(
        "CachingEnabled: true, CacheDataEncrypted: true}, {CachingEnabled: true", "1", "missing"
    ),
}

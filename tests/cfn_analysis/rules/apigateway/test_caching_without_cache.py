"""Stages that cache, with and without a cache."""

HEAD = """
Parameters:
  Wanted: {Type: String, Default: "true"}
  Unwanted: {Type: String, Default: "false"}
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


def case(setting: str, properties: str, state: str) -> tuple[str, ...]:
    """Caching without a cache is found in the entry that asks for it."""
    return (
        stage(setting, properties),
        f"{SETTING}/0/CachingEnabled",
        f"CachingEnabled is true, and CacheClusterEnabled of the stage {state}: without a cache nothing "
        "is cached. Set CacheClusterEnabled and CacheClusterSize, under the same condition.",
    )


GOOD = {
    "literal": stage("CachingEnabled: true"),
    "default": stage("CachingEnabled: !Ref Wanted", "CacheClusterEnabled: !Sub '${Wanted}'"),
    "neither": stage("CachingEnabled: false", "StageName: v1"),
    "import": stage("CachingEnabled: true", "CacheClusterEnabled: !ImportValue x"),
    "both in the same branch": stage(
        "CachingEnabled: !If [Switched, true, false]", "CacheClusterEnabled: !If [NotSwitched, false, true]"
    ),
}

BAD = {
    "missing": case("CachingEnabled: true", "StageName: v1", "is missing"),
    "literal": case("CachingEnabled: true", "CacheClusterEnabled: false", "is false"),
    "parameter defaults": case(
        "CachingEnabled: !Sub '${Wanted}'", "CacheClusterEnabled: !Ref Unwanted", 'is {"Ref": "Unwanted"}'
    ),
    "first branch": case(
        "CachingEnabled: !If [Switched, true, false]",
        "CacheClusterEnabled: !If [Switched, false, true]",
        'is {"Fn::If": ["Switched", false, true]}',
    ),
    "second branch": case(
        "CachingEnabled: true",
        "CacheClusterEnabled: !If [Switched, true, !Ref AWS::NoValue]",
        'is {"Fn::If": ["Switched", true, {"Ref": "AWS::NoValue"}]}',
    ),
    "no lifetime": (
        """
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      CacheClusterEnabled: true
      MethodSettings:
        - {CachingEnabled: true, CacheTtlInSeconds: 0, HttpMethod: GET, ResourcePath: /}
""",
        "Resources/Stage/Properties/MethodSettings/0/CacheTtlInSeconds",
        "CachingEnabled is true, and CacheTtlInSeconds is 0: nothing is cached. Set a "
        "lifetime from 1 to 3600 seconds.",
    ),
}

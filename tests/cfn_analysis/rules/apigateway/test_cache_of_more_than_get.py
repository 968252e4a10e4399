"""Caches of GET, and of more."""

from ..harness import frame, row

HEAD = """
Parameters:
  Verb: {Type: String, Default: POST}
Resources:
"""

CLUSTER = "CacheClusterEnabled: true"
SETTING = "Resources/Stage/Properties/MethodSettings"

stage = frame(
    f"{HEAD}  Stage: {{Type: AWS::ApiGateway::Stage, <attributes=> Properties: {{RestApiId: a, "
    f"<properties={CLUSTER}>, MethodSettings: [{{ResourcePath: /*, <setting>}}]}}}}\n"
)

case = row(
    stage("HttpMethod: <verb>, CachingEnabled: true"),
    f"{SETTING}/0/HttpMethod",
    'HttpMethod is "<found>" where CachingEnabled is true: a request that changes something can be '
    "answered from the cache and not be carried out. Cache only GET, by a separate method: "
    'HttpMethod: "GET".',
)

GOOD = {
    "GET": stage("HttpMethod: GET, CachingEnabled: true"),
    "default of the stage": stage("HttpMethod: '*', CachingEnabled: true"),
    "not cached": stage("HttpMethod: POST, CachingEnabled: false"),
    "no cache": stage("HttpMethod: POST, CachingEnabled: true", properties="StageName: v1"),
    "import": stage("HttpMethod: !ImportValue verb, CachingEnabled: true"),
    "GET where it is cached": stage(
        "HttpMethod: !If [Switched, GET, POST], CachingEnabled: !If [NotSwitched, false, true]"
    ),
}

BAD = {
    "literal": case("POST", "POST"),
    "ANY": case("ANY", "ANY"),
    "parameter default": case("!Ref Verb", "POST"),
    "Sub": case("!Sub '${Verb}'", "POST"),
    "first branch": case("!If [Switched, PUT, GET]", "PUT"),
    "second branch": case("!If [Switched, GET, DELETE]", "DELETE"),
}

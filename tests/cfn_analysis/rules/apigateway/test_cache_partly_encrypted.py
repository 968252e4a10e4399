"""Stages that encrypt their cache everywhere, and in places."""

from ..harness import row

HEAD = """
Parameters:
  Wanted: {Type: String, Default: "true"}
  Either: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Cached: !Equals [!Ref Either, "true"]
Resources:
"""

ALL = "HttpMethod: '*', ResourcePath: /*"
GET = "{HttpMethod: GET, ResourcePath: /pets, CachingEnabled: true, CacheDataEncrypted: true}"
SETTINGS = "Resources/Stage/Properties/MethodSettings"
FOR_ALL = "all methods (HttpMethod * and ResourcePath /*)"


def stage(*settings: str, cluster: str = "true") -> str:
    """Return a template with a stage with a cache."""
    return (
        f"{HEAD}  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: a, CacheClusterEnabled: "
        f"{cluster}, MethodSettings: [{', '.join(settings)}]}}}}\n"
    )


def case(text: str, path: str, written: str, whom: str = FOR_ALL, when: str = "") -> tuple[str, ...]:
    """What is not encrypted beside what is, is written in its entry."""
    return (
        text,
        f"{SETTINGS}/{path}" if path else SETTINGS,
        f"CacheDataEncrypted is {written} for {whom}{when}, and true for others: methods cached there later "
        "are not encrypted. Set it to true there: it takes effect only for a method that is cached.",
    )


lacking = row(
    "<text>",
    SETTINGS,
    "MethodSettings has no entry for all methods (HttpMethod * and ResourcePath /*)<when=>, and "
    "CacheDataEncrypted is true for others: a method that is cached later is not encrypted. Add "
    "{HttpMethod: '*', ResourcePath: /*, CacheDataEncrypted: true}.",
)

GOOD = {
    "everywhere": stage(f"{{{ALL}, CacheDataEncrypted: true}}", GET),
    "default of a parameter": stage(f"{{{ALL}, CacheDataEncrypted: !Ref Wanted}}", GET),
    "the same parameter": stage(
        f"{{{ALL}, CacheDataEncrypted: !Ref Either}}",
        "{HttpMethod: GET, ResourcePath: /pets, CacheDataEncrypted: !Ref Either}",
    ),
    "nowhere": stage(f"{{{ALL}}}", "{HttpMethod: GET, ResourcePath: /pets, CachingEnabled: true}"),
    "no cache": stage(f"{{{ALL}}}", GET, cluster="false"),
    "encrypted in the same case": stage(
        f"{{{ALL}, CacheDataEncrypted: !If [Cached, true, false]}}",
        "{HttpMethod: GET, ResourcePath: /pets, CacheDataEncrypted: !If [Cached, true, false]}",
    ),
    "another entry that says nothing": stage(
        f"{{{ALL}, CacheDataEncrypted: true}}", "{HttpMethod: POST, ResourcePath: /pets}"
    ),
    "what is cached is another rule's": stage(f"{{{ALL}, CachingEnabled: true}}", GET),
}

BAD = {
    "missing for all": case(stage(f"{{{ALL}}}", GET), "0", "missing"),
    "false for all": case(
        stage(GET, f"{{{ALL}, CacheDataEncrypted: false}}"), "1/CacheDataEncrypted", "false"
    ),
    "false for another": case(
        stage(
            f"{{{ALL}, CacheDataEncrypted: true}}",
            "{HttpMethod: POST, ResourcePath: /pets, CacheDataEncrypted: false}",
        ),
        "1/CacheDataEncrypted",
        "false",
        "POST /pets",
    ),
    "no entry for all": lacking(stage(GET)),
    "no entry for all methods of all paths": lacking(
        stage("{HttpMethod: '*', ResourcePath: /pets, CacheDataEncrypted: true}", GET)
    ),
    "cache in one case": case(
        stage(f"{{{ALL}}}", GET, cluster="!If [Cached, true, false]"),
        "0",
        "missing",
        when=" when Cached is true",
    ),
    "entry in one case": lacking(
        stage(f"!If [Cached, {{{ALL}, CacheDataEncrypted: true}}, !Ref AWS::NoValue]", GET),
        " when Cached is false",
    ),
    "entry in one case, and unencrypted": (
        *case(
            stage(f"!If [Cached, {{{ALL}}}, !Ref AWS::NoValue]", GET),
            "0",
            "missing",
            when=" when Cached is true",
        ),
        *lacking("", " when Cached is false")[1:],
    ),
}

"""Rate limits on paths."""

HEAD = """
Conditions:
  Strict: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
"""

BOTH = ("URL_DECODE", "NORMALIZE_PATH")
PATH = "FieldToMatch: {UriPath: {}}"


def transformed(*types: str) -> str:
    """Return text transformations."""
    entries = (f"{{Priority: {index}, Type: {kind}}}" for index, kind in enumerate(types))
    return f"TextTransformations: [{', '.join(entries)}]"


def limit(more: str) -> str:
    """Return a rule that limits the rate."""
    return (
        "{Name: api, Action: {Block: {}}, Statement: {RateBasedStatement: {Limit: 100, AggregateKeyType: IP, "
        f"{more}}}}}}}"
    )


def scoped(*types: str, statement: str = "ByteMatchStatement") -> str:
    """Return a rule that limits the rate on a path."""
    return limit(f"ScopeDownStatement: {{{statement}: {{{PATH}, {transformed(*types)}}}}}")


def counted(*types: str) -> str:
    """Return a rule that counts by path."""
    return limit(f"CustomKeys: [{{IP: {{}}}}, {{UriPath: {{{transformed(*types)}}}}}]")


def acl(*rules: str, kind: str = "WebACL") -> str:
    """Return a template with a web ACL."""
    return f"{HEAD}  Acl: {{Type: AWS::WAFv2::{kind}, Properties: {{Rules: [{', '.join(rules)}]}}}}\n"


BASE = "/0/Statement/RateBasedStatement"


def case(text: str, path: str, missing: str = " and ".join(BOTH), when: str = "") -> tuple[str, ...]:
    """A limit that a path written in another way passes by is found, with what is missing."""
    return (
        text,
        f"Resources/Acl/Properties/Rules{path}",
        f'Rule "api" limits the rate by the path without {missing}{when}: written in another way, such as '
        "/%61pi/ or /x/../api/, the same path is not counted. Transform it with URL_DECODE, then "
        "NORMALIZE_PATH.",
    )


GOOD = {
    "decoded and resolved": acl(scoped(*BOTH)),
    "by other names": acl(scoped("LOWERCASE", "URL_DECODE_UNI", "NORMALIZE_PATH_WIN")),
    "counted by the resolved path": acl(counted(*BOTH)),
    "no rate": acl(
        f"{{Name: a, Action: {{Count: {{}}}}, Statement: {{ByteMatchStatement: {{{PATH}, "
        f"{transformed('NONE')}}}}}}}"
    ),
    "not the path": acl(
        limit(
            "ScopeDownStatement: {ByteMatchStatement: {FieldToMatch: {Method: {}}, "
            f"{transformed('NONE')}}}}}"
        )
    ),
    "the whole site": acl(limit("EvaluationWindowSec: 60")),
    "a function hides it": acl(scoped("!ImportValue a")),
    "a function hides all of it": acl(
        limit(
            f"ScopeDownStatement: {{ByteMatchStatement: {{{PATH}, "
            "TextTransformations: !FindInMap [A, b, c]}}"
        )
    ),
}

IN_SCOPE = f"{BASE}/ScopeDownStatement/ByteMatchStatement/TextTransformations"

BAD = {
    "raw": case(acl(scoped("NONE")), IN_SCOPE),
    "not resolved": case(acl(scoped("URL_DECODE")), IN_SCOPE, "NORMALIZE_PATH"),
    "not decoded": case(acl(scoped("LOWERCASE", "NORMALIZE_PATH")), IN_SCOPE, "URL_DECODE"),
    "rule group": case(acl(scoped("NONE"), kind="RuleGroup"), IN_SCOPE),
    "regular expression": case(
        acl(scoped("NONE", statement="RegexMatchStatement")), IN_SCOPE.replace("ByteMatch", "RegexMatch")
    ),
    "inside another statement": case(
        acl(
            limit(
                f"ScopeDownStatement: {{AndStatement: {{Statements: [{{NotStatement: {{Statement: "
                f"{{ByteMatchStatement: {{{PATH}, {transformed('NONE')}}}}}}}}}]}}}}"
            )
        ),
        f"{BASE}/ScopeDownStatement/AndStatement/Statements/0/NotStatement/Statement/ByteMatchStatement/"
        "TextTransformations",
    ),
    "counted by the raw path": case(acl(counted("NONE")), f"{BASE}/CustomKeys/1/UriPath/TextTransformations"),
    "raw in one case": case(
        acl(scoped("URL_DECODE", "!If [Strict, NORMALIZE_PATH, NONE]")),
        IN_SCOPE,
        "NORMALIZE_PATH",
        " when Strict is false",
    ),
    "rule in one case": case(
        acl(f"!If [Strict, {scoped('NONE')}, !Ref AWS::NoValue]"), "/0", when=" when Strict is true"
    ),
}

"""Rate limits on paths."""

from ..harness import frame, row

BOTH = ("URL_DECODE", "NORMALIZE_PATH")
PATH = "FieldToMatch: {UriPath: {}}"


def transformed(*types: str) -> str:
    """Return text transformations."""
    entries = (f"{{Priority: {index}, Type: {kind}}}" for index, kind in enumerate(types))
    return f"TextTransformations: [{', '.join(entries)}]"


limit = frame(
    "{Name: api, Action: {Block: {}}, Statement: {RateBasedStatement: {Limit: 100, AggregateKeyType: IP, "
    "<more>}}}"
)


def scoped(
    *types: str,
    looks: str = "PositionalConstraint: CONTAINS, SearchString: /api/",
    statement: str = "ByteMatchStatement",
) -> str:
    """Return a rule that limits the rate on a path."""
    return limit(f"ScopeDownStatement: {{{statement}: {{{looks}, {PATH}, {transformed(*types)}}}}}")


def counted(*types: str) -> str:
    """Return a rule that counts by path."""
    return limit(f"CustomKeys: [{{IP: {{}}}}, {{UriPath: {{{transformed(*types)}}}}}]")


def acl(*rules: str, kind: str = "WebACL") -> str:
    """Return a template with a web ACL."""
    return f"  Acl: {{Type: AWS::WAFv2::{kind}, Properties: {{Rules: [{', '.join(rules)}]}}}}\n"


BASE = "/0/Statement/RateBasedStatement"
START = "PositionalConstraint: STARTS_WITH, SearchString: /api/"
EXACTLY = "PositionalConstraint: EXACTLY, SearchString: /api/orders"
ANYWHERE = "Look for it anywhere in the path, after URL_DECODE and without NORMALIZE_PATH."
NOT_START = "Look for it anywhere in the path (CONTAINS), after URL_DECODE and without NORMALIZE_PATH."
WHOLE = "Transform the path with URL_DECODE, then NORMALIZE_PATH."

case = row(
    "<text>",
    "Resources/Acl/Properties/Rules<path>",
    'Rule "api" limits the rate by the path<when=>, but does not count /api/ written as <uncounted>. '
    "<advice>",
)

GOOD = {
    "anywhere, decoded": acl(scoped("URL_DECODE")),
    "by another name": acl(scoped("LOWERCASE", "URL_DECODE_UNI")),
    "regular expression": acl(
        scoped("URL_DECODE", looks="RegexString: /api/", statement="RegexMatchStatement")
    ),
    "the whole path, decoded and resolved": acl(scoped(*BOTH, looks=EXACTLY)),
    "the whole path, by other names": acl(scoped("URL_DECODE_UNI", "NORMALIZE_PATH_WIN", looks=EXACTLY)),
    "counted by the resolved path": acl(counted(*BOTH)),
    "a function hides where it looks": acl(
        scoped("URL_DECODE", looks="PositionalConstraint: !ImportValue a, SearchString: /api/")
    ),
    "a set of regular expressions": acl(
        scoped(*BOTH, looks="Arn: a", statement="RegexPatternSetReferenceStatement")
    ),
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
    "raw": case(acl(scoped("NONE", looks=START)), IN_SCOPE, "/%61pi/ or /x/../api/", NOT_START),
    "not resolved": case(acl(scoped("URL_DECODE", looks=START)), IN_SCOPE, "/x/../api/", NOT_START),
    "resolved too far": case(acl(scoped(*BOTH, looks=START)), IN_SCOPE, "/api/..%2fx", NOT_START),
    "resolved too far, by other names": case(
        acl(scoped("URL_DECODE_UNI", "NORMALIZE_PATH_WIN", looks=START)), IN_SCOPE, "/api/..%2fx", NOT_START
    ),
    "anywhere, raw": case(acl(scoped("NONE")), IN_SCOPE, "/%61pi/", ANYWHERE),
    "anywhere, resolved too far": case(acl(scoped(*BOTH)), IN_SCOPE, "/api/..%2fx", ANYWHERE),
    "anywhere, not decoded": case(acl(scoped("NORMALIZE_PATH")), IN_SCOPE, "/%61pi/", ANYWHERE),
    "the whole path, raw": case(
        acl(scoped("LOWERCASE", looks=EXACTLY)), IN_SCOPE, "/%61pi/ or /x/../api/", WHOLE
    ),
    "the end of the path, not resolved": case(
        acl(scoped("URL_DECODE", looks="PositionalConstraint: ENDS_WITH, SearchString: /orders")),
        IN_SCOPE,
        "/x/../api/",
        WHOLE,
    ),
    "a function hides where it looks": case(
        acl(scoped("NONE", looks="PositionalConstraint: !ImportValue a, SearchString: /api/")),
        IN_SCOPE,
        "/%61pi/",
        "Transform the path with URL_DECODE.",
    ),
    "rule group": case(acl(scoped("NONE"), kind="RuleGroup"), IN_SCOPE, "/%61pi/", ANYWHERE),
    "regular expression": case(
        acl(scoped("NONE", looks="RegexString: /api/", statement="RegexMatchStatement")),
        IN_SCOPE.replace("ByteMatch", "RegexMatch"),
        "/%61pi/",
        ANYWHERE,
    ),
    "regular expression for the start": case(
        acl(scoped(*BOTH, looks="RegexString: ^/api/", statement="RegexMatchStatement")),
        IN_SCOPE.replace("ByteMatch", "RegexMatch"),
        "/api/..%2fx",
        NOT_START,
    ),
    "inside another statement": case(
        acl(
            limit(
                f"ScopeDownStatement: {{AndStatement: {{Statements: [{{NotStatement: {{Statement: "
                f"{{ByteMatchStatement: {{{START}, {PATH}, {transformed('NONE')}}}}}}}}}]}}}}"
            )
        ),
        f"{BASE}/ScopeDownStatement/AndStatement/Statements/0/NotStatement/Statement/ByteMatchStatement/TextTransformations",
        "/%61pi/ or /x/../api/",
        NOT_START,
    ),
    "counted by the raw path": case(
        acl(counted("NONE")),
        f"{BASE}/CustomKeys/1/UriPath/TextTransformations",
        "/%61pi/ or /x/../api/",
        WHOLE,
    ),
    "raw in one case": case(
        acl(scoped("!If [Strict, URL_DECODE, NONE]")), IN_SCOPE, "/%61pi/", ANYWHERE, " when Strict is false"
    ),
    "rule in one case": case(
        acl(f"!If [Strict, {scoped('NONE')}, !Ref AWS::NoValue]"),
        "/0",
        "/%61pi/",
        ANYWHERE,
        " when Strict is true",
    ),
}

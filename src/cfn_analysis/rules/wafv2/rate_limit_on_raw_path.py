from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.statements import RulePath, place, rule_lists, statements
from cfn_analysis.rules.support.values import items, show

RATE_BASED = "RateBasedStatement"
MATCHING = ("ByteMatchStatement", "RegexMatchStatement", "RegexPatternSetReferenceStatement")
DECODE = {"URL_DECODE", "URL_DECODE_UNI"}
NORMALIZE = {"NORMALIZE_PATH", "NORMALIZE_PATH_WIN"}
ADVICE = {
    "anywhere": "Look for it anywhere in the path, after URL_DECODE and without NORMALIZE_PATH.",
    "start": "Look for it anywhere in the path (CONTAINS), after URL_DECODE and without NORMALIZE_PATH.",
    "whole": "Transform the path with URL_DECODE, then NORMALIZE_PATH.",
    "unknown": "Transform the path with URL_DECODE.",
}


class RateLimitOnRawPath(Rule):
    """Rate limit that does not count other encodings of a path.

    WAF compares the path as received: /%61pi/x and /x/../api/y do not begin with /api/, but are this path for
    most servers. After URL_DECODE and NORMALIZE_PATH, /api/..%2fx does not begin with it either, but does for
    servers that do not decode %2f, such as CloudFront. A rate limit for a path does not count them. Search
    for the string anywhere in the path (CONTAINS), after URL_DECODE and without NORMALIZE_PATH. A limit for
    one exact path, or one that counts by path, needs URL_DECODE, then NORMALIZE_PATH.
    """

    id = "W9746"
    source_url = (
        "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html"
    )
    finding_class = "protections"
    looks_at = properties_of("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        for rules, case in rule_lists(validator, properties):
            for where, part, transformations in _paths(rules):
                uncounted = _uncounted(part, transformations)
                if uncounted:
                    yield RuleFinding(
                        place(properties, rules, (*where, "TextTransformations")),
                        f"Rule {show(rules[where[0]].get('Name'))} limits the rate by the path{{when}}, but "
                        f"does not count /api/ written as {' or '.join(uncounted)}. {ADVICE[part]}",
                        case,
                    )


def _paths(rules: list[Any]) -> Iterator[tuple[RulePath, str, Any]]:
    """Yield the place, the inspected part of the path and the transformations of rate-based statements."""
    for kind, statement, path in statements(rules):
        if not isinstance(statement, dict):
            continue
        field = statement.get("FieldToMatch")
        if RATE_BASED in path and kind in MATCHING and isinstance(field, dict) and "UriPath" in field:
            yield path, _part(statement), statement.get("TextTransformations")
        keys = statement.get("CustomKeys") if kind == RATE_BASED else None
        for index, key in enumerate(items(keys)):
            if isinstance(key, dict) and isinstance(key.get("UriPath"), dict):
                where = (*path, "CustomKeys", index, "UriPath")
                yield where, "whole", key["UriPath"].get("TextTransformations")


def _part(statement: Any) -> str:
    """Return the part of the path that a statement inspects."""
    constraint, pattern = statement.get("PositionalConstraint"), statement.get("RegexString")
    if constraint == "STARTS_WITH" or (isinstance(pattern, str) and pattern.startswith("^")):
        return "start"
    if constraint == "CONTAINS" or isinstance(pattern, str):
        return "anywhere"
    if constraint in ("EXACTLY", "ENDS_WITH"):
        return "whole"
    return "unknown"


def _uncounted(part: str, transformations: Any) -> list[str]:
    """Return encodings of a path that are not counted; none if a transformation is not known."""
    if not isinstance(transformations, list):
        return []
    types = [entry.get("Type") if isinstance(entry, dict) else None for entry in transformations]
    if any(kind is None or is_function(kind)[0] for kind in types):
        return []
    is_decoded, is_normalized = not DECODE.isdisjoint(types), not NORMALIZE.isdisjoint(types)
    encodings = []
    if not is_decoded:
        encodings.append("/%61pi/")
    if part in ("start", "whole") and not is_normalized:
        encodings.append("/x/../api/")
    if part in ("start", "anywhere") and is_decoded and is_normalized:
        encodings.append("/api/..%2fx")
    return encodings

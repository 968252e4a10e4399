"""A rate limit on a path holds for every way to write the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.helpers import is_function

from csr_templates.rules.support.rule import Fault, Rule, properties_of
from csr_templates.rules.support.scenarios import scenarios
from csr_templates.rules.support.statements import place, statements
from csr_templates.rules.support.values import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import Validator

    from csr_templates.rules.support.values import Path

RATE_BASED = "RateBasedStatement"
MATCHING = ("ByteMatchStatement", "RegexMatchStatement", "RegexPatternSetReferenceStatement")
NEEDED = {
    "URL_DECODE": {"URL_DECODE", "URL_DECODE_UNI"},
    "NORMALIZE_PATH": {"NORMALIZE_PATH", "NORMALIZE_PATH_WIN"},
}


class RateLimitOnRawPath(Rule):
    """Rate limit on the path as the client wrote it.

    WAF compares the path as it arrives: /%61pi/orders, //api/orders and /x/../api/orders do not begin with
    /api/, but lead to the same resource on most servers. A rate limit whose scope is a path, or that counts
    by path, does not count them. Let TextTransformations decode the path (URL_DECODE), then resolve it
    (NORMALIZE_PATH).
    """

    id = "W9746"
    source_url = (
        "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html"
    )
    tags = ["resources", "wafv2"]
    looks_at = properties_of("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")

    def faults(self, validator: Validator, properties: Any) -> Iterator[Fault]:
        for rules, case in scenarios(validator, properties.get("Rules")):
            for where, transformations in _paths(rules) if isinstance(rules, list) else ():
                missing = _missing(transformations)
                if missing:
                    name = show(rules[where[0]].get("Name"))
                    yield Fault(
                        place(properties, rules, (*where, "TextTransformations")),
                        f"Rule {name} limits the rate by the path without {' and '.join(missing)}{{when}}: "
                        "written in another way, such as /%61pi/ or /x/../api/, the same path is not "
                        "counted. Transform it with URL_DECODE, then NORMALIZE_PATH.",
                        case,
                    )


def _paths(rules: list[Any]) -> Iterator[tuple[Path, Any]]:
    """Yield where a rate-based statement looks at the path, with the transformations."""
    for kind, statement, path in statements(rules):
        if not isinstance(statement, dict):
            continue
        field = statement.get("FieldToMatch")
        if RATE_BASED in path and kind in MATCHING and isinstance(field, dict) and "UriPath" in field:
            yield path, statement.get("TextTransformations")
        keys = statement.get("CustomKeys") if kind == RATE_BASED else None
        for index, key in enumerate(keys if isinstance(keys, list) else []):
            if isinstance(key, dict) and isinstance(key.get("UriPath"), dict):
                yield (*path, "CustomKeys", index, "UriPath"), key["UriPath"].get("TextTransformations")


def _missing(transformations: Any) -> list[str]:
    """Return what the path is not freed of; nothing if a function hides a transformation."""
    if not isinstance(transformations, list):
        return []
    types = [entry.get("Type") if isinstance(entry, dict) else None for entry in transformations]
    if any(kind is None or is_function(kind)[0] for kind in types):
        return []
    return [name for name, either in NEEDED.items() if not either & set(types)]

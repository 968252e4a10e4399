"""W9077: a cached method that passes everything on tells users and query strings apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import cache_key, cache_key_place, cache_key_state, cached_methods

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator

HEADER = "method.request.header."
QUERY = ("method.request.querystring.", "method.request.multivaluequerystring.")
USER = (f"{HEADER}authorization", f"{HEADER}cookie")


class CacheKeyWithoutUserOrQuery(CfnLintKeyword):
    """The cache key of a greedy path holds something of the user and something of the query string."""

    id = "W9077"
    shortdesc = "Cached proxy method whose cache key leaves out the user or the query string"
    description = (
        "A method on {proxy+} passes on whatever the application offers, and its cache knows only what "
        "CacheKeyParameters names. Without Authorization or Cookie, the answer for one user is given to "
        "the next one. Without query strings, ?page=1 and ?page=2 are the same; API Gateway can tell query "
        "strings apart only by names that it is given, so either name them all, or let whoever stands in "
        "front send one header that stands for the whole request. Or cache single resources instead of the "
        "proxy."
    )
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
    tags = ["resources", "apigateway", "cache"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources"])

    def validate(
        self, validator: Validator, _keywords: Any, resources: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one warning per method."""
        judged = set()
        for method, case in cached_methods(validator, resources):
            for key in cache_key(case, method) if "+}" in method.path else ():
                lacks = _lacks([name.lower() for name in key])
                if lacks and method.logical_id not in judged:
                    judged.add(method.logical_id)
                    yield ValidationError(
                        f"CacheKeyParameters {cache_key_state(method, key)} on a method of "
                        f"{method.path} that a stage caches: {' and '.join(lacks)}. Add them, here and in "
                        "RequestParameters, or do not cache the method.",
                        path=cache_key_place(method),
                        rule=self,
                    )


def _lacks(key: list[str]) -> list[str]:
    """Return what the key, in lower case, does not tell apart."""
    lacks = []
    if not any(name in USER for name in key):
        lacks.append(
            "without method.request.header.Authorization or .Cookie the answer for one user is given to "
            "others"
        )
    # A header of the template's own choice can stand for the query string.
    if not any(name.startswith(QUERY) or (name.startswith(HEADER) and name not in USER) for name in key):
        lacks.append(
            "without method.request.querystring names, or a header that stands for them, all query strings "
            "get the same answer"
        )
    return lacks

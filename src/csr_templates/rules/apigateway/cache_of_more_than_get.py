"""W9079: an API's cache answers GET alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import STAGE, cached
from csr_templates.rules.support.values import values

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator

NOT_FOR_CACHES = ("ANY", "DELETE", "PATCH", "POST", "PUT")


class CacheOfMoreThanGet(CfnLintKeyword):
    """No entry of MethodSettings caches a method that changes something."""

    id = "W9079"
    shortdesc = "API cache for more than GET"
    description = (
        "Switched on for a stage, the cache serves GET. An entry of MethodSettings for another method caches "
        "that one too: a second POST or DELETE with the same cache key is answered from the cache and never "
        "reaches the backend, and the body is no part of the key. ANY stands for all of them. Cache a GET "
        "method of its own beside ANY."
    )
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
    tags = ["resources", "apigateway", "cache"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__([f"Resources/{STAGE}/Properties"])

    def validate(self, validator: Validator, _keywords: Any, stage: Any, _schema: Any) -> ValidationResult:
        """Yield one warning per entry of MethodSettings."""
        judged = []
        for setting, case, path in cached(validator, stage):
            verbs = [verb for verb, _ in values(case, setting.get("HttpMethod")) if verb in NOT_FOR_CACHES]
            if verbs and path not in judged:
                judged.append(path.copy())
                path.append("HttpMethod")
                yield ValidationError(
                    f'HttpMethod is "{verbs[0]}" where CachingEnabled is true: a request that changes '
                    "something can be answered from the cache and not be carried out. Cache GET alone, by a "
                    'method of its own: HttpMethod: "GET".',
                    path=path,
                    rule=self,
                )

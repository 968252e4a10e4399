"""E9076: a cached method tells paths apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import cache_key, cache_key_place, cache_key_state, cached_methods

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator


class CacheKeyWithoutPath(CfnLintKeyword):
    """The cache key of a method holds every variable of its path."""

    id = "E9076"
    shortdesc = "Cached method whose cache key leaves out a path variable"
    description = (
        "API Gateway looks an answer up by the method and its CacheKeyParameters. A path variable that is "
        "not among them is not looked at: /houses/a and /houses/b get the same answer, that of whoever "
        "came first. With {proxy+} it is every path of the API. Add method.request.path.NAME to "
        "CacheKeyParameters of the integration and to RequestParameters of the method, or do not cache the "
        "method."
    )
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
    tags = ["resources", "apigateway", "cache"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources"])

    def validate(
        self, validator: Validator, _keywords: Any, resources: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one error per method."""
        judged = set()
        for method, case in cached_methods(validator, resources):
            needed = [f"method.request.path.{name}" for name in re.findall(r"\{([^}+]+)\+?\}", method.path)]
            for key in cache_key(case, method):
                missing = [name for name in needed if name not in key]
                if missing and method.logical_id not in judged:
                    judged.add(method.logical_id)
                    yield ValidationError(
                        f"CacheKeyParameters {cache_key_state(method, key)} on a method of "
                        f"{method.path} that a stage caches: all its paths get the same answer. Add "
                        f"{' and '.join(missing)}, here and in RequestParameters.",
                        path=cache_key_place(method),
                        rule=self,
                    )

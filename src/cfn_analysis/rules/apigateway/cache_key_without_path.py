import re
from typing import Any

from cfn_analysis.rules.support.apis import cache_key, cache_key_place, cache_key_state, cached_methods
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class CacheKeyWithoutPath(Rule):
    """Cached method whose cache key leaves out a path variable.

    The cache key of API Gateway consists of the method and its CacheKeyParameters. A path variable that is
    not in them is ignored: /houses/a and /houses/b get the same response, that of the first request. With
    {proxy+}, this applies to every path of the API. Add method.request.path.NAME to CacheKeyParameters of the
    integration and to RequestParameters of the method, or do not cache the method.
    """

    id = "E9526"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
    fault_class = "protections"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        judged = set()
        for method, case in cached_methods(validator, resources):
            needed = [f"method.request.path.{name}" for name in re.findall(r"\{([^}+]+)\+?\}", method.path)]
            for key in cache_key(case, method):
                missing = [name for name in needed if name not in key]
                if missing and method.logical_id not in judged:
                    judged.add(method.logical_id)
                    yield Fault(
                        cache_key_place(method),
                        f"CacheKeyParameters {cache_key_state(method, key)} on a method of "
                        f"{method.path} that a stage caches: all its paths get the same answer. Add "
                        f"{' and '.join(missing)}, here and in RequestParameters.",
                    )

from typing import Any

from cfn_analysis.rules.support.apis import STAGE, cached_settings
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import values

NOT_FOR_CACHES = ("ANY", "DELETE", "PATCH", "POST", "PUT")


class CacheOfMoreThanGet(Rule):
    """API cache for more than GET.

    Switched on for a stage, the cache serves GET. An entry of MethodSettings for another method caches that
    one too: a second POST or DELETE with the same cache key is answered from the cache and never reaches the
    backend, and the body is not part of the key. ANY means all methods. Cache a separate GET method next to
    ANY.
    """

    id = "W9529"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
    fault_class = "protections"
    looks_at = properties_of(STAGE)

    def faults(self, validator: Validator, stage: Any) -> Faults:
        for setting, case, path in cached_settings(validator, stage):
            verbs = [verb for verb, _ in values(case, setting.get("HttpMethod")) if verb in NOT_FOR_CACHES]
            if verbs:
                yield Fault(
                    (*path, "HttpMethod"),
                    f'HttpMethod is "{verbs[0]}" where CachingEnabled is true: a request that changes '
                    "something can be answered from the cache and not be carried out. Cache only GET, by a "
                    'separate method: HttpMethod: "GET".',
                )

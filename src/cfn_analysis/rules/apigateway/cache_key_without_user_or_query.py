from typing import Any

from cfn_analysis.rules.support.apis import cache_key, cache_key_place, cache_key_state, cached_methods
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator

HEADER = "method.request.header."
QUERY = ("method.request.querystring.", "method.request.multivaluequerystring.")
USER = (f"{HEADER}authorization", f"{HEADER}cookie")


class CacheKeyWithoutUserOrQuery(Rule):
    """Cached proxy method whose cache key leaves out the user or the query string.

    A method on {proxy+} forwards all requests to the application, but its cache key contains only the
    CacheKeyParameters. Without Authorization or Cookie, the response for one user is returned to others.
    Without query strings, ?page=1 and ?page=2 are the same. API Gateway distinguishes only query strings that
    are named: name all of them, or let the proxy in front send one header that represents the whole request.
    Or cache single resources instead of the proxy.
    """

    id = "W9527"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
    fault_class = "protections"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        judged = set()
        for method, case in cached_methods(validator, resources):
            for key in cache_key(case, method) if "+}" in method.path else ():
                lacks = _lacks([name.lower() for name in key])
                if lacks and method.logical_id not in judged:
                    judged.add(method.logical_id)
                    yield Fault(
                        cache_key_place(method),
                        f"CacheKeyParameters {cache_key_state(method, key)} on a method of "
                        f"{method.path} that a stage caches: {' and '.join(lacks)}. Add them, here and in "
                        "RequestParameters, or do not cache the method.",
                    )


def _lacks(key: list[str]) -> list[str]:
    """Return the requests that the key, in lower case, does not distinguish."""
    lacks = []
    if not any(name in USER for name in key):
        lacks.append(
            "without method.request.header.Authorization or .Cookie the answer for one user is given to "
            "others"
        )
    # A custom header can represent the query string.
    if not any(name.startswith(QUERY) or (name.startswith(HEADER) and name not in USER) for name in key):
        lacks.append(
            "without method.request.querystring names, or a header that represents them, all query strings "
            "get the same answer"
        )
    return lacks

import re
from typing import Any

from cfn_analysis.rules.support.apis import (
    Method,
    cache_key,
    cache_key_place,
    cache_key_state,
    cached_methods,
)
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator

HEADER = "method.request.header."
QUERY = ("method.request.querystring.", "method.request.multivaluequerystring.")
USER = (f"{HEADER}authorization", f"{HEADER}cookie")


class IncompleteCacheKey(Rule):
    """Cached method whose cache key leaves out a path variable, the user or the query string.

    The cache key of API Gateway consists of the method and its CacheKeyParameters. A path variable that is
    not in them is ignored: /houses/a and /houses/b get the same response. A method on {proxy+} forwards all
    requests to the application: without Authorization or Cookie, the response for one user is returned to
    others, and without query strings, ?page=1 and ?page=2 are the same. API Gateway distinguishes only query
    strings that are named: name all of them, or let the proxy in front send one header that represents the
    whole request. Or cache single resources instead of the proxy.
    """

    id = "W9527"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
    finding_class = "protections"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        cached = list(cached_methods(validator, resources))
        for problem_of in (_without_path, _without_user_or_query):
            judged = set()
            for method, case in cached:
                for key in cache_key(case, method):
                    problem = problem_of(method, key)
                    if not problem or method.logical_id in judged:
                        continue
                    judged.add(method.logical_id)
                    yield RuleFinding(
                        cache_key_place(method),
                        f"CacheKeyParameters {cache_key_state(method, key)} on a method of {method.path} "
                        f"that a stage caches: {problem}",
                    )


def _without_path(method: Method, key: list[str]) -> str:
    """Return the problem of a key without variables of the path; empty if it has all."""
    variables = re.findall(r"\{([^}+]+)\+?\}", method.path)
    needed = [f"method.request.path.{name}" for name in variables]
    missing = [name for name in needed if name not in key]
    if not missing:
        return ""
    return f"all its paths get the same answer. Add {' and '.join(missing)}, here and in RequestParameters."


def _without_user_or_query(method: Method, key: list[str]) -> str:
    """Return the problem of a key of a proxy that does not distinguish users or query strings."""
    lacks = _lacks([name.lower() for name in key]) if "+}" in method.path else []
    if not lacks:
        return ""
    return f"{' and '.join(lacks)}. Add them, here and in RequestParameters, or do not cache the method."


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

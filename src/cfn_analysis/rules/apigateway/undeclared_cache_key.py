from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.apis import METHOD
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import branches, place, values


class UndeclaredCacheKey(Rule):
    """Cache key parameter that the method does not declare.

    API Gateway refuses a method whose CacheKeyParameters names a request parameter that RequestParameters
    does not declare. It compares names of headers and query strings exactly, upper and lower case too: a
    header that is required as X-Key and keyed on as x-key is refused, and where both are declared, the key is
    made of one that no client sends, so that all requests share one answer. Write the name alike in both
    places, as the client sends it.
    """

    id = "E9530"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html"
    fault_class = "names"
    looks_at = properties_of(METHOD)

    def faults(self, validator: Validator, method: Any) -> Faults:
        judged = []
        for item, where in branches(validator, method, "Integration", "CacheKeyParameters", "*"):
            path = place(where, validator)
            for name, case in values(where, item):
                if path in judged or not isinstance(name, str) or not name.startswith("method.request."):
                    continue
                # From the method, not from the item: the path of the case plays no role here.
                for declared, _ in branches(case, method, "RequestParameters"):
                    fault = _mistake(name, declared)
                    if fault:
                        judged.append(path)
                        yield Fault(path, fault)
                        break


def _mistake(name: str, declared: Any) -> str:
    """Return the problem of a cache key parameter; empty if there is none."""
    if is_function(declared)[0] or not isinstance(declared, (dict, type(None))):
        return ""
    known = [str(key) for key in declared or {}]
    alike = next((key for key in known if key != name and key.lower() == name.lower()), "")
    if alike:
        return (
            f'CacheKeyParameters contains "{name}", and RequestParameters declares "{alike}": names '
            "are case-sensitive, so these are two parameters. Use one spelling, that of the client."
        )
    if name not in known:
        return (
            f'CacheKeyParameters contains "{name}", which RequestParameters does not declare: API Gateway '
            f'refuses the method. Add it there: "{name}": false, or true if it is required.'
        )
    return ""

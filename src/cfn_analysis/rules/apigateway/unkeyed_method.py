from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.apis import METHOD, Method, methods
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import case_of, is_false, is_true, of_type, possible_values, values


class UnkeyedMethod(Rule):
    """Method without key in an API whose other methods require one.

    API Gateway requires the key for each method separately, and the limits of a usage plan apply only to
    requests with a key. A method without a key can be called by anyone, without limits. Set ApiKeyRequired to
    true, or choose an AuthorizationType. OPTIONS is not checked: a browser does not send a key with its
    preflight request. If a method is intended to be public, ignore this rule on it and give the reason.
    """

    id = "W9524"
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html"
    )
    finding_class = "protections"

    def findings(self, validator: Validator, resources: Any) -> Iterator[RuleFinding]:
        apis: list[Any] = []
        for _, _, properties in of_type(resources, METHOD):
            if properties.get("RestApiId") not in apis:
                apis.append(properties.get("RestApiId"))
        for api in apis:
            of_api = methods(resources, api)
            keyed = list(_keyed(validator, of_api))
            for method in of_api:
                if any(_is_open(case, method) for _, case in keyed):
                    value = method.properties.get("ApiKeyRequired")
                    yield RuleFinding(
                        (method.logical_id, "Properties", *([] if value is None else ["ApiKeyRequired"])),
                        f"ApiKeyRequired is {'missing' if value is None else 'false'} on a method that "
                        f"anyone can call, although {keyed[0][0]} of the same API requires a key: a caller "
                        "who knows the address bypasses the usage plan. Set ApiKeyRequired: true, or an "
                        "AuthorizationType.",
                    )


def _keyed(validator: Validator, of_api: list[Method]) -> Iterator[tuple[str, Validator]]:
    """Yield methods that require a key and the case in which they do: one is enough if it always does."""
    for method in of_api:
        if is_true(method.properties.get("ApiKeyRequired")) and "Condition" not in method.resource:
            yield method.logical_id, validator
            return
    for method in of_api:
        case = case_of(validator, method.resource)
        if case is None:
            continue
        for required, keyed in values(case, method.properties.get("ApiKeyRequired")):
            if is_true(required):
                yield method.logical_id, keyed
                break


def _is_open(validator: Validator, method: Method) -> bool:
    case = case_of(validator, method.resource)
    if case is None or method.properties.get("HttpMethod") == "OPTIONS":
        return False
    for required, open_case in values(case, method.properties.get("ApiKeyRequired")):
        if not is_false(required):
            continue
        authorizations = possible_values(open_case, method.properties.get("AuthorizationType"))
        if None in authorizations or "NONE" in authorizations:
            return True
    return False

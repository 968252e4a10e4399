from typing import Any

from cfn_analysis.rules.support.apis import METHOD
from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import is_false, is_true, possible_values, values

ALWAYS_THERE = "method.request.path."


class UncheckedParameter(Rule):
    """Required request parameter that is not checked.

    With true in RequestParameters, a header or query string is only declared as required. API Gateway refuses
    a request without it if the method has a RequestValidator with ValidateRequestParameters; without one the
    request passes, and if the parameter is part of a cache key, all requests without it share one answer. Set
    RequestValidatorId, or write false.
    """

    id = "W9533"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html"
    finding_class = "protections"
    looks_at = properties_of(METHOD)
    first_only = True

    def findings(self, validator: Validator, method: Any) -> Findings:
        parameters = method.get("RequestParameters")
        if not isinstance(parameters, dict):
            return
        for name, required in parameters.items():
            if str(name).startswith(ALWAYS_THERE):
                continue
            for value, case in values(validator, required):
                lack = _why_unchecked(case, method) if is_true(value) else ""
                if lack:
                    yield RuleFinding(
                        ("RequestParameters", name),
                        f'RequestParameters requires "{name}", and {lack}: a request without it passes. Set '
                        "RequestValidatorId to an AWS::ApiGateway::RequestValidator with "
                        "ValidateRequestParameters: true, or write false.",
                    )


def _why_unchecked(case: Validator, method: Any) -> str:
    """Return why the parameters are not validated; empty if they are, or if it is not known."""
    for validator_id, validator_case in values(case, method.get("RequestValidatorId")):
        if validator_id is None:
            return "RequestValidatorId is missing"
        name, properties = target(validator_case, validator_id, "AWS::ApiGateway::RequestValidator")
        if not name:
            continue
        checks = possible_values(validator_case, properties.get("ValidateRequestParameters"))
        if any(is_false(check) for check in checks):
            return f"its validator {name} does not check parameters"
    return ""

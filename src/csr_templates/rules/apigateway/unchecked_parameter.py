"""W9089: what a method requires is asked for."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import METHOD
from csr_templates.rules.support.references import target
from csr_templates.rules.support.values import is_true, values

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator

ALWAYS_THERE = "method.request.path."


class UncheckedParameter(CfnLintKeyword):
    """A method with a required header or query string has a validator that looks at parameters."""

    id = "W9089"
    shortdesc = "Required request parameter that nobody checks"
    description = (
        "true in RequestParameters only says that a header or query string is required. API Gateway "
        "refuses a request without it if the method has a RequestValidator with ValidateRequestParameters; "
        "without one the request passes, and if the parameter is part of a cache key, all requests without "
        "it share one answer. Set RequestValidatorId, or write false."
    )
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html"
    tags = ["resources", "apigateway"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__([f"Resources/{METHOD}/Properties"])

    def validate(self, validator: Validator, _keywords: Any, method: Any, _schema: Any) -> ValidationResult:
        """Yield one warning per method."""
        parameters = method.get("RequestParameters") if isinstance(method, dict) else None
        if not isinstance(parameters, dict):
            return
        for name, required in parameters.items():
            if str(name).startswith(ALWAYS_THERE):
                continue
            for value, case in values(validator, required):
                lack = _lack(case, method) if is_true(value) else ""
                if lack:
                    yield ValidationError(
                        f'RequestParameters requires "{name}", and {lack}: a request without it passes. Set '
                        "RequestValidatorId to an AWS::ApiGateway::RequestValidator with "
                        "ValidateRequestParameters: true, or write false.",
                        path=deque(["RequestParameters", name]),
                        rule=self,
                    )
                    return


def _lack(case: Validator, method: Any) -> str:
    """Return why nobody checks the parameters; empty if somebody does, or only AWS knows."""
    for validator_id, where in values(case, method.get("RequestValidatorId")):
        if validator_id is None:
            return "RequestValidatorId is missing"
        name, properties = target(where, validator_id, "AWS::ApiGateway::RequestValidator")
        for checks, _ in values(where, properties.get("ValidateRequestParameters")) if name else ():
            if not is_true(checks) and is_function(checks)[0] is None:
                return f"its validator {name} does not check parameters"
    return ""

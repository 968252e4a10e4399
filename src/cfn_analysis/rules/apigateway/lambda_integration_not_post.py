from typing import Any

from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import values


class LambdaIntegrationNotPost(Rule):
    """Lambda integration that is not called with POST.

    Lambda's Invoke accepts only POST, for every method of the API. With IntegrationHttpMethod GET the
    stack deploys, and every request gets 500 'Internal server error'; without it the method is refused.
    """

    id = "E9537"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html"
    fault_class = "values"
    looks_at = ("Resources/AWS::ApiGateway::Method/Properties/Integration",)

    def faults(self, validator: Validator, integration: Any) -> Faults:
        uri = " ".join(texts(integration.get("Uri")))
        if ":lambda:path/" not in uri:
            return
        written = integration.get("IntegrationHttpMethod")
        for method, case in values(validator, written):
            if method is None or (isinstance(method, str) and method != "POST"):
                yield Fault(
                    ("IntegrationHttpMethod",) if written is not None else (),
                    f"IntegrationHttpMethod is {method or 'missing'}{{when}}, but Lambda accepts only POST. "
                    "Write POST for every HttpMethod.",
                    case,
                )

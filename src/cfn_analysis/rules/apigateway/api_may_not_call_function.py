import re
from typing import Any

from cfn_analysis.rules.support.apis import METHOD
from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.permissions import FUNCTIONS, permitted
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type


class ApiMayNotCallFunction(Rule):
    """Method whose function does not allow API Gateway.

    API Gateway calls a function as apigateway.amazonaws.com, or with the role in Credentials. Without an
    AWS::Lambda::Permission every request gets 500, and the execution log says 'Invalid permissions on Lambda
    function'.
    """

    id = "E9542"
    source_url = (
        "https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions"
    )
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        verdicts: dict[str, bool] = {}
        for logical_id, _, properties in of_type(resources, METHOD):
            integration = properties.get("Integration")
            if not isinstance(integration, dict) or integration.get("Credentials"):
                continue
            for text in texts(integration.get("Uri")):
                named = re.search(r":lambda:path/.*\$\{(\w+)(?:\.Arn)?\}", text)
                function = named[1] if named else ""
                if resources.get(function, {}).get("Type") not in FUNCTIONS:
                    continue
                if function not in verdicts:
                    verdicts[function] = permitted(resources, function, "apigateway.")
                if not verdicts[function]:
                    yield Fault(
                        (logical_id, "Properties", "Integration", "Uri"),
                        f"The method calls {function}, and no AWS::Lambda::Permission allows "
                        "apigateway.amazonaws.com to do so: every request gets 500. Add one.",
                    )

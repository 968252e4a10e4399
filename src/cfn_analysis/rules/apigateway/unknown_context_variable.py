import re
from typing import Any

from cfn_analysis.rules.support.apis import ACCESS_LOGS
from cfn_analysis.rules.support.documents import document_texts
from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.words import nearest, rows, words

VARIABLES = words(" ".join(rows(__file__)))
# Only in HTTP and WebSocket APIs -> the equivalent in a REST API.
NOT_OF_REST = {
    "routeKey": "$context.httpMethod and $context.resourcePath",
    "dataProcessed": "$context.responseLength",
    "integrationErrorMessage": "$context.integration.error",
    "awsEndpointRequestId2": "",
    "eventType": "",
    "connectionId": "",
    "connectedAt": "",
    "messageDirection": "",
    "messageId": "",
}
# The names after these are set by the authorizer or the mapping template, or come from WAF or a certificate.
OPEN = ("authorizer.", "requestOverride.", "responseOverride.", "waf.", "identity.clientCert.")


class UnknownContextVariable(Rule):
    """Access log with a variable that API Gateway does not have.

    The names of $context are case-sensitive, and REST APIs do not have those of HTTP and WebSocket APIs, such
    as routeKey. A variable that does not exist is logged as '-', in every record, and queries, filters and
    alarms on it find nothing. A name is reported if a similar one exists.
    """

    id = "E9538"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html"
    finding_class = "documents"
    looks_at = ACCESS_LOGS

    def findings(self, validator: Validator, setting: Any) -> Findings:
        kind = own_type(validator)
        for text in document_texts(validator, setting.get("Format")):
            for name in dict.fromkeys(re.findall(r"\$context\.([A-Za-z0-9_.]+[A-Za-z0-9_])", text)):
                if name in NOT_OF_REST and not kind.startswith("AWS::ApiGatewayV2::"):
                    instead = f" Use {NOT_OF_REST[name]}." if NOT_OF_REST[name] else " Remove it."
                    yield RuleFinding(
                        ("Format",),
                        f"Format has $context.{name}, which REST APIs do not have and log as '-'.{instead}",
                    )
                if name in VARIABLES or name.startswith(OPEN):
                    continue
                close = nearest(name, VARIABLES, 0.75)
                if close:
                    yield RuleFinding(
                        ("Format",),
                        f"Format has $context.{name}, which API Gateway does not have and logs as '-'. Did "
                        f"you mean $context.{close}?",
                    )

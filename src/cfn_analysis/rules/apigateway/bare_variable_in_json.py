import json
import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.apis import ACCESS_LOGS
from cfn_analysis.rules.support.documents import document_texts
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator

# Numbers that every request has.
NUMBERS = ("status", "responseLatency", "responseLength", "requestTimeEpoch")
# Variables that need no quotation marks in a response: with quotation marks, numbers, and the authorizer's.
OWN_QUOTES = re.compile(r"error\.messageString|requestTimeEpoch|status|authorizer\..+|responseOverride\..+")

QUOTED_TWICE = r'"\$context\.error\.messageString"'

TEXT = r'"(?:[^"\\]|\\.)*"'
VARIABLE = r"\$context\.([A-Za-z0-9_.]*[A-Za-z0-9_])"


class BareVariableInJson(Rule):
    """JSON that a variable with or without quotation marks breaks.

    In an access log, API Gateway writes '-' for a variable that has no value. A record with "latency":
    $context.integration.latency is then invalid JSON for a request that reaches no integration, and queries
    and filters skip the whole record. In a gateway response, only $context.error.messageString includes its
    quotation marks. Write it without, and the others as "$context.requestId".
    """

    id = "E9543"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html"
    finding_class = "documents"
    looks_at = (
        *ACCESS_LOGS,
        "Resources/AWS::ApiGateway::GatewayResponse/Properties/ResponseTemplates",
    )

    def findings(self, validator: Validator, part: Any) -> Findings:
        for text in document_texts(validator, part.get("Format")):
            for name in _bare(text):
                if name not in NUMBERS:
                    yield RuleFinding(
                        ("Format",),
                        f"Format has $context.{name} without quotation marks: its text, or the '-' of no "
                        f'value, breaks the JSON of the record. Write "$context.{name}".',
                    )
        for text in document_texts(validator, part.get("application/json")):
            for name in _bare(text):
                if not OWN_QUOTES.fullmatch(name):
                    yield RuleFinding(
                        ("application/json",),
                        f"The response has $context.{name} without quotation marks, which breaks its JSON. "
                        f'Write "$context.{name}".',
                    )
            if re.search(QUOTED_TWICE, text):
                yield RuleFinding(
                    ("application/json",),
                    "The response has $context.error.messageString in quotation marks, and it brings its "
                    "own: the JSON breaks. Leave them out.",
                )
            if not _is_json(text):
                yield RuleFinding(("application/json",), "The response is not JSON. Correct it.")


def _bare(text: str) -> Iterator[str]:
    """Yield the variables outside of quotation marks in a JSON text."""
    if text.lstrip().startswith("{"):
        yield from dict.fromkeys(re.findall(VARIABLE, re.sub(TEXT, "", text)))


def _is_json(text: str) -> bool:
    """Return whether a template is JSON once its variables have values, or has more than variables."""
    if "#" in text or not text.lstrip().startswith("{"):
        return True
    filled = re.sub(rf"({TEXT})|\$[\w.]+(\([^()]*\))?|\$\{{[^}}]*\}}", lambda token: token[1] or "1", text)
    try:
        json.loads(filled)
    except ValueError:
        return False
    return True

import re
from typing import Any

from cfn_analysis.rules.support.documents import document_texts
from cfn_analysis.rules.support.references import is_complete
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class AccessLogWithoutRequestId(Rule):
    """Access log of a REST API without the request's ID.

    API Gateway refuses a format without $context.requestId or $context.extendedRequestId: 'Access Log format
    must be single line, new line character is allowed only at end of the format', or must contain at least
    the ID. Add $context.requestId.
    """

    id = "E9539"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"
    fault_class = "documents"
    looks_at = ("Resources/AWS::ApiGateway::Stage/Properties/AccessLogSetting",)

    def faults(self, validator: Validator, setting: Any) -> Faults:
        for text in document_texts(validator, setting.get("Format")):
            if is_complete(text) and not re.search(r"\$context\.(requestId|extendedRequestId)\b", text):
                yield Fault(
                    ("Format",),
                    "Format has neither $context.requestId nor $context.extendedRequestId: API Gateway "
                    "refuses the stage. Add one of them.",
                )
            elif "\n" in text.rstrip("\n"):
                yield Fault(
                    ("Format",),
                    "Format has more than one line: API Gateway refuses the stage. Write it as one line.",
                )

import re
from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.targets import subscriptions
from cfn_analysis.rules.support.values import of_type

ARN = r"arn:[^:]*:{}:.+"
# Protocol -> what its endpoint looks like, and in words.
ENDPOINTS = {
    "application": (ARN.format("sns"), "the ARN of a mobile endpoint"),
    "email": (r"[^@\s:/]+@[^@\s:/]+", "a mail address"),
    "email-json": (r"[^@\s:/]+@[^@\s:/]+", "a mail address"),
    "firehose": (ARN.format("firehose"), "the ARN of a delivery stream"),
    "http": (r"http://.+", "an address that begins with http://"),
    "https": (r"https://.+", "an address that begins with https://"),
    "lambda": (ARN.format("lambda"), "the ARN of a function"),
    "sms": (r"\+?[\d-]+", "a telephone number"),
    "sqs": (ARN.format("sqs"), "the ARN of a queue"),
}


class EndpointOfAnotherProtocol(Rule):
    """Subscription whose endpoint does not fit its protocol.

    email requires an address, https a URL that begins with https://, sqs and lambda an ARN: SNS
    refuses another endpoint. A Firehose delivery stream also needs SubscriptionRoleArn, the role that SNS
    uses to write to it.
    """

    id = "E9729"
    source_url = "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"
    fault_class = "values"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for path, protocol, value in subscriptions(resources):
            pattern, words = ENDPOINTS.get(protocol if isinstance(protocol, str) else "", ("", ""))
            for endpoint, _ in each(value) if pattern else ():
                text = sub_text(endpoint)
                plain = re.sub(r"\$\{[^}]*\}", "x", text or "")
                if text and not text.startswith("${") and not re.fullmatch(pattern, plain):
                    yield Fault(
                        path,
                        f"Endpoint is {text}, but {protocol} requires {words}: SNS refuses the subscription.",
                    )
        for logical_id, _, properties in of_type(resources, "AWS::SNS::Subscription"):
            if properties.get("Protocol") == "firehose" and "SubscriptionRoleArn" not in properties:
                yield Fault(
                    (logical_id, "Properties"),
                    "Protocol is firehose, and SubscriptionRoleArn is missing: SNS refuses the subscription. "
                    "Specify the role that writes to the stream.",
                )

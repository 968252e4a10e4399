import re
from typing import Any

from cfn_analysis.rules.support.documents import each, texts
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type
from cfn_analysis.rules.support.words import nearest, rows, words

DISTRIBUTION = "AWS::CloudFront::Distribution"
SOURCE = "AWS::Logs::DeliverySource"

FIELDS = words(" ".join(rows(__file__)))
VARIABLES = {"account-id", "accountid", "DistributionId", "distributionid", "yyyy", "MM", "dd", "HH"}


class RefusedDelivery(Rule):
    """Delivery of logs that CloudFront does not write.

    The log type of a distribution is ACCESS_LOGS, or CONNECTION_LOGS for mutual TLS. An access log has fixed
    fields, and the path in a bucket has the variables {DistributionId}, {yyyy}, {MM}, {dd} and {HH}.
    CloudWatch Logs refuses others. Only fields that are similar to a known one are reported, since CloudFront
    adds fields.
    """

    id = "E9673"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html"
    fault_class = "values"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        ours: dict[str, str] = {}
        for logical_id, _, properties in of_type(resources, SOURCE):
            arn = " ".join(texts(properties.get("ResourceArn")))
            about = [
                name
                for name in re.findall(r"\$\{(\w+)", arn)
                if resources.get(name, {}).get("Type") == DISTRIBUTION
            ]
            if about or ":cloudfront:" in arn:
                kind = properties.get("LogType")
                if kind == "ACCESS_LOGS":
                    names = texts(properties.get("Name"))
                    ours |= {logical_id: logical_id, **dict.fromkeys(names, logical_id)}
                elif isinstance(kind, str) and kind != "CONNECTION_LOGS":
                    yield Fault(
                        (logical_id, "Properties", "LogType"),
                        f"LogType is {kind}, and a distribution has only ACCESS_LOGS and CONNECTION_LOGS: "
                        "the source is refused.",
                    )
        for logical_id, _, properties in of_type(resources, "AWS::Logs::Delivery") if ours else ():
            names = texts(properties.get("DeliverySourceName"))
            if any(name in ours or single_reference({"Fn::Sub": name})[0] in ours for name in names):
                yield from _delivery_faults(logical_id, properties)


def _spelling(field: str) -> str:
    return re.sub(r"[^a-z]+", "-", field.lower()).strip("-")


SPELLINGS = {_spelling(field): field for field in FIELDS}


def _delivery_faults(logical_id: str, properties: Any) -> Faults:
    for field, path in each(properties.get("RecordFields"), logical_id, "Properties", "RecordFields"):
        close = nearest(_spelling(str(field)), SPELLINGS, 0.7)
        if isinstance(field, str) and field not in FIELDS and close:
            yield Fault(
                path,
                f"RecordFields has {field}, which access logs of CloudFront do not have. Did you mean "
                f"{SPELLINGS[close]}?",
            )
    for text in texts(properties.get("S3SuffixPath")):
        for name in re.findall(r"(?<!\$)\{([^{}]*)\}", text):
            if name not in VARIABLES:
                yield Fault(
                    (logical_id, "Properties", "S3SuffixPath"),
                    f"S3SuffixPath has {{{name}}}, which is not a variable of CloudFront's logs. It has "
                    "{DistributionId}, {yyyy}, {MM}, {dd} and {HH}.",
                )

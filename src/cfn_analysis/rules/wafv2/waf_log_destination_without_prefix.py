import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.references import single_reference, sub_text, target_case
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios, state
from cfn_analysis.rules.support.values import show, values

PREFIX = "aws-waf-logs-"

# Type of the destination -> property with its name.
DESTINATIONS = {
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::S3::Bucket": "BucketName",
}

# Text before the name in an ARN, by service.
NAME = re.compile(r"arn:.+?:(?:logs:.*:log-group:|firehose:.*:deliverystream/|s3:::)(?P<name>.*)")


class WafLogDestinationWithoutPrefix(Rule):
    """WAF log destination without aws-waf-logs-.

    WAF accepts only log groups, delivery streams and buckets whose names begin with aws-waf-logs-, and
    reports the ARN of any other as invalid. Use this prefix; the usual form /aws/<service>/ of log groups
    does not work.
    """

    id = "E9741"
    source_url = "https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html"
    finding_class = "names"
    looks_at = properties_of("AWS::WAFv2::LoggingConfiguration")

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        destinations = properties.get("LogDestinationConfigs")
        for listed, case in scenarios(validator, destinations):
            for index, destination in enumerate(listed if isinstance(listed, list) else []):
                for problem, name_case in _refused_names(case, destination):
                    same = isinstance(destinations, list) and len(destinations) == len(listed)
                    path = ("LogDestinationConfigs", index) if same else ("LogDestinationConfigs",)
                    yield RuleFinding(
                        path,
                        f"{problem}: WAF refuses to log there. Begin the name with {PREFIX}, for example "
                        f"{PREFIX}web.",
                        name_case,
                    )


def _refused_names(case: Validator, destination: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the names that WAF refuses, as far as they are known."""
    logical_id = _holder(destination)
    if logical_id not in case.context.resources:
        for value, value_case in values(case, destination):
            arn = NAME.match(sub_text(value) or "")
            if arn and not _may_begin_right(arn["name"]):
                yield (
                    f"LogDestinationConfigs contains {show(destination)}, named {show(arn['name'])}",
                    value_case,
                )
        return
    for kind, name_property in DESTINATIONS.items():
        holder_id, properties, exists = target_case(case, {"Ref": logical_id}, kind)
        if exists:
            yield from _names_of(exists, holder_id, name_property, properties.get(name_property))


def _holder(destination: Any) -> str:
    """Return the logical ID of the resource with this ARN, or whose name is at the end of the ARN."""
    logical_id, _ = single_reference(destination)
    if logical_id:
        return logical_id
    text = sub_text(destination) or ""
    name = NAME.match(text)
    reference = re.fullmatch(r"\$\{([A-Za-z0-9]+)(?:\.Arn)?\}(?::\*)?", name["name"] if name else text)
    if reference is None:
        return ""
    return reference[1]


def _names_of(
    case: Validator, logical_id: str, property_name: str, value: Any
) -> Iterator[tuple[str, Validator]]:
    for name, name_case in values(case, value):
        if name is None:
            yield (
                f"{logical_id} has no {property_name}{{when}}, so its name begins with the stack's name",
                name_case,
            )
        elif not _may_begin_right(sub_text(name) or "${}"):
            yield (
                f"{property_name} of {logical_id} {state(name_case, name_case, value, name)}{{when}}",
                name_case,
            )
            return  # one finding for a parameter is sufficient


def _may_begin_right(name: str) -> bool:
    """Return whether a name has the prefix, as far as it is known before its first reference."""
    literal, reference, _ = name.partition("${")
    return literal.startswith(PREFIX) or bool(reference and PREFIX.startswith(literal))

"""Ignores with and without their reason."""

from ..harness import frame, row

FORM = (
    "Metadata: {cfn-lint: {config: {ignore_checks: [W0000], ignore_reasons: {W0000: why it is fine here}}}}"
)

topic = frame("Resources: {Topic: {Type: AWS::SNS::Topic, Metadata: {cfn-lint: {config: <config>}}}}")

case = row(topic("<config>"), "Resources/Topic/Metadata/cfn-lint/config", "<message>")


def refuses_configuration_of_the_whole_template(config: str) -> tuple[str, ...]:
    """A global setting is found, whatever it sets: it would silence resources that no one thought of."""
    text = f"Metadata: {{cfn-lint: {{config: {config}}}}}\nResources: {{Topic: {{Type: AWS::SNS::Topic}}}}"
    return (
        text,
        "Metadata/cfn-lint",
        "Metadata configures cfn-lint for the whole template. Remove it, and ignore a rule on the "
        f"resource it is about: {FORM}.",
    )


GOOD = {
    "reason": topic("{ignore_checks: [W3005], ignore_reasons: {W3005: The order matters.}}"),
    "rule of others": topic("{ignore_checks: [EIAMWildcard], ignore_reasons: {EIAMWildcard: Reads all.}}"),
    "no metadata": "Resources: {Topic: {Type: AWS::SNS::Topic}}",
    "other metadata": "Resources: {Topic: {Type: AWS::SNS::Topic, Metadata: {Note: x}}}",
    "other global metadata": "Metadata: {Note: x}\nResources: {Topic: {Type: AWS::SNS::Topic}}",
    "nothing ignored": topic("{ignore_checks: []}"),
}

BAD = {
    "no reasons": case(
        "{ignore_checks: [W3005]}",
        "ignore_checks contains W3005 without a reason. Add ignore_reasons: {W3005: why it is fine here}.",
    ),
    "one of two": case(
        "{ignore_checks: [W3005, E3002], ignore_reasons: {W3005: The order matters.}}",
        "ignore_checks contains E3002 without a reason. Add ignore_reasons: {E3002: why it is fine here}.",
    ),
    "blank reason": case(
        "{ignore_checks: [W3005], ignore_reasons: {W3005: ' '}}",
        "ignore_checks contains W3005 without a reason. Add ignore_reasons: {W3005: why it is fine here}.",
    ),
    "prefix": case(
        "{ignore_checks: [W], ignore_reasons: {W: All of them.}}",
        "ignore_checks contains 'W', which is not a rule ID. On a resource only a whole ID such as W3005 is "
        "matched.",
    ),
    "reason without ignore": case(
        "{ignore_checks: [W3005], ignore_reasons: {W3005: Order., W3006: Gone.}}",
        "ignore_reasons explains W3006, which is not in ignore_checks. Add it there or remove the reason.",
    ),
    "text for list": case(
        "{ignore_checks: W3005}", f"ignore_checks is 'W3005'. Write a list of rule IDs: {FORM}."
    ),
    "list for mapping": case(
        "{ignore_checks: [W3005], ignore_reasons: [Order.]}",
        f"ignore_reasons is ['Order.']. Write a mapping from rule ID to reason: {FORM}.",
    ),
    "{ignore_checks: [W3005]}": refuses_configuration_of_the_whole_template("{ignore_checks: [W3005]}"),
    "{regions: [us-east-1]}": refuses_configuration_of_the_whole_template("{regions: [us-east-1]}"),
}

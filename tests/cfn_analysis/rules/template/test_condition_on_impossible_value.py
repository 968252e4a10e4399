"""Conditions on parameters."""

from ..harness import frame

condition = frame("""
Parameters:
  Stage: {Type: String, <parameter>}
Conditions:
  Prod: !Equals [!Ref <name=Stage>, <value>]
Resources:
  Topic: {Type: AWS::SNS::Topic, Condition: Prod}
""")

with_map = frame("""
Parameters:
  Size: {Type: String}
Mappings:
  Sizes: {small: {Fast: 'false'}, large: {Fast: 'true'}}
Conditions:
  Fast: <condition>
Resources:
  Topic: {Type: AWS::SNS::Topic, Condition: Fast}
""")


def with_number(value: str, constraint: str) -> str:
    """Return a template with a number and a condition on it."""
    return condition("Default: a", value, "Count").replace(
        "Parameters:", f"Parameters:\n  Count: {{Type: Number, {constraint}}}"
    )


PATH = "Conditions/Prod/Fn::Equals"

GOOD = {
    "allowed": condition("AllowedValues: [dev, prod]", "prod"),
    "boolean": condition("AllowedValues: [true, false]", "'true'"),
    "any text": condition("Default: dev", "prod"),
    "pattern": condition("AllowedPattern: '[a-z]*'", "''"),
    "region": condition("Default: dev", "us-gov-west-1", "AWS::Region"),
    "entry of a map": with_map("!Equals [!FindInMap [Sizes, !Ref Size, Fast], 'true']"),
    "no entry": with_map("!Equals [!FindInMap [Sizes, !Ref Size, Fast], '']"),
    "number": with_number("0", "MinValue: 0"),
}

BAD = {
    "empty number": (
        """
Parameters:
  Count: {Type: Number}
Conditions:
  Prod: !Equals [!Ref Count, '']
Resources: {}
""",
        "Conditions/Prod/Fn::Equals",
        'Fn::Equals compares Count with "", but a number is not written like this: it is never true.',
    ),
    "not allowed": (
        condition("AllowedValues: [dev, prod]", "production"),
        'Fn::Equals compares Stage with "production", but AllowedValues contains "dev" and "prod": '
        "it is never true.",
    ),
    "pattern": (
        condition("AllowedPattern: '[a-z]+'", "Prod"),
        'Fn::Equals compares Stage with "Prod", but AllowedPattern "[a-z]+" does not match it: '
        "it is never true.",
    ),
    "boolean": (
        condition("AllowedValues: ['yes', 'no']", "true"),
        'Fn::Equals compares Stage with "true", but AllowedValues contains "yes" and "no": it is never true.',
    ),
    "region": (
        condition("Default: dev", "eu-west1", "AWS::Region"),
        'Fn::Equals compares AWS::Region with "eu-west1", but no account, region or partition '
        "has this name: it is never true.",
    ),
    "no such entry": (
        with_map("!Equals [!FindInMap [Sizes, !Ref Size, Fast], 'TRUE']"),
        "Conditions/Fast/Fn::Equals",
        'Fn::Equals compares an entry of Sizes with "TRUE", and the map has "false" and '
        '"true": it is never true.',
    ),
    "zeros": (
        with_number("'00'", "MinValue: 0"),
        'Fn::Equals compares Count with "00", but a number is not written like this: it is never true.',
    ),
    "below the minimum": (
        with_number("0", "MinValue: 1"),
        'Fn::Equals compares Count with "0", but MinValue is 1: it is never true.',
    ),
}

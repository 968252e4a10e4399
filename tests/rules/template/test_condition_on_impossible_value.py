"""Conditions on parameters."""


def condition(parameter: str, value: str, name: str = "Stage") -> str:
    """Return a template with one parameter and one condition on it."""
    return f"""
Parameters:
  Stage: {{Type: String, {parameter}}}
Conditions:
  Prod: !Equals [!Ref {name}, {value}]
Resources:
  Topic: {{Type: AWS::SNS::Topic, Condition: Prod}}
"""


GOOD = {
    "allowed": condition("AllowedValues: [dev, prod]", "prod"),
    "boolean": condition("AllowedValues: [true, false]", "'true'"),
    "any text": condition("Default: dev", "prod"),
    "pattern": condition("AllowedPattern: '[a-z]*'", "''"),
    "region": condition("Default: dev", "us-gov-west-1", "AWS::Region"),
}

BAD = {
    "not allowed": (
        condition("AllowedValues: [dev, prod]", "production"),
        "Conditions/Prod/Fn::Equals",
        'Fn::Equals compares Stage with "production", but AllowedValues contains "dev" and "prod": '
        "it is never true.",
    ),
    "pattern": (
        condition("AllowedPattern: '[a-z]+'", "Prod"),
        "Conditions/Prod/Fn::Equals",
        'Fn::Equals compares Stage with "Prod", but AllowedPattern "[a-z]+" does not match it: '
        "it is never true.",
    ),
    "boolean": (
        condition("AllowedValues: ['yes', 'no']", "true"),
        "Conditions/Prod/Fn::Equals",
        'Fn::Equals compares Stage with "true", but AllowedValues contains "yes" and "no": it is never true.',
    ),
    "region": (
        condition("Default: dev", "eu-west1", "AWS::Region"),
        "Conditions/Prod/Fn::Equals",
        'Fn::Equals compares AWS::Region with "eu-west1", but no account, region or partition '
        "has this name: it is never true.",
    ),
}

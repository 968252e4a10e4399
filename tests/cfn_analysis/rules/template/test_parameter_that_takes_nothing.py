"""Parameters with constraints."""

from ..harness import frame

parameter = frame("""
Parameters:
  One: {Type: String, <constraints>}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref One}}
""")

GOOD = {
    "pattern": parameter("AllowedValues: [dev, prod], AllowedPattern: '[a-z]+'"),
    "range": parameter("MinLength: 1, MaxLength: 1"),
    "no pattern of Python": parameter("AllowedValues: [dev], AllowedPattern: '[[:alpha:]'"),
}

BAD = {
    "pattern": (
        parameter("AllowedValues: [dev, Prod], AllowedPattern: '[a-z]+'"),
        "Parameters/One/AllowedValues/1",
        'AllowedValues of One contains "Prod", which AllowedPattern "[a-z]+" refuses.',
    ),
    "length": (
        parameter("AllowedValues: [dev, production], MaxLength: 5"),
        "Parameters/One/AllowedValues/1",
        'AllowedValues of One contains "production", which MaxLength 5 refuses.',
    ),
    "nothing": (
        parameter("MinLength: 10, MaxLength: 5"),
        "Parameters/One/MinLength",
        "MinLength of One is 10 and MaxLength 5: no value is allowed.",
    ),
}

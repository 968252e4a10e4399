"""Conditions of policies."""

from ..harness import frame

policy = frame("""
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: <effect=Allow>, Action: s3:ListBucket, Resource: '*', Condition: <condition>}
""")

GOOD = {
    "asked for": policy("{Bool: {aws:MultiFactorAuthPresent: true}}"),
    "in a Deny": policy("{BoolIfExists: {aws:MultiFactorAuthPresent: false}}", "Deny"),
    "with Null": policy("{'ForAllValues:StringEquals': {aws:TagKeys: [a]}, 'Null': {aws:TagKeys: false}}"),
    "another key": policy("{StringEqualsIfExists: {ec2:InstanceType: t3.micro}}"),
}

BAD = {
    "MFA": (
        policy("{BoolIfExists: {aws:MultiFactorAuthPresent: true}}"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/BoolIfExists/aws:MultiFactorAuthPresent",
        "BoolIfExists in an Allow allows requests without the key: requests with long-term keys "
        "have no aws:MultiFactorAuthPresent. Remove IfExists, or add Null: "
        '{aws:MultiFactorAuthPresent: "false"}.',
    ),
    "all values": (
        policy("{'ForAllValues:StringEquals': {aws:TagKeys: [a]}}"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/ForAllValues:StringEquals/aws:TagKeys",
        "ForAllValues:StringEquals in an Allow allows requests without the key: it is true where "
        'a request has no aws:TagKeys. Add Null: {aws:TagKeys: "false"}.',
    ),
    "MFA in a Deny": (
        policy("{Bool: {aws:MultiFactorAuthPresent: 'false'}}", "Deny"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/Bool/aws:MultiFactorAuthPresent",
        "Bool in a Deny spares what lacks the key: requests with long-term keys have no "
        "aws:MultiFactorAuthPresent. Use BoolIfExists.",
    ),
}

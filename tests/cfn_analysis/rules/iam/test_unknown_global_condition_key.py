"""Conditions of policies."""

from ..harness import frame

policy = frame("""
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: s3:ListBucket, Resource: '*', Condition: <condition>}
""")

GOOD = {
    "known": policy("{ArnLike: {aws:SourceArn: a}, StringEquals: {aws:ResourceTag/Team: a}}"),
    "in other letters": policy("{ArnLike: {AWS:SourceARN: a}}"),
    "of a service": policy("{StringEquals: {s3:prefix: a, 'kms:EncryptionContext:aws:logs:arn': a}}"),
    "of an identity provider": policy("{StringEquals: {'token.actions.githubusercontent.com:sub': a}}"),
    "newer than the list": policy("{StringEquals: {aws:SomethingElse: a}}"),
    "of Lambda": policy("{StringEquals: {lambda:SourceFunctionArn: a, kms:ViaService: b}}"),
    "of an MCP server": policy("{Bool: {aws:ViaAWSMCPService: 'true'}}"),
}

BAD = {
    "misspelt": (
        policy("{StringEquals: {aws:SourceAcount: a}}"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/StringEquals/aws:SourceAcount",
        "The condition uses aws:SourceAcount, which no request has: it is never met. Did you "
        "mean aws:SourceAccount?",
    ),
    "without prefix": (
        policy("{ArnLike: {SourceArn: a}}"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/ArnLike/SourceArn",
        "The condition uses SourceArn, which no request has: it is never met. Did you mean aws:SourceArn?",
    ),
    "of Lambda, misspelt": (
        policy("{StringEquals: {lambda:SourceFunction: a}}"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/StringEquals/lambda:SourceFunction",
        "The condition uses lambda:SourceFunction, which no request has: it is never met. Did "
        "you mean lambda:SourceFunctionArn?",
    ),
}

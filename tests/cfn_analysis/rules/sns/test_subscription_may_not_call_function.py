"""Functions that subscribe to topics."""

from ..harness import frame

template = frame("""
  F: {Type: AWS::Lambda::Function}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !GetAtt F.Arn, Principal: <principal>}
  Subscription: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, Endpoint: !GetAtt F.Arn}}
<topic=>""")

GOOD = {
    "allowed": template("sns.amazonaws.com"),
    "parameter": template("!ImportValue service"),
}

BAD = {
    "another service": (
        template("events.amazonaws.com"),
        "Resources/Subscription/Properties/Endpoint",
        "The subscriber is F, and no AWS::Lambda::Permission allows sns.amazonaws.com to call it: "
        "every message is lost. Add one.",
    ),
    "inside a topic": (
        template(
            "s3.amazonaws.com",
            "  Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: "
            "!GetAtt F.Arn}]}}\n",
        ).replace("AWS::SNS::Subscription", "AWS::SNS::Topic"),
        "Resources/Topic/Properties/Subscription/0",
        "The subscriber is F, and no AWS::Lambda::Permission allows sns.amazonaws.com to call it: "
        "every message is lost. Add one.",
    ),
}

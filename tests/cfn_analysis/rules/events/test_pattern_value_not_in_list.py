"""Event patterns."""

from ..harness import frame

rule = frame("""
  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: <pattern>}}
""")

subscription = frame("""
  One: {Type: AWS::SNS::Subscription, Properties: {TopicArn: a, Protocol: sqs, FilterPolicy: <policy>}}
""")

GOOD = {
    "policy with lists": subscription("{type: [order, {prefix: a}]}"),
    "policy with a function": subscription("{type: !ImportValue types}"),
    "lists": rule("{source: [aws.ec2], detail: {state: [{prefix: run}]}}"),
    "function": rule("{source: !ImportValue sources}"),
}

BAD = {
    "policy with a text": (
        subscription("{type: order}"),
        "Resources/One/Properties/FilterPolicy/type",
        'type is "order", and SNS requires a list of values. Write [order].',
    ),
    "text": (
        rule("{source: aws.ec2}"),
        "Resources/Rule/Properties/EventPattern/source",
        'source is "aws.ec2", and EventBridge requires a list of values. Write [aws.ec2].',
    ),
    "inside": (
        rule("{source: [aws.ec2], detail: {state: running, code: 16}}"),
        "Resources/Rule/Properties/EventPattern/detail/state",
        'state is "running", and EventBridge requires a list of values. Write [running].',
        "Resources/Rule/Properties/EventPattern/detail/code",
        "code is 16, and EventBridge requires a list of values. Write [16].",
    ),
}

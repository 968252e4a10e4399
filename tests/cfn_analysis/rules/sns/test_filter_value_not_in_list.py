"""Filter policies of subscriptions."""

from ..harness import frame

subscription = frame("""
  One: {Type: AWS::SNS::Subscription, Properties: {TopicArn: a, Protocol: sqs, FilterPolicy: <policy>}}
""")

GOOD = {
    "list": subscription("{type: [order, {prefix: a}]}"),
    "function": subscription("{type: !ImportValue types}"),
}

BAD = {
    "text": (
        subscription("{type: order}"),
        "Resources/One/Properties/FilterPolicy/type",
        'type is "order", and SNS requires a list of values. Write [order].',
    ),
}

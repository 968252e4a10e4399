"""Filter policies of subscriptions."""


def subscription(policy: str) -> str:
    """Return a template with one subscription."""
    return f"""
Resources:
  One: {{Type: AWS::SNS::Subscription, Properties: {{TopicArn: a, Protocol: sqs, FilterPolicy: {policy}}}}}
"""


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

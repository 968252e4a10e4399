"""Endpoints of subscriptions."""

from ..harness import frame, row

subscription = frame("""<first=>
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: a, Protocol: <protocol>, Endpoint: <endpoint><more=>}
""")

case = row(
    subscription("<protocol>", "<endpoint>"),
    "Resources/Mail/Properties/Endpoint",
    "Endpoint is <endpoint>, but <protocol> requires <takes>: SNS refuses the subscription.",
)

STREAM = "arn:aws:firehose:eu-west-1:111111111111:deliverystream/a"

GOOD = {
    "mail": subscription("email", "team@example.com"),
    "queue": subscription("sqs", "!Sub 'arn:aws:sqs:eu-west-1:${AWS::AccountId}:work'"),
    "by parameter": subscription("email", "!Ref Mail", first="Parameters: {Mail: {Type: String}}"),
    "delivery stream": subscription("firehose", STREAM, more=", SubscriptionRoleArn: a"),
}

BAD = {
    "address for mail": case("email", "https://example.com/hook", "a mail address"),
    "plain HTTP": case("https", "http://example.com/hook", "an address that begins with https://"),
    "URL of a queue": case("sqs", "https://sqs.eu-west-1.amazonaws.com/1/work", "the ARN of a queue"),
    "stream without role": (
        subscription("firehose", STREAM),
        "Resources/Mail/Properties",
        "Protocol is firehose, and SubscriptionRoleArn is missing: SNS refuses the subscription. Specify "
        "the role that writes to the stream.",
    ),
}

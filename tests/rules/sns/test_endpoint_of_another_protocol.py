"""Endpoints of subscriptions."""

GOOD = {
    "mail": """
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: a, Protocol: email, Endpoint: team@example.com}
""",
    "queue": """
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: a, Protocol: sqs, Endpoint: !Sub 'arn:aws:sqs:eu-west-1:${AWS::AccountId}:work'}
""",
    "by parameter": """
Parameters: {Mail: {Type: String}}
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: a, Protocol: email, Endpoint: !Ref Mail}
""",
    "delivery stream": """
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties:
      {TopicArn: a, Protocol: firehose,
      Endpoint: 'arn:aws:firehose:eu-west-1:111111111111:deliverystream/a', SubscriptionRoleArn: a}
""",
}

BAD = {
    "address for mail": (
        """
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: a, Protocol: email, Endpoint: https://example.com/hook}
""",
        "Resources/Mail/Properties/Endpoint",
        "Endpoint is https://example.com/hook, but email requires a mail address: SNS refuses the "
        "subscription.",
    ),
    "plain HTTP": (
        """
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: a, Protocol: https, Endpoint: 'http://example.com/hook'}
""",
        "Resources/Mail/Properties/Endpoint",
        "Endpoint is http://example.com/hook, but https requires an address that begins with "
        "https://: SNS refuses the subscription.",
    ),
    "URL of a queue": (
        """
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: a, Protocol: sqs, Endpoint: https://sqs.eu-west-1.amazonaws.com/1/work}
""",
        "Resources/Mail/Properties/Endpoint",
        "Endpoint is https://sqs.eu-west-1.amazonaws.com/1/work, but sqs requires the ARN of "
        "a queue: SNS refuses the subscription.",
    ),
    "stream without role": (
        """
Resources:
  Mail:
    Type: AWS::SNS::Subscription
    Properties:
      {TopicArn: a, Protocol: firehose,
      Endpoint: 'arn:aws:firehose:eu-west-1:111111111111:deliverystream/a'}
""",
        "Resources/Mail/Properties",
        "Protocol is firehose, and SubscriptionRoleArn is missing: SNS refuses the "
        "subscription. Specify the role that writes to the stream.",
    ),
}

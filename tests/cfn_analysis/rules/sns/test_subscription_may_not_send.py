"""Queues that subscribe to topics."""

from ..harness import frame

template = frame("""
  Queue: {Type: AWS::SQS::Queue, Properties: {<queue=>}}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement: {Effect: Allow, Action: SQS:SendMessage, Resource: '*', Principal: <service>}
  Subscription: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs,
      Endpoint: <endpoint=!GetAtt Queue.Arn>}}
""")

GOOD = {
    "allowed": template("{Service: sns.amazonaws.com}"),
    "everyone": template("'*'"),
    "another template": template("{Service: s3.amazonaws.com}", endpoint="!ImportValue queue"),
}

BAD = {
    "another service": (
        template("{Service: s3.amazonaws.com}"),
        "Resources/Subscription/Properties/Endpoint",
        "The subscriber is Queue, whose policy does not allow sns.amazonaws.com sqs:SendMessage: "
        "every message is lost. Allow it.",
    ),
    "managed key": (
        template("{Service: sns.amazonaws.com}", "KmsMasterKeyId: alias/aws/sqs"),
        "Resources/Subscription/Properties/Endpoint",
        "The subscriber is Queue, which is encrypted with alias/aws/sqs: SNS cannot use this "
        "key, and every message is lost. Use SqsManagedSseEnabled, or a customer managed key.",
    ),
    "dead letters": (
        """
  Queue: {Type: AWS::SQS::Queue}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      Protocol: https
      Endpoint: https://example.com
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Queue.Arn}
""",
        "Resources/Subscription/Properties/RedrivePolicy",
        "The dead-letter queue is Queue, whose policy does not allow sns.amazonaws.com sqs:SendMessage: what "
        "cannot be delivered is lost. Allow it.",
    ),
}

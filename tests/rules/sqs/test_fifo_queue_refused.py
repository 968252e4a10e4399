"""Queues and what sends to them."""

GOOD = {
    "standard": """
Resources:
  Letters: {Type: AWS::SQS::Queue, Properties: {}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      DeadLetterConfig: {TargetArn: !GetAtt Letters.Arn}
""",
    "both FIFO": """
Resources:
  Letters: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Work:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Letters.Arn}
""",
    "topic": """
Resources:
  Work: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Topic: {Type: AWS::SNS::Topic}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      DeadLetterConfig: {TargetArn: !Ref Topic}
""",
}

BAD = {
    "function": (
        """
Resources:
  Letters: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      DeadLetterConfig: {TargetArn: !GetAtt Letters.Arn}
""",
        "Resources/Function/Properties/DeadLetterConfig",
        "Letters is a FIFO queue, and the dead-letter target of a function needs a "
        "standard one. Remove FifoQueue from it, or use another.",
    ),
    "rule": (
        """
Resources:
  Letters: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      Targets:
        - {Id: a, Arn: b, DeadLetterConfig: {Arn: !GetAtt Letters.Arn}}
""",
        "Resources/Nightly/Properties/Targets/0/DeadLetterConfig",
        "Letters is a FIFO queue, and the dead-letter target of a rule needs a standard "
        "one. Remove FifoQueue from it, or use another.",
    ),
    "bucket": (
        """
Resources:
  Uploads: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        QueueConfigurations:
          - {Event: 's3:ObjectCreated:*', Queue: !GetAtt Uploads.Arn}
""",
        "Resources/Bucket/Properties/NotificationConfiguration/QueueConfigurations/0",
        "Uploads is a FIFO queue, and a notification of S3 needs a standard one. Remove "
        "FifoQueue from it, or use another.",
    ),
    "standard behind FIFO": (
        """
Resources:
  Letters: {Type: AWS::SQS::Queue, Properties: {}}
  Work:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Letters.Arn}
""",
        "Resources/Work/Properties/RedrivePolicy",
        "Letters is a standard queue, and this queue needs a FIFO one. Set FifoQueue of it, or use another.",
    ),
}

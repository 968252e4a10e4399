"""Dead-letter queues."""

GOOD = {
    "two weeks": """
  Letters: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      DeadLetterConfig: {TargetArn: !GetAtt Letters.Arn}
""",
    "no dead letters": """
  Work: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 60, MaximumMessageSize: 1024}}
""",
}

BAD = {
    "a minute": (
        """
  Letters: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 60}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      DeadLetterConfig: {TargetArn: !GetAtt Letters.Arn}
""",
        "Resources/Letters/Properties/MessageRetentionPeriod",
        "MessageRetentionPeriod is 60, and the queue receives the dead letters of Function: "
        "the message is gone before anyone looks. Increase it to 86400 or more.",
    ),
    "small": (
        """
  Letters: {Type: AWS::SQS::Queue, Properties: {MaximumMessageSize: 1024}}
  Work:
    Type: AWS::SQS::Queue
    Properties:
      MaximumMessageSize: 2048
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Letters.Arn}
""",
        "Resources/Letters/Properties/MaximumMessageSize",
        "MaximumMessageSize is 1024, and the queue receives the dead letters of Work: larger "
        "ones are lost. Increase it to 2048 or more.",
    ),
}

"""Rules of EventBridge with queues and topics."""

from ..harness import frame

template = frame("""
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Id: a, <goal>}]}}
<more=>""")

policy = frame("""
  Policy:
    Type: <kind=AWS::SQS::QueuePolicy>
    Properties:
      <holder=Queues: [!Ref Queue]>
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: ['sqs:*', 'sns:*'], Resource: '*', Principal: {Service: <service>}}
""")

GOOD = {
    "queue": template("Arn: !GetAtt Queue.Arn", policy("events.amazonaws.com")),
    "topic": template(
        "Arn: !Ref Topic", policy("events.amazonaws.com", "AWS::SNS::TopicPolicy", "Topics: [!Ref Topic]")
    ),
    "role": template("Arn: !GetAtt Queue.Arn, RoleArn: a"),
}

BAD = {
    "no policy": (
        template("Arn: !GetAtt Queue.Arn"),
        "Resources/Rule/Properties/Targets/0",
        "The target is Queue, whose policy does not allow events.amazonaws.com sqs:SendMessage: "
        "every event is lost. Allow it.",
    ),
    "another service": (
        template("Arn: !GetAtt Queue.Arn", policy("sns.amazonaws.com")),
        "Resources/Rule/Properties/Targets/0",
        "The target is Queue, whose policy does not allow events.amazonaws.com sqs:SendMessage: "
        "every event is lost. Allow it.",
    ),
    "topic": (
        template("Arn: !Ref Topic"),
        "Resources/Rule/Properties/Targets/0",
        "The target is Topic, whose policy does not allow events.amazonaws.com sns:Publish: "
        "every event is lost. Allow it.",
    ),
    "events of RDS": (
        template("Arn: !GetAtt Queue.Arn", policy("events.rds.amazonaws.com")),
        "Resources/Rule/Properties/Targets/0",
        "The target is Queue, whose policy does not allow events.amazonaws.com sqs:SendMessage: "
        "every event is lost. Allow it.",
    ),
}

"""Rules of EventBridge with queues and topics."""

from ..harness import frame, row

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

case = row(
    "<text>",
    "Resources/Rule/Properties/Targets/0",
    "The target is Queue, whose policy does not allow events.amazonaws.com sqs:SendMessage: every event "
    "is lost. Allow it.",
)

GOOD = {
    "queue": template("Arn: !GetAtt Queue.Arn", policy("events.amazonaws.com")),
    "topic": template(
        "Arn: !Ref Topic", policy("events.amazonaws.com", "AWS::SNS::TopicPolicy", "Topics: [!Ref Topic]")
    ),
    "role": template("Arn: !GetAtt Queue.Arn, RoleArn: a"),
}

BAD = {
    "no policy": case(template("Arn: !GetAtt Queue.Arn")),
    "another service": case(template("Arn: !GetAtt Queue.Arn", policy("sns.amazonaws.com"))),
    "topic": (
        template("Arn: !Ref Topic"),
        "Resources/Rule/Properties/Targets/0",
        "The target is Topic, whose policy does not allow events.amazonaws.com sns:Publish: "
        "every event is lost. Allow it.",
    ),
    "events of RDS": case(template("Arn: !GetAtt Queue.Arn", policy("events.rds.amazonaws.com"))),
}

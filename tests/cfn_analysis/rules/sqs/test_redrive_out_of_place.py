"""Dead-letter queues."""

from ..harness import frame

template = frame("""
  Dead: {Type: AWS::SQS::Queue, Properties: {<dead=>}}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: <arn>, maxReceiveCount: 3}<queue=>}
""")

GOOD = {
    "ARN": template("!GetAtt Dead.Arn"),
    "longer": template("!GetAtt Dead.Arn", dead="MessageRetentionPeriod: 1209600"),
    "another template": template("!ImportValue queue"),
    "FIFO": template(
        "!GetAtt Dead.Arn", queue=", MessageRetentionPeriod: 1209600, FifoQueue: true", dead="FifoQueue: true"
    ),
}

BAD = {
    "URL": (
        template("!Ref Dead"),
        "Resources/Queue/Properties/RedrivePolicy/deadLetterTargetArn",
        "deadLetterTargetArn is Dead, and Ref of a queue is not its ARN. Write GetAtt Dead.Arn.",
    ),
    "shorter": (
        template("!GetAtt Dead.Arn", queue=", MessageRetentionPeriod: 1209600"),
        "Resources/Queue/Properties/RedrivePolicy/deadLetterTargetArn",
        "deadLetterTargetArn is Dead, and it keeps messages for 345600 seconds and this queue "
        "for 1209600: a message may be gone when it gets there. Raise its MessageRetentionPeriod.",
    ),
}

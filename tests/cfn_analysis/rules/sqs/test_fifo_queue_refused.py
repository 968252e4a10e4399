"""Queues and what sends to them."""

from ..harness import frame, row

FIFO = "FifoQueue: true"

queue = frame("""
  <name=Letters>: {Type: AWS::SQS::Queue, Properties: {<properties>}}
  <sender>
<more=>""")

function = frame(
    "Function: {Type: AWS::Lambda::Function, "
    "Properties: {DeadLetterConfig: {TargetArn: <target=!GetAtt Letters.Arn>}}}"
)

case = row("<text>", "Resources/<path>", "<message>, or use another.")

WORK = (
    "Work: {Type: AWS::SQS::Queue, "
    "Properties: {FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: !GetAtt Letters.Arn}}}"
)
NOT_FIFO = "{} is a FIFO queue, and {} needs a standard one. Remove FifoQueue from it"

GOOD = {
    "standard": queue("", function()),
    "both FIFO": queue(FIFO, WORK),
    "topic": queue(FIFO, function("!Ref Topic"), "Work", "  Topic: {Type: AWS::SNS::Topic}\n"),
}

BAD = {
    "function": case(
        queue(FIFO, function()),
        "Function/Properties/DeadLetterConfig",
        NOT_FIFO.format("Letters", "the dead-letter target of a function"),
    ),
    "rule": case(
        queue(
            FIFO,
            "Nightly: {Type: AWS::Events::Rule, "
            "Properties: {Targets: [{Id: a, Arn: b, DeadLetterConfig: {Arn: !GetAtt Letters.Arn}}]}}",
        ),
        "Nightly/Properties/Targets/0/DeadLetterConfig",
        NOT_FIFO.format("Letters", "the dead-letter target of a rule"),
    ),
    "bucket": case(
        queue(
            FIFO,
            "Bucket: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: "
            "{QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Uploads.Arn}]}}}",
            "Uploads",
        ),
        "Bucket/Properties/NotificationConfiguration/QueueConfigurations/0",
        NOT_FIFO.format("Uploads", "a notification of S3"),
    ),
    "standard behind FIFO": case(
        queue("", WORK),
        "Work/Properties/RedrivePolicy",
        "Letters is a standard queue, and this queue needs a FIFO one. Set FifoQueue of it",
    ),
}

"""Event rules for FIFO queues."""

from ..harness import frame

rule = frame("""
Parameters: {Content: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {<queue>}}
  Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Id: a, Arn: <target=!GetAtt Queue.Arn>}]}}
""")

GOOD = {
    "by content": rule("FifoQueue: true, ContentBasedDeduplication: true"),
    "by parameter": rule("FifoQueue: true, ContentBasedDeduplication: !Ref Content"),
    "standard queue": rule(""),
    "another queue": rule("FifoQueue: true", "!ImportValue queue"),
}

BAD = {
    "missing": (
        rule("FifoQueue: true"),
        "Resources/Rule/Properties/Targets/0/Arn",
        "The target is Queue, a FIFO queue without ContentBasedDeduplication: EventBridge sends no "
        "deduplication ID, and every event is lost. Set it to true.",
    ),
}

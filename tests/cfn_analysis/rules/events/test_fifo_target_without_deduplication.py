"""Event rules for FIFO queues."""


def rule(queue: str, target: str = "!GetAtt Queue.Arn") -> str:
    """Return a template with a rule for a queue."""
    return f"""
Parameters: {{Content: {{Type: String}}}}
Resources:
  Queue: {{Type: AWS::SQS::Queue, Properties: {{{queue}}}}}
  Rule: {{Type: AWS::Events::Rule, Properties: {{Targets: [{{Id: a, Arn: {target}}}]}}}}
"""


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

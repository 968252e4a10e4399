"""Policies of queues."""

from ..harness import frame, row

queue = frame("""
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties: {PolicyDocument: {Statement: [{<statement>}]}}
""")

case = row(
    "<text>",
    "Resources/Policy/Properties/PolicyDocument/Statement/0/Principal",
    "Principal is '*' and there is no Condition: anyone can do this, from any account. Specify an "
    "account or a service, or add a condition.",
)

GOOD = {
    "service": queue("Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage"),
    "condition": queue(
        "Effect: Allow, Principal: '*', Condition: {ArnEquals: {aws:SourceArn: !Ref A}}"
    ).replace("!Ref A", "'arn:aws:sns:a:1:b'"),
    "deny": queue("Effect: Deny, Principal: '*', Action: sqs:SendMessage"),
}

BAD = {
    "anyone": case(queue("Effect: Allow, Principal: '*', Action: sqs:SendMessage")),
    "any account": case(queue("Effect: Allow, Principal: {AWS: '*'}, Action: sqs:SendMessage")),
}

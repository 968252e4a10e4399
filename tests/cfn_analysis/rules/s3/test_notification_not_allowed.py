"""Notifications of buckets."""

from ..harness import frame, row

template = frame("""
  F: {Type: AWS::Lambda::Function}
  Queue: {Type: AWS::SQS::Queue}
  Bucket: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {<notification>}}}
<more=>""")

FUNCTION = "LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn}]"
TO_QUEUE = "QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Queue.Arn}]"
PERMISSION = (
    "  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Principal: s3.amazonaws.com}}\n"
)
POLICY = """
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement: {Effect: Allow, Action: 'sqs:*', Resource: '*', Principal: {Service: s3.amazonaws.com}}
"""

case = row(
    "<text>",
    "Resources/Bucket/Properties/NotificationConfiguration/QueueConfigurations/0/Queue",
    "Queue is Queue, which does not allow s3.amazonaws.com: S3 refuses the bucket. Allow it "
    "sqs:SendMessage in a policy.",
)

GOOD = {
    "function": template(FUNCTION, PERMISSION),
    "queue": template(TO_QUEUE, POLICY),
}

BAD = {
    "function": (
        template(FUNCTION),
        "Resources/Bucket/Properties/NotificationConfiguration/LambdaConfigurations/0/Function",
        "Function is F, which does not allow s3.amazonaws.com: S3 refuses the bucket. Add an "
        "AWS::Lambda::Permission.",
    ),
    "queue": case(template(TO_QUEUE)),
    "another service": case(template(TO_QUEUE, POLICY.replace("s3.a", "sns.a"))),
}

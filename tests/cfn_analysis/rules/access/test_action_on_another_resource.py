"""Statements with actions and resources of one kind, and of different ones."""

from ..harness import frame, row

policy = frame("""
Parameters:
  Any: {Type: String}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Group: {Type: AWS::Logs::LogGroup}
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: <action>, Resource: <resource>}}}
""")

GROUP = "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/own/log"
DATABASE = "arn:aws:rds:${AWS::Region}:${AWS::AccountId}:dbuser:*/app"

finding = row(
    policy("<action>", "<resource>"),
    "Resources/Policy/Properties/PolicyDocument/Statement/Resource",
    'Resource is "<shown>", and <named> applies to <kinds>: the statement does not allow it.<remedy=>',
)

GOOD = {
    "objects": policy("s3:GetObject", "!Sub '${Bucket.Arn}/*'"),
    "bucket": policy("s3:ListBucket", "!GetAtt Bucket.Arn"),
    "both": policy("[s3:GetObject, s3:ListBucket]", "[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']"),
    "bucket and objects by a wildcard": policy("[s3:GetObject, s3:ListBucket]", "!Sub '${Bucket.Arn}*'"),
    "all of a service": policy("s3:*", "!GetAtt Bucket.Arn"),
    "all": policy("'*'", "!GetAtt Bucket.Arn"),
    "parameter": policy("s3:GetObject", "!Sub 'arn:aws:s3:::${Any}'"),
    "service that is not known": policy("sqs:SendMessage", "!Sub 'arn:aws:${Any}:*:*:queue'"),
    "any resource": policy("sqs:SendMessage", "'*'"),
    "resource that is not known": policy("sqs:SendMessage", "[!GetAtt Bucket.Arn, !ImportValue queue]"),
    "action without resources": policy("ec2:DescribeInstances", "!GetAtt Queue.Arn"),
    "action that is not known": policy("sqs:Sing", "!GetAtt Bucket.Arn"),
    "Ref that is an ARN": policy("sns:Publish", "!Ref Topic"),
    "log streams": policy("logs:PutLogEvents", f"!Sub '{GROUP}:*'"),
    "ARN of the log group": policy("logs:PutLogEvents", "!GetAtt Group.Arn"),
    "log groups by a wildcard": policy("logs:PutLogEvents", f"!Sub '{GROUP}*'"),
    "action on log groups": policy("logs:PutRetentionPolicy", f"!Sub '{GROUP}'"),
    "imported bucket and its objects": policy(
        "[s3:ListBucket, s3:GetObject]",
        "[!ImportValue bucket, !Sub ['${Arn}/*', {Arn: !ImportValue bucket}]]",
    ),
    "imported bucket": policy("[s3:ListBucket, s3:GetBucketLocation]", "!ImportValue bucket"),
    "any part of an imported bucket": policy("[s3:ListBucket, s3:GetObject]", "!Sub '${Any}*'"),
    "user of a database": policy("rds-db:connect", f"!Sub '{DATABASE.replace('rds:', 'rds-db:')}'"),
}

OBJECTS = ("s3 object", " Write BUCKET-ARN/*.")
BUCKET = ("s3 bucket", " Write BUCKET-ARN.")
STREAMS = ("logs log-stream", " Add :* to the ARN.")
ARN = "arn:${AWS::Partition}:s3:::${Bucket}/*"

BAD = {
    name: finding(action, resource, shown, action.strip("[]").split(", ")[-1], *kinds)
    for name, action, resource, shown, kinds in (
        ("objects", "s3:GetObject", "!GetAtt Bucket.Arn", "${Bucket.Arn}", OBJECTS),
        ("bucket", "[s3:ListBucket]", f"!Sub '{ARN}'", ARN, BUCKET),
        ("log streams", "logs:PutLogEvents", f"!Sub '{GROUP}'", GROUP, STREAMS),
        ("one of two", "[logs:PutRetentionPolicy, logs:PutLogEvents]", f"!Sub '{GROUP}'", GROUP, STREAMS),
        ("service", "rds-db:connect", f"!Sub '{DATABASE}'", DATABASE, ("rds-db",)),
        ("part of a service", "sqs:Send*", "!GetAtt Bucket.Arn", "${Bucket.Arn}", ("sqs",)),
        ("Ref", "sqs:SendMessage", "!Ref Topic", "${Topic}", ("sqs",)),
        ("kind", "iam:PassRole", "arn:aws:iam::1:user/a", "arn:aws:iam::1:user/a", ("iam role",)),
    )
}

ONE_OF_BOTH = (
    "Resource is only <shown>, and s3:ListBucket applies to a bucket, s3:GetObject to its objects: one of "
    "them is not allowed. List both, BUCKET-ARN and BUCKET-ARN/*."
)
BAD |= {
    name: (
        policy("[s3:GetObject, s3:ListBucket]", resource),
        "Resources/Policy/Properties/PolicyDocument/Statement/Resource",
        ONE_OF_BOTH.replace("<shown>", shown),
    )
    for name, resource, shown in (
        ("imported bucket", "!ImportValue bucket", '{"Fn::ImportValue": "bucket"}'),
        ("objects of a parameter", "[!Sub '${Any}/*']", '{"Fn::Sub": "${Any}/*"}'),
    )
}

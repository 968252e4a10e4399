"""Policies of buckets."""

from ..harness import frame

policy = frame("""
  Site: {Type: AWS::S3::Bucket}
  Logs: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: <bucket=!Ref Site>
      PolicyDocument: {Statement: {Effect: Allow, Action: s3:*, Principal: '*', Resource: <resource>}}
""")

GOOD = {
    "own": policy("!Sub '${Site.Arn}/*'"),
    "ARN": policy("[!GetAtt Site.Arn, !Sub 'arn:aws:s3:::${Site}/*']"),
    "another template": policy("!GetAtt Logs.Arn", "!ImportValue bucket"),
}

BAD = {
    "other": (
        policy("!Sub '${Logs.Arn}/*'"),
        "Resources/Policy/Properties/PolicyDocument/Statement/Resource",
        "Resource is Logs, and the policy is put on Site: S3 refuses it. Use the same bucket.",
    ),
    "ARN": (
        policy("[!GetAtt Site.Arn, !Sub 'arn:aws:s3:::${Logs}/*']"),
        "Resources/Policy/Properties/PolicyDocument/Statement/Resource",
        "Resource is Logs, and the policy is put on Site: S3 refuses it. Use the same bucket.",
    ),
}

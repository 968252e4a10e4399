"""Policies about S3."""

from ..harness import frame

policy = frame("""
Parameters:
  Any: {Type: String}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: <action>, Resource: <resource>}}}
""")

PATH = "Resources/One/Properties/PolicyDocument/Statement/Resource"

GOOD = {
    "objects": policy("s3:GetObject", "!Sub '${Bucket.Arn}/*'"),
    "bucket": policy("s3:ListBucket", "!GetAtt Bucket.Arn"),
    "both": policy("[s3:GetObject, s3:ListBucket]", "[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']"),
    "all": policy("s3:*", "!GetAtt Bucket.Arn"),
    "parameter": policy("s3:GetObject", "!Sub 'arn:aws:s3:::${Any}'"),
}

BAD = {
    "objects": (
        policy("s3:GetObject", "!GetAtt Bucket.Arn"),
        'Resource is "${Bucket.Arn}", and s3:GetObject is on objects: BUCKET-ARN/*. The '
        "statement does not allow it.",
    ),
    "tags of versions": (
        policy("s3:GetObjectVersionTagging", "!GetAtt Bucket.Arn"),
        'Resource is "${Bucket.Arn}", and s3:GetObjectVersionTagging is on objects: BUCKET-ARN/*. The '
        "statement does not allow it.",
    ),
    "encryption": (
        policy("s3:PutEncryptionConfiguration", "!Sub '${Bucket.Arn}/*'"),
        'Resource is "${Bucket.Arn}/*", and s3:PutEncryptionConfiguration is on the bucket: BUCKET-ARN. The '
        "statement does not allow it.",
    ),
    "bucket": (
        policy("[s3:ListBucket]", "!Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'"),
        'Resource is "arn:${AWS::Partition}:s3:::${Bucket}/*", and s3:ListBucket is on the '
        "bucket: BUCKET-ARN. The statement does not allow it.",
    ),
}

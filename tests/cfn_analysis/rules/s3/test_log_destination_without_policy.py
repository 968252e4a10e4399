"""Buckets for access logs."""

from ..harness import frame

template = frame("""
  Site: {Type: AWS::S3::Bucket, Properties: {LoggingConfiguration: {DestinationBucketName: !Ref Logs}}}
  Logs: {Type: AWS::S3::Bucket, Properties: {<logs>}}
<policy=>""")

policy = frame("""
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Logs
      PolicyDocument:
        Statement: [{Effect: Allow, Action: s3:PutObject, Resource: '*', Principal: {Service: <service>}}]
""")

DEFAULT = "ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms}"
KMS = f"BucketEncryption: {{ServerSideEncryptionConfiguration: [{{{DEFAULT}}}]}}"

GOOD = {
    "policy": template("", policy("logging.s3.amazonaws.com")),
    "ACL": template("AccessControl: LogDeliveryWrite"),
    "prefix": template(
        "", policy("logging.s3.amazonaws.com").replace("'*'", "!Sub '${Logs.Arn}/site/*'")
    ).replace("!Ref Logs}}", "!Ref Logs, LogFilePrefix: site/a}}"),
    "part of the prefix": template(
        "", policy("logging.s3.amazonaws.com").replace("'*'", "!Sub '${Logs.Arn}/site/*'")
    ).replace("!Ref Logs}}", "!Ref Logs, LogFilePrefix: s}}"),
}

BAD = {
    "nothing": (
        template(""),
        "Resources/Site/Properties/LoggingConfiguration/DestinationBucketName",
        "DestinationBucketName is Logs, whose policy does not allow logging.s3.amazonaws.com: no "
        "log is written. Allow it s3:PutObject.",
    ),
    "another service": (
        template("", policy("cloudtrail.amazonaws.com")),
        "Resources/Site/Properties/LoggingConfiguration/DestinationBucketName",
        "DestinationBucketName is Logs, whose policy does not allow logging.s3.amazonaws.com: no "
        "log is written. Allow it s3:PutObject.",
    ),
    "encrypted": (
        template(KMS, policy("logging.s3.amazonaws.com")),
        "Resources/Site/Properties/LoggingConfiguration/DestinationBucketName",
        "DestinationBucketName is Logs, which is encrypted with SSE-KMS: it may be impossible to read the "
        "log. Use SSE-S3 (AES256).",
    ),
    "another prefix": (
        template("", policy("logging.s3.amazonaws.com").replace("'*'", "!Sub '${Logs.Arn}/site/*'")).replace(
            "!Ref Logs}}", "!Ref Logs, LogFilePrefix: pages/}}"
        ),
        "Resources/Site/Properties/LoggingConfiguration/DestinationBucketName",
        "DestinationBucketName is Logs, whose policy does not allow logging.s3.amazonaws.com "
        'under "pages/": no log is written. Allow it s3:PutObject.',
    ),
}

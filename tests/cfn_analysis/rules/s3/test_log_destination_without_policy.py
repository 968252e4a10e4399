"""Buckets for access logs."""

from ..harness import frame, row

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

case = row(
    "<text>",
    "Resources/Site/Properties/LoggingConfiguration/DestinationBucketName",
    "DestinationBucketName is Logs, whose policy does not allow <found>: no log is written. Allow it "
    "s3:PutObject.",
)

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
    "nothing": case(template(""), "logging.s3.amazonaws.com"),
    "another service": case(template("", policy("cloudtrail.amazonaws.com")), "logging.s3.amazonaws.com"),
    "encrypted": (
        template(KMS, policy("logging.s3.amazonaws.com")),
        "Resources/Site/Properties/LoggingConfiguration/DestinationBucketName",
        "DestinationBucketName is Logs, which is encrypted with SSE-KMS: it may be impossible to read the "
        "log. Use SSE-S3 (AES256).",
    ),
    "another prefix": case(
        template("", policy("logging.s3.amazonaws.com").replace("'*'", "!Sub '${Logs.Arn}/site/*'")).replace(
            "!Ref Logs}}", "!Ref Logs, LogFilePrefix: pages/}}"
        ),
        'logging.s3.amazonaws.com under "pages/"',
    ),
}

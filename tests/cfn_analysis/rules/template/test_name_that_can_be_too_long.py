"""Names that are put together."""

from ..harness import frame

template = frame("""
Parameters:
  Project: {Type: String, <constraint=MaxLength: 20>}
  Stage: {Type: String, AllowedValues: [dev, production]}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '<name>'}}
""")

GOOD = {
    "short": template("${Project}-${Stage}-logs-${AWS::AccountId}"),
    "promises nothing": template("${Project}-${AWS::AccountId}", "Default: a"),
    "unknown": template("${Project}-${AWS::StackName}", "MaxLength: 63"),
}

BAD = {
    "long": (
        template("${Project}-${Stage}-logs-${AWS::AccountId}", "MaxLength: 50"),
        "Resources/Bucket/Properties/BucketName",
        "BucketName is ${Project}-${Stage}-logs-${AWS::AccountId} and can have 79 characters, but "
        "at most 63 are allowed. Lower MaxLength of Project.",
    ),
}

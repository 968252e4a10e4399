"""Lifecycle rules about old versions."""

from ..harness import frame

bucket = frame("""
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules: [{Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 30}}]
      <more>
""")

GOOD = {
    "enabled": bucket("VersioningConfiguration: {Status: Enabled}"),
    "suspended": bucket("VersioningConfiguration: {Status: Suspended}"),
}

BAD = {
    "none": (
        bucket("BucketName: a-b-c"),
        "Resources/Bucket/Properties/LifecycleConfiguration/Rules",
        "NoncurrentVersionExpiration is set, and the bucket keeps no versions: it does nothing. "
        "Set VersioningConfiguration: {Status: Enabled}.",
    ),
}

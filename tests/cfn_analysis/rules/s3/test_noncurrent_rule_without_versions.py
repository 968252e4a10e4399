"""Lifecycle rules about old versions."""


def bucket(more: str) -> str:
    """Return a template with one bucket."""
    return f"""
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules: [{{Status: Enabled, NoncurrentVersionExpiration: {{NoncurrentDays: 30}}}}]
      {more}
"""


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

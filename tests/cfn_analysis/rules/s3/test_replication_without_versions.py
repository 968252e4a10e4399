"""Replicated buckets."""

from ..harness import frame

bucket = frame("""
  Bucket: {Type: AWS::S3::Bucket, Properties: {ReplicationConfiguration: {Role: a, Rules: []}<more=>}}
""")

GOOD = {
    "versions": bucket(", VersioningConfiguration: {Status: Enabled}"),
}

BAD = {
    "none": (
        bucket(),
        "Resources/Bucket/Properties/ReplicationConfiguration",
        "ReplicationConfiguration is set, and the bucket keeps no versions: S3 refuses it. Set "
        "VersioningConfiguration: {Status: Enabled}.",
    ),
    "suspended": (
        bucket(", VersioningConfiguration: {Status: Suspended}"),
        "Resources/Bucket/Properties/ReplicationConfiguration",
        "ReplicationConfiguration is set, and the bucket keeps no versions: S3 refuses it. Set "
        "VersioningConfiguration: {Status: Enabled}.",
    ),
}

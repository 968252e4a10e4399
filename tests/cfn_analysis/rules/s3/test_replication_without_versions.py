"""Replicated buckets."""

from ..harness import frame, row

bucket = frame("""
  Bucket: {Type: AWS::S3::Bucket, Properties: {ReplicationConfiguration: {Role: a, Rules: []}<more=>}}
""")

case = row(
    "<text>",
    "Resources/Bucket/Properties/ReplicationConfiguration",
    "ReplicationConfiguration is set, and the bucket keeps no versions: S3 refuses it. Set "
    "VersioningConfiguration: {Status: Enabled}.",
)

GOOD = {
    "versions": bucket(", VersioningConfiguration: {Status: Enabled}"),
}

BAD = {
    "none": case(bucket()),
    "suspended": case(bucket(", VersioningConfiguration: {Status: Suspended}")),
}

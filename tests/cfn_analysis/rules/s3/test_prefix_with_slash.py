"""Prefixes of keys."""

from ..harness import frame

bucket = frame("""
  Bucket: {Type: AWS::S3::Bucket, Properties: {<properties>}}
""")

GOOD = {
    "folder": bucket("LifecycleConfiguration: {Rules: [{Prefix: logs/}]}"),
    "everything": bucket("LifecycleConfiguration: {Rules: [{Prefix: ''}]}"),
}

BAD = {
    "lifecycle": (
        bucket("LifecycleConfiguration: {Rules: [{Prefix: /logs/}]}"),
        "Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/Prefix",
        'Prefix is "/logs/", and keys do not begin with a slash. Remove it.',
    ),
    "logs": (
        bucket("LoggingConfiguration: {LogFilePrefix: /site/}"),
        "Resources/Bucket/Properties/LoggingConfiguration/LogFilePrefix",
        'LogFilePrefix is "/site/", and keys do not begin with a slash. Remove it.',
    ),
}

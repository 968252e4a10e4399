"""Notifications of buckets."""

from ..harness import frame

event = frame("""
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {NotificationConfiguration: {QueueConfigurations: [{Queue: a, Event: '<name>'}]}}
""")

GOOD = {
    "created": event("s3:ObjectCreated:*"),
}

BAD = {
    "misspelt": (
        event("s3:ObjectCreate:*"),
        "Resources/Bucket/Properties/NotificationConfiguration/QueueConfigurations/0/Event",
        "Event is s3:ObjectCreate:*, which S3 does not have. Did you mean s3:ObjectCreated:*?",
    ),
    "without service": (
        event("ObjectRemoved:Delete"),
        "Resources/Bucket/Properties/NotificationConfiguration/QueueConfigurations/0/Event",
        "Event is ObjectRemoved:Delete, which S3 does not have. Did you mean s3:ObjectRemoved:Delete?",
    ),
}

"""Subscriptions to events of RDS."""

from ..harness import frame

subscription = frame("""
  One:
    Type: AWS::RDS::EventSubscription
    Properties: {SnsTopicArn: a, SourceType: <source>, EventCategories: [<category>]}
""")

PATH = "Resources/One/Properties/EventCategories"

GOOD = {
    "instance": subscription("db-instance", "availability, low storage"),
    "cluster": subscription("db-cluster", "failover"),
    "function": subscription("db-cluster", "!ImportValue category"),
    "deployment": subscription("blue-green-deployment", "failure"),
    "snapshot": subscription("db-cluster-snapshot", "failure"),
    "as on the page": subscription("db-cluster", "global failover"),
}

BAD = {
    "of instances": (
        subscription("db-cluster", "availability"),
        'EventCategories has "availability", and db-cluster has no such category. It has '
        "configuration change, creation, deletion, failover, failure, global failover, global-failover, "
        "maintenance, migration, notification, read replica, serverless.",
    ),
    "engine version": (
        subscription("custom-engine-version", "restored"),
        'EventCategories has "restored", and custom-engine-version has no such category. Did you mean '
        "restoring?",
    ),
    "spelling": (
        subscription("db-instance", "low-storage"),
        'EventCategories has "low-storage", and db-instance has no such category. Did you mean low storage?',
    ),
}

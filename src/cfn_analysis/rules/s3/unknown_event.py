from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.words import did_you_mean, words

EVENTS = words("""
    s3:TestEvent s3:ObjectCreated:* s3:ObjectCreated:Put s3:ObjectCreated:Post s3:ObjectCreated:Copy
    s3:ObjectCreated:CompleteMultipartUpload s3:ObjectRemoved:* s3:ObjectRemoved:Delete
    s3:ObjectRemoved:DeleteMarkerCreated s3:ObjectRestore:* s3:ObjectRestore:Post s3:ObjectRestore:Completed
    s3:ObjectRestore:Delete s3:ReducedRedundancyLostObject s3:Replication:*
    s3:Replication:OperationFailedReplication s3:Replication:OperationMissedThreshold
    s3:Replication:OperationNotTracked s3:Replication:OperationReplicatedAfterThreshold s3:LifecycleTransition
    s3:IntelligentTiering s3:LifecycleExpiration:* s3:LifecycleExpiration:Delete
    s3:LifecycleExpiration:DeleteMarkerCreated s3:ObjectTagging:* s3:ObjectTagging:Put s3:ObjectTagging:Delete
    s3:ObjectAcl:Put s3:ObjectAnnotation:* s3:ObjectAnnotation:Put s3:ObjectAnnotation:Delete
    s3:ObjectRetention:Put
""")


class UnknownEvent(Rule):
    """Notification for an event that S3 does not have.

    The events of S3 are a fixed list, which is not in the schema of a bucket. S3 refuses another one:
    'The event is not supported for notifications'.
    """

    id = "E9707"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html"
    fault_class = "values"
    looks_at = ("Resources/AWS::S3::Bucket/Properties/NotificationConfiguration",)

    def faults(self, validator: Validator, notifications: Any) -> Faults:
        for name in ("LambdaConfigurations", "QueueConfigurations", "TopicConfigurations"):
            for notification, path in each(notifications.get(name), name):
                known = isinstance(notification, dict)
                event = only_value(validator, notification.get("Event")) if known else None
                if isinstance(event, str) and event not in EVENTS:
                    hint = did_you_mean(event, EVENTS)
                    yield Fault((*path, "Event"), f"Event is {event}, which S3 does not have.{hint}")

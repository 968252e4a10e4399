from typing import Any

from cfn_analysis.rules.support.documents import entries
from cfn_analysis.rules.support.permissions import FUNCTIONS, QUEUE, TOPIC, may_send, permitted, targets_of
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator

KINDS = {
    "LambdaConfigurations": ("Function", ""),
    "QueueConfigurations": ("Queue", "sqs:SendMessage"),
    "TopicConfigurations": ("Topic", "sns:Publish"),
}


class NotificationNotAllowed(Rule):
    """Notification to a function, queue or topic that does not allow S3.

    S3 tests every destination when the bucket is created, and refuses one that does not allow
    s3.amazonaws.com: 'Unable to validate the following destination configurations'. A function needs an
    AWS::Lambda::Permission, a queue or topic a policy.
    """

    id = "E9710"
    source_url = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"
    )
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for name, (key, action) in KINDS.items():
            kinds = (QUEUE, TOPIC) if action else FUNCTIONS
            remedy = f"Allow it {action} in a policy" if action else "Add an AWS::Lambda::Permission"
            for notification, path in entries(
                resources, "AWS::S3::Bucket", "NotificationConfiguration", name
            ):
                for target_id in targets_of(resources, notification.get(key), *kinds):
                    if action:
                        allowed = may_send(resources, target_id, "s3.", action)
                    else:
                        allowed = permitted(resources, target_id, "s3.")
                    if not allowed:
                        yield Fault(
                            (*path, key),
                            f"{key} is {target_id}, which does not allow s3.amazonaws.com: S3 refuses the "
                            f"bucket. {remedy}.",
                        )

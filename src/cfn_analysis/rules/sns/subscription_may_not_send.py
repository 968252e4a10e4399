from typing import Any

from cfn_analysis.rules.support.permissions import QUEUE, may_send, subscriptions, targets_of
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type


class SubscriptionMayNotSend(Rule):
    """Subscription of a queue that does not allow SNS.

    SNS sends to a queue as sns.amazonaws.com, which the queue policy must allow sqs:SendMessage; the
    AWS-managed key alias/aws/sqs does not allow SNS. Otherwise the subscription is created, but every message
    to it is lost. The dead-letter queue in RedrivePolicy needs the same policy.
    """

    id = "E9724"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for path, protocol, endpoint in subscriptions(resources):
            for queue in targets_of(resources, endpoint, QUEUE) if protocol == "sqs" else ():
                if not may_send(resources, queue, "sns.", "sqs:SendMessage"):
                    yield Fault(
                        path,
                        f"The subscriber is {queue}, whose policy does not allow sns.amazonaws.com "
                        "sqs:SendMessage: every message is lost. Allow it.",
                    )
                elif str(resources[queue].get("Properties", {}).get("KmsMasterKeyId")).endswith(
                    "alias/aws/sqs"
                ):
                    yield Fault(
                        path,
                        f"The subscriber is {queue}, which is encrypted with alias/aws/sqs: SNS cannot use "
                        "this key, and every message is lost. Use SqsManagedSseEnabled, or a customer "
                        "managed key.",
                    )
        for logical_id, _, properties in of_type(resources, "AWS::SNS::Subscription"):
            redrive = properties.get("RedrivePolicy")
            wanted = redrive.get("deadLetterTargetArn") if isinstance(redrive, dict) else None
            for queue in targets_of(resources, wanted, QUEUE) if wanted else ():
                if not may_send(resources, queue, "sns.", "sqs:SendMessage"):
                    yield Fault(
                        (logical_id, "Properties", "RedrivePolicy"),
                        f"The dead-letter queue is {queue}, whose policy does not allow sns.amazonaws.com "
                        "sqs:SendMessage: what cannot be delivered is lost. Allow it.",
                    )

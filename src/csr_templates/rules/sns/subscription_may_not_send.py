"""A topic is allowed to send to the queue that subscribes to it."""

from __future__ import annotations

from typing import Any

from csr_templates.rules.support.permissions import QUEUE, may_send, subscriptions, targets_of
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator


class SubscriptionMayNotSend(Rule):
    """Subscription of a queue that does not allow SNS.

    SNS sends to a queue as sns.amazonaws.com, which the queue policy must allow sqs:SendMessage; the
    AWS-managed key alias/aws/sqs does not allow SNS. Otherwise the subscription is created, but every message
    to it is lost.
    """

    id = "E9724"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
    tags = ["resources", "sns", "sqs"]
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

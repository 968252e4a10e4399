from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.documents import entries
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import number, only_value
from cfn_analysis.rules.support.targets import QUEUE, targets_of

DAY = 86_400  # seconds
EVENT = 262_144  # bytes: what an asynchronous event of Lambda could always have
LARGEST = 1_048_576  # bytes of a message, unless the queue has a lower limit


class DeadLettersLost(Rule):
    """Dead-letter queue that loses messages.

    Dead letters are often read only on the next working day: a queue with a retention of minutes or hours is
    empty by then. A queue whose MaximumMessageSize is below the size of the messages, such as 256 KB for an
    event of Lambda, accepts only small ones. Retain messages for days, up to 1,209,600 seconds, and accept
    any size.
    """

    id = "W9793"
    source_url = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    fault_class = "protections"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        seen: set[str] = set()
        for sender, value, largest in _senders(validator, resources):
            for queue in targets_of(resources, value, QUEUE):
                properties = resources[queue].get("Properties", {})
                for name, least, why in (
                    ("MessageRetentionPeriod", DAY, "the message is gone before anyone looks"),
                    ("MaximumMessageSize", largest, "larger ones are lost"),
                ):
                    found = number(only_value(validator, properties.get(name)))
                    if found is not None and found < least and (queue + name) not in seen:
                        seen.add(queue + name)
                        yield Fault(
                            (queue, "Properties", name),
                            f"{name} is {found:g}, and the queue receives the dead letters of {sender}: "
                            f"{why}. Increase it to {least:g} or more.",
                        )


def _senders(validator: Validator, resources: Any) -> Iterator[tuple[str, Any, float]]:
    """Yield the senders of dead letters, their queues, and the maximum sizes."""
    for config, (function_id, *_) in entries(resources, "AWS::Lambda::Function", "DeadLetterConfig"):
        yield str(function_id), config.get("TargetArn"), EVENT
    for policy, (queue_id, *_) in entries(resources, QUEUE, "RedrivePolicy"):
        own = number(only_value(validator, resources[queue_id]["Properties"].get("MaximumMessageSize")))
        yield str(queue_id), policy.get("deadLetterTargetArn"), own or LARGEST

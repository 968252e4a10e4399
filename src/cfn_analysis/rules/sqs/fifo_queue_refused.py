from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import entries
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.targets import QUEUE, targets_of
from cfn_analysis.rules.support.values import Path, is_true, of_type


class FifoQueueRefused(Rule):
    """FIFO queue for a sender that needs a standard queue.

    The dead letters of a Lambda function or an EventBridge rule, and the notifications of S3, go to standard
    queues only: the FIFO queue is refused, or nothing arrives. The dead-letter queue of a FIFO queue is
    itself FIFO, that of a standard queue is standard.
    """

    id = "E9792"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
    fault_class = "values"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        fifo = {
            logical_id
            for logical_id, _, properties in of_type(resources, QUEUE)
            if is_true(properties.get("FifoQueue"))
        }
        for value, path, sender in _uses(resources) if fifo else ():
            for queue in targets_of(resources, value, QUEUE):
                of_queue = resources.get(path[0], {}).get("Type") == QUEUE
                if (queue in fifo) != (of_queue and path[0] in fifo):
                    kinds = ("FIFO", "standard") if queue in fifo else ("standard", "FIFO")
                    yield Fault(
                        path,
                        f"{queue} is a {kinds[0]} queue, and {sender} needs a {kinds[1]} one. "
                        f"{'Remove FifoQueue from it' if queue in fifo else 'Set FifoQueue of it'}, or use "
                        "another.",
                    )


def _uses(resources: Any) -> Iterator[tuple[Any, Path, str]]:
    """Yield each value with a queue, its path, and the sender."""
    for config, path in entries(resources, "AWS::Lambda::Function", "DeadLetterConfig"):
        yield config.get("TargetArn"), path, "the dead-letter target of a function"
    for event_target, path in entries(resources, "AWS::Events::Rule", "Targets"):
        arn = value_at(event_target, ("DeadLetterConfig", "Arn"))
        yield arn, (*path, "DeadLetterConfig"), "the dead-letter target of a rule"
    steps = ("NotificationConfiguration", "QueueConfigurations")
    for notification, path in entries(resources, "AWS::S3::Bucket", *steps):
        yield notification.get("Queue"), path, "a notification of S3"
    for policy, path in entries(resources, QUEUE, "RedrivePolicy"):
        yield policy.get("deadLetterTargetArn"), path, "this queue"

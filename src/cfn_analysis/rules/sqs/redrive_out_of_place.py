from typing import Any

from cfn_analysis.rules.support.references import single_reference, target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value
from cfn_analysis.rules.support.values import branches, is_true, place

DEFAULT = 345_600  # seconds that a queue keeps messages: four days


class RedriveOutOfPlace(Rule):
    """Dead-letter queue that does not get messages, or loses them.

    deadLetterTargetArn requires the ARN of a queue; Ref returns its URL. A message keeps its age when it
    moves, so a dead-letter queue needs a longer MessageRetentionPeriod than the queue: with a shorter one the
    message may be deleted before it is read. In a FIFO queue the age begins again.
    """

    id = "E9790"
    source_url = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    fault_class = "names"
    looks_at = properties_of("AWS::SQS::Queue")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for value, case in branches(validator, properties, "RedrivePolicy", "deadLetterTargetArn"):
            queue, found = target(case, value, "AWS::SQS::Queue")
            if not queue:
                continue
            fifo = is_true(only_value(case, properties.get("FifoQueue")))
            own, theirs = (
                number(only_value(case, settings.get("MessageRetentionPeriod", DEFAULT)))
                for settings in (properties, found)
            )
            if single_reference(value)[1] != "Arn":
                attribute = single_reference(value)[1] or "Ref"
                problem = f"{attribute} of a queue is not its ARN. Write GetAtt {queue}.Arn"
            elif own is not None and theirs is not None and theirs < own and not fifo:
                problem = (
                    f"it keeps messages for {theirs:.0f} seconds and this queue for {own:.0f}: a message may "
                    "be gone when it gets there. Raise its MessageRetentionPeriod"
                )
            else:
                continue
            yield Fault(
                place(case, validator), f"deadLetterTargetArn is {queue}{{when}}, and {problem}.", case
            )

from typing import Any

from cfn_analysis.rules.support.documents import entries
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.targets import QUEUE, targets_of
from cfn_analysis.rules.support.values import is_false


class FifoTargetWithoutDeduplication(Rule):
    """Event rule for a FIFO queue without content-based deduplication.

    EventBridge sends no deduplication ID, so a FIFO queue refuses the events of a rule unless it makes the ID
    from their content. The rule and the queue are created, and every event is lost. Set
    ContentBasedDeduplication to true.
    """

    id = "E9774"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html"
    fault_class = "values"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for event_target, path in entries(resources, "AWS::Events::Rule", "Targets"):
            for queue in targets_of(resources, event_target.get("Arn"), QUEUE):
                given = resources[queue].get("Properties", {})
                deduplicates = not is_false(given.get("ContentBasedDeduplication", False))
                if given.get("FifoQueue") in (True, "true") and not deduplicates:
                    yield Fault(
                        (*path, "Arn"),
                        f"The target is {queue}, a FIFO queue without ContentBasedDeduplication: "
                        "EventBridge sends no deduplication ID, and every event is lost. Set it to true.",
                    )

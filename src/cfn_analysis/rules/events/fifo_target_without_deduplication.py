from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.permissions import QUEUE, targets_of
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import is_false, of_type


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
        for logical_id, _, properties in of_type(resources, "AWS::Events::Rule"):
            for goal, path in each(properties.get("Targets"), logical_id, "Properties", "Targets"):
                arn = goal.get("Arn") if isinstance(goal, dict) else None
                for queue in targets_of(resources, arn, QUEUE) if arn else ():
                    given = resources[queue].get("Properties", {})
                    if given.get("FifoQueue") in (True, "true") and is_false(
                        given.get("ContentBasedDeduplication", False)
                    ):
                        yield Fault(
                            (*path, "Arn"),
                            f"The target is {queue}, a FIFO queue without ContentBasedDeduplication: "
                            "EventBridge sends no deduplication ID, and every event is lost. Set it to true.",
                        )

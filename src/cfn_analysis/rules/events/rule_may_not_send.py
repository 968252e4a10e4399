from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.permissions import QUEUE, TOPIC, may_send, targets_of
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type


class RuleMayNotSend(Rule):
    """Rule whose queue or topic does not allow EventBridge.

    EventBridge sends to queues and topics as events.amazonaws.com. The policy of the queue or topic must
    allow this service; the default policy of a topic allows only its account. Otherwise the event is lost,
    which only the metric FailedInvocations shows.
    """

    id = "E9771"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions"
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, _, properties in of_type(resources, "AWS::Events::Rule"):
            for goal, path in each(properties.get("Targets"), logical_id, "Properties", "Targets"):
                if not isinstance(goal, dict) or goal.get("RoleArn"):
                    continue
                arns = [goal.get("Arn")]
                dead = goal.get("DeadLetterConfig")
                arns += [dead.get("Arn")] if isinstance(dead, dict) else []
                for one in targets_of(resources, arns, QUEUE, TOPIC):
                    action = "sqs:SendMessage" if resources[one]["Type"] == QUEUE else "sns:Publish"
                    if not may_send(resources, one, "events.", action):
                        yield Fault(
                            path,
                            f"The target is {one}, whose policy does not allow events.amazonaws.com "
                            f"{action}: every event is lost. Allow it.",
                        )

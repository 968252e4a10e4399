from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import entries
from cfn_analysis.rules.support.permissions import QUEUE, TOPIC, may_send, targets_of
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


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
        for event_target, path in entries(resources, "AWS::Events::Rule", "Targets"):
            arns = [event_target.get("Arn"), value_at(event_target, ("DeadLetterConfig", "Arn"))]
            if event_target.get("RoleArn"):
                continue
            for target_id in targets_of(resources, arns, QUEUE, TOPIC):
                action = "sqs:SendMessage" if resources[target_id]["Type"] == QUEUE else "sns:Publish"
                if not may_send(resources, target_id, "events.", action):
                    yield Fault(
                        path,
                        f"The target is {target_id}, whose policy does not allow events.amazonaws.com "
                        f"{action}: every event is lost. Allow it.",
                    )

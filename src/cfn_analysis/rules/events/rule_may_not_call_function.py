from typing import Any

from cfn_analysis.rules.support.documents import entries
from cfn_analysis.rules.support.permissions import FUNCTIONS, permitted, targets_of
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class RuleMayNotCallFunction(Rule):
    """Rule whose function does not allow EventBridge.

    EventBridge calls a function as events.amazonaws.com, which an AWS::Lambda::Permission must allow. Without
    it the rule matches, but the call fails, which only the metric FailedInvocations shows.
    """

    id = "E9770"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-lambda-permissions"
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for event_target, path in entries(resources, "AWS::Events::Rule", "Targets"):
            for function in targets_of(resources, event_target.get("Arn"), *FUNCTIONS):
                if not permitted(resources, function, "events."):
                    yield Fault(
                        path,
                        f"The target is {function}, and no AWS::Lambda::Permission allows "
                        "events.amazonaws.com to call it: every event is lost. Add one.",
                    )

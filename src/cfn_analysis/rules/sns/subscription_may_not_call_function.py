from typing import Any

from cfn_analysis.rules.support.permissions import FUNCTIONS, permitted, subscriptions, targets_of
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class SubscriptionMayNotCallFunction(Rule):
    """Subscription of a function that does not allow SNS.

    SNS calls a function as sns.amazonaws.com, which an AWS::Lambda::Permission must allow. Without it the
    subscription is created, but every message to it is lost.
    """

    id = "E9723"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for path, protocol, endpoint in subscriptions(resources):
            for function in targets_of(resources, endpoint, *FUNCTIONS) if protocol == "lambda" else ():
                if not permitted(resources, function, "sns."):
                    yield Fault(
                        path,
                        f"The subscriber is {function}, and no AWS::Lambda::Permission allows "
                        "sns.amazonaws.com to call it: every message is lost. Add one.",
                    )

from typing import Any

from cfn_analysis.rules.support.permissions import FUNCTIONS, permitted, targets_of
from cfn_analysis.rules.support.references import sub_text, waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type


class FilterMayNotCallFunction(Rule):
    """Subscription filter whose function does not allow CloudWatch Logs.

    CloudWatch Logs calls a function as logs.amazonaws.com, tries it when the filter is created, and refuses
    the filter: 'Could not execute the lambda function'. Add an AWS::Lambda::Permission, and DependsOn with
    it.
    """

    id = "E9666"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample"
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, _, properties in of_type(resources, "AWS::Logs::SubscriptionFilter"):
            for function in targets_of(resources, properties.get("DestinationArn"), *FUNCTIONS):
                path = (logical_id, "Properties", "DestinationArn")
                permissions = [
                    one
                    for one, _, inside in of_type(resources, "AWS::Lambda::Permission")
                    if (sub_text(inside.get("Principal")) or "logs.").startswith(("logs.", "${"))
                ]
                if not permitted(resources, function, "logs."):
                    yield Fault(
                        path,
                        f"DestinationArn is {function}, and no AWS::Lambda::Permission allows "
                        "logs.amazonaws.com to call it: the filter is refused. Add one.",
                    )
                elif permissions and not any(waits_for(validator, logical_id, one) for one in permissions):
                    yield Fault(
                        path,
                        f"The filter does not wait for {permissions[0]}, which allows logs.amazonaws.com to "
                        f"call {function}: it is refused if it is created first. Add DependsOn: "
                        f"{permissions[0]}.",
                    )

from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import show


class FilterValueNotInList(Rule):
    """Filter policy with a value that is not in a list.

    Every attribute of a filter policy is a list of values or conditions, also with only one value: type:
    [order]. SNS refuses a plain text: 'must be an object or an array'.
    """

    id = "E9725"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html"
    fault_class = "documents"
    looks_at = ("Resources/AWS::SNS::Subscription/Properties/FilterPolicy",)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for key, value in policy.items() if not is_function(policy)[0] else ():
            if isinstance(value, str | int | float):
                yield Fault(
                    (key,), f"{key} is {show(value)}, and SNS requires a list of values. Write [{value}]."
                )

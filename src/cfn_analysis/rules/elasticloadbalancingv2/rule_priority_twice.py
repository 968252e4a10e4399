from typing import Any

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type, twins

LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"


class RulePriorityTwice(Rule):
    """Two rules of one listener with the same priority.

    The rules of a listener are evaluated by priority, and Elastic Load Balancing refuses a second rule with
    one: 'Priority is currently in use'.
    """

    id = "E9760"
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        rules = [
            ((listener, priority), (logical_id, "Properties", "Priority"))
            for logical_id, _, properties in of_type(resources, LISTENER_RULE)
            if (listener := sub_text(properties.get("ListenerArn"))) is not None
            and (priority := sub_text(properties.get("Priority"))) is not None
        ]
        for (_, priority), path, other in twins(validator, resources, rules):
            yield Fault(
                path,
                f"Priority is {priority}, which {other} has on the same listener: the second rule is "
                "refused. Use another priority.",
            )

from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import case_of, of_type


class RulePriorityTwice(Rule):
    """Two rules of one listener with the same priority.

    The rules of a listener are evaluated by priority, and Elastic Load Balancing refuses a second rule with
    one: 'Priority is currently in use'.
    """

    id = "E9760"
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        seen: dict[tuple[str, str], list[tuple[str, Any]]] = {}
        for logical_id, resource, properties in of_type(
            resources, "AWS::ElasticLoadBalancingV2::ListenerRule"
        ):
            listener, priority = sub_text(properties.get("ListenerArn")), sub_text(properties.get("Priority"))
            if listener is None or priority is None:
                continue
            case = case_of(validator, resource)
            for other, other_resource in seen.setdefault((listener, priority), []):
                if case and case_of(case, other_resource):
                    yield Fault(
                        (logical_id, "Properties", "Priority"),
                        f"Priority is {priority}, which {other} has on the same listener: the second rule is "
                        "refused. Use another priority.",
                    )
                    break
            seen[listener, priority].append((logical_id, resource))

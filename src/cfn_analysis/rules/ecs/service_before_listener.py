from typing import Any

from cfn_analysis.rules.support.documents import entries
from cfn_analysis.rules.support.references import single_reference, waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import logical_ids_in, of_type


class ServiceBeforeListener(Rule):
    """ECS service that does not wait for its listener.

    ECS refuses a service whose target group has no load balancer yet: 'The target group does not have an
    associated load balancer'. It is the listener, or its rule, that associates them, and the service refers
    only to the target group. Add DependsOn with the listener.
    """

    id = "E9795"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html"
    )
    fault_class = "lifecycle"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        listeners: dict[str, list[str]] = {}
        for logical_id, _, properties in of_type(
            resources,
            "AWS::ElasticLoadBalancingV2::Listener",
            "AWS::ElasticLoadBalancingV2::ListenerRule",
        ):
            for group in logical_ids_in([properties.get("DefaultActions"), properties.get("Actions")]):
                listeners.setdefault(group, []).append(logical_id)
        for balancer, path in entries(resources, "AWS::ECS::Service", "LoadBalancers"):
            group = single_reference(balancer.get("TargetGroupArn"))[0]
            known = listeners.get(group, []) if group else []
            if known and not any(waits_for(validator, str(path[0]), listener) for listener in known):
                yield Fault(
                    path,
                    f"The service uses {group} and does not wait for {known[0]}: ECS refuses it if it is "
                    f"created first. Add DependsOn: {known[0]}.",
                )

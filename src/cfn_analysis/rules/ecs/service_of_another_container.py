from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value
from cfn_analysis.rules.support.values import branches, existing, items, mappings, place

TASK, TARGETS = "AWS::ECS::TaskDefinition", "AWS::ElasticLoadBalancingV2::TargetGroup"


class ServiceOfAnotherContainer(Rule):
    """Load balancer of a service that does not fit its task definition.

    ECS registers the container and port in LoadBalancers with the target group. It refuses a service whose
    task definition does not have this container, or whose container does not have this port in PortMappings.
    A task with the network mode awsvpc, as all tasks on Fargate, has its own address: the target group
    requires TargetType ip, and the default is instance. A capacity provider must be one of the cluster.
    """

    id = "E9796"
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html"
    fault_class = "networks"
    looks_at = properties_of("AWS::ECS::Service")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        cluster, of_cluster = target(validator, properties.get("Cluster"), "AWS::ECS::Cluster")
        known = of_cluster.get("CapacityProviders")
        for used, case in branches(
            validator, properties, "CapacityProviderStrategy", "*", "CapacityProvider"
        ):
            if cluster and isinstance(known, list) and isinstance(used, str) and used not in known:
                yield Fault(
                    place(case, validator),
                    f"CapacityProvider is {used}{{when}}, and {cluster} has only "
                    f"{', '.join(map(str, known))}: ECS "
                    "refuses the service. Add it to CapacityProviders of the cluster.",
                    case,
                )
        task, definition = target(validator, properties.get("TaskDefinition"), TASK)
        for balancer, case in branches(validator, properties, "LoadBalancers", "*") if task else ():
            if not isinstance(balancer, dict):
                continue
            for name, message in _problems(case, balancer, task, definition):
                yield Fault(existing(properties, (*place(case, validator), name)), message, case)


def _problems(case: Validator, balancer: Any, task: str, definition: Any) -> Iterator[tuple[str, str]]:
    """Yield the properties of a load balancer that do not fit the task definition, with the message."""
    name, port = (
        only_value(case, balancer.get("ContainerName")),
        only_value(case, balancer.get("ContainerPort")),
    )
    containers = {
        only_value(case, container.get("Name")): items(container.get("PortMappings"))
        for container in mappings(definition.get("ContainerDefinitions"))
    }
    if name and containers and not {name, None} & set(containers):
        yield (
            "ContainerName",
            f"ContainerName is {name}{{when}}, and {task} has only "
            f"{', '.join(sorted(map(str, containers)))}: ECS "
            "refuses the service. Write the name of a container.",
        )
    ports = [only_value(case, mapping.get("ContainerPort")) for mapping in mappings(containers.get(name))]
    if port and ports and None not in ports and number(port) not in map(number, ports):
        yield (
            "ContainerPort",
            f"ContainerPort is {port}{{when}}, and {name} in {task} maps only "
            f"{', '.join(map(str, ports))}: ECS refuses "
            "the service. Write one of them.",
        )
    group, of_group = target(case, balancer.get("TargetGroupArn"), TARGETS)
    kind = only_value(case, of_group.get("TargetType", "instance"))
    if (
        group
        and kind in ("instance", "lambda")
        and only_value(case, definition.get("NetworkMode")) == "awsvpc"
    ):
        yield (
            "TargetGroupArn",
            f"TargetGroupArn is {group}{{when}}, whose TargetType is {kind}, and the tasks of {task} have "
            f"their own "
            "addresses: ECS refuses the service. Set TargetType: ip.",
        )

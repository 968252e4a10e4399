"""A deployed environment, from the built templates.

Thresholds, metrics, filters and topics are read only from the templates.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import uses
from cfn_analysis.model.resolving import resolve
from csr_templates import STACKS
from csr_templates.environments import environment as environments
from csr_templates.naming import PREFIX

from .evaluation import ALARM, Alarm, alarm_of

PARAMETERS: Final = Path(__file__).parents[2] / "parameters"

NORMAL: Final = "normal"
CRITICAL: Final = "critical"
NO_ONE: Final = "no one"

# The property that Ref returns. For other resources, Ref returns the logical ID.
_NAME_PROPERTIES: Final[Mapping[str, str]] = {
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::Route53::RecordSet": "Name",
}
# Approximate minutes to create or update a resource; 0 for all others.
_MINUTES: Final[Mapping[str, int]] = {
    "AWS::CloudFront::Distribution": 5,
    "AWS::EC2::NatGateway": 2,
    "AWS::EC2::VPCEndpoint": 2,
    "AWS::ApiGateway::Stage": 4,  # with a cache
    "AWS::Lambda::Alias": 3,  # with provisioned concurrency
    "AWS::RDS::DBCluster": 2,
    "AWS::RDS::DBInstance": 10,
}

Resources = Mapping[str, Mapping[str, Any]]
Overrides = tuple[tuple[str, str], ...]
"""Names of parameters, and values that differ from those of the parameter files."""


class DeployedAlarm(NamedTuple):
    """An alarm of an environment.

    Attributes:
        what: the end of its name, without project and environment.
        stack: name of its stack.
        topic: the topic that it notifies: normal, critical, or no one for a rollback trigger without actions.
        alarm: as it is evaluated.
        created: minute in which the alarm exists, if the creation of the stacks starts at minute 0.
    """

    what: str
    stack: str
    topic: str
    alarm: Alarm
    created: int


class Subscription(NamedTuple):
    """RDS events that a topic receives.

    Attributes:
        source_type: db-cluster or db-instance.
        sources: the logical IDs of the sources.
        categories: categories of the events.
        topic: normal or critical.
    """

    source_type: str
    sources: tuple[str, ...]
    categories: tuple[str, ...]
    topic: str


class LogMetric(NamedTuple):
    """A metric that a metric filter extracts from a log."""

    log_group: str
    pattern: str
    namespace: str
    name: str
    default: float | None


class Environment(NamedTuple):
    """A deployed environment.

    Attributes:
        resources: stack -> logical ID -> resource, with resolved values and the names of deployed resources.
        regions: stack -> its region.
        alarms: alarms of all stacks, in the order of the templates.
        log_metrics: metrics from logs of all stacks.
        subscriptions: subscriptions to events of RDS.
        created: stack -> logical ID -> minute in which the resource exists, as ``DeployedAlarm.created``.
        parameters: parameter -> value.
    """

    resources: Mapping[str, Resources]
    regions: Mapping[str, str]
    alarms: tuple[DeployedAlarm, ...]
    log_metrics: tuple[LogMetric, ...]
    subscriptions: tuple[Subscription, ...]
    created: Mapping[str, Mapping[str, int]]
    parameters: Mapping[str, str]

    def of_type(self, stack: str, resource_type: str) -> dict[str, Mapping[str, Any]]:
        """Return logical ID -> properties of all resources of a type in a stack."""
        return dict(_of_type(self.resources[stack], resource_type))


@cache
def built_stacks() -> tuple[BuiltStack, ...]:
    """Return all stacks, built, in deploy order."""
    return tuple(
        BuiltStack(
            stack.name,
            stack.template,
            stack.region,
            stack.build().to_dict(),
            per_deploy=stack.per_deploy,
            name_pattern=f"{PREFIX}{stack.name}",
        )
        for stack in STACKS
    )


def _read_environment(name: str) -> environments.Environment:
    """Return an environment of the parameter files."""
    for environment in environments.read(PARAMETERS, built_stacks()):
        if environment.name == name:
            return environment
    raise ValueError(f"The parameter files have no environment {name}.")


@cache
def _resolved(environment: str, overrides: Overrides) -> Mapping[str, Resources]:
    """Return stack -> logical ID -> resource of an environment, with resolved values."""
    parameters = _read_environment(environment).parameters
    resolved = {}
    for stack in built_stacks():
        values = {**parameters[stack.name]}
        values |= {name: value for name, value in overrides if name in values}
        resolved[stack.name] = resolve(stack.template, values, region=stack.region)["Resources"]
    return resolved


@cache
def deployed(environment: str, overrides: Overrides = ()) -> Environment:
    """Return an environment of the parameter files, with different values for some parameters.

    Args:
        environment: name, such as ``prod``.
        overrides: names and values of parameters.
    """
    shared = _read_environment(environment).values
    prefix = f"{shared['ProjectName']}-{environment}-"
    regions = {stack.name: stack.region for stack in built_stacks()}
    resources, created, start = {}, {}, 0
    alarms: list[DeployedAlarm] = []
    log_metrics: list[LogMetric] = []
    subscriptions: list[Subscription] = []
    for stack, resolved in _resolved(environment, overrides).items():
        created[stack] = _creation(resolved, start)
        start = max(created[stack].values())
        names = {name: physical_name(name, resource) for name, resource in resolved.items()}
        resources[stack] = {name: _named(resource, names) for name, resource in resolved.items()}
        alarms += read_alarms(stack, resources[stack], regions[stack], created[stack], prefix)
        log_metrics += _log_metrics(resources[stack])
        subscriptions += _subscriptions(resources[stack])
    return Environment(
        resources,
        regions,
        tuple(alarms),
        tuple(log_metrics),
        tuple(subscriptions),
        created,
        shared | dict(overrides),
    )


def updated(environment: str, before: Overrides, after: Overrides) -> dict[str, int]:
    """Return logical ID -> minute in which an update that starts in minute 0 has changed the resource.

    Args:
        environment: name, such as ``prod``.
        before: overrides before the update, in which a parameter of the frontend stack differs.
        after: overrides after the update.
    """
    old = deployed(environment, before).resources["frontend"]
    new = deployed(environment, after).resources["frontend"]
    changed = {name for name in new if new[name] != old.get(name)}
    done = _creation(_resolved(environment, after)["frontend"], 0, changed)
    return {name: done[name] for name in changed}


def _deployed_alarm(
    stack: str, logical_id: str, properties: Mapping[str, Any], region: str, created: int, prefix: str
) -> DeployedAlarm:
    """Return an alarm of a stack whose name starts with a prefix.

    Raises:
        ValueError: the alarm and its end do not notify the same topic, one of the two topics of the stack.
    """
    alarm = alarm_of(properties, region)
    topics = alarm.notifies[ALARM]
    if len(topics) > 1 or alarm.notifies["OK"] != topics:
        raise ValueError(f"{logical_id}: tells {topics} of the alarm and {alarm.notifies['OK']} of its end.")
    return DeployedAlarm(
        what=alarm.name.removeprefix(prefix),
        stack=stack,
        topic=_kind(topics[0]) if topics else NO_ONE,
        alarm=alarm,
        created=created,
    )


def read_alarms(
    stack: str, resources: Resources, region: str, created: Mapping[str, int], prefix: str
) -> Iterator[DeployedAlarm]:
    """Yield the alarms of a stack whose names start with a prefix.

    Raises:
        ValueError: an alarm notifies different topics when it starts and ends, or is of an unsupported type.
    """
    for logical_id, resource in resources.items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            yield _deployed_alarm(
                stack, logical_id, resource["Properties"], region, created[logical_id], prefix
            )
        elif resource["Type"] == "AWS::CloudWatch::CompositeAlarm":
            raise ValueError(f"{logical_id}: the simulation does not know composite alarms.")


def _log_metrics(resources: Resources) -> Iterator[LogMetric]:
    for _, p in _of_type(resources, "AWS::Logs::MetricFilter"):
        for transformation in p["MetricTransformations"]:
            if transformation["MetricValue"] == "1":
                yield LogMetric(
                    p["LogGroupName"],
                    p["FilterPattern"],
                    transformation["MetricNamespace"],
                    transformation["MetricName"],
                    transformation.get("DefaultValue"),
                )


def _subscriptions(resources: Resources) -> Iterator[Subscription]:
    for _, p in _of_type(resources, "AWS::RDS::EventSubscription"):
        yield Subscription(
            p["SourceType"], tuple(p["SourceIds"]), tuple(p["EventCategories"]), _kind(p["SnsTopicArn"])
        )


def _of_type(resources: Resources, resource_type: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for logical_id, resource in resources.items():
        if resource["Type"] == resource_type:
            yield logical_id, resource.get("Properties", {})


def _kind(topic: str) -> str:
    return CRITICAL if "Critical" in topic else NORMAL


def physical_name(logical_id: str, resource: Mapping[str, Any]) -> str:
    """Return what Ref returns for a resource of an environment; its logical ID if AWS generates the name."""
    name = resource.get("Properties", {}).get(_NAME_PROPERTIES.get(resource["Type"], ""))
    return name if isinstance(name, str) else logical_id


def _named(node: Any, names: Mapping[str, str]) -> Any:
    """Return a part of a resource, with references replaced by the names of deployed resources."""
    match node:
        case {"Ref": str(name)} if name in names:
            return names[name]
        case {"Fn::GetAtt": [str(name), "QueueName"]}:
            return names[name]
        case dict():
            return {key: _named(value, names) for key, value in node.items()}
        case list():
            return [_named(element, names) for element in node]
    return node


def _creation(resources: Resources, start: int, changed: Collection[str] | None = None) -> dict[str, int]:
    """Return the minute in which each resource exists, if the creation of the stack starts at a minute.

    CloudFormation creates or updates a resource after all resources that it references or depends on.

    Args:
        resources: logical ID -> resource of the stack.
        start: the minute.
        changed: in an update, the resources that take time; None for a creation.
    """
    done: dict[str, int] = {}

    def finish(logical_id: str) -> int:
        if logical_id not in done:
            resource = resources[logical_id]
            waits = resource.get("DependsOn", [])
            needs = {*([waits] if isinstance(waits, str) else waits)}
            needs |= {use.name for use in uses(resource.get("Properties", {})) if use.name in resources}
            begun = max((finish(needed) for needed in needs - {logical_id}), default=start)
            takes_time = changed is None or logical_id in changed
            done[logical_id] = begun + (_MINUTES.get(resource["Type"], 0) if takes_time else 0)
        return done[logical_id]

    for logical_id in resources:
        finish(logical_id)
    return done


def access_log_format(environment: Environment) -> dict[str, str]:
    """Return key -> context variable of the API's access log."""
    (stage,) = environment.of_type("api", "AWS::ApiGateway::Stage").values()
    fields: dict[str, str] = json.loads(stage["AccessLogSetting"]["Format"])
    return fields

"""Log groups and log deliveries: their fixed names, their events, and how long these are kept."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from cfn_analysis.model.references import as_list, unqualified, uses
from csr_templates.preflight import deployed, deployed_resources, fixed_names, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.fixed_names import NamedType
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Result, SkippedError, failed, passed, warned
from csr_templates.preflight.services import logs_calls

_LOG_GROUP: Final = "AWS::Logs::LogGroup"
_DELIVERY_SOURCE: Final = "AWS::Logs::DeliverySource"
_RECENT: Final = timedelta(days=1)


# ---- After a deploy ----


def _judge_group(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name = resource.physical_id
    streams = lookup(logs_calls.newest_stream.query(resource.region, name))
    if streams is None:
        return failed(f"The log group {name} does not exist.", resource.drift)
    if not _is_used(resource):
        return passed(f"The log group {name} exists. Nothing writes to it in this environment.")
    times = [
        stream.get("lastIngestionTime") or stream.get("lastEventTimestamp") or stream.get("creationTime", 0)
        for stream in streams
    ]
    remedy = "If what it logs was in use, check the permission and the key with which events are written."
    if not times:
        return warned(f"The log group {name} has never received events.", remedy)
    newest = datetime.fromtimestamp(max(times) / 1000, UTC)
    # CloudWatch Logs updates these times within an hour, in rare cases later.
    if lookup.facts.now - newest > _RECENT:
        return warned(f"The log group {name} has not received events since {newest:%Y-%m-%d %H:%M}.", remedy)
    return passed(f"The log group {name} received events at {newest:%Y-%m-%d %H:%M}.")


def _is_used(resource: DeployedResource) -> bool:
    """Return whether another resource of the stack refers to a resource, or depends on it."""
    for logical_id, names in _names_by_user(resource.stack).items():
        if logical_id != resource.logical_id and resource.logical_id in names:
            return True
    return False


@lru_cache(maxsize=16)  # stacks: all log groups of a stack are judged
def _names_by_user(stack: EnvironmentStack) -> dict[str, set[str]]:
    """Return logical ID -> names that the resource refers to or depends on."""
    names_by_user = {}
    for logical_id, user in stack.resources.items():
        names = {unqualified(use.name) for use in uses(user.get("Properties", {}))}
        names_by_user[logical_id] = names.union(as_list(user.get("DependsOn", [])))
    return names_by_user


def _judge_retention(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name, expected = resource.physical_id, int(resource.properties["RetentionInDays"])
    groups = {
        group["logGroupName"]: group for group in lookup(logs_calls.log_groups.query(resource.region, name))
    }
    if name not in groups:
        raise SkippedError
    days = groups[name].get("retentionInDays")
    if days == expected:
        return passed(f"The log group {name} keeps its events for {expected} days.")
    remedy = f"Set the days of the template: {_keep(name, expected, resource.region)}"
    if days is None:
        return warned(f"The log group {name} keeps its events without an end, and they are billed.", remedy)
    sentence = f"The log group {name} keeps its events for {days} instead of {expected} days."
    if days > expected:
        return warned(sentence, remedy)
    return failed(sentence, remedy)


def _keep(group: str, days: int, region: str) -> str:
    return remedies.aws(
        "logs put-retention-policy", region, log_group_name=group, retention_in_days=str(days)
    )


def _judge_source(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name = resource.physical_id
    destinations = [
        delivery.get("deliveryDestinationArn", "")
        for delivery in lookup(logs_calls.deliveries.query(resource.region))
        if delivery["deliverySourceName"] == name
    ]
    if not destinations:
        return failed(f"The log source {name} has no delivery: its log is not written.", resource.drift)
    for expected in _destinations(resource, lookup):
        if not any(arn.endswith(f":delivery-destination:{expected}") for arn in destinations):
            return failed(
                f"The log of {name} is delivered to {destinations[0]} instead of {expected}.", resource.drift
            )
    return passed(f"The log source {name} has a delivery.")


def _destinations(source: DeployedResource, lookup: Lookup) -> list[str]:
    """Return the names of the destinations to which the template delivers the log of a source."""
    names = []
    for _, delivery in source.stack.of_type("AWS::Logs::Delivery"):
        match delivery.get("DeliverySourceName"), delivery.get("DeliveryDestinationArn"):
            case {"Ref": source.logical_id}, {"Fn::GetAtt": [str(destination), "Arn"]}:
                names.append(deployed.physical_id(lookup, source.stack, destination))
    return [name for name in names if name is not None]


BEFORE_DEPLOY: Final = (
    fixed_names.check(
        "log-group-names",
        "The names of the log groups are available, or used by the stacks",
        (
            NamedType(
                _LOG_GROUP,
                "log group",
                lambda stack, _, name: logs_calls.log_groups.query(stack.region, name),
                "logGroupName",
            ),
        ),
    ),
    fixed_names.check(
        "delivery-names",
        "The names of the log deliveries are available, or used by the stack",
        (
            NamedType(
                _DELIVERY_SOURCE,
                "log delivery source",
                lambda stack, *_: logs_calls.delivery_sources.query(stack.region),
                "name",
            ),
            NamedType(
                "AWS::Logs::DeliveryDestination",
                "log delivery destination",
                lambda stack, *_: logs_calls.delivery_destinations.query(stack.region),
                "name",
            ),
        ),
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "log-groups",
        "Each log group exists, and received events in the last 24 hours",
        _LOG_GROUP,
        _judge_group,
    ),
    deployed_resources.check(
        "log-retention",
        "Each log group keeps its events for the days of the template",
        _LOG_GROUP,
        _judge_retention,
        where=lambda properties: "RetentionInDays" in properties,
    ),
    deployed_resources.check(
        "log-deliveries",
        "Each source of a log delivery has a delivery, to the destination of the template",
        _DELIVERY_SOURCE,
        _judge_source,
    ),
)

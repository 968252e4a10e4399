"""The log groups and log deliveries: whether they exist and receive events."""

from datetime import UTC, datetime, timedelta
from typing import Final

from cfn_analysis.model.references import as_list, unqualified, uses
from csr_templates.preflight import deployed, live_calls
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource

_RECENT: Final = timedelta(days=1)


def _judge_group(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    name = resource.physical_id
    streams = lookup(live_calls.newest_stream(resource.region, name))
    if streams is None:
        return failed(f"The log group {name} does not exist.", resource.drift)
    if not _is_used(resource):
        return passed(f"The log group {name} exists. Nothing writes to it in this environment.")
    times = [
        stream.get("lastIngestionTime") or stream.get("lastEventTimestamp") or stream.get("creationTime", 0)
        for stream in streams
    ]
    check = "If what it logs was in use, check the permission and the key with which events are written."
    if not times:
        return warned(f"The log group {name} has never received events.", check)
    newest = datetime.fromtimestamp(max(times) / 1000, UTC)
    # CloudWatch Logs updates these times within an hour, in rare cases later.
    if lookup.facts.now - newest > _RECENT:
        return warned(f"The log group {name} has not received events since {newest:%Y-%m-%d %H:%M}.", check)
    return passed(f"The log group {name} received events at {newest:%Y-%m-%d %H:%M}.")


def _is_used(resource: DeployedResource) -> bool:
    """Return whether another resource of the stack refers to a resource, or depends on it."""
    return any(
        resource.logical_id in as_list(user.get("DependsOn", []))
        or any(unqualified(use.name) == resource.logical_id for use in uses(user.get("Properties", {})))
        for name, user in resource.stack.resources.items()
        if name != resource.logical_id
    )


def _judge_source(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    name = resource.physical_id
    destinations = [
        delivery.get("deliveryDestinationArn", "")
        for delivery in lookup(live_calls.deliveries(resource.region))
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


CHECKS: tuple[Check, ...] = (
    resources.check(
        "log-groups",
        "Each log group exists, and received events in the last 24 hours",
        "AWS::Logs::LogGroup",
        _judge_group,
    ),
    resources.check(
        "log-deliveries",
        "Each source of a log delivery has a delivery, to the destination of the template",
        "AWS::Logs::DeliverySource",
        _judge_source,
    ),
)

"""Removed resources that monitor, record or protect a resource that is not removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from csr_templates.cloudformation.resolved_stack import mentions
from csr_templates.cloudformation.set_changes import REMOVE, ResourceChange
from csr_templates.cloudformation.wiring import Node
from csr_templates.reviewing.changes import EnvironmentChanges
from csr_templates.reviewing.renames import renames

ASSOCIATION: Final = "AWS::WAFv2::WebACLAssociation"

# Type -> the properties that refer to the resource it serves, and the effect of its removal.
_SERVING: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "AWS::CloudTrail::Trail": ((), "calls of the account's APIs are no longer recorded by it"),
    "AWS::CloudWatch::Alarm": (("Dimensions", "Metrics"), "no one is notified any more"),
    "AWS::CloudWatch::CompositeAlarm": (("AlarmRule",), "no one is notified any more"),
    "AWS::EC2::FlowLog": (("ResourceId",), "traffic is no longer recorded"),
    "AWS::GuardDuty::Detector": ((), "threats are no longer detected"),
    "AWS::Logs::Delivery": (("DeliverySourceName",), "the logs are no longer delivered"),
    "AWS::Logs::DeliverySource": (("ResourceArn",), "the logs are no longer delivered"),
    "AWS::Logs::MetricFilter": (
        ("LogGroupName",),
        "its metric no longer has data, and alarms on it do not work",
    ),
    "AWS::RDS::EventSubscription": (("SourceIds",), "no one is notified any more"),
    "AWS::Route53::HealthCheck": ((), "the site is no longer monitored"),
    "AWS::SNS::Subscription": (("TopicArn",), "the subscriber is no longer notified"),
    "AWS::WAFv2::LoggingConfiguration": (("ResourceArn",), "requests are no longer recorded"),
    ASSOCIATION: (("ResourceArn",), "requests are no longer inspected"),
}


def left_alone(environment: EnvironmentChanges) -> Iterator[tuple[ResourceChange, str]]:
    """Yield each removed resource whose served resource is not removed, and the effect of its removal.

    A resource that only changes its logical ID is not removed.
    """
    removed = {node: one.change for node, one in environment.resources.items() if one.change.change == REMOVE}
    serving = [change for change in removed.values() if change.type in _SERVING]
    renamed = {pair.old for pair in renames(environment)} if serving else set()
    for change in serving:
        if change.node not in renamed and not _served(change, removed) & set(removed):
            yield change, _SERVING[change.type][1]


def _served(change: ResourceChange, removed: Mapping[Node, ResourceChange]) -> set[Node]:
    """Return the resources that a resource serves, through removed resources that serve too."""
    found: set[Node] = set()
    for key in _SERVING[change.type][0]:
        value = change.before.properties.get(key) if change.before else None
        for one in mentions(value, change.node.stack):
            other = removed.get(one.target)
            serves_too = other is not None and other.type in _SERVING and other.node != change.node
            found |= _served(other, removed) if other is not None and serves_too else {one.target}
    return found

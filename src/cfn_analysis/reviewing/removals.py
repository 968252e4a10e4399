"""Removed resources that monitor, record, protect or connect a resource that is not removed."""

from collections.abc import Iterator, Mapping
from typing import Final

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.updates.resolved_stack import mentions
from cfn_analysis.updates.resource_changes import REMOVE, ResourceChange

ASSOCIATION: Final = "AWS::WAFv2::WebACLAssociation"

# Type -> the properties that refer to the resource it serves, and the effect of its removal.
_Serving = Mapping[str, tuple[str, str]]

_GUARDING: Final[_Serving] = {
    "AWS::CloudTrail::Trail": ("", "calls of the account's APIs are no longer recorded by it"),
    "AWS::CloudWatch::Alarm": ("Dimensions Metrics", "no one is notified any more"),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmRule", "no one is notified any more"),
    "AWS::EC2::FlowLog": ("ResourceId", "traffic is no longer recorded"),
    "AWS::GuardDuty::Detector": ("", "threats are no longer detected"),
    "AWS::Logs::Delivery": ("DeliverySourceName", "the logs are no longer delivered"),
    "AWS::Logs::DeliverySource": ("ResourceArn", "the logs are no longer delivered"),
    "AWS::Logs::MetricFilter": (
        "LogGroupName",
        "its metric no longer has data, and alarms on it do not work",
    ),
    "AWS::RDS::EventSubscription": ("SourceIds", "no one is notified any more"),
    "AWS::Route53::HealthCheck": ("", "the site is no longer monitored"),
    "AWS::SNS::Subscription": ("TopicArn", "the subscriber is no longer notified"),
    "AWS::WAFv2::LoggingConfiguration": ("ResourceArn", "requests are no longer recorded"),
    ASSOCIATION: ("ResourceArn", "requests are no longer inspected"),
}
_CONNECTING: Final[_Serving] = {
    "AWS::ApiGateway::UsagePlanKey": ("KeyId UsagePlanId", "requests with its API key are rejected"),
    "AWS::EC2::Route": ("RouteTableId", "traffic to its destination no longer uses this route"),
    "AWS::EC2::SecurityGroupEgress": ("GroupId", "outbound traffic that only it allows is blocked"),
    "AWS::EC2::SecurityGroupIngress": ("GroupId", "inbound traffic that only it allows is blocked"),
    "AWS::EC2::SubnetRouteTableAssociation": ("SubnetId", "the subnet uses the main route table of the VPC"),
    "AWS::EC2::VPCEndpoint": ("VpcId", "traffic to the service no longer uses this endpoint"),
    "AWS::Lambda::Permission": (
        "FunctionName SourceArn",
        "calls of the function that only it allows are rejected",
    ),
    "AWS::Route53::RecordSet": (
        "HostedZoneId AliasTarget ResourceRecords",
        "its domain name is no longer resolved",
    ),
}


def unguarded(environment: EnvironmentChanges) -> Iterator[tuple[ResourceChange, str]]:
    """Yield each removed guard of a resource that is not removed, and the effect of the removal."""
    return _left_alone(environment, _GUARDING)


def disconnected(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each removed connection of a resource that is not removed."""
    for change, effect in _left_alone(environment, _CONNECTING):
        yield risk(INTERRUPTION, change.node, sentences.CONNECTION_REMOVED, effect=effect)


def _left_alone(environment: EnvironmentChanges, serving: _Serving) -> Iterator[tuple[ResourceChange, str]]:
    """Yield each removed resource whose served resource is not removed, and the effect of its removal.

    A resource that only changes its logical ID is not removed.
    """
    removed = {
        node: outcome.change
        for node, outcome in environment.resources.items()
        if outcome.change.action == REMOVE
    }
    servants = [change for change in removed.values() if change.type in serving]
    renamed = renames(environment) if servants else {}
    for change in servants:
        if change.node not in renamed and not _served(change, removed, serving) & set(removed):
            yield change, serving[change.type][1]


def _served(change: ResourceChange, removed: Mapping[Node, ResourceChange], serving: _Serving) -> set[Node]:
    """Return the resources that a resource serves, through removed resources that serve too."""
    served: set[Node] = set()
    for key in serving[change.type][0].split():
        value = change.before.properties.get(key) if change.before else None
        for mention in mentions(value, change.node.stack):
            target = removed.get(mention.target)
            if target is not None and target.type in serving and target.node != change.node:
                served |= _served(target, removed, serving)
            else:
                served.add(mention.target)
    return served

"""What RDS offers before a deploy: quotas, engine versions with their support, and instance classes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from csr_templates.preflight import deployed, quotas
from csr_templates.preflight.facts import Lookup, moment
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import (
    PASS,
    Check,
    Result,
    Subject,
    TemplateResource,
    failed,
    passed,
    warned,
)
from csr_templates.preflight.services import rds_calls, rds_clusters

_VERSION: Final = "DatabaseEngineVersion"
_STANDARD_SUPPORT: Final = "open-source-rds-standard-support"
_NOTICE: Final = timedelta(days=365)  # time to plan an upgrade to another major version
_QUOTAS: Final = {
    "DBClusters": rds_clusters.CLUSTER,
    "DBInstances": rds_clusters.INSTANCE,
    "EventSubscriptions": "AWS::RDS::EventSubscription",
    "DBSubnetGroups": "AWS::RDS::DBSubnetGroup",
    "DBClusterParameterGroups": "AWS::RDS::DBClusterParameterGroup",
    "DBParameterGroups": "AWS::RDS::DBParameterGroup",
}
"""Name of an RDS quota -> resource type that counts.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html"""
_SNAPSHOTS: Final = "ManualClusterSnapshots"
"""Quota of the snapshots that each deploy of the database adds, and that nothing deletes."""


def _quotas(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for name, counted_type in _QUOTAS.items():
        for stack, _, _ in environment.of_type(counted_type):
            yield Subject(name, stack, counted_type)
            break
    for stack, _, _ in environment.of_type(rds_clusters.CLUSTER):
        yield Subject(_SNAPSHOTS, stack, rds_clusters.CLUSTER)
        break


def _judge_quota(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    counted_type: str = subject.about
    new = len(deployed.new(lookup, environment, counted_type))
    if subject.id == _SNAPSHOTS:
        return _judge_snapshots(subject, lookup, is_first=new > 0)
    if not new:
        return passed(f"No new resource counts toward the quota {subject.id}.")
    return _of_quota(subject, lookup, new)


def _judge_snapshots(subject: Subject, lookup: Lookup, *, is_first: bool) -> Result:
    """Return whether there is room for the snapshot before a deploy.

    It is not a failure: if the deploy does not change the database, it takes no snapshot.
    """
    if is_first:
        return passed("The first deploy of the database takes no snapshot.")
    result = _of_quota(subject, lookup, 1)
    if result.status == PASS:
        return result
    return warned(result.sentence, "Delete manual snapshots of clusters that are no longer needed.")


def _of_quota(subject: Subject, lookup: Lookup, new: int) -> Result:
    """Return the result about a number of new resources under a quota of RDS."""
    for quota in lookup(rds_calls.quotas.query(subject.stack.region)):
        if quota["AccountQuotaName"] == subject.id:
            return quotas.of_limit(subject.id, quota["Used"], new, quota["Max"], "RDS")
    return warned(f"RDS does not return the quota {subject.id}.", "Check the quota in Service Quotas.")


def _judge_version(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    resource: TemplateResource = subject.about
    engine, version = resource.properties["Engine"], resource.properties["EngineVersion"]
    region = subject.stack.region
    cluster = rds_clusters.cluster_of_stack(subject, lookup)
    current = version
    if cluster:
        current = cluster["EngineVersion"]
    if _is_changed_outside(subject, lookup, current):
        return warned(
            f"The version of the cluster was changed to {current} outside of {subject.stack.deployed_name}. "
            f"The deploy does not change it, because {_VERSION} ({version}) is the same as in the last "
            "deploy.",
            f"Set {_VERSION} to {current}.",
        )
    offered = lookup(rds_calls.engine_versions.query(region, engine, version))
    if not offered:
        return failed(
            f"{engine} {version} is not available in {region}.", "Choose another DatabaseEngineVersion."
        )
    if offered[0].get("Status") == "deprecated":
        sentence = f"{engine} {version} is deprecated."
        if cluster and current == version:
            return warned(sentence, "Plan an upgrade (docs/changes.md).")
        return failed(sentence, "Choose another DatabaseEngineVersion.")
    if current != version:
        return _judge_upgrade(current, version, _upgrade_targets(region, engine, current, lookup))
    return passed(f"{engine} {version} is available and not deprecated.")


def _is_changed_outside(subject: Subject, lookup: Lookup, current: str) -> bool:
    """Return whether the cluster has another version than the last deploy and the next one."""
    resource: TemplateResource = subject.about
    version: str = resource.properties["EngineVersion"]
    return current != version and version == deployed.parameter(lookup, subject.stack, _VERSION)


def _upgrade_targets(region: str, engine: str, current: str, lookup: Lookup) -> list[str]:
    """Return the versions to which a cluster can be upgraded."""
    targets: list[str] = []
    for engine_version in lookup(rds_calls.engine_versions.query(region, engine, current)):
        upgrades = engine_version.get("ValidUpgradeTarget", [])
        targets += [upgrade["EngineVersion"] for upgrade in upgrades]
    return targets


def _judge_upgrade(current: str, version: str, targets: Sequence[str]) -> Result:
    if version not in targets:
        return failed(
            f"The cluster has version {current}, which cannot be upgraded to {version}.",
            f"Set {_VERSION} to {' or '.join([current, *targets])}.",
        )
    return warned(
        f"The deploy upgrades the cluster from {current} to {version}, which interrupts it.",
        "Follow docs/changes.md (A new engine version).",
    )


def _judge_support(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    resource: TemplateResource = subject.about
    engine = resource.properties["Engine"]
    major = ".".join(resource.properties["EngineVersion"].split(".")[:2])
    cluster = rds_clusters.cluster_of_stack(subject, lookup)
    ends = _ends_of_support(subject.stack.region, engine, major, lookup)
    what = f"the standard support of {engine} {major}"
    if not ends:
        return warned(
            f"RDS does not return the end of {what}.", "Check it in the release calendar of Aurora."
        )
    end = max(ends)
    if lookup.facts.now > end and not cluster:
        return failed(
            f"The cluster cannot be created: {what} ended on {end:%Y-%m-%d}, and the template disables "
            "Extended Support.",
            "Choose another DatabaseEngineVersion.",
        )
    if lookup.facts.now > end - _NOTICE:
        return warned(
            f"The end of {what} is {end:%Y-%m-%d}. After that, AWS upgrades the cluster.",
            "Plan the upgrade to another major version (docs/changes.md, A new engine version).",
        )
    return passed(f"The end of {what} is {end:%Y-%m-%d}.")


def _ends_of_support(region: str, engine: str, major: str, lookup: Lookup) -> list[datetime]:
    """Return the ends of the standard support of a major version; RDS can list more than one."""
    lifecycles: list[Mapping[str, str]] = []
    for major_version in lookup(rds_calls.major_version.query(region, engine, major)):
        lifecycles += major_version["SupportedEngineLifecycles"]
    return [
        moment(lifecycle["LifecycleSupportEndDate"])
        for lifecycle in lifecycles
        if lifecycle["LifecycleSupportName"] == _STANDARD_SUPPORT
    ]


def _instances(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(rds_clusters.INSTANCE):
        yield Subject(logical_id, stack, TemplateResource(logical_id, properties))


def _judge_class(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    resource: TemplateResource = subject.about
    properties, region = resource.properties, subject.stack.region
    instance_zone = environment.resolved_value(subject.stack, properties.get("AvailabilityZone"))
    ((_, cluster_properties),) = subject.stack.of_type(rds_clusters.CLUSTER)
    engine, version = cluster_properties["Engine"], cluster_properties["EngineVersion"]
    instance_class = properties["DBInstanceClass"]
    options = lookup(rds_calls.orderable.query(region, engine, version, instance_class))
    class_and_engine = f"{instance_class} for {engine} {version}"
    if not options:
        return failed(
            f"{class_and_engine} is not available in {region}.", "Choose another DatabaseInstanceClass."
        )
    options_in_zone = [option for option in options if instance_zone in _zones(option)]
    if not options_in_zone:
        offered_zones: set[str] = set()
        for option in options:
            offered_zones |= _zones(option)
        return failed(
            f"{class_and_engine} is available in {', '.join(sorted(offered_zones))}, not in {instance_zone}.",
            "Choose another DatabaseInstanceClass, or other Availability Zones for the network stack.",
        )
    if properties.get("EnablePerformanceInsights") is True and not _any_has(
        options_in_zone, "SupportsPerformanceInsights"
    ):
        return failed(
            f"{class_and_engine} does not support Performance Insights.",
            "Choose another DatabaseInstanceClass.",
        )
    if properties.get("MonitoringInterval") and not _any_has(options_in_zone, "SupportsEnhancedMonitoring"):
        return failed(
            f"{class_and_engine} does not support Enhanced Monitoring.",
            "Choose another DatabaseInstanceClass.",
        )
    return passed(
        f"{class_and_engine} is available in {instance_zone}, with all features that the template enables."
    )


def _zones(option: Mapping[str, Any]) -> set[str]:
    return {zone["Name"] for zone in option["AvailabilityZones"]}


def _any_has(options: Sequence[Mapping[str, Any]], feature: str) -> bool:
    return any(option.get(feature) for option in options)


BEFORE_DEPLOY: Final = (
    Check(
        "database-quotas",
        "The quotas of RDS are sufficient for the new resources and the snapshot before a deploy",
        _quotas,
        _judge_quota,
    ),
    Check(
        "engine-version",
        "The engine version is available, not deprecated, and an upgrade target of the deployed version",
        rds_clusters.clusters,
        _judge_version,
    ),
    Check(
        "engine-support",
        "The standard support of the major engine version does not end within one year",
        rds_clusters.clusters,
        _judge_support,
    ),
    Check(
        "instance-class",
        "The instance class is available for the version in the zone of each instance, with its monitoring",
        _instances,
        _judge_class,
    ),
)

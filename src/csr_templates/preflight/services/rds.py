"""The database: its name, quotas, engine version and instance class; its writer, instances and settings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from csr_templates.preflight import deployed, deployed_resources, fixed_names, quotas, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, moment
from csr_templates.preflight.fixed_names import NamedType
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import (
    PASS,
    Check,
    Result,
    SkippedError,
    Subject,
    TemplateResource,
    failed,
    passed,
    warned,
)
from csr_templates.preflight.services import rds_calls

_CLUSTER: Final = "AWS::RDS::DBCluster"
_INSTANCE: Final = "AWS::RDS::DBInstance"
_VERSION: Final = "DatabaseEngineVersion"
_OLDEST_SNAPSHOT: Final = timedelta(hours=25)  # automated snapshots are taken daily
_STANDARD_SUPPORT: Final = "open-source-rds-standard-support"
_NOTICE: Final = timedelta(days=365)  # time to plan an upgrade to another major version
_QUOTAS: Final = {
    "DBClusters": _CLUSTER,
    "DBInstances": _INSTANCE,
    "EventSubscriptions": "AWS::RDS::EventSubscription",
    "DBSubnetGroups": "AWS::RDS::DBSubnetGroup",
    "DBClusterParameterGroups": "AWS::RDS::DBClusterParameterGroup",
    "DBParameterGroups": "AWS::RDS::DBParameterGroup",
}
"""Name of an RDS quota -> resource type that counts.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html"""
_SNAPSHOTS: Final = "ManualClusterSnapshots"
"""Quota of the snapshots that each deploy of the database adds, and that nothing deletes."""
_WORKING: Final = frozenset(
    {
        "backing-up",
        "configuring-enhanced-monitoring",
        "configuring-iam-database-auth",
        "configuring-log-exports",
        "modifying",
        "resetting-master-credentials",
        "storage-optimization",
        "update-iam-db-auth",
    }
)
"""States of a cluster or an instance, besides ``available``, in which it accepts connections.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html
"""
_WAIT: Final = "Wait until it is available. If it does not become available, read the events of the database."


# ---- Before and after a deploy ----


def _waiting_instances(cluster: Mapping[str, Any], instances: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the instances of a cluster with parameters that take effect at the next restart, with why."""
    waiting = []
    for member in cluster.get("DBClusterMembers", []):
        if _waits(member):
            status = member["DBClusterParameterGroupStatus"]
            waiting.append(f"{member['DBInstanceIdentifier']} (cluster parameters: {status})")
    for instance in instances:
        for group in _waiting_groups(instance):
            name, status = group["DBParameterGroupName"], group["ParameterApplyStatus"]
            waiting.append(f"{instance['DBInstanceIdentifier']} ({name}: {status})")
    return waiting


def _waits(member: Mapping[str, Any]) -> bool:
    """Return whether the parameters of the cluster are not in effect on an instance of it."""
    return bool(member.get("DBClusterParameterGroupStatus", "in-sync") != "in-sync")


def _waiting_groups(instance: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the DB parameter groups of an instance that are not in effect."""
    groups = instance.get("DBParameterGroups", [])
    return [group for group in groups if group.get("ParameterApplyStatus", "in-sync") != "in-sync"]


def _restart(
    cluster: Mapping[str, Any], instances: Iterable[Mapping[str, Any]], environment: ResolvedEnvironment
) -> str:
    """Return the commands that restart the instances with waiting parameters, the writer last."""
    members = sorted(cluster.get("DBClusterMembers", []), key=lambda member: member["IsClusterWriter"])
    names = [member["DBInstanceIdentifier"] for member in members]
    for instance in instances:
        if instance["DBInstanceIdentifier"] not in names:
            names.append(instance["DBInstanceIdentifier"])
    waiting = {member["DBInstanceIdentifier"] for member in members if _waits(member)}
    waiting |= {instance["DBInstanceIdentifier"] for instance in instances if _waiting_groups(instance)}
    commands = [
        remedies.csr_operate(environment, "restart-instance", name) for name in names if name in waiting
    ]
    return " && ".join(commands)


def _judge_cluster(
    cluster: Mapping[str, Any], region: str, advice: str, environment: ResolvedEnvironment
) -> Result:
    """Judge the state and the writer of a cluster."""
    name, members = cluster["DBClusterIdentifier"], cluster.get("DBClusterMembers", [])
    events = remedies.aws("rds describe-events", region, source_type="db-cluster", source_identifier=name)
    if cluster["Status"] == "stopped":
        return failed(
            f"The cluster {name} is stopped.",
            f"Start it: {remedies.csr_operate(environment, 'start-database')}",
        )
    if cluster["Status"] != "available":
        return failed(
            f"The cluster {name} is {cluster['Status']}.",
            f"Wait until it is available: {remedies.csr_operate(environment, 'wait', 'cluster')}",
        )
    writers = [member for member in members if member["IsClusterWriter"]]
    if not writers:
        return failed(
            f"The cluster {name} does not have a writer instance.",
            f"See the events of the cluster: {events}",
        )
    writer = writers[0]
    first_tier = min(member.get("PromotionTier", 0) for member in members)
    if writer.get("PromotionTier", 0) > first_tier:
        return warned(
            f"The writer is {writer['DBInstanceIdentifier']}, not the first instance: a failover occurred.",
            f"{advice} If no one caused the failover, find its reason in the events of the cluster: {events}",
        )
    return passed(f"The writer is {writer['DBInstanceIdentifier']}, the first instance.")


# ---- Before a deploy ----


def _quotas(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for name, counted_type in _QUOTAS.items():
        for stack, _, _ in environment.of_type(counted_type):
            yield Subject(name, stack, counted_type)
            break
    for stack, _, _ in environment.of_type(_CLUSTER):
        yield Subject(_SNAPSHOTS, stack, _CLUSTER)
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


def _clusters(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(_CLUSTER):
        cluster = TemplateResource(logical_id, properties)
        yield Subject(str(properties["DBClusterIdentifier"]), stack, cluster)


def _cluster_of_stack(subject: Subject, lookup: Lookup) -> dict[str, Any] | None:
    """Return the cluster as RDS describes it; None if the stack does not have it."""
    resource: TemplateResource = subject.about
    if not deployed.physical_id(lookup, subject.stack, resource.logical_id):
        return None
    clusters: list[dict[str, Any]] = lookup(rds_calls.cluster.query(subject.stack.region, subject.id)) or []
    if not clusters:
        return None
    return clusters[0]


def _not_yet(subject: Subject) -> Result:
    return warned(
        f"The cluster {subject.id} does not exist yet.", "No action is needed before the first deploy."
    )


def _judge_version(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    resource: TemplateResource = subject.about
    engine, version = resource.properties["Engine"], resource.properties["EngineVersion"]
    region = subject.stack.region
    cluster = _cluster_of_stack(subject, lookup)
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
    cluster = _cluster_of_stack(subject, lookup)
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
    for stack, logical_id, properties in environment.of_type(_INSTANCE):
        yield Subject(logical_id, stack, TemplateResource(logical_id, properties))


def _judge_class(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    resource: TemplateResource = subject.about
    properties, region = resource.properties, subject.stack.region
    instance_zone = environment.resolved_value(subject.stack, properties.get("AvailabilityZone"))
    ((_, cluster_properties),) = subject.stack.of_type(_CLUSTER)
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


def _judge_pending_before_deploy(
    subject: Subject, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    cluster = _cluster_of_stack(subject, lookup)
    if cluster is None:
        return _not_yet(subject)
    instances = lookup(rds_calls.instances(subject.stack.region, subject.id))
    waiting = _waiting_instances(cluster, instances)
    if waiting:
        return warned(
            f"Some parameters take effect at the next restart: {', '.join(waiting)}. A deploy that restarts "
            "an instance applies them.",
            "Expect the change with it, or restart the instances before, the reader first (docs/changes.md): "
            f"{_restart(cluster, instances, environment)}",
        )
    return passed("The parameters of all instances are in effect.")


def _judge_writer_before_deploy(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    cluster = _cluster_of_stack(subject, lookup)
    if cluster is None:
        return _not_yet(subject)
    return _judge_cluster(
        cluster,
        subject.stack.region,
        "The deploy does not need another one: with this writer, a restart of both instances causes one "
        "failover instead of two (docs/changes.md, Another instance class).",
        environment,
    )


def _judge_snapshot(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    if not _cluster_of_stack(subject, lookup):
        return _not_yet(subject)
    snapshots = lookup(rds_calls.snapshots.query(subject.stack.region, subject.id))
    times = [snapshot["SnapshotCreateTime"] for snapshot in snapshots if snapshot["Status"] == "available"]
    remedy = (
        "Take a snapshot first (docs/hand-over.md, A snapshot before a database change): "
        f"{remedies.csr_operate(environment, 'take-snapshot')}"
    )
    if not times:
        return warned(f"The cluster {subject.id} does not have a snapshot.", remedy)
    newest = max(times, key=moment)
    age = lookup.facts.now - moment(newest)
    sentence = f"The newest snapshot of {subject.id} is from {newest}"
    if age > _OLDEST_SNAPSHOT:
        return warned(f"{sentence}, {age.days} days and {age.seconds // 3600} hours old.", remedy)
    return passed(f"{sentence}.")


# ---- After a deploy ----


def _deployed_cluster(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the cluster; empty if it does not exist."""
    clusters: list[Mapping[str, Any]] = (
        lookup(rds_calls.cluster.query(resource.region, resource.physical_id)) or []
    )
    if not clusters:
        return {}
    return clusters[0]


def _judge_writer_after_deploy(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    name, cluster = resource.physical_id, _deployed_cluster(resource, lookup)
    if not cluster:
        return failed(f"The cluster {name} does not exist.", "Recover it (docs/recovery.md).")
    advice = "The function does not need another one."
    if cluster["Status"] not in _WORKING:
        return _judge_cluster(cluster, resource.region, advice, environment)
    result = _judge_cluster({**cluster, "Status": "available"}, resource.region, advice, environment)
    if result.status != PASS:
        return result
    return warned(f"The cluster {name} is {cluster['Status']}, and works.", _WAIT)


def _judge_pending_after_deploy(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    cluster = _deployed_cluster(resource, lookup)
    instances = lookup(rds_calls.instances(resource.region, resource.physical_id))
    waiting = _waiting_instances(cluster, instances)
    if waiting:
        return failed(
            f"Some parameters are not in effect before a restart: {', '.join(waiting)}.",
            "Restart the instances, the reader first (docs/changes.md): "
            f"{_restart(cluster, instances, environment)}",
        )
    return passed(f"The parameters of all instances of {resource.physical_id} are in effect.")


def _deployed_instance(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any] | None:
    """Return an instance; None if its cluster does not have it."""
    match resource.properties.get("DBClusterIdentifier"):
        case {"Ref": str(logical_id)}:
            cluster = deployed_resources.find(lookup, resource.stack, logical_id)
            if cluster is None:
                return None
            instances = lookup(rds_calls.instances(resource.region, cluster.physical_id))
            names = {instance["DBInstanceIdentifier"]: instance for instance in instances}
            return names.get(resource.physical_id)
    return None


def _judge_instance(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name, properties = resource.physical_id, resource.properties
    instance = _deployed_instance(resource, lookup)
    if instance is None:
        return failed(
            f"The instance {name} does not exist.",
            "Create it again (docs/recovery.md, An instance is missing): "
            f"{remedies.csr_operate(environment, 'create-instances', 'original')}",
        )
    status = instance["DBInstanceStatus"]
    if status not in ("available", *_WORKING):
        return failed(
            f"The instance {name} is {status}.",
            "Wait until it is available, then run verify again. If the cluster is stopped, start it: "
            f"{remedies.csr_operate(environment, 'start-database')}",
        )
    zone = environment.resolved_value(resource.stack, properties.get("AvailabilityZone"))
    if isinstance(zone, str) and instance.get("AvailabilityZone") != zone:
        return failed(
            f"The instance {name} is in {instance.get('AvailabilityZone')} instead of {zone}.",
            "An instance cannot be moved. Replace it (docs/recovery.md, An instance is missing).",
        )
    expected_class = properties.get("DBInstanceClass")
    if isinstance(expected_class, str) and instance["DBInstanceClass"] != expected_class:
        return failed(
            f"The class of {name} is {instance['DBInstanceClass']} instead of {expected_class}.",
            resource.drift,
        )
    expected_group = deployed_resources.in_account(
        properties.get("DBParameterGroupName"), resource.stack, environment, lookup
    )
    groups = [group["DBParameterGroupName"] for group in instance["DBParameterGroups"]]
    if isinstance(expected_group, str) and expected_group not in groups:
        return failed(
            f"{name} has the parameter group {', '.join(groups)} instead of {expected_group}.",
            resource.drift,
        )
    if status != "available":
        return warned(f"The instance {name} is {status}, and works.", _WAIT)
    return passed(f"The instance {name} is available, in {instance.get('AvailabilityZone')}.")


def _judge_settings(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name, cluster = resource.physical_id, _deployed_cluster(resource, lookup)
    if not cluster:
        raise SkippedError
    if different := _different_settings(resource, cluster, environment, lookup):
        return different
    instances = lookup(rds_calls.instances(resource.region, name))
    pending = [f"{name}: {value}" for value in cluster["PendingModifiedValues"]]
    for instance in instances:
        identifier = instance["DBInstanceIdentifier"]
        pending += [f"{identifier}: {value}" for value in instance["PendingModifiedValues"]]
    if pending:
        return warned(
            f"Changes wait for the next maintenance window or restart: {', '.join(pending)}.",
            "Wait for the window, or follow docs/changes.md.",
        )
    foreign = _foreign_instance(resource, instances, environment, lookup)
    return foreign or passed(f"{name} has the settings of the template.")


def _different_settings(
    resource: DeployedResource, cluster: Mapping[str, Any], environment: ResolvedEnvironment, lookup: Lookup
) -> Result | None:
    """Return the result for a cluster with another setting than in the template; None if there is none."""
    name, properties = resource.physical_id, resource.properties
    should_be_protected = str(properties.get("DeletionProtection", False)).lower() == "true"
    if should_be_protected and not cluster["DeletionProtection"]:
        return failed(
            f"The deletion protection of {name} is off.",
            f"Enable it: {_protect(name, resource.region)}",
        )
    exported = cluster.get("EnabledCloudwatchLogsExports", [])
    missing = [log for log in properties.get("EnableCloudwatchLogsExports", []) if log not in exported]
    if missing:
        return failed(f"{name} does not export its logs {', '.join(missing)}.", resource.drift)
    for setting in ("EngineVersion", "BackupRetentionPeriod"):
        expected = properties.get(setting)
        if isinstance(expected, (str, int)) and str(cluster[setting]) != str(expected):
            return failed(f"{setting} of {name} is {cluster[setting]} instead of {expected}.", resource.drift)
    group = deployed_resources.in_account(
        properties.get("DBClusterParameterGroupName"), resource.stack, environment, lookup
    )
    if isinstance(group, str) and cluster["DBClusterParameterGroup"] != group:
        return failed(
            f"{name} has the parameter group {cluster['DBClusterParameterGroup']} instead of {group}.",
            resource.drift,
        )
    return None


def _protect(cluster: str, region: str) -> str:
    return remedies.aws(
        "rds modify-db-cluster", region, "--deletion-protection", db_cluster_identifier=cluster
    )


def _foreign_instance(
    resource: DeployedResource,
    instances: Sequence[Mapping[str, Any]],
    environment: ResolvedEnvironment,
    lookup: Lookup,
) -> Result | None:
    """Return the result for an instance that does not belong to a stack; None if there is none."""
    instances_of_stacks = {
        instance.physical_id for instance in deployed_resources.all_of(environment, lookup, _INSTANCE)
    }
    for instance in instances:
        identifier = instance["DBInstanceIdentifier"]
        if identifier not in instances_of_stacks:
            return warned(
                f"{resource.physical_id} has the instance {identifier}, which does not belong to a stack.",
                "If it was added with add-check-instance: "
                f"{remedies.csr_operate(environment, 'remove-check-instance')}",
            )
    return None


BEFORE_DEPLOY: Final = (
    fixed_names.check(
        "cluster-name",
        "The identifier of the cluster is available, or used by the stack",
        (
            NamedType(
                _CLUSTER,
                "cluster",
                lambda stack, _, name: rds_calls.cluster.query(stack.region, name),
                "DBClusterIdentifier",
            ),
        ),
    ),
    Check(
        "database-quotas",
        "The quotas of RDS are sufficient for the new resources and the snapshot before a deploy",
        _quotas,
        _judge_quota,
    ),
    Check(
        "engine-version",
        "The engine version is available, not deprecated, and an upgrade target of the deployed version",
        _clusters,
        _judge_version,
    ),
    Check(
        "engine-support",
        "The standard support of the major engine version does not end within one year",
        _clusters,
        _judge_support,
    ),
    Check(
        "instance-class",
        "The instance class is available for the version in the zone of each instance, with its monitoring",
        _instances,
        _judge_class,
    ),
    Check(
        "pending-reboot",
        "No database parameter is pending a restart",
        _clusters,
        _judge_pending_before_deploy,
    ),
    Check(
        "writer",
        "The cluster is available, and its first instance is the writer",
        _clusters,
        _judge_writer_before_deploy,
    ),
    Check(
        "newest-snapshot",
        "The newest snapshot of the cluster is at most one day old",
        _clusters,
        _judge_snapshot,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "writer",
        "Each cluster is available, and its first instance is the writer",
        _CLUSTER,
        _judge_writer_after_deploy,
    ),
    deployed_resources.check(
        "pending-reboot",
        "No database parameter is pending a restart",
        _CLUSTER,
        _judge_pending_after_deploy,
    ),
    deployed_resources.check(
        "database-settings",
        "Each cluster is protected, exports its logs, and has no pending changes or manually created "
        "instances",
        _CLUSTER,
        _judge_settings,
    ),
    deployed_resources.check(
        "instances",
        "Each instance of a cluster is available, with the class and in the zone of the template",
        _INSTANCE,
        _judge_instance,
    ),
)

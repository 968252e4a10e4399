"""The database: its name and snapshots; its writer, instances and settings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from csr_templates.preflight import deployed_resources, fixed_names, remedies
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
    failed,
    passed,
    skipped,
    warned,
)
from csr_templates.preflight.services import rds_calls, rds_clusters, rds_events, rds_offers

_OLDEST_SNAPSHOT: Final = timedelta(hours=25)  # automated snapshots are taken daily
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
    return bool(member["DBClusterParameterGroupStatus"] != "in-sync")


def _waiting_groups(instance: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the DB parameter groups of an instance that are not in effect."""
    groups: list[Mapping[str, Any]] = instance["DBParameterGroups"]
    return [group for group in groups if group["ParameterApplyStatus"] != "in-sync"]


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


def _no_instances(cluster: str, environment: ResolvedEnvironment) -> Result:
    """Return the result about the instances of a cluster that has none: there is nothing to look at."""
    return skipped(
        f"The cluster {cluster} has no instances whose settings could be read.",
        "Create them again (docs/recovery.md, An instance is missing): "
        f"{remedies.csr_operate(environment, 'create-instances', 'original')}",
    )


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


def _judge_pending_before_deploy(
    subject: Subject, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    cluster = rds_clusters.cluster_of_stack(subject, lookup)
    if cluster is None:
        return rds_clusters.not_yet(subject)
    instances = lookup(rds_calls.instances(subject.stack.region, subject.id))
    waiting = _waiting_instances(cluster, instances)
    if waiting:
        return warned(
            f"Some parameters take effect at the next restart: {', '.join(waiting)}. A deploy that restarts "
            "an instance applies them.",
            "Expect the change with it, or restart the instances before, the reader first (docs/changes.md): "
            f"{_restart(cluster, instances, environment)}",
        )
    if not instances:
        return _no_instances(subject.id, environment)
    return passed("The parameters of all instances are in effect.")


def _judge_writer_before_deploy(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    cluster = rds_clusters.cluster_of_stack(subject, lookup)
    if cluster is None:
        return rds_clusters.not_yet(subject)
    return _judge_cluster(
        cluster,
        subject.stack.region,
        "The deploy does not need another one: with this writer, a restart of both instances causes one "
        "failover instead of two (docs/changes.md, Another instance class).",
        environment,
    )


def _judge_snapshot(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    if not rds_clusters.cluster_of_stack(subject, lookup):
        return rds_clusters.not_yet(subject)
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


def _judge_writer_after_deploy(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    name, cluster = resource.physical_id, rds_clusters.deployed_cluster(resource, lookup)
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
    cluster = rds_clusters.deployed_cluster(resource, lookup)
    if not cluster:
        raise SkippedError
    instances = lookup(rds_calls.instances(resource.region, resource.physical_id))
    waiting = _waiting_instances(cluster, instances)
    if waiting:
        return failed(
            f"Some parameters are not in effect before a restart: {', '.join(waiting)}.",
            "Restart the instances, the reader first (docs/changes.md): "
            f"{_restart(cluster, instances, environment)}",
        )
    if not instances:
        return _no_instances(resource.physical_id, environment)
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
    name, cluster = resource.physical_id, rds_clusters.deployed_cluster(resource, lookup)
    if not cluster:
        raise SkippedError
    if different := _different_settings(resource, cluster, environment, lookup):
        return different
    instances = lookup(rds_calls.instances(resource.region, name))
    if not instances:
        return _no_instances(name, environment)
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
        instance.physical_id
        for instance in deployed_resources.all_of(environment, lookup, rds_clusters.INSTANCE)
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
                rds_clusters.CLUSTER,
                "cluster",
                lambda stack, _, name: rds_calls.cluster.query(stack.region, name),
                "DBClusterIdentifier",
            ),
        ),
    ),
    *rds_offers.BEFORE_DEPLOY,
    Check(
        "pending-reboot",
        "No database parameter is pending a restart",
        rds_clusters.clusters,
        _judge_pending_before_deploy,
    ),
    Check(
        "writer",
        "The cluster is available, and its first instance is the writer",
        rds_clusters.clusters,
        _judge_writer_before_deploy,
    ),
    Check(
        "newest-snapshot",
        "The newest snapshot of the cluster is at most one day old",
        rds_clusters.clusters,
        _judge_snapshot,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "writer",
        "Each cluster is available, and its first instance is the writer",
        rds_clusters.CLUSTER,
        _judge_writer_after_deploy,
    ),
    deployed_resources.check(
        "pending-reboot",
        "No database parameter is pending a restart",
        rds_clusters.CLUSTER,
        _judge_pending_after_deploy,
    ),
    deployed_resources.check(
        "database-settings",
        "Each cluster is protected, exports its logs, and has no pending changes or manually created "
        "instances",
        rds_clusters.CLUSTER,
        _judge_settings,
    ),
    deployed_resources.check(
        "instances",
        "Each instance of a cluster is available, with the class and in the zone of the template",
        rds_clusters.INSTANCE,
        _judge_instance,
    ),
    deployed_resources.check(
        "left-clusters",
        "No cluster is left from a restore",
        rds_clusters.CLUSTER,
        rds_clusters.judge_left,
    ),
    deployed_resources.check(
        "event-subscriptions",
        "Each event subscription of the database is enabled, and sends to the topic of the template",
        rds_events.SUBSCRIPTION,
        rds_events.judge_subscription,
    ),
)

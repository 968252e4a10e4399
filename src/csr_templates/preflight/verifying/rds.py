"""The database: its writer, the zones and states of its instances, and parameters that are not in effect."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from csr_templates.preflight import database_calls
from csr_templates.preflight.checks.rds import waiting_parameters, writer_verdict
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import PASS, Check, SkippedError, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource

_CLUSTER, _INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
_START = "Start it, or wait until it is available, then run verify again."
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


def _cluster(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the cluster; empty if it does not exist."""
    clusters = lookup(database_calls.cluster(resource.region, resource.physical_id))
    return clusters[0] if clusters else {}


def _judge_writer(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    name, cluster = resource.physical_id, _cluster(resource, lookup)
    if not cluster:
        return failed(f"The cluster {name} does not exist.", "Recover it (docs/recovery.md).")
    advice = "The function does not need another one."
    if cluster["Status"] not in _WORKING:
        return writer_verdict(cluster, resource.region, advice)
    verdict = writer_verdict({**cluster, "Status": "available"}, resource.region, advice)
    if verdict.status != PASS:
        return verdict
    return warned(f"The cluster {name} is {cluster['Status']}, and works.", _WAIT)


def _judge_pending(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    instances = lookup(database_calls.instances(resource.region, resource.physical_id))
    waiting = waiting_parameters(_cluster(resource, lookup), instances)
    if waiting:
        return failed(
            f"Some parameters are not in effect before a restart: {', '.join(waiting)}.",
            "Restart the instances, the reader first (docs/changes.md).",
        )
    return passed(f"The parameters of all instances of {resource.physical_id} are in effect.")


def _of_cluster(resource: DeployedResource, lookup: Lookup) -> Query | None:
    """Return the call for the instances of the cluster of an instance."""
    match resource.properties.get("DBClusterIdentifier"):
        case {"Ref": str(logical_id)} if cluster := resources.find(lookup, resource.stack, logical_id):
            return database_calls.instances(resource.region, cluster.physical_id)
    return None


def _judge_instance(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    call, name = _of_cluster(resource, lookup), resource.physical_id
    found = {instance["DBInstanceIdentifier"]: instance for instance in (lookup(call) if call else [])}
    if name not in found:
        return failed(
            f"The instance {name} does not exist.",
            "Find its deletion in CloudTrail (docs/recovery.md, An instance is missing).",
        )
    instance = found[name]
    status = instance["DBInstanceStatus"]
    if status not in ("available", *_WORKING):
        return failed(f"The instance {name} is {status}.", _START)
    zone = needs.known(resource.stack, resource.properties.get("AvailabilityZone"))
    if isinstance(zone, str) and instance.get("AvailabilityZone") != zone:
        return failed(
            f"The instance {name} is in {instance.get('AvailabilityZone')} instead of {zone}.",
            "An instance cannot be moved. Replace it (docs/recovery.md, An instance is missing).",
        )
    wanted = resource.properties.get("DBInstanceClass")
    if isinstance(wanted, str) and instance["DBInstanceClass"] != wanted:
        return failed(
            f"The class of {name} is {instance['DBInstanceClass']} instead of {wanted}.", resource.drift
        )
    group = resources.in_account(
        resource.properties.get("DBParameterGroupName"), resource.stack, needs, lookup
    )
    groups = [parameters["DBParameterGroupName"] for parameters in instance["DBParameterGroups"]]
    if isinstance(group, str) and group not in groups:
        return failed(
            f"{name} has the parameter group {', '.join(groups)} instead of {group}.", resource.drift
        )
    if status != "available":
        return warned(f"The instance {name} is {status}, and works.", _WAIT)
    return passed(f"The instance {name} is available, in {instance.get('AvailabilityZone')}.")


def _judge_settings(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    name, cluster = resource.physical_id, _cluster(resource, lookup)
    if not cluster:
        raise SkippedError
    properties = resource.properties
    if (
        str(properties.get("DeletionProtection", False)).lower() == "true"
        and not cluster["DeletionProtection"]
    ):
        return failed(
            f"The deletion protection of {name} is off.",
            f"Enable it: aws rds modify-db-cluster --region {resource.region} --db-cluster-identifier {name} "
            "--deletion-protection",
        )
    exported = cluster.get("EnabledCloudwatchLogsExports", [])
    missing = [log for log in properties.get("EnableCloudwatchLogsExports", []) if log not in exported]
    if missing:
        return failed(f"{name} does not export its logs {', '.join(missing)}.", resource.drift)
    for setting in ("EngineVersion", "BackupRetentionPeriod"):
        expected = properties.get(setting)
        if isinstance(expected, (str, int)) and str(cluster[setting]) != str(expected):
            return failed(f"{setting} of {name} is {cluster[setting]} instead of {expected}.", resource.drift)
    group = resources.in_account(properties.get("DBClusterParameterGroupName"), resource.stack, needs, lookup)
    if isinstance(group, str) and cluster["DBClusterParameterGroup"] != group:
        return failed(
            f"{name} has the parameter group {cluster['DBClusterParameterGroup']} instead of {group}.",
            resource.drift,
        )
    instances = lookup(database_calls.instances(resource.region, name))
    pending = [f"{name}: {value}" for value in cluster["PendingModifiedValues"]]
    for instance in instances:
        pending += [
            f"{instance['DBInstanceIdentifier']}: {value}" for value in instance["PendingModifiedValues"]
        ]
    if pending:
        return warned(
            f"Changes wait for the next maintenance window or restart: {', '.join(pending)}.",
            "Wait for the window, or follow docs/changes.md.",
        )
    return _by_hand(resource, instances, needs, lookup) or passed(f"{name} has the settings of the template.")


def _by_hand(
    resource: DeployedResource, instances: Sequence[Mapping[str, Any]], needs: Needs, lookup: Lookup
) -> Verdict | None:
    """Return the verdict for an instance that does not belong to a stack; None if there is none."""
    own = {instance.physical_id for instance in resources.all_of(needs, lookup, _INSTANCE)}
    strangers = [
        instance["DBInstanceIdentifier"]
        for instance in instances
        if instance["DBInstanceIdentifier"] not in own
    ]
    if not strangers:
        return None
    return warned(
        f"{resource.physical_id} has the instance {strangers[0]}, which does not belong to a stack.",
        f"If it was added with add-check-instance: csr-operate {needs.environment} remove-check-instance",
    )


CHECKS: tuple[Check, ...] = (
    resources.check(
        "writer",
        "Each cluster is available, and its first instance is the writer",
        _CLUSTER,
        _judge_writer,
    ),
    resources.check(
        "pending-reboot",
        "No database parameter waits for a restart",
        _CLUSTER,
        _judge_pending,
    ),
    resources.check(
        "database-settings",
        "Each cluster is protected, exports its logs, and has no pending changes or instances made by hand",
        _CLUSTER,
        _judge_settings,
    ),
    resources.check(
        "instances",
        "Each instance of a cluster is available, with the class and in the zone of the template",
        _INSTANCE,
        _judge_instance,
    ),
)

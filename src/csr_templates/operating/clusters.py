"""What several commands read of the cluster and its instances, wait for, and do to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from csr_templates.naming import OLD, RESTORED
from csr_templates.operating import waiting, words
from csr_templates.operating.aws import Aws
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop

ENGINE: Final = "aurora-mysql"
COMPLETED: Final[Mapping[str, Any]] = {
    "CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["audit", "error", "slowquery"]},
    "BackupRetentionPeriod": 30,  # days
    "PreferredBackupWindow": "17:00-18:00",  # UTC
    "PreferredMaintenanceWindow": "sat:18:30-sat:19:00",  # UTC
    # The calls that restore have no such member, and RDS enables it.
    "AutoMinorVersionUpgrade": False,
}
"""What a restore does not take over, as in the template."""

CLUSTER: Final = "DatabaseCluster"
ABSENT: Final = "absent"
"""Status of a cluster or instance that does not exist."""
AVAILABLE: Final = "available"

_ENDS: Final = frozenset(
    {
        AVAILABLE,
        "deleting",
        "failed",
        "inaccessible-encryption-credentials",
        "incompatible-parameters",
        "incompatible-restore",
    }
)
"""Statuses that do not become ``available`` by themselves. A cluster that starts is ``stopped`` at first.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html
"""
RESTORED_FROM: Final = "RestoredFrom"
"""Tag that says from what a cluster was restored, because RDS does not return it."""
RESETTING: Final = "resetting-master-credentials"
_CHANGE: Final = waiting.Duration("minutes", 3600)
_CREATION: Final = waiting.Duration("1 to 20 minutes", 3600)
_SNAPSHOT: Final = waiting.Duration("minutes", 6 * 3600)
_BEGIN_SECONDS: Final = 60.0  # until RDS shows that a change has begun
_NO_CLUSTER: Final = "DBClusterNotFoundFault"
_NO_INSTANCE: Final = "DBInstanceNotFound"


# ---- Reads and waits ----


def client(aws: Aws) -> Any:
    """Return boto3's client of RDS in the region of the cluster."""
    return aws.client("rds", stack(aws).region)


def stack(aws: Aws) -> Stack:
    """Return the stack of the cluster."""
    return aws.environment.stack_of(CLUSTER)


def describe(aws: Aws, cluster: str) -> Mapping[str, Any] | None:
    """Return the description of a cluster; None if it does not exist."""
    rds = client(aws)
    answer = aws.unless_missing(partial(rds.describe_db_clusters, DBClusterIdentifier=cluster), _NO_CLUSTER)
    if answer is None:
        return None
    (description,) = answer["DBClusters"]
    return dict(description)


def status_of(description: Mapping[str, Any] | None) -> str:
    """Return the status in a description."""
    if not description:
        return ABSENT
    return str(description["Status"])


def status(aws: Aws, cluster: str) -> str:
    """Return the status of a cluster, or ``absent``."""
    return status_of(describe(aws, cluster))


def members(aws: Aws, cluster: str) -> list[str]:
    """Return the identifiers of the instances of a cluster; none if it does not exist."""
    description = describe(aws, cluster) or {}
    return [member["DBInstanceIdentifier"] for member in description.get("DBClusterMembers", [])]


def writer_of(description: Mapping[str, Any] | None) -> str:
    """Return the identifier of the writer in a description; empty if there is none."""
    for member in (description or {}).get("DBClusterMembers", []):
        if member["IsClusterWriter"]:
            return str(member["DBInstanceIdentifier"])
    return ""


def instances(aws: Aws, cluster: str) -> dict[str, str]:
    """Return the status of each instance of a cluster."""
    filters = [{"Name": "db-cluster-id", "Values": [cluster]}]
    answer = aws.all_pages(client(aws), "DescribeDBInstances", Filters=filters)
    return {
        instance["DBInstanceIdentifier"]: instance["DBInstanceStatus"] for instance in answer["DBInstances"]
    }


def instance_status(aws: Aws, instance: str) -> str:
    """Return the status of an instance, or ``absent``."""
    status_now, _ = instance_states(aws, instance)
    return status_now


def instance_states(aws: Aws, instance: str) -> tuple[str, str]:
    """Return the status of an instance, or ``absent``, and the state of its parameters."""
    rds = client(aws)
    answer = aws.unless_missing(
        partial(rds.describe_db_instances, DBInstanceIdentifier=instance), _NO_INSTANCE
    )
    if answer is None:
        return ABSENT, ""
    (description,) = answer["DBInstances"]
    return str(description["DBInstanceStatus"]), parameter_state(description)


def parameter_state(description: Mapping[str, Any]) -> str:
    """Return whether an instance has its parameters: ``in-sync``, ``pending-reboot``; empty if not shown."""
    for group in description.get("DBParameterGroups", []):
        return str(group["ParameterApplyStatus"])
    return ""


def sight(aws: Aws, cluster: str) -> waiting.Sight:
    """Look whether a cluster is available, or cannot become available by itself."""
    return _sight(f"the cluster {cluster}", partial(status, aws, cluster))


def _sight(resource: str, read: Callable[[], str]) -> waiting.Sight:
    now = read()
    sentence = f"{resource} is {now}"
    if now == AVAILABLE:
        return waiting.Sight(sentence, is_there=True)
    if now in _ENDS:
        return waiting.Sight(sentence, failure="It does not become available by itself")
    return waiting.Sight(sentence)


def snapshots(aws: Aws, *identifiers: str) -> list[Mapping[str, Any]]:
    """Return the snapshots of the clusters that have had one of the identifiers.

    Those of all clusters are read: an identifier in the call must be that of a cluster that exists.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
    """
    answer = aws.all_pages(client(aws), "DescribeDBClusterSnapshots")
    return _of_clusters(answer["DBClusterSnapshots"], identifiers)


def backups(aws: Aws, *identifiers: str) -> list[Mapping[str, Any]]:
    """Return the automated backups of the clusters that have had one of the identifiers.

    Those of all clusters are read, for the same reason.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterAutomatedBackups.html
    """
    answer = aws.all_pages(client(aws), "DescribeDBClusterAutomatedBackups")
    return _of_clusters(answer["DBClusterAutomatedBackups"], identifiers)


def _of_clusters(
    descriptions: Sequence[Mapping[str, Any]], identifiers: Sequence[str]
) -> list[Mapping[str, Any]]:
    return [description for description in descriptions if description["DBClusterIdentifier"] in identifiers]


def former_identifiers(cluster: str) -> tuple[str, ...]:
    """Return the identifiers that the clusters of the stack have had: a restore adds two."""
    return (cluster, cluster + OLD, cluster + RESTORED)


def restored_from(description: Mapping[str, Any]) -> str:
    """Return from what a cluster was restored, as its tag says; empty without the tag."""
    for tag in description.get("TagList", []):
        if tag["Key"] == RESTORED_FROM:
            return str(tag["Value"])
    return ""


def require_available(rds: Any, cluster: str) -> None:
    """Check that a cluster and all its instances are available.

    Args:
        rds: boto3's client.
        cluster: identifier of the cluster.

    Raises:
        Stop: one of them is not available.
    """
    (description,) = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
    if description["Status"] != AVAILABLE:
        raise Stop(f"The cluster {cluster} is {description['Status']}, not available.")
    filters = [{"Name": "db-cluster-id", "Values": [cluster]}]
    for instance in rds.describe_db_instances(Filters=filters)["DBInstances"]:
        if instance["DBInstanceStatus"] != AVAILABLE:
            raise Stop(
                f"The instance {instance['DBInstanceIdentifier']} is {instance['DBInstanceStatus']}, not "
                "available."
            )


def create_snapshot(aws: Aws, cluster: str, purpose: str, again: str, *, is_needed: bool) -> None:
    """Take a snapshot, and wait until it is available.

    Args:
        aws: the account.
        cluster: identifier of the cluster.
        purpose: a part of the name of the snapshot.
        again: the command that goes on with the wait.
        is_needed: whether the next call needs it, so that ``--no-wait`` does not count.

    Raises:
        Stop: it has failed.
    """
    snapshot = f"{aws.environment.prefix}-{purpose}-{words.now():%Y%m%d-%H%M%S}"
    rds = client(aws)
    words.say(f"Takes the snapshot {snapshot}.")
    rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster, DBClusterSnapshotIdentifier=snapshot)

    def now() -> str:
        answer = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=snapshot)
        return str(answer["DBClusterSnapshots"][0]["Status"])

    what = f"the snapshot {snapshot}"
    waiting.for_effect(aws, what, partial(_sight, what, now), _SNAPSHOT, again, is_needed=is_needed)


def unprotect(aws: Aws, cluster: str) -> None:
    """Disable deletion protection."""
    client(aws).modify_db_cluster(
        DBClusterIdentifier=cluster, DeletionProtection=False, ApplyImmediately=True
    )


def wait_available(aws: Aws, cluster: str, again: str) -> None:
    """Wait until a cluster is available; one that does not exist yet may be renamed.

    Args:
        aws: the account.
        cluster: its identifier.
        again: the command that goes on with the wait.

    Raises:
        Stop: it cannot become available by itself.
    """
    read = partial(status, aws, cluster)
    look = partial(_sight, f"the cluster {cluster}", read)
    waiting.for_effect(aws, f"the cluster {cluster}", look, _CHANGE, again, is_needed=True)


def wait_instance(aws: Aws, instance: str, again: str, *, is_needed: bool = True) -> None:
    """Wait until an instance is available; one that does not exist yet may be renamed.

    Args:
        aws: the account.
        instance: its identifier.
        again: the command that goes on with the wait.
        is_needed: whether the next call needs it, so that ``--no-wait`` does not count.

    Raises:
        Stop: it cannot become available by itself.
    """
    read = partial(instance_status, aws, instance)
    look = partial(_sight, f"the instance {instance}", read)
    waiting.for_effect(aws, f"the instance {instance}", look, _CREATION, again, is_needed=is_needed)


def wait_for_writer(aws: Aws, cluster: str, is_over: Callable[[str], bool], again: str) -> str:
    """Wait for another writer after a failover, and return its identifier.

    Args:
        aws: the account.
        cluster: identifier of the cluster.
        is_over: gets the identifier of the writer, or nothing while there is none.
        again: the command that shows the writer.
    """

    def is_over_with_writer(writer: str) -> bool:
        return is_over(writer) and writer != ""

    return waiting.until(
        aws,
        f"the writer of {cluster}",
        lambda: writer_of(describe(aws, cluster)),
        is_over_with_writer,
        "minutes",
        again,
    )


class Beginning:
    """Whether a change has begun: RDS shows the status before a call for some seconds."""

    def __init__(self, before: str, seconds: float = _BEGIN_SECONDS) -> None:
        """Begin now.

        Args:
            before: the status before the call.
            seconds: after which another status could not be seen any more.
        """
        self._before = before
        self._seconds = seconds
        self._began = words.now()
        self.was_seen = False

    def is_over(self, status: str) -> bool:
        """Return whether another status was seen, or so much time has passed."""
        self.was_seen = self.was_seen or status != self._before
        return self.was_seen or (words.now() - self._began).total_seconds() >= self._seconds


# ---- Changes ----


def setting(aws: Aws, name: str) -> str:
    """Return the deployed value of a parameter; that of the folder while the stack is recovered."""
    of_cluster = stack(aws)
    deployed = aws.require_stack(of_cluster).get("Parameters", [])
    if any(parameter["ParameterKey"] == name for parameter in deployed):
        return aws.parameter(CLUSTER, name)
    return of_cluster.parameters[name]


def numbers(aws: Aws) -> list[int]:
    """Return the numbers of the instances that the parameters ask for."""
    is_single = (
        setting(aws, "DatabaseMultiAZ"),
        setting(aws, "DatabaseReadReplica"),
    ) == ("false", "false")
    if is_single:
        return [1]
    return [1, 2]


def tags(aws: Aws) -> list[dict[str, str]]:
    """Return the tags of the stack, as RDS takes them."""
    return [{"Key": key, "Value": value} for key, value in stack(aws).tags.items()]


def complete(aws: Aws, cluster: str) -> None:
    """Set what a restore does not take over."""
    words.say(f"Completes the settings of {cluster}.")
    client(aws).modify_db_cluster(DBClusterIdentifier=cluster, ApplyImmediately=True, **COMPLETED)


def forget_origin(aws: Aws, cluster: str) -> None:
    """Remove the tag that the template does not have from a cluster that the stack uses."""
    description = describe(aws, cluster) or {}
    if restored_from(description):
        client(aws).remove_tags_from_resource(
            ResourceName=description["DBClusterArn"], TagKeys=[RESTORED_FROM]
        )


def delete_instances(aws: Aws, cluster: str, again: str) -> None:
    """Delete the instances of a cluster, the writer last, once all of them are available."""
    description = describe(aws, cluster)
    writer = writer_of(description)
    statuses = instances(aws, cluster)
    remaining = [name for name, now in statuses.items() if now != "deleting"]
    remaining.sort(key=lambda name: name == writer)
    for instance in remaining:
        if statuses[instance] != AVAILABLE:  # of a cluster that has just started
            wait_instance(aws, instance, again)
    for instance in remaining:
        client(aws).delete_db_instance(DBInstanceIdentifier=instance, SkipFinalSnapshot=True)


def delete_cluster(aws: Aws, cluster: str, *, has_snapshot: bool) -> None:
    """Delete a cluster without instances, with or without a final snapshot."""
    unprotect(aws, cluster)
    final: dict[str, Any] = {"SkipFinalSnapshot": True}
    if has_snapshot:
        final = {"FinalDBSnapshotIdentifier": f"{cluster}-final-{words.now():%Y%m%d-%H%M%S}"}
    client(aws).delete_db_cluster(DBClusterIdentifier=cluster, **final)


def wait_deleted(aws: Aws, cluster: str, again: str) -> None:
    """Wait until a cluster is gone."""
    waiting.until(
        aws,
        f"the deletion of {cluster}",
        partial(status, aws, cluster),
        lambda now: now == ABSENT,
        "5 to 15 minutes",
        again,
    )
    words.say(f"{cluster} is deleted.")

"""The restore of the database, and the restored cluster in the place of the live one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Literal

from csr_templates.naming import OLD, RESTORED
from csr_templates.operating import clusters, waiting, words
from csr_templates.operating.aws import Aws
from csr_templates.operating.clusters import ABSENT, AVAILABLE, CLUSTER
from csr_templates.operating.problems import Stop, WrongInput
from csr_templates.operating.waiting import Duration, Sight

_LATEST: Final = "latest"
_CREATING: Final = "creating"
_RESTORE: Final = Duration("10 minutes to an hour", 3 * 3600)
_PORT: Final = 3306
_LIFECYCLE: Final = "open-source-rds-extended-support-disabled"
WINDOWS: Final = {1: "sat:19:30-sat:20:00", 2: "sat:19:00-sat:19:30"}
"""Maintenance windows of the instances by their number, as in the template."""
_MONITORING_SECONDS: Final = 60
_INSIGHTS_DAYS: Final = 7
Target = Literal["original", "restored"]


def restore_cluster(
    aws: Aws, target: Target, *, time: str = "", snapshot: str = "", backup: str = ""
) -> None:
    """Restore the database from the live cluster, a snapshot or backups of a deleted cluster.

    Give --time alone for the live cluster, --snapshot alone, or --backup with --time. An existing cluster is
    never overwritten.

    Args:
        target: restored creates a cluster beside that of the stack; original creates the one of a deleted
            stack again.
        time: a time such as 2026-11-25T10:30:00+09:00, or latest.
        snapshot: name of a snapshot, as show-backups lists it.
        backup: ID of an automated backup, as show-backups lists it.

    Example: restore-cluster restored --time 2026-11-25T10:30:00+09:00
    Calls: rds:DescribeDBClusters, rds:DescribeDBClusterAutomatedBackups, rds:DescribeDBClusterSnapshots,
        cloudformation:DescribeStackResource, rds:RestoreDBClusterFromSnapshot,
        rds:RestoreDBClusterToPointInTime.
    Takes: 10 minutes to an hour.
    Way back: delete-spare-cluster restored, or delete-wrong-restore for original.
    """
    cluster = aws.name(CLUSTER)
    identifier = _identifier(cluster, target)
    source = _restore_source(cluster, target, time, snapshot, backup)
    waited_for = "cluster" if target == "original" else "restored-cluster"
    again = aws.command("wait", waited_for)
    look = partial(_restored, aws, identifier, target)
    origin = _origin(aws, cluster, time, snapshot, backup)
    if description := clusters.describe(aws, identifier):
        _require_same_restore(aws, identifier, description, target, origin)
        waiting.for_effect(aws, f"the restore of {identifier}", look, _RESTORE, again)
        return
    if snapshot:
        source = {**source, **_engine(aws, cluster, snapshot)}
    settings = _settings(aws)
    if target == "restored":
        settings["Tags"] = [*settings["Tags"], {"Key": clusters.RESTORED_FROM, "Value": origin}]
    rds = clusters.client(aws)
    words.say(f"Restores the cluster {identifier} from {origin}. Way back: {_deletion(aws, target)}")
    if snapshot:
        rds.restore_db_cluster_from_snapshot(DBClusterIdentifier=identifier, **source, **settings)
    else:
        rds.restore_db_cluster_to_point_in_time(DBClusterIdentifier=identifier, **source, **settings)
    aws.way_on = again
    waiting.for_effect(aws, f"the restore of {identifier}", look, _RESTORE, again)


def _identifier(cluster: str, target: Target) -> str:
    """Return the identifier of a restored cluster."""
    if target == "original":
        return cluster
    return cluster + RESTORED


def create_instances(aws: Aws, target: Target) -> None:
    """Create the instances that a cluster lacks: those of the stack, or of a restored cluster.

    The first instance becomes the writer. Instances that exist are skipped.

    Args:
        target: original for instances of the stack that were deleted; restored for the restored cluster.

    Example: create-instances restored
    Calls: rds:DescribeDBClusters, cloudformation:DescribeStackResource, iam:GetRole, rds:CreateDBInstance,
        rds:DescribeDBInstances.
    Takes: 10 to 20 minutes an instance.
    Way back: delete-spare-cluster restored; none is needed for original.
    """
    cluster = aws.name(CLUSTER)
    identifier = _identifier(cluster, target)
    now = clusters.status(aws, identifier)
    if now != AVAILABLE:
        raise Stop(f"The cluster {identifier} is {now}, not available.")
    present = clusters.members(aws, identifier)
    again = aws.command("create-instances", target)
    numbers = clusters.numbers(aws)
    for number in numbers:
        instance = _restored_instance(aws, number)
        if target == "original":
            instance = aws.physical_id(f"DatabaseInstance{number}")
        if instance in present:
            words.say(f"The instance {instance} exists.")
        else:
            _create_instance(aws, identifier, instance, number)
        # The first instance becomes the writer, so the next one waits for it.
        clusters.wait_instance(aws, instance, again, is_needed=number != numbers[-1])


def use_restored_cluster(aws: Aws) -> None:
    """Give the restored cluster the names of the stack; rename and stop the live cluster.

    The live one is renamed to -old. The command starts only if both clusters and their instances are
    available. The endpoints stay the same, and no stack changes. If it stops, repeat it: it skips what is
    renamed already.

    Calls: rds:DescribeDBClusters, cloudformation:DescribeStackResource, rds:DescribeDBInstances,
        rds:ModifyDBCluster, rds:ModifyDBInstance, rds:StopDBCluster, rds:RemoveTagsFromResource.
    Takes: 10 to 20 minutes, in which the database does not answer.
    Way back: rename the clusters and instances in the RDS console; the old cluster still has its data.
    """
    cluster = aws.name(CLUSTER)
    names = _instances_of_stack(aws)  # all is read before anything is renamed
    again = aws.command("use-restored-cluster")
    present, restored, old = _require_swappable(aws, cluster, len(names))
    aws.confirm(cluster, f"This replaces the cluster {cluster} with the restored one.")
    if restored != ABSENT and present != ABSENT:
        _rename_cluster(aws, cluster, cluster + OLD, again)
        old = AVAILABLE
    if old != ABSENT:
        _put_aside(aws, cluster + OLD, names, again)
    if restored != ABSENT:
        _rename_cluster(aws, cluster + RESTORED, cluster, again)
    for number, name in enumerate(names, 1):
        _rename_instance(aws, cluster, _restored_instance(aws, number), name, again)
    clusters.complete(aws, cluster)
    clusters.forget_origin(aws, cluster)
    if not aws.is_dry_run:
        _require_same(aws, cluster, names)
    aws.say_done(
        f"Now {cluster} is the restored cluster, with the endpoints of the stack. The one before is "
        f"{cluster + OLD}: it is stopped, RDS starts it again after 7 days, and its storage is "
        f"billed until: {aws.command('delete-spare-cluster', 'old')}"
    )


def delete_spare_cluster(aws: Aws, which: Literal["old", "restored"]) -> None:
    """Delete the cluster that a restore or a rehearsal left, with its instances and log groups.

    The old cluster leaves a final snapshot. So does the restored one, unless the cluster of the stack is
    available: it may be the only copy of the data.

    Args:
        which: old after use-restored-cluster; restored after a rehearsal or a wrong restore.

    Example: delete-spare-cluster old
    Calls: rds:DescribeDBClusters, rds:StartDBCluster, rds:DescribeDBInstances, rds:DeleteDBInstance,
        rds:ModifyDBCluster, rds:DeleteDBCluster, logs:DescribeLogGroups, logs:DeleteLogGroup.
    Takes: 10 to 20 minutes.
    Way back: restore the final snapshot, if there is one.
    """
    cluster = aws.name(CLUSTER)
    spare = f"{cluster}-{which}"
    again = aws.command("delete-spare-cluster", which)
    now = clusters.status(aws, spare)
    has_snapshot = which == "old" or clusters.status(aws, cluster) != AVAILABLE
    kept = "leaves a final snapshot" if has_snapshot else "leaves no snapshot"
    aws.confirm(spare, f"This deletes the cluster {spare} with its instances, and {kept}.")
    if now == "stopping":  # use-restored-cluster has just put it aside
        now = waiting.until(
            aws,
            f"the cluster {spare}",
            partial(clusters.status, aws, spare),
            lambda shown: shown != "stopping",
            "minutes",
            again,
        )
    if now == "stopped":  # RDS deletes only what is available
        words.say(f"Starts {spare}.")
        clusters.client(aws).start_db_cluster(DBClusterIdentifier=spare)
    if now not in (ABSENT, "deleting"):
        clusters.wait_available(aws, spare, again)
        clusters.delete_instances(aws, spare, again)
        clusters.delete_cluster(aws, spare, has_snapshot=has_snapshot)
    if now == ABSENT:
        words.say(f"{spare} does not exist.")
    else:
        clusters.wait_deleted(aws, spare, again)
    _delete_log_groups(aws, spare)


# ---- The source and the settings of a restore ----


def _require_same_restore(
    aws: Aws, identifier: str, description: Mapping[str, Any], target: Target, origin: str
) -> None:
    """Say from what a cluster that exists was restored, and go on only if that is asked for, or in progress.

    Raises:
        Stop: it was restored from something else, or that is not known.
    """
    present = clusters.restored_from(description)
    what = f"{identifier} exists already, and is {description['Status']}."
    if present:
        what += f" It was restored from {present}."
    what += f" It was created at {words.said_back(description['ClusterCreateTime'])}."
    if description["Status"] != _CREATING and present != origin:
        raise Stop(
            f"{what} If it is the restore that you want, continue with: "
            f"{aws.command('create-instances', target)} If not, delete it first: {_deletion(aws, target)}"
        )
    words.say(f"{what} No other restore is started.")


def _restored(aws: Aws, identifier: str, target: Target) -> Sight:
    sight = clusters.sight(aws, identifier)
    if not sight.is_there:
        return sight
    return sight._replace(sentence=f"{sight.sentence}; next: {_next_step(aws, target)}")


def _next_step(aws: Aws, target: Target) -> str:
    if target == "original":
        return aws.command("add-check-instance")
    return aws.command("create-instances", target)


def _origin(aws: Aws, cluster: str, time: str, snapshot: str, backup: str) -> str:
    """Check the time against the backups, say it back, and return from what is restored.

    Raises:
        WrongInput: it is outside the time that can be restored.
    """
    if snapshot:
        return f"the snapshot {snapshot}"
    earliest, latest = _window(aws, cluster, backup)
    moment = latest
    if time != _LATEST:
        moment = words.moment(time)
        _require_within(moment, earliest, latest)
    if moment is None:
        return f"the latest time of {backup or cluster}"
    words.say(f"The time of the data: {words.said_back(moment)}.")
    return f"{backup or cluster} at {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _window(aws: Aws, cluster: str, backup: str) -> tuple[datetime | None, datetime | None]:
    """Return the earliest and the latest time that can be restored, as far as RDS says them.

    Raises:
        WrongInput: there is no such backup.
    """
    if not backup:
        description = clusters.describe(aws, cluster) or {}
        return description.get("EarliestRestorableTime"), description.get("LatestRestorableTime")
    names = clusters.former_identifiers(cluster)
    for description in clusters.backups(aws, *names):
        if description["DbClusterResourceId"] == backup:
            window = description.get("RestoreWindow", {})
            return window.get("EarliestTime"), window.get("LatestTime")
    raise WrongInput(f"{cluster} has no backup {backup}. To list them: {aws.command('show-backups')}")


def _require_within(moment: datetime, earliest: datetime | None, latest: datetime | None) -> None:
    """Check that a time can be restored.

    Raises:
        WrongInput: it is too early, too late, or in the future.
    """
    is_early = earliest is not None and moment < earliest
    is_late = latest is not None and moment > latest
    if not is_early and not is_late and moment <= words.now():
        return
    allowed = ""
    if earliest and latest:
        allowed = f" It can be restored from {words.said_back(earliest)}, to {words.said_back(latest)}."
    raise WrongInput(f"The time is {words.said_back(moment)}, which has no backup.{allowed}")


def _restore_source(cluster: str, target: Target, time: str, snapshot: str, backup: str) -> dict[str, Any]:
    """Return the members of the call that say what is restored.

    Raises:
        WrongInput: the options do not fit, or the time is not one.
    """
    if snapshot:
        if time or backup:
            raise WrongInput("A snapshot has its own time: give --snapshot alone.")
        return {"SnapshotIdentifier": snapshot}
    if not time:
        raise WrongInput(
            "Specify what to restore: --time TIME, --snapshot NAME, or --backup ID with --time TIME."
        )
    if backup:
        return {"SourceDbClusterResourceId": backup, **_point(time)}
    if target == "original":
        raise WrongInput(
            "The live cluster is restored beside itself: restored, not original. For the backups of a "
            "deleted cluster, add --backup ID."
        )
    return {"SourceDBClusterIdentifier": cluster, **_point(time)}


def _point(text: str) -> dict[str, Any]:
    """Return the members of the call that say to which time.

    Raises:
        WrongInput: it is not a time with a zone.
    """
    if text == _LATEST:
        return {"UseLatestRestorableTime": True}
    return {"RestoreToTime": words.moment(text).isoformat()}


def _engine(aws: Aws, cluster: str, snapshot: str) -> dict[str, str]:
    """Return engine and version of a snapshot.

    Raises:
        WrongInput: there is none of this name, or it is one of another cluster.
    """
    read = partial(clusters.client(aws).describe_db_cluster_snapshots, DBClusterSnapshotIdentifier=snapshot)
    answer = aws.unless_missing(read, "DBClusterSnapshotNotFoundFault")
    descriptions: list[dict[str, Any]] = []
    if answer:
        descriptions = answer["DBClusterSnapshots"]
    for description in descriptions:
        if str(description["DBClusterIdentifier"]).startswith(cluster):
            return {"Engine": clusters.ENGINE, "EngineVersion": description["EngineVersion"]}
    raise WrongInput(
        f"{snapshot} is not a snapshot of {cluster}. To list them: {aws.command('show-backups')}"
    )


def _settings(aws: Aws) -> dict[str, Any]:
    """Return what a restored cluster gets from the stack."""
    return {
        "EngineLifecycleSupport": _LIFECYCLE,
        "Port": _PORT,
        "DBSubnetGroupName": aws.physical_id("DatabaseSubnetGroup"),
        "VpcSecurityGroupIds": [aws.physical_id("DatabaseSecurityGroup")],
        "DBClusterParameterGroupName": aws.physical_id("DatabaseClusterParameterGroup"),
        "EnableIAMDatabaseAuthentication": True,
        "CopyTagsToSnapshot": True,
        "DeletionProtection": clusters.setting(aws, "DatabaseDeletionProtection") == "true",
        "Tags": clusters.tags(aws),
    }


def _deletion(aws: Aws, target: Target) -> str:
    """Return the command that deletes a wrong restore."""
    if target == "original":
        return aws.command("delete-wrong-restore")
    return aws.command("delete-spare-cluster", "restored")


# ---- Instances ----


def _instances_of_stack(aws: Aws) -> list[str]:
    return [aws.physical_id(f"DatabaseInstance{number}") for number in clusters.numbers(aws)]


def _restored_instance(aws: Aws, number: int) -> str:
    return f"{aws.environment.prefix}{RESTORED}-{number}"


def _create_instance(aws: Aws, cluster: str, instance: str, number: int) -> None:
    """Create an instance as the template does."""
    region = clusters.stack(aws).region
    role = aws.client("iam", region).get_role(RoleName=aws.physical_id("MonitoringRole"))["Role"]["Arn"]
    instance_class = clusters.setting(aws, "DatabaseInstanceClass")
    settings = {
        "AvailabilityZone": aws.output("VPC", f"PrivateSubnet{number}AvailabilityZone"),
        "PromotionTier": number - 1,
        "DBInstanceClass": instance_class,
        "Engine": clusters.ENGINE,
        "DBParameterGroupName": aws.physical_id("DatabaseParameterGroup"),
        "MonitoringInterval": _MONITORING_SECONDS,
        "MonitoringRoleArn": role,
        "PreferredMaintenanceWindow": WINDOWS[number],
        "AutoMinorVersionUpgrade": False,
        "PubliclyAccessible": False,
        "Tags": [
            *clusters.tags(aws),
            {"Key": "Name", "Value": f"{aws.environment.prefix}-aurora-instance-{number}"},
        ],
    }
    if _has_insights(aws, instance_class):
        settings |= {
            "EnablePerformanceInsights": True,
            "PerformanceInsightsRetentionPeriod": _INSIGHTS_DAYS,
            "PerformanceInsightsKMSKeyId": aws.output(CLUSTER, "DatabaseKeyArn"),
        }
    words.say(f"Creates the instance {instance}.")
    clusters.client(aws).create_db_instance(
        DBClusterIdentifier=cluster, DBInstanceIdentifier=instance, **settings
    )


def _has_insights(aws: Aws, instance_class: str) -> bool:
    """Return whether the template enables Performance Insights for a class: a value of its mapping.

    The room works without a parser of YAML.

    Raises:
        Stop: the template does not know the class.
    """
    template = clusters.stack(aws).template
    pattern = rf"^    {re.escape(instance_class)}:\n(?:      .*\n)*?      PerformanceInsights: '(true|false)'"
    match = re.search(pattern, template.read_text("utf-8"), re.MULTILINE)
    if match is None:
        raise Stop(f"{template} has no setting of Performance Insights for {instance_class}.")
    return match[1] == "true"


# ---- Clusters ----


def _require_swappable(aws: Aws, cluster: str, number: int) -> tuple[str, str, str]:
    """Check that the restored cluster can take the place of that of the stack, or that this has begun.

    Args:
        aws: the account.
        cluster: identifier of the cluster of the stack.
        number: of the instances of the stack.

    Returns:
        The statuses of that of the stack, the restored and the old one.

    Raises:
        Stop: one of them is missing, in the way or not available.
    """
    present, restored, old = [clusters.status(aws, cluster + ending) for ending in ("", RESTORED, OLD)]
    spare = cluster + RESTORED
    if restored == ABSENT and old == ABSENT:
        raise Stop(f"There is neither {spare} nor {cluster + OLD}. Restore first.")
    if restored == ABSENT and present == ABSENT:
        raise Stop(f"There is no cluster {spare}. Restore first.")
    if ABSENT not in (restored, present, old):
        raise Stop(
            f"{cluster + OLD} exists from an earlier restore. Delete it first: "
            f"{aws.command('delete-spare-cluster', 'old')}"
        )
    if restored == ABSENT:
        return present, restored, old
    # Otherwise the site would be left without a database.
    clusters.require_available(clusters.client(aws), spare)
    instances = clusters.members(aws, spare)
    for index in range(1, number + 1):
        if _restored_instance(aws, index) not in instances:
            raise Stop(
                f"{spare} has no instance {_restored_instance(aws, index)}. Create it first: "
                f"{aws.command('create-instances', 'restored')}"
            )
    if present != ABSENT:  # RDS renames only what is available
        clusters.require_available(clusters.client(aws), cluster)
    return present, restored, old


def _put_aside(aws: Aws, old: str, names: Sequence[str], again: str) -> None:
    """Take the names of the stack from the instances of the old cluster, and stop it.

    Raises:
        Stop: it is in a state in which this is not possible.
    """
    for number, name in enumerate(names, 1):
        put_aside = f"{aws.environment.prefix}{OLD}-{number}"
        _rename_instance(aws, old, name, put_aside, again)
    status = clusters.status(aws, old)
    if status not in (AVAILABLE, "stopping", "stopped"):
        raise Stop(f"{old} is {status}. Repeat the command when it is available.")
    if status == AVAILABLE and clusters.members(aws, old):  # RDS does not stop a cluster without instances
        words.say(f"Stops {old}, so that nothing uses its connections. RDS starts it again after 7 days.")
        clusters.client(aws).stop_db_cluster(DBClusterIdentifier=old)


def _rename_cluster(aws: Aws, before: str, after: str, again: str) -> None:
    words.say(f"Renames the cluster {before} to {after}.")
    clusters.client(aws).modify_db_cluster(
        DBClusterIdentifier=before, NewDBClusterIdentifier=after, ApplyImmediately=True
    )
    clusters.wait_available(aws, after, again)


def _rename_instance(aws: Aws, cluster: str, before: str, after: str, again: str) -> None:
    """Rename an instance, unless the cluster has none of this name."""
    if before not in clusters.members(aws, cluster):
        return
    words.say(f"Renames the instance {before} to {after}.")
    clusters.client(aws).modify_db_instance(
        DBInstanceIdentifier=before, NewDBInstanceIdentifier=after, ApplyImmediately=True
    )
    clusters.wait_instance(aws, after, again)


def _require_same(aws: Aws, cluster: str, names: Sequence[str]) -> None:
    """Check that instances and endpoints are those of the stack.

    Raises:
        Stop: they are others, so the API would not reach the database.
    """
    description = clusters.describe(aws, cluster) or {}
    present = sorted(member["DBInstanceIdentifier"] for member in description.get("DBClusterMembers", []))
    if present != sorted(names):
        raise Stop(
            f"The instances are {', '.join(present)}, and those of the stack {', '.join(names)}. Do not "
            "start the API."
        )
    expected = aws.output(CLUSTER, "DatabaseClusterEndpoint")
    if description["Endpoint"] != expected:
        raise Stop(
            f"The endpoint is {description['Endpoint']}, and the output {expected}. Do not start the API."
        )


def _delete_log_groups(aws: Aws, cluster: str) -> None:
    """Delete the log groups that RDS has created for another name of the cluster."""
    logs = aws.client("logs", clusters.stack(aws).region)
    groups = aws.all_pages(logs, "DescribeLogGroups", logGroupNamePrefix=f"/aws/rds/cluster/{cluster}/")
    for group in groups["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])
    aws.end_dry_run("read whether log groups are left")
    left = aws.all_pages(logs, "DescribeLogGroups", logGroupNamePrefix=f"/aws/rds/cluster/{cluster}/")
    names = [group["logGroupName"] for group in left["logGroups"]]
    words.say(f"Now {cluster} does not exist, and its log groups are: {', '.join(names) or 'none'}.")

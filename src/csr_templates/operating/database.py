"""The database: its state, backups and failovers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from cfn_analysis.model.wording import hint
from csr_templates.operating import clusters, waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.clusters import AVAILABLE, CLUSTER
from csr_templates.operating.problems import Stop, WrongInput
from csr_templates.operating.waiting import Duration, Sight

_EVENT_MINUTES: Final = 180
_RECENT_MINUTES: Final = 15
_BEGIN_SECONDS: Final = 180.0  # of a failover; a restart is seen earlier
_FAILOVER: Final = "the failover"
_FAILOVER_DURATION: Final = Duration("30 to 120 seconds", 900)
_START: Final = Duration("5 to 20 minutes", 3600)
_RESTART: Final = Duration("1 to 2 minutes", 900)
_PROTECTION: Final = Duration("seconds", 300)
_COMPLETED: Final = "Completed failover"
_FAILING_OVER: Final = "failing-over"
_REBOOTING: Final = "rebooting"
_STARTING: Final = "starting"


def show_database(aws: Aws) -> None:
    """Show the cluster, its instances, and the events of the last 3 hours.

    What is not available is marked with !, as are parameters that wait for a restart.

    Calls: rds:DescribeDBClusters, rds:DescribeDBInstances, rds:DescribeEvents.
    Takes: a second or two.
    """
    cluster = aws.name(CLUSTER)
    rds = clusters.client(aws)
    filters = [{"Name": "db-cluster-id", "Values": [cluster]}]
    answers: Mapping[str, Any] = aws.in_parallel(
        {
            "cluster": partial(clusters.describe, aws, cluster),
            "instances": partial(aws.all_pages, rds, "DescribeDBInstances", Filters=filters),
            "events of the cluster": partial(_events, aws, "db-cluster"),
            "events of the instances": partial(_events, aws, "db-instance"),
        }
    )
    _show_cluster(cluster, answers["cluster"])
    _show_instances(answers["cluster"], answers["instances"])
    _show_events(answers["events of the cluster"], answers["events of the instances"])


def show_backups(aws: Aws) -> None:
    """Show the snapshots, and the automated backups of deleted clusters.

    All clusters of the environment have had the same name, so choose by the creation time of the cluster. The
    final snapshot of a cluster that delete-spare-cluster deleted is listed too.

    Calls: rds:DescribeDBClusterSnapshots, rds:DescribeDBClusterAutomatedBackups.
    Takes: seconds.
    """
    names = clusters.former_identifiers(aws.name(CLUSTER))
    clusters.client(aws)
    answers: Mapping[str, Any] = aws.in_parallel(
        {
            "snapshots": partial(clusters.snapshots, aws, *names),
            "backups": partial(clusters.backups, aws, *names),
        }
    )
    _show_snapshots(answers["snapshots"])
    _show_automated_backups(answers["backups"])


def fail_over(aws: Aws, instance: str = "", *, back: bool = False) -> None:
    """Make the reader, or an instance of your choice, the writer.

    All connections are closed. The critical topic is notified. A second failover within 15 minutes would make
    the old writer the writer again, so it needs --back.

    Args:
        instance: its identifier, as show-database lists it; needed only if there are several readers.
        back: also shortly after another failover.

    Example: fail-over csr-lambda-api-prod-database-databaseinstance2-1a2b3c4d5e6f
    Calls: rds:DescribeDBClusters, rds:DescribeEvents, rds:DescribeDBInstances, rds:FailoverDBCluster.
    Takes: 30 to 120 seconds; longer if the reader is behind.
    Way back: fail-over --back, after show-database shows both instances as available.
    """
    cluster = aws.name(CLUSTER)
    description = clusters.describe(aws, cluster)
    now = clusters.status_of(description)
    before = clusters.writer_of(description)
    aws.way_on = aws.command("show-database")  # a second failover would make the old writer the writer again
    if now == _FAILING_OVER:
        words.say("A failover is in progress already. No other one is started.")
        waiting.for_effect(aws, _FAILOVER, partial(_any_writer, aws, cluster), _FAILOVER_DURATION, aws.way_on)
        return
    if now != AVAILABLE:
        raise Stop(f"The cluster is {now}, not available: a failover is not possible.")
    if not back and _is_recent(aws, cluster, before):
        return
    _require_reader(aws, cluster, before, instance)
    words.say(f"Fails over {cluster}. All connections are closed, usually for 30 to 120 seconds.")
    target: dict[str, str] = {}
    if instance:
        target["TargetDBInstanceIdentifier"] = instance
    clusters.client(aws).failover_db_cluster(DBClusterIdentifier=cluster, **target)
    look = partial(_new_writer, aws, cluster, before, clusters.Beginning(AVAILABLE, _BEGIN_SECONDS))
    waiting.for_effect(aws, _FAILOVER, look, _FAILOVER_DURATION, aws.way_on)


def start_database(aws: Aws) -> None:
    """Start the cluster if it is stopped, or if its key was disabled and is enabled again.

    Calls: rds:DescribeDBClusters, rds:StartDBCluster.
    Takes: 5 to 20 minutes.
    Way back: not needed.
    """
    cluster = aws.name(CLUSTER)
    now = clusters.status(aws, cluster)
    if now == "inaccessible-encryption-credentials":
        raise Stop(f"The cluster is {now}. It can only be restored from a backup.")
    if now == AVAILABLE:
        words.say(f"Now {cluster} is available. There is nothing to start.")
        return
    startable = ("stopped", "inaccessible-encryption-credentials-recoverable")
    if now not in (*startable, _STARTING):
        raise Stop(f"The cluster is {now}, not stopped.")
    again = aws.command("wait", "cluster")
    if now == _STARTING:
        words.say(f"{cluster} is starting already.")
    else:
        words.say(f"Starts {cluster}.")
        clusters.client(aws).start_db_cluster(DBClusterIdentifier=cluster)
    aws.way_on = again
    waiting.for_effect(aws, f"the start of {cluster}", partial(clusters.sight, aws, cluster), _START, again)


def restart_instance(aws: Aws, instance: str) -> None:
    """Restart an instance of the cluster, and wait until it is available.

    Its connections are closed. A restart of the writer interrupts the API.

    Args:
        instance: its identifier, as show-database lists it.

    Example: restart-instance csr-lambda-api-prod-database-databaseinstance2-1a2b3c4d5e6f
    Calls: rds:DescribeDBInstances, rds:RebootDBInstance.
    Takes: a minute or two.
    Way back: not needed.
    """
    cluster = aws.name(CLUSTER)
    statuses = clusters.instances(aws, cluster)
    if instance not in statuses:
        raise WrongInput(
            f"{instance} is not an instance of {cluster}.{hint(instance, statuses)} Its instances are "
            f"{', '.join(statuses) or 'none'}."
        )
    aws.way_on = aws.command("show-database")  # it shows a restart that has begun
    beginning = clusters.Beginning(AVAILABLE)
    if statuses[instance] == _REBOOTING:
        words.say(f"{instance} is restarting already.")
    else:
        words.say(f"Restarts {instance}.")
        clusters.client(aws).reboot_db_instance(DBInstanceIdentifier=instance)
    look = partial(_restarted, aws, instance, beginning)
    waiting.for_effect(aws, f"the restart of {instance}", look, _RESTART, aws.way_on)


def take_snapshot(aws: Aws, purpose: str = "manual") -> None:
    """Take a snapshot of the database.

    Args:
        purpose: a part of its name: letters, digits and hyphens.

    Example: take-snapshot before-migration
    Calls: rds:CreateDBClusterSnapshot, rds:DescribeDBClusterSnapshots.
    Takes: minutes.
    Way back: delete the snapshot, which is billed.
    """
    clusters.create_snapshot(aws, aws.name(CLUSTER), purpose, aws.command("show-backups"), is_needed=False)


def disable_deletion_protection(aws: Aws) -> None:
    """Disable deletion protection of the cluster that you are about to delete.

    Unlike a deploy that sets the parameter to false, this keeps the automated backups after the deletion.

    Calls: rds:ModifyDBCluster, rds:DescribeDBClusters.
    Takes: seconds.
    Way back: the next deploy of database that changes the cluster, or the RDS console.
    """
    cluster = aws.name(CLUSTER)
    aws.confirm(cluster, f"After this, anyone who can delete clusters can delete {cluster}.")
    clusters.unprotect(aws, cluster)
    look = partial(_unprotected, aws, cluster)
    what = f"the deletion protection of {cluster}"
    waiting.for_effect(aws, what, look, _PROTECTION, aws.command("show-database"))


# ---- What is true after a change ----


def _any_writer(aws: Aws, cluster: str) -> Sight:
    """Look for the end of a failover that another call has begun."""
    return _writer_sight(clusters.describe(aws, cluster))


def _new_writer(aws: Aws, cluster: str, before: str, beginning: clusters.Beginning) -> Sight:
    """Look for another writer than that before the failover."""
    description = clusters.describe(aws, cluster)
    is_over = beginning.is_over(clusters.status_of(description))
    sight = _writer_sight(description)
    if not sight.is_there or clusters.writer_of(description) != before:
        return sight
    sentence = f"the writer before the failover, {before}, is still the writer"
    if not is_over:
        return Sight(sentence)
    if beginning.was_seen:
        failure = "The failover has ended on the old writer"
    else:
        failure = f"No failover was seen in {words.elapsed(_BEGIN_SECONDS)}"
    return Sight(sentence, failure=f"{failure}. Check the database before you fail over again")


def _writer_sight(description: Mapping[str, Any] | None) -> Sight:
    now = clusters.status_of(description)
    writer = clusters.writer_of(description)
    if not writer or now != AVAILABLE:
        return Sight(f"the cluster is {now}, and its writer is {writer or 'not known yet'}")
    return Sight(f"the writer is {writer}, and the cluster is available", is_there=True)


def _is_recent(aws: Aws, cluster: str, writer: str) -> bool:
    """Say that another failover was completed shortly before, and return whether it was.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
    """
    read = partial(
        aws.all_pages,
        clusters.client(aws),
        "DescribeEvents",
        SourceType="db-cluster",
        SourceIdentifier=cluster,
        Duration=_RECENT_MINUTES,
    )
    answer = aws.ask(read)
    if isinstance(answer, Unknown):  # no reason to leave a faulty writer
        words.say(f"Whether there was a failover shortly before is not known: {answer.why}")
        return False
    completed = [event for event in answer["Events"] if event["Message"].startswith(_COMPLETED)]
    if not completed:
        return False
    newest = max(event["Date"] for event in completed)
    words.say(
        f"Now the writer is {writer}, since a failover that was completed {words.age(newest)}. Another one "
        f"would go back to the instance before. To do that: {aws.command('fail-over', '--back')}"
    )
    return True


def _restarted(aws: Aws, instance: str, beginning: clusters.Beginning) -> Sight:
    now, parameters = clusters.instance_states(aws, instance)
    is_over = beginning.is_over(now)
    sentence = f"the instance {instance} is {now}"
    if parameters:
        sentence += f", and its parameters are {parameters}"
    if now != AVAILABLE or not is_over:
        return Sight(sentence)
    return Sight(sentence, is_there=True)


def _unprotected(aws: Aws, cluster: str) -> Sight:
    description = clusters.describe(aws, cluster)
    if description and description["DeletionProtection"]:
        return Sight(f"the deletion protection of {cluster} is still enabled")
    return Sight(f"the deletion protection of {cluster} is disabled", is_there=True)


# ---- What is shown ----


def _events(aws: Aws, source: str) -> list[Mapping[str, Any]]:
    """Return the events of the environment's clusters or instances."""
    answer = aws.all_pages(clusters.client(aws), "DescribeEvents", SourceType=source, Duration=_EVENT_MINUTES)
    beginning = f"{aws.environment.prefix}-"
    return [event for event in answer["Events"] if event["SourceIdentifier"].startswith(beginning)]


def _show_cluster(cluster: str, description: Mapping[str, Any] | Unknown | None) -> None:
    if isinstance(description, Unknown):
        words.say(f"{words.WRONG} Cluster {cluster}: {description}")
        return
    now = clusters.status_of(description)
    words.say(words.marked(f"Cluster {cluster}: {now}", is_fine=now == AVAILABLE))
    if description is None:
        return
    protection = "enabled" if description["DeletionProtection"] else "disabled"
    words.say(f"Engine version: {description['EngineVersion']}; deletion protection: {protection}")
    earliest = description.get("EarliestRestorableTime")
    latest = description.get("LatestRestorableTime")
    if earliest and latest:
        words.say(f"Can be restored to: {words.in_jst(earliest)} until {words.in_jst(latest)}")


def _show_instances(cluster: Mapping[str, Any] | Unknown | None, answer: Mapping[str, Any] | Unknown) -> None:
    if isinstance(answer, Unknown):
        words.say(f"{words.WRONG} Instances: {answer}")
        return
    roles: dict[str, str] = {}
    if cluster and not isinstance(cluster, Unknown):
        for member in cluster["DBClusterMembers"]:
            role = "writer" if member["IsClusterWriter"] else "reader"
            roles[member["DBInstanceIdentifier"]] = role
    rows = [_instance_row(instance, roles) for instance in answer["DBInstances"]]
    words.say(f"Instances: {len(rows) or 'none'}")
    words.table(("", "instance", "role", "status", "zone", "class", "parameters"), rows, indent="")


def _instance_row(instance: Mapping[str, Any], roles: Mapping[str, str]) -> tuple[str, ...]:
    identifier = instance["DBInstanceIdentifier"]
    parameters = clusters.parameter_state(instance)
    is_fine = instance["DBInstanceStatus"] == AVAILABLE and parameters in ("", "in-sync")
    return (
        words.mark(is_fine=is_fine),
        identifier,
        roles.get(identifier, ""),
        instance["DBInstanceStatus"],
        instance.get("AvailabilityZone", ""),
        instance["DBInstanceClass"],
        parameters,
    )


def _show_events(*answers: Sequence[Mapping[str, Any]] | Unknown) -> None:
    """Show events in the order of their time."""
    rows: list[tuple[str, ...]] = []
    for answer in answers:
        if isinstance(answer, Unknown):
            words.say(f"{words.WRONG} Events: {answer}")
            continue
        rows += [
            (words.in_jst(event["Date"]), event["SourceIdentifier"], event["Message"]) for event in answer
        ]
    words.say(f"Events of the last 3 hours: {len(rows) or 'none'}")
    words.table(("time", "of", "event"), sorted(rows))


def _show_snapshots(answer: Sequence[Mapping[str, Any]] | Unknown) -> None:
    if isinstance(answer, Unknown):
        words.say(f"{words.WRONG} Snapshots: {answer}")
        return
    rows = [
        (
            words.in_jst(snapshot.get("SnapshotCreateTime")),
            words.in_jst(snapshot["ClusterCreateTime"]),
            snapshot["SnapshotType"],
            snapshot["Status"],
            snapshot["DBClusterSnapshotIdentifier"],
            snapshot.get("KmsKeyId", ""),
        )
        for snapshot in answer
    ]
    words.say(f"Snapshots: {len(rows) or 'none'}")
    words.table(("taken", "cluster created", "type", "status", "snapshot", "key"), sorted(rows))


def _show_automated_backups(answer: Sequence[Mapping[str, Any]] | Unknown) -> None:
    if isinstance(answer, Unknown):
        words.say(f"{words.WRONG} Automated backups: {answer}")
        return
    rows = []
    for backup in answer:
        newest = backup.get("RestoreWindow", {}).get("LatestTime")
        rows.append(
            (
                words.in_jst(backup["ClusterCreateTime"]),
                backup["Status"],
                words.in_jst(newest),
                backup["DbClusterResourceId"],
            )
        )
    words.say(f"Automated backups: {len(rows) or 'none'}")
    words.table(("cluster created", "status", "newest time", "backup"), sorted(rows))


def _require_reader(aws: Aws, cluster: str, writer: str, target: str) -> None:
    """Check that there is an instance to fail over to, and that it is available.

    Raises:
        Stop: there is none, or a failover could choose one that is not available.
    """
    readers = {
        name: now
        for name, now in clusters.instances(aws, cluster).items()
        if name != writer and target in ("", name)
    }
    if not readers:
        raise Stop(f"The cluster has no reader {target or 'at all'} to fail over to.")
    for name, now in readers.items():
        if now != AVAILABLE:
            raise Stop(
                f"{name} is {now}, not available. If another reader is available: "
                f"{aws.command('fail-over', 'INSTANCE')}"
            )

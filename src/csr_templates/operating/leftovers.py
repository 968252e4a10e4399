"""The database as it changes just now, and what earlier work on it has left: age, costs, what it blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from csr_templates.naming import OLD, RESTORED
from csr_templates.operating import clusters, words
from csr_templates.operating.aws import Aws
from csr_templates.operating.clusters import AVAILABLE, CLUSTER

_MANUAL: Final = "manual"
_HEADER: Final = ("", "left from earlier work", "state", "created", "age", "what it is, costs or blocks")
_IN_SYNC: Final = ("", "in-sync")

Row = tuple[str, ...]


def state_of_database(aws: Aws) -> Sequence[tuple[bool, str]]:
    """Return sentences on the cluster and its instances, each with whether it is as it should be."""
    description = clusters.describe(aws, aws.name(CLUSTER))
    now = clusters.status_of(description)
    writer = clusters.writer_of(description) or "none"
    sentences = [(now == AVAILABLE, f"Database: {now}, writer {writer}")]
    if description is None:
        return sentences
    pending = description.get("PendingModifiedValues", {})
    sentences += [(False, f"Database: {name} is not applied yet") for name in pending]
    filters = [{"Name": "db-cluster-id", "Values": [aws.name(CLUSTER)]}]
    answer = aws.all_pages(clusters.client(aws), "DescribeDBInstances", Filters=filters)
    for instance in answer["DBInstances"]:
        sentences += _of_instance(aws, instance)
    return sentences


def of_database(aws: Aws) -> list[Row]:
    """Return a row for each cluster, instance and snapshot that earlier work has left."""
    cluster = aws.name(CLUSTER)
    rows: list[Row] = []
    rows += _spare(clusters.describe(aws, cluster + RESTORED), partial(_of_restored, aws))
    rows += _spare(clusters.describe(aws, cluster + OLD), partial(_of_old, aws))
    rows += _check_instance(aws, cluster)
    for snapshot in clusters.snapshots(aws, *clusters.former_identifiers(cluster)):
        if snapshot["SnapshotType"] == _MANUAL:
            rows.append(_of_snapshot(snapshot))
    return rows


def show(rows: Sequence[Row]) -> None:
    """Print the rows."""
    words.table(_HEADER, rows, indent="")


def _of_instance(aws: Aws, instance: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """Return sentences only on what is not as it should be."""
    name = instance["DBInstanceIdentifier"]
    sentences = []
    if instance["DBInstanceStatus"] != AVAILABLE:
        sentences.append((False, f"Database: {name} is {instance['DBInstanceStatus']}"))
    parameters = clusters.parameter_state(instance)
    if parameters not in _IN_SYNC:
        restart = aws.command("restart-instance", name)
        sentences.append((False, f"Database: the parameters of {name} are {parameters}: {restart}"))
    return sentences


def _spare(description: Mapping[str, Any] | None, meaning: Callable[[Mapping[str, Any]], str]) -> list[Row]:
    if description is None:
        return []
    created = description["ClusterCreateTime"]
    name = description["DBClusterIdentifier"]
    row = ("", name, description["Status"], words.in_jst(created), words.age(created), meaning(description))
    return [row]


def _of_restored(aws: Aws, description: Mapping[str, Any]) -> str:
    origin = clusters.restored_from(description) or "an unknown time"
    delete = aws.command("delete-spare-cluster", "restored")
    return f"restored from {origin}; its instances and storage are billed; blocks restore-cluster: {delete}"


def _of_old(aws: Aws, description: Mapping[str, Any]) -> str:
    """Return what the cluster before a restore costs.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-cluster-stop-start.html
    """
    delete = aws.command("delete-spare-cluster", "old")
    costs = "its storage is billed, and its instances 7 days after the stop, when RDS starts them"
    return f"before a restore; {costs}; blocks use-restored-cluster: {delete}"


def _check_instance(aws: Aws, cluster: str) -> list[Row]:
    name = aws.environment.prefix + RESTORED
    if name not in clusters.members(aws, cluster):
        return []
    remove = aws.command("remove-check-instance")
    return [("", name, clusters.instance_status(aws, name), "", "", f"of a check; billed: {remove}")]


def _of_snapshot(snapshot: Mapping[str, Any]) -> Row:
    taken = snapshot.get("SnapshotCreateTime")
    age = ""
    if taken:
        age = words.age(taken)
    name = snapshot["DBClusterSnapshotIdentifier"]
    return (
        "",
        name,
        snapshot["Status"],
        words.in_jst(taken),
        age,
        "snapshot; its storage is billed; blocks nothing",
    )

"""What a failed first create leaves: an empty stack, or a stack whose rollback has failed and its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

from csr_templates.operating import clusters, waiting, words
from csr_templates.operating.aws import Aws
from csr_templates.operating.clusters import ABSENT, CLUSTER
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop
from csr_templates.operating.waiting import Duration, Sight

_LOG_BUCKET: Final = "EdgeLogBucket"
_KEY_TYPE: Final = "AWS::KMS::Key"
_ROLLED_BACK: Final = "ROLLBACK_COMPLETE"
_ROLLBACK_FAILED: Final = "ROLLBACK_FAILED"
_DELETED: Final = "DELETE_COMPLETE"
_STUCK: Final = frozenset({_ROLLBACK_FAILED, "DELETE_FAILED", "DELETE_IN_PROGRESS"})
_NEVER_CREATED: Final = frozenset(
    {
        "REVIEW_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
        "CREATE_FAILED",
        "ROLLBACK_IN_PROGRESS",
        _ROLLBACK_FAILED,
        "DELETE_IN_PROGRESS",
        "DELETE_FAILED",
        _DELETED,
    }
)
"""The statuses that a stack can have had whose only create has failed."""
_LEFT: Final = frozenset({"CREATE_COMPLETE", "DELETE_FAILED", "DELETE_SKIPPED"})
"""Statuses of the resources that are still there."""
_KEY_DAYS: Final = 7
_DELETION: Final = Duration("seconds", 900)


class _FailedCreate(NamedTuple):
    """A stack whose only create has failed, and its rollback too.

    Attributes:
        stack: what the output folder says.
        id: its ID, with which AWS still describes it for 90 days after its deletion.
        status: its status; ``DELETE_COMPLETE`` after an earlier call of the command.
        created: when its create began.
        failed: when its rollback failed. What the create has made is not younger.
        resources: logical ID -> physical ID, of what is still there.
        keys: IDs of the KMS keys among them.
    """

    stack: Stack
    id: str
    status: str
    created: datetime
    failed: datetime
    resources: Mapping[str, str]
    keys: Sequence[str]

    def has_created(self, moment: datetime) -> bool:
        """Return whether something of this age can be what the create has made."""
        return self.created < moment < self.failed


def delete_failed_create(aws: Aws, stack: str) -> None:
    """Delete a stack whose first create failed, with what it left.

    An empty stack is in ROLLBACK_COMPLETE. In ROLLBACK_FAILED, that of the database left a protected cluster:
    run the command only while the database is still empty. It also deletes the secret, log groups, snapshots,
    automated backups and, after 7 days, the key. That of the site left its bucket of access logs. Any stack
    can have left a key, which is deleted after 7 days. What else is retained is listed. A stack that was ever
    complete is refused, and so is one that was created later.

    Args:
        stack: name of the stack, such as api.

    Example: delete-failed-create api
    Calls: cloudformation:ListStacks, cloudformation:DescribeStackEvents,
        cloudformation:DescribeStackResources, rds:DescribeDBClusters, rds:ModifyDBCluster,
        secretsmanager:DeleteSecret, logs:DeleteLogGroup, rds:DescribeDBClusterSnapshots,
        rds:DeleteDBClusterSnapshot, kms:DescribeKey, kms:ScheduleKeyDeletion,
        rds:DescribeDBClusterAutomatedBackups, rds:DeleteDBClusterAutomatedBackup, s3:ListObjectVersions,
        s3:DeleteObject, s3:DeleteBucket, cloudformation:DeleteStack.
    Takes: a minute; with a cluster up to half an hour.
    Way back: none; deploy the stack again.
    """
    failed = aws.environment.stack(stack)
    status = aws.status(failed)
    if CLUSTER in failed.resources and (not status or status in _STUCK):
        _delete_database(aws, _failed_create(aws, failed))
    elif status in _STUCK:
        _delete_stuck(aws, _failed_create(aws, failed))
    else:
        _delete_empty(aws, failed)


def _delete_empty(aws: Aws, failed: Stack) -> None:
    description = aws.require_stack(failed, _ROLLED_BACK)
    aws.confirm(failed.deployed, f"This deletes the empty stack {failed.deployed}.")
    _delete_stack(aws, failed, description["StackId"], _ROLLED_BACK)


def _delete_stack(aws: Aws, stack: Stack, stack_id: str, status: str, again: str = "") -> None:
    """Delete a stack unless it is being deleted, and wait until it is gone.

    Args:
        aws: the account.
        stack: what the output folder says.
        stack_id: its ID.
        status: its status.
        again: the command that goes on with the wait, if more is to be done then.

    Raises:
        Stop: it could not be deleted.
    """
    if status != "DELETE_IN_PROGRESS":
        aws.client("cloudformation", stack.region).delete_stack(StackName=stack_id)
    end = waiting.for_stack(aws, stack, status, stack_id=stack_id, again=again)
    waiting.require(end, _DELETED, stack, aws)
    words.say(f"{stack.deployed} is deleted.")


# ---- Proofs ----


def _failed_create(aws: Aws, stack: Stack) -> _FailedCreate:
    """Return a stack of which CloudFormation says that its only create has failed.

    If there is none of the name, it is the one that was deleted last: an earlier call has stopped.

    Raises:
        Stop: it was complete once, so what it left is data of the environment.
    """
    client = aws.client("cloudformation", stack.region)
    description = aws.stacks[stack.name] or _deleted_last(aws, stack)
    stack_id = description["StackId"]
    failed = None
    for event in aws.all_pages(client, "DescribeStackEvents", StackName=stack_id)["StackEvents"]:
        if event["PhysicalResourceId"] != stack_id:
            continue
        if event["ResourceStatus"] not in _NEVER_CREATED:
            raise Stop(
                f"The stack {stack_id} was {event['ResourceStatus']}, so it is not a failed first create, "
                "and what it left is the data of the environment."
            )
        if event["ResourceStatus"] == _ROLLBACK_FAILED:
            failed = event["Timestamp"]
    if failed is None:
        raise Stop(f"The stack {stack_id} was never {_ROLLBACK_FAILED}, so its create has left nothing.")
    left = _left(aws, stack, stack_id)
    return _FailedCreate(
        stack,
        stack_id,
        description["StackStatus"],
        description["CreationTime"],
        failed,
        _physical_ids(left),
        [resource["PhysicalResourceId"] for resource in left if resource["ResourceType"] == _KEY_TYPE],
    )


def _left(aws: Aws, stack: Stack, stack_id: str) -> list[Mapping[str, Any]]:
    """Return the resources of a stack that are still there, as CloudFormation describes them."""
    client = aws.client("cloudformation", stack.region)
    resources = client.describe_stack_resources(StackName=stack_id)["StackResources"]
    return [resource for resource in resources if resource["ResourceStatus"] in _LEFT]


def _physical_ids(resources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return logical ID -> physical ID."""
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}


def _deleted_last(aws: Aws, stack: Stack) -> Mapping[str, Any]:
    """Return the summary of the deleted stack of a name that was deleted last.

    Raises:
        Stop: there is none.
    """
    client = aws.client("cloudformation", stack.region)
    answer = aws.all_pages(client, "ListStacks", StackStatusFilter=[_DELETED])
    deleted = [summary for summary in answer["StackSummaries"] if summary["StackName"] == stack.deployed]
    if not deleted:
        raise Stop(f"The stack {stack.deployed} does not exist, nor was one deleted in the last 90 days.")
    last: Mapping[str, Any] = max(deleted, key=lambda summary: summary["DeletionTime"])
    return last


def _require_left(failed: _FailedCreate, logical_id: str, name: str) -> None:
    """Check that a resource is what a failed create left.

    Raises:
        Stop: the stack does not list it.
    """
    if failed.resources.get(logical_id) != name:
        raise Stop(
            f"{name} is not what the failed create left: the stack {failed.stack.name} does not list it as "
            f"{logical_id}."
        )


# ---- The database ----


def _delete_database(aws: Aws, failed: _FailedCreate) -> None:
    """Delete the cluster with its stack, then what the deletion of the stack retains.

    Each step leaves what is needed to find the rest again: the deleted stack still lists its resources, and a
    snapshot and a backup say when their cluster was created.

    Raises:
        Stop: the cluster is not that of the failed create.
    """
    cluster = aws.name(CLUSTER)
    key = failed.resources.get("DatabaseKey", "")
    is_deletable = failed.status in (_ROLLBACK_FAILED, "DELETE_FAILED")
    if is_deletable:
        _require_own_cluster(aws, failed, cluster)
    aws.confirm(
        cluster,
        f"This deletes the cluster {cluster} with its snapshots, backups, secret and logs, and the key "
        f"{key or '(none)'} after {_KEY_DAYS} days. Only for an empty database.",
    )
    if is_deletable and clusters.status(aws, cluster) != ABSENT:
        clusters.unprotect(aws, cluster)
    if failed.status != _DELETED:
        again = aws.command("delete-failed-create", failed.stack.name)
        _delete_stack(aws, failed.stack, failed.id, failed.status, again)
        failed = failed._replace(resources=_physical_ids(_left(aws, failed.stack, failed.id)))
    _delete_secret_and_logs(aws, failed)
    _delete_snapshots(aws, failed, cluster)
    if key:
        _schedule_deletion(aws, failed.stack.region, key)
    _delete_backups(aws, failed, cluster)
    look = partial(_remains, aws, failed, cluster, key)
    again = aws.command("delete-failed-create", failed.stack.name)
    waiting.for_effect(aws, f"the deletion of what {failed.stack.deployed} left", look, _DELETION, again)


def _remains(aws: Aws, failed: _FailedCreate, cluster: str, key: str) -> Sight:
    """Look for what the deletion of the stack, which waited for the cluster, has retained."""
    left = [f"the snapshot {name}" for name in _snapshots(aws, failed, cluster)]
    left += [f"the backup {backup['DbClusterResourceId']}" for backup in _backups(aws, failed, cluster)]
    sentence = f"{failed.stack.deployed} has left: {', '.join(left) or 'nothing'}"
    if key:
        metadata = aws.client("kms", failed.stack.region).describe_key(KeyId=key)["KeyMetadata"]
        sentence += f"; the key {key} is {metadata['KeyState']}"
    return Sight(sentence, is_there=not left)


def _require_own_cluster(aws: Aws, failed: _FailedCreate, cluster: str) -> None:
    """Check that the cluster, if there is one, is the one that the failed create made.

    Raises:
        Stop: it is older or younger, or the stack does not list it.
    """
    description = clusters.describe(aws, cluster)
    if description is None:
        return
    _require_left(failed, CLUSTER, cluster)
    created = description["ClusterCreateTime"]
    if not failed.has_created(created):
        raise Stop(
            f"{cluster} was created at {words.in_jst(created)}, not between {words.in_jst(failed.created)} "
            f"and {words.in_jst(failed.failed)}, when the stack was created: it is another cluster."
        )


def _delete_secret_and_logs(aws: Aws, failed: _FailedCreate) -> None:
    """Delete what is left of these; the call for a secret also succeeds if it is gone."""
    region = failed.stack.region
    if "DatabaseSecret" in failed.resources:
        secrets = aws.client("secretsmanager", region)
        secrets.delete_secret(SecretId=aws.name("DatabaseSecret"), ForceDeleteWithoutRecovery=True)
    logs = aws.client("logs", region)
    for logical_id in failed.resources:
        if logical_id.startswith("Database") and logical_id.endswith("LogGroup"):
            group = aws.name(logical_id)
            aws.unless_missing(
                partial(logs.delete_log_group, logGroupName=group), "ResourceNotFoundException"
            )


def _delete_snapshots(aws: Aws, failed: _FailedCreate, cluster: str) -> None:
    rds = clusters.client(aws)
    for name in _snapshots(aws, failed, cluster):
        rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)


def _snapshots(aws: Aws, failed: _FailedCreate, cluster: str) -> list[str]:
    """Return the names of the manual snapshots of the cluster that the failed create made."""
    return [
        str(snapshot["DBClusterSnapshotIdentifier"])
        for snapshot in clusters.snapshots(aws, cluster)
        if snapshot["SnapshotType"] == "manual" and failed.has_created(snapshot["ClusterCreateTime"])
    ]


def _delete_backups(aws: Aws, failed: _FailedCreate, cluster: str) -> None:
    rds = clusters.client(aws)
    for backup in _backups(aws, failed, cluster):
        rds.delete_db_cluster_automated_backup(DbClusterResourceId=backup["DbClusterResourceId"])


def _backups(aws: Aws, failed: _FailedCreate, cluster: str) -> list[Mapping[str, Any]]:
    """Return the automated backups of the cluster that the failed create made."""
    backups = clusters.backups(aws, cluster)
    return [backup for backup in backups if failed.has_created(backup["ClusterCreateTime"])]


def _schedule_deletion(aws: Aws, region: str, key: str) -> None:
    """Schedule the deletion of a key, unless it is."""
    kms = aws.client("kms", region)
    if kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion":
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=_KEY_DAYS)


# ---- The other stacks ----


def _delete_stuck(aws: Aws, failed: _FailedCreate) -> None:
    """Delete a stack whose rollback failed at its bucket of logs, or at something else, such as a key.

    KMS denies the deletion of a key while it does not know its tags yet, for up to five minutes. The deletion
    of the stack retains the bucket and the keys. Both go before it, so that a repeated command still finds
    the stack.
    """
    rest = f"the stack {failed.stack.deployed}"
    if failed.keys:
        rest += f", and after {_KEY_DAYS} days the keys {', '.join(failed.keys)}"
    if _LOG_BUCKET in failed.resources:
        _delete_log_bucket(aws, failed, rest)
    else:
        aws.confirm(failed.stack.deployed, f"This deletes {rest}.")
    for key in failed.keys:
        _schedule_deletion(aws, failed.stack.region, key)
    _delete_stack(aws, failed.stack, failed.id, failed.status)
    retained = _physical_ids(_left(aws, failed.stack, failed.id))
    retained.pop(_LOG_BUCKET, None)
    for logical_id, physical_id in retained.items():
        if physical_id not in failed.keys:
            words.say(
                f"{logical_id} is retained: {physical_id}. Delete it before the next deploy, which fails "
                "while the name is in use."
            )


def _delete_log_bucket(aws: Aws, failed: _FailedCreate, rest: str) -> None:
    """Empty and delete the bucket of access logs.

    CloudFront may have written the first log file before the rollback deleted the bucket.

    Args:
        aws: the account.
        failed: the failed create.
        rest: what is deleted besides, for the question.

    Raises:
        Stop: the bucket is not that of the failed create.
    """
    bucket = aws.name(_LOG_BUCKET)
    _require_left(failed, _LOG_BUCKET, bucket)
    s3 = aws.client("s3", failed.stack.region)
    list_versions: Callable[[], Any] = partial(aws.all_pages, s3, "ListObjectVersions", Bucket=bucket)
    objects = aws.unless_missing(list_versions, "NoSuchBucket")
    aws.confirm(bucket, f"This deletes the bucket {bucket} with its logs, {rest}.")
    if objects is not None:
        versions = [*objects.get("Versions", []), *objects.get("DeleteMarkers", [])]
        with aws.repeated(len(versions)):
            for version in versions:
                s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=bucket)

"""The password of the database: in its secret, and on the cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from csr_templates.operating import clusters, waiting, words
from csr_templates.operating.aws import Aws
from csr_templates.operating.clusters import AVAILABLE, RESETTING
from csr_templates.operating.problems import Stop
from csr_templates.operating.waiting import Duration, Sight

_LENGTH: Final = 32
_CURRENT: Final = "AWSCURRENT"
_PREVIOUS: Final = "AWSPREVIOUS"
_NOT_SET: Final = "NOT_YET_ON_DATABASE"
"""Label of a version of the secret until RDS has accepted its password."""
_DURATION: Final = Duration("1 to 3 minutes", 1200)


class _Database(NamedTuple):
    """The cluster with its secret, and the clients for both.

    Attributes:
        cluster: identifier of the cluster.
        secret: name of the secret.
        versions: label -> ID of the version of the secret that has it.
        is_resetting: whether RDS sets a password just now.
    """

    cluster: str
    secret: str
    rds: Any
    secrets: Any
    versions: Mapping[str, str]
    is_resetting: bool


def new_password(aws: Aws) -> None:
    """Set a new password in the secret and on the database, and wait until the database has it.

    New logins may fail for one or two minutes. If the command stops after the secret has changed,
    repeat-password finishes it.

    Calls: rds:DescribeDBClusters, rds:DescribeDBInstances, secretsmanager:DescribeSecret,
        secretsmanager:GetSecretValue, secretsmanager:GetRandomPassword, secretsmanager:PutSecretValue,
        rds:ModifyDBCluster, secretsmanager:UpdateSecretVersionStage.
    Takes: 1 to 3 minutes.
    Way back: restore-password.
    """
    database = _database(aws)
    if database.is_resetting:
        _wait_for_other(aws, database)
        return
    if _NOT_SET in database.versions:
        raise Stop(
            f"An earlier change has stopped after the secret {database.secret} had changed: the database "
            "may still have the password before it. Another new password would remove that from the secret. "
            f"First: {aws.command('repeat-password')}"
        )
    aws.confirm(database.cluster, f"This replaces the password of the cluster {database.cluster}.")
    current = _value(database, {"VersionStage": _CURRENT})
    random = database.secrets.get_random_password(PasswordLength=_LENGTH, ExcludePunctuation=True)
    password = random["RandomPassword"]
    answer = database.secrets.put_secret_value(
        SecretId=database.secret,
        SecretString=json.dumps({**current, "password": password}),
        VersionStages=[_CURRENT, _NOT_SET],
    )
    aws.way_on = aws.command("repeat-password")
    labelled = {}
    if not aws.is_dry_run:
        labelled[_NOT_SET] = answer["VersionId"]
    _set_on_cluster(database._replace(versions=labelled), password)
    _wait(aws, database, f"Way back: {aws.command('restore-password')}")


def repeat_password(aws: Aws) -> None:
    """Set the password of the secret on the database again, as after new-password has stopped.

    Calls: rds:DescribeDBClusters, rds:DescribeDBInstances, secretsmanager:DescribeSecret,
        secretsmanager:GetSecretValue, rds:ModifyDBCluster, secretsmanager:UpdateSecretVersionStage.
    Takes: 1 to 3 minutes.
    Way back: restore-password.
    """
    database = _database(aws)
    if database.is_resetting:
        _wait_for_other(aws, database)
        if _NOT_SET not in database.versions or not aws.is_waiting:
            return
        words.say("Whether it is the password of the secret is not known, so it is set again.")
    _set_on_cluster(database, _value(database, {"VersionStage": _CURRENT})["password"])
    _wait(aws, database, f"Way back: {aws.command('restore-password')}")


def restore_password(aws: Aws) -> None:
    """Set the previous password again, on the database and in the secret.

    Calls: rds:DescribeDBClusters, rds:DescribeDBInstances, secretsmanager:DescribeSecret,
        secretsmanager:GetSecretValue, rds:ModifyDBCluster, secretsmanager:UpdateSecretVersionStage.
    Takes: 1 to 3 minutes.
    Way back: restore-password again.
    """
    database = _database(aws)
    if database.is_resetting:
        _wait_for_other(aws, database)
        return
    current = _version(database, _CURRENT)
    previous = _version(database, _PREVIOUS)
    password = _value(database, {"VersionId": previous})["password"]
    if password == _value(database, {"VersionId": current})["password"]:
        # The attachment of the stack has added the endpoint to the secret, in a new version.
        raise Stop(f"The previous version of {database.secret} has the same password: nothing is restored.")
    aws.confirm(database.cluster, f"This replaces the password of the cluster {database.cluster}.")
    # The cluster first: after a failure, the same command finds the same previous version again.
    _modify(database, password)
    _move(database, _CURRENT, before=current, after=previous)
    way_back = f"Way back: {aws.command('restore-password')}"
    if _NOT_SET in database.versions:
        way_back = "The password that the database never had is now the previous one of the secret."
        _move(database, _NOT_SET, before=database.versions[_NOT_SET])
    _wait(aws, database, way_back)


def _database(aws: Aws) -> _Database:
    """Return the cluster, which is ready for another password, and its secret.

    Raises:
        Stop: the cluster or an instance is not available, or the secret is scheduled for deletion.
    """
    region = aws.environment.stack_of("DatabaseCluster").region
    cluster = aws.name("DatabaseCluster")
    rds = aws.client("rds", region)
    is_resetting = clusters.status(aws, cluster) == RESETTING
    if not is_resetting:
        clusters.require_available(rds, cluster)
    secret = aws.name("DatabaseSecret")
    secrets = aws.client("secretsmanager", region)
    return _Database(cluster, secret, rds, secrets, _versions(secrets, secret, region), is_resetting)


def _versions(secrets: Any, secret: str, region: str) -> dict[str, str]:
    """Return the ID of the version with each label.

    Raises:
        Stop: the secret is scheduled for deletion, so that its value cannot be read.
    """
    description = secrets.describe_secret(SecretId=secret)
    if deleted := description.get("DeletedDate"):
        raise Stop(
            f"The secret {secret} is scheduled for deletion since {words.said_back(deleted)}. Restore it "
            f"first: aws secretsmanager restore-secret --region {region} --secret-id {secret}"
        )
    versions = {}
    for version, labels in description.get("VersionIdsToStages", {}).items():
        for label in labels:
            versions[label] = version
    return versions


def _value(database: _Database, version: Mapping[str, str]) -> dict[str, Any]:
    """Return the content of the secret.

    Raises:
        Stop: it has no password.
    """
    text = database.secrets.get_secret_value(SecretId=database.secret, **version)["SecretString"]
    content: dict[str, Any] = json.loads(text)
    if not content.get("password"):
        raise Stop(f"The secret {database.secret} has no password.")
    return content


def _version(database: _Database, label: str) -> str:
    """Return the ID of the version with a label.

    Raises:
        Stop: no version has it.
    """
    if label not in database.versions:
        raise Stop(f"The secret has no version {label}.")
    return database.versions[label]


def _set_on_cluster(database: _Database, password: str) -> None:
    """Set the current password of the secret on the cluster, and remove the label that it is not set."""
    _modify(database, password)
    if _NOT_SET in database.versions:
        _move(database, _NOT_SET, before=database.versions[_NOT_SET])


def _modify(database: _Database, password: str) -> None:
    database.rds.modify_db_cluster(
        DBClusterIdentifier=database.cluster, MasterUserPassword=password, ApplyImmediately=True
    )


def _move(database: _Database, label: str, before: str, after: str = "") -> None:
    """Move a label to another version, or remove it."""
    target: dict[str, str] = {}
    if after:
        target["MoveToVersionId"] = after
    database.secrets.update_secret_version_stage(
        SecretId=database.secret, VersionStage=label, RemoveFromVersionId=before, **target
    )


def _wait(aws: Aws, database: _Database, way_back: str) -> None:
    aws.way_on = aws.command("show-database")
    look = partial(_password_sight, aws, database, clusters.Beginning(AVAILABLE))
    waiting.for_effect(aws, "the password of the database", look, _DURATION, aws.way_on)
    words.say(way_back)


def _wait_for_other(aws: Aws, database: _Database) -> None:
    """Wait for the password that an earlier command has set."""
    words.say(f"The password of {database.cluster} is being set already. Nothing else is changed.")
    _wait(aws, database, f"If the secret has another password: {aws.command('repeat-password')}")


def _password_sight(aws: Aws, database: _Database, beginning: clusters.Beginning) -> Sight:
    """Look whether RDS has set the password; it cannot be read, only that nothing is pending."""
    description = clusters.describe(aws, database.cluster) or {}
    now = clusters.status_of(description)
    is_over = beginning.is_over(now)
    known = "with the password of the secret"
    if _NOT_SET in _versions(database.secrets, database.secret, database.rds.meta.region_name):
        known = f"perhaps not with the password of the secret: {aws.command('repeat-password')}"
    pending = description.get("PendingModifiedValues", {})
    if now == AVAILABLE and "MasterUserPassword" not in pending and is_over:
        return Sight(f"the cluster {database.cluster} is available, {known}", is_there=True)
    return Sight(f"the cluster {database.cluster} is {now}; until the end, it has the password before")

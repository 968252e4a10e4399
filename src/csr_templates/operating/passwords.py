"""The password of the database: in its secret, and on the cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from csr_templates.operating import clusters
from csr_templates.operating.aws import Aws
from csr_templates.operating.problems import Stop

_LENGTH: Final = 32
_CURRENT: Final = "AWSCURRENT"
_PREVIOUS: Final = "AWSPREVIOUS"


class _Database(NamedTuple):
    """The cluster with its secret, and the clients for both."""

    cluster: str
    secret: str
    rds: Any
    secrets: Any


def new_password(aws: Aws) -> None:
    """Set a new password in the secret and on the database.

    New logins may fail for one or two minutes. If the command stops after the secret has changed,
    repeat-password finishes it; new-password would replace the secret again.

    Calls: rds:DescribeDBClusters, rds:DescribeDBInstances, secretsmanager:GetSecretValue,
        secretsmanager:GetRandomPassword, secretsmanager:PutSecretValue, rds:ModifyDBCluster.
    Takes: seconds; RDS needs one or two minutes more.
    Way back: restore-password.
    """
    database = _available(aws)
    aws.confirm(database.cluster, f"This replaces the password of the cluster {database.cluster}.")
    current = _value(database, {"VersionStage": _CURRENT})
    random = database.secrets.get_random_password(PasswordLength=_LENGTH, ExcludePunctuation=True)
    password = random["RandomPassword"]
    database.secrets.put_secret_value(
        SecretId=database.secret, SecretString=json.dumps({**current, "password": password})
    )
    aws.way_on = aws.command("repeat-password")
    _set_on_cluster(database, password)
    aws.say_done(f"The password is replaced. Way back: {aws.command('restore-password')}")


def repeat_password(aws: Aws) -> None:
    """Set the password of the secret on the database again, as after new-password has stopped.

    Calls: rds:DescribeDBClusters, rds:DescribeDBInstances, secretsmanager:GetSecretValue,
        rds:ModifyDBCluster.
    Takes: seconds; RDS needs one or two minutes more.
    Way back: restore-password.
    """
    database = _available(aws)
    _set_on_cluster(database, _value(database, {"VersionStage": _CURRENT})["password"])
    aws.say_done(f"{database.cluster} gets the password of {database.secret}.")


def restore_password(aws: Aws) -> None:
    """Set the previous password again, on the database and in the secret.

    Calls: rds:DescribeDBClusters, rds:DescribeDBInstances, secretsmanager:ListSecretVersionIds,
        secretsmanager:GetSecretValue, rds:ModifyDBCluster, secretsmanager:UpdateSecretVersionStage.
    Takes: seconds; RDS needs one or two minutes more.
    Way back: restore-password again.
    """
    database = _available(aws)
    versions = database.secrets.list_secret_version_ids(SecretId=database.secret)["Versions"]
    current = _version_with_stage(versions, _CURRENT)
    previous = _version_with_stage(versions, _PREVIOUS)
    password = _value(database, {"VersionId": previous})["password"]
    if password == _value(database, {"VersionId": current})["password"]:
        # The attachment of the stack has added the endpoint to the secret, in a new version.
        raise Stop(f"The previous version of {database.secret} has the same password: nothing is restored.")
    aws.confirm(database.cluster, f"This replaces the password of the cluster {database.cluster}.")
    # The cluster first: after a failure, the same command finds the same previous version again.
    _set_on_cluster(database, password)
    database.secrets.update_secret_version_stage(
        SecretId=database.secret,
        VersionStage=_CURRENT,
        MoveToVersionId=previous,
        RemoveFromVersionId=current,
    )
    aws.say_done(f"The previous password is set. Way back: {aws.command('restore-password')}")


def _available(aws: Aws) -> _Database:
    """Return the cluster, which is ready for another password.

    Raises:
        Stop: the cluster or an instance is not available.
    """
    region = aws.environment.stack_of("DatabaseCluster").region
    database = _Database(
        aws.name("DatabaseCluster"),
        aws.name("DatabaseSecret"),
        aws.client("rds", region),
        aws.client("secretsmanager", region),
    )
    clusters.require_available(database.rds, database.cluster)
    return database


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


def _version_with_stage(versions: list[Mapping[str, Any]], stage: str) -> str:
    """Return the ID of the version with a stage.

    Raises:
        Stop: no version has it.
    """
    for version in versions:
        if stage in version.get("VersionStages", []):
            return str(version["VersionId"])
    raise Stop(f"The secret has no version {stage}.")


def _set_on_cluster(database: _Database, password: str) -> None:
    database.rds.modify_db_cluster(
        DBClusterIdentifier=database.cluster, MasterUserPassword=password, ApplyImmediately=True
    )

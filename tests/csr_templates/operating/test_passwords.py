"""The password of the database, with every step failing once."""

import json

import pytest

from tests.system import PROJECT

from .conftest import Operator, Run
from .recorded import FAULTS
from .stacks import PREFIX
from .world import PASSWORD

CLUSTER = f"{PREFIX}-aurora-cluster"


@pytest.fixture
def database(operator: Operator) -> Operator:
    """Production with its cluster and its secret."""
    operator.world.create_database()
    return operator


def password_on_cluster(run: Run) -> str:
    """Return the password that a command set on the cluster."""
    (modify,) = [call for call in run.calls if call.name == "rds:ModifyDBCluster"]
    return str(modify.parameters["MasterUserPassword"])


def test_the_new_password_is_in_the_secret_and_on_the_cluster(database: Operator) -> None:
    """The other members of the secret stay, and no password is printed."""
    run = database.run("new-password", "--confirm", CLUSTER)

    secret = database.world.secret_value()
    assert (run.status, run.err) == (0, [])
    assert secret["password"] == password_on_cluster(run) != PASSWORD
    assert len(secret["password"]) == 32
    assert secret["host"] == "db.example.com"
    assert [line.partition(" --region")[0] for line in run.printed] == [
        "aws secretsmanager put-secret-value",
        "aws rds modify-db-cluster",
        "aws secretsmanager update-secret-version-stage",
    ]
    printed = "\n".join([*run.out, *run.err])
    assert secret["password"] not in printed
    assert PASSWORD not in printed
    assert printed.count("<hidden>") == 2


def test_the_cluster_stays_behind_if_its_change_fails(database: Operator) -> None:
    """The command names the one that finishes it, which works."""
    database.world.recorder.failing["rds:ModifyDBCluster"] = FAULTS["throttled"]()

    failed = database.run("new-password", "--confirm", CLUSTER)

    assert failed.status == 1
    assert failed.err == [
        "AWS throttles rds:ModifyDBCluster, also after several attempts. Repeat the command in a minute. "
        "(Rate exceeded)",
        "Done before it stopped: secretsmanager:PutSecretValue.",
        "Continue with: csr-operate prod repeat-password",
    ]
    secret = database.world.secret_value()["password"]
    assert secret != PASSWORD
    repeated = database.run("repeat-password")
    assert repeated.status == 0
    assert password_on_cluster(repeated) == secret


@pytest.mark.parametrize("fault", FAULTS)
def test_the_database_keeps_its_password_if_the_secret_fails(database: Operator, fault: str) -> None:
    """After a time-out, it is not known whether AWS received the call, and not said that nothing changed."""
    database.world.recorder.failing["secretsmanager:PutSecretValue"] = FAULTS[fault]()

    run = database.run("new-password", "--confirm", CLUSTER)

    assert run.status == 1
    assert "secretsmanager:PutSecretValue" in run.err[0]
    ends = ["Nothing was changed."]
    if fault in ("time-out", "no connection"):
        ends = [
            "It is not known whether AWS received secretsmanager:PutSecretValue.",
            "Continue with: the same command again",
        ]
    assert run.err[1:] == ends
    assert "rds:ModifyDBCluster" not in run.called


def test_the_previous_password_can_be_restored_and_restored_again(database: Operator) -> None:
    """The way back is the same command."""
    database.run("new-password", "--confirm", CLUSTER)
    new = database.world.secret_value()["password"]

    restored = database.run("restore-password", "--confirm", CLUSTER)

    assert (restored.status, restored.err) == (0, [])
    assert database.world.secret_value()["password"] == password_on_cluster(restored) == PASSWORD
    again = database.run("restore-password", "--confirm", CLUSTER)
    assert database.world.secret_value()["password"] == password_on_cluster(again) == new


def test_a_restore_that_stops_half_way_is_repeated(database: Operator) -> None:
    """After the cluster and before the secret: the same command finds the same previous version."""
    database.run("new-password", "--confirm", CLUSTER)
    database.world.recorder.failing["secretsmanager:UpdateSecretVersionStage"] = FAULTS["denied"]()

    failed = database.run("restore-password", "--confirm", CLUSTER)

    assert failed.err[1:] == [
        "Done before it stopped: rds:ModifyDBCluster.",
        "Continue with: the same command again",
    ]
    database.run("restore-password", "--confirm", CLUSTER)
    assert database.world.secret_value()["password"] == PASSWORD


def test_without_a_previous_password_nothing_is_restored(database: Operator) -> None:
    """As before the first change."""
    run = database.run("restore-password", "--confirm", CLUSTER)

    assert run.status == 1
    assert run.err[0] == "The secret has no version AWSPREVIOUS."


def test_the_version_without_the_endpoint_is_not_restored(database: Operator) -> None:
    """The stack has added the endpoint in a version with the same password, which no one has changed."""
    world = database.world
    world.client("secretsmanager").put_secret_value(
        SecretId=world.name("DatabaseSecret"),
        SecretString=json.dumps({**world.secret_value(), "port": "3306"}),
    )

    run = database.run("restore-password", "--confirm", CLUSTER)

    assert run.status == 1
    assert run.err[0].endswith("has the same password: nothing is restored.")
    assert run.printed == []
    assert world.secret_value()["port"] == "3306"


@pytest.mark.parametrize("command", ["new-password", "restore-password"])
def test_another_name_stops_it(database: Operator, command: str) -> None:
    """Also none, where there is no terminal."""
    database.run("new-password", "--confirm", CLUSTER)
    wrong = database.run(command, "--confirm", f"{PROJECT}-dev-aurora-cluster")
    missing = database.run(command)

    assert wrong.err == [
        f"{PROJECT}-dev-aurora-cluster was given, not {CLUSTER}.",
        "Nothing was changed.",
    ]
    assert missing.err == [
        f"This is not a terminal, so no one can confirm it. Add --confirm {CLUSTER}",
        "Nothing was changed.",
    ]
    assert (wrong.status, missing.status) == (1, 1)
    assert "rds:ModifyDBCluster" not in [*wrong.called, *missing.called]


@pytest.mark.parametrize("command", ["new-password", "repeat-password", "restore-password"])
def test_a_cluster_that_is_not_available_stops_it(
    database: Operator, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RDS would refuse the change of the password after the secret has changed."""
    database.world.client("rds").stop_db_cluster(DBClusterIdentifier=CLUSTER)

    run = database.run(command, *(() if command == "repeat-password" else ("--confirm", CLUSTER)))

    assert run.status == 1
    assert run.err == [f"The cluster {CLUSTER} is stopped, not available.", "Nothing was changed."]

"""What commands for the database say while the service still works: at once, in the middle, at the end."""

from datetime import timedelta
from typing import Any

import pytest

from csr_templates.operating import waiting, words
from tests.system import PROJECT

from . import databases, moto_rds
from .conftest import Operator, Run
from .recorded import FAULTS
from .stacks import PREFIX
from .test_passwords import password_on_cluster
from .world import PASSWORD

CLUSTER = f"{PREFIX}-aurora-cluster"
REGION = "ap-northeast-1"
SHOW = "csr-operate prod show-database"


@pytest.fixture
def deployed(operator: Operator) -> Operator:
    """Production with its database; the first instance is the writer."""
    databases.deploy(operator.world)
    return operator


def play(operator: Operator, *rows: str) -> None:
    """Play rows of the table of states."""
    operator.world.recorder.between.play(*rows)


def progress(run: Run) -> list[str]:
    """Return what the lines of a wait say, without their time of day."""
    return [line[line.index("JST  ") + 5 :] for line in run.out if line.startswith("  20")]


def complete_failover(operator: Operator) -> None:
    """Let RDS list the event of a failover that was completed two minutes ago."""
    event = {
        "SourceIdentifier": CLUSTER,
        "Message": f"Completed failover to DB instance: {CLUSTER}-2",
        "Date": operator.clock.now() - timedelta(minutes=2),
    }
    operator.world.recorder.coming["rds:DescribeEvents"] = [{"Events": [event]}]


# ---- Failover ----


def test_a_failover_is_done_when_the_other_instance_writes(deployed: Operator) -> None:
    """The cluster is available for seconds, then failing over."""
    play(deployed, "failover")

    run = deployed.run("fail-over")

    assert (run.status, run.err) == (0, [])
    assert progress(run) == [
        f"the failover: the writer before the failover, {CLUSTER}-1, is still the writer",
        f"after 15 s  the failover: the cluster is failing-over, and its writer is {CLUSTER}-1",
    ]
    assert run.out[-1] == f"Now the writer is {CLUSTER}-2, and the cluster is available."


def test_a_slow_failover_is_waited_for(deployed: Operator) -> None:
    """A reader that is behind needs more than the usual two minutes."""
    play(deployed, "slow failover")

    run = deployed.run("fail-over")

    assert (run.status, run.err) == (0, [])
    assert deployed.clock.seconds == 150
    assert run.out[-1] == f"Now the writer is {CLUSTER}-2, and the cluster is available."


def test_a_failover_to_the_old_writer_has_failed(deployed: Operator) -> None:
    """The service does not say so; the writer does."""
    play(deployed, "failover to the old writer")

    run = deployed.run("fail-over")

    assert run.status == 1
    assert run.err == [
        "The failover has ended on the old writer. Check the database before you fail over again. Now the "
        f"writer before the failover, {CLUSTER}-1, is still the writer.",
        "Done before it stopped: rds:FailoverDBCluster.",
        f"Continue with: {SHOW}",
    ]


def test_a_second_failover_sees_the_first_one(deployed: Operator) -> None:
    """In the middle, it waits with it; shortly afterwards, it does not swap back without being asked."""
    play(deployed, "slow failover")
    first = deployed.run("fail-over", "--no-wait")
    second = deployed.run("fail-over")
    complete_failover(deployed)
    third = deployed.run("fail-over")
    back = deployed.run("fail-over", "--back")

    assert first.out[-2:] == [
        f"Now the writer before the failover, {CLUSTER}-1, is still the writer. It goes on in AWS, usually "
        "for 30 to 120 seconds.",
        f"Look again with: {SHOW}",
    ]
    assert (second.status, second.printed) == (0, [])
    assert "A failover is in progress already. No other one is started." in second.out
    assert second.out[-1] == f"Now the writer is {CLUSTER}-2, and the cluster is available."
    assert (third.status, third.printed) == (0, [])
    assert third.out[-1] == (
        f"Now the writer is {CLUSTER}-2, since a failover that was completed 3 minutes ago. Another one "
        "would go back to the instance before. To do that: csr-operate prod fail-over --back"
    )
    assert back.out[-1] == f"Now the writer is {CLUSTER}-1, and the cluster is available."


def test_events_that_cannot_be_read_do_not_stop_a_failover(deployed: Operator) -> None:
    """A faulty writer must not stay because of that."""
    deployed.world.recorder.failing["rds:DescribeEvents"] = FAULTS["denied"]()

    run = deployed.run("fail-over")

    assert run.status == 0
    assert any(
        line.startswith("Whether there was a failover shortly before is not known") for line in run.out
    )


def test_ctrl_c_says_what_goes_on(deployed: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """And which command looks again."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    play(deployed, "failover")
    monkeypatch.setattr(waiting, "sleep", interrupt)
    run = deployed.run("fail-over")

    assert run.status == 130
    assert run.err == [
        f"Stopped waiting for the failover after 0 s. The writer before the failover, {CLUSTER}-1, is still "
        f"the writer. It goes on by itself in AWS. Look again with: {SHOW}"
    ]


# ---- Restart and start ----


def test_a_restart_ends_with_the_state_of_the_parameters(deployed: Operator) -> None:
    """The second run in the meantime waits for the first one."""
    play(deployed, "restart")
    deployed.run("restart-instance", f"{CLUSTER}-2", "--no-wait")
    deployed.world.recorder.between.clock.sleep(-45)  # 15 seconds later
    second = deployed.run("restart-instance", f"{CLUSTER}-2")

    assert (second.status, second.printed) == (0, [])
    assert f"{CLUSTER}-2 is restarting already." in second.out
    assert second.out[-1] == f"Now the instance {CLUSTER}-2 is available, and its parameters are in-sync."


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("starting", f"{CLUSTER} is starting already."),
        ("available", f"Now {CLUSTER} is available. There is nothing to start."),
    ],
)
def test_a_cluster_is_started_once(deployed: Operator, status: str, sentence: str) -> None:
    """The second run is not a failure."""
    moto_rds.set_status(REGION, CLUSTER, status)

    run = deployed.run("start-database", "--no-wait")

    assert (run.status, run.err, run.printed) == (0, [], [])
    assert sentence in run.out


# ---- Password ----


def test_a_new_password_is_done_when_rds_has_set_it(deployed: Operator) -> None:
    """Until then, the password before it is said to work."""
    play(deployed, "password")

    run = deployed.run("new-password", "--confirm", CLUSTER)

    assert (run.status, run.err) == (0, [])
    title = "the password of the database"
    assert progress(run)[0] == (
        f"{title}: the cluster {CLUSTER} is available; until the end, it has the password before"
    )
    assert progress(run)[1] == (
        f"after 15 s  {title}: the cluster {CLUSTER} is resetting-master-credentials; until the end, it has "
        "the password before"
    )
    assert deployed.clock.seconds == 195
    assert run.out[-2:] == [
        f"Now the cluster {CLUSTER} is available, with the password of the secret.",
        "Way back: csr-operate prod restore-password",
    ]


@pytest.mark.parametrize("command", ["new-password", "repeat-password", "restore-password"])
def test_a_password_that_is_being_set_is_waited_for(deployed: Operator, command: str) -> None:
    """No command replaces it in the meantime; restore-password would restore the wrong one."""
    play(deployed, "password")
    deployed.run("new-password", "--confirm", CLUSTER, "--no-wait")
    secret = deployed.world.secret_value()

    run = deployed.run(command, *(() if command == "repeat-password" else ("--confirm", CLUSTER)))

    assert (run.status, run.printed) == (0, [])
    assert f"The password of {CLUSTER} is being set already. Nothing else is changed." in run.out
    assert f"Now the cluster {CLUSTER} is available, with the password of the secret." in run.out
    assert deployed.world.secret_value() == secret


def test_a_password_that_is_never_set_ends_with_the_time(deployed: Operator) -> None:
    """The command names what looks again, and the minutes."""
    play(deployed, "endless password")

    run = deployed.run("new-password", "--confirm", CLUSTER)

    assert run.status == 1
    assert run.err[0] == (
        f"The cluster {CLUSTER} is resetting-master-credentials; until the end, it has the password before, "
        f"after 20 min; usual are 1 to 3 minutes. It may still go on. Look again with: {SHOW}"
    )


def test_after_a_failure_in_the_middle_the_way_back_is_true(deployed: Operator) -> None:
    """A second new password would remove the one that the database has from the secret."""
    deployed.world.recorder.failing["rds:ModifyDBCluster"] = FAULTS["denied"]()
    deployed.run("new-password", "--confirm", CLUSTER)
    unset = deployed.world.secret_value()["password"]

    second = deployed.run("new-password", "--confirm", CLUSTER)

    assert second.status == 1
    assert "First: csr-operate prod repeat-password" in second.err[0]
    assert second.err[-1] == "Nothing was changed."
    back = deployed.run("restore-password", "--confirm", CLUSTER)
    assert (back.status, deployed.world.secret_value()["password"]) == (0, PASSWORD)
    assert back.out[-1] == "The password that the database never had is now the previous one of the secret."
    again = deployed.run("new-password", "--confirm", CLUSTER)
    assert again.status == 0
    assert password_on_cluster(again) not in (unset, PASSWORD)


def test_a_secret_that_is_scheduled_for_deletion_is_a_sentence(deployed: Operator) -> None:
    """Its value cannot be read until it is restored."""
    secret = deployed.world.name("DatabaseSecret")
    deployed.world.client("secretsmanager").delete_secret(SecretId=secret, RecoveryWindowInDays=7)

    run = deployed.run("repeat-password")

    assert run.status == 1
    assert run.err[0].startswith(f"The secret {secret} is scheduled for deletion since ")
    assert run.err[0].endswith(
        f"Restore it first: aws secretsmanager restore-secret --region {REGION} --secret-id {secret}"
    )
    assert run.err[1:] == ["Nothing was changed."]


# ---- Restore ----


@pytest.mark.parametrize(
    ("options", "time"),
    [
        ((), "2026-11-25T10:29:00+09:00"),
        ((), "2126-11-25T10:30:00+09:00"),
        (("--backup", "cluster-1"), "2026-11-26T00:00:01Z"),
    ],
    ids=["too early", "in the future", "after the backups"],
)
def test_a_time_without_a_backup_is_refused(deployed: Operator, options: tuple[str, ...], time: str) -> None:
    """With what can be restored, in both zones."""
    databases.leave_backup(deployed.world)

    run = deployed.run("restore-cluster", "restored", "--time", time, *options)

    assert (run.status, run.printed) == (2, [])
    assert (
        "which has no backup. It can be restored from 2026-11-25 10:30:00 JST (2026-11-25 01:30:00 UTC)"
        in (run.err[0])
    )


def test_a_backup_that_does_not_exist_is_refused(deployed: Operator) -> None:
    """Before the call."""
    run = deployed.run("restore-cluster", "restored", "--backup", "cluster-9", "--time", "latest")

    assert (run.status, run.printed) == (2, [])
    assert run.err[0] == (f"{CLUSTER} has no backup cluster-9. To list them: csr-operate prod show-backups")


def test_a_restored_cluster_says_its_time(deployed: Operator) -> None:
    """Said back before the call, and kept for the second run."""
    first = deployed.run("restore-cluster", "restored", "--time", "2026-11-25T10:31:00+09:00")
    moto_rds.set_status(REGION, f"{CLUSTER}-restored", "creating")
    second = deployed.run("restore-cluster", "restored", "--time", "latest", "--no-wait")
    moto_rds.set_status(REGION, f"{CLUSTER}-restored", "available")
    third = deployed.run("restore-cluster", "restored", "--time", "latest")

    origin = f"{CLUSTER} at 2026-11-25T01:31:00Z"
    moment = words.moment("2026-11-25T10:31:00+09:00")
    assert f"The time of the data: {words.said_back(moment)}." in first.out
    assert first.out[-1] == (
        f"Now the cluster {CLUSTER}-restored is available; next: csr-operate prod create-instances restored."
    )
    assert (second.status, second.printed) == (0, [])
    assert any(f"restored from {origin}" in line and "No other restore" in line for line in second.out)
    assert (third.status, third.printed) == (1, [])
    assert f"It was restored from {origin}." in third.err[0]


def test_the_cluster_of_the_stack_loses_the_tag(deployed: Operator) -> None:
    """The template does not have it."""
    databases.restore(deployed.world)
    databases.tag_restored(deployed.world)

    run = deployed.run("use-restored-cluster", "--confirm", CLUSTER)

    rds = deployed.world.client("rds")
    (description,) = rds.describe_db_clusters(DBClusterIdentifier=CLUSTER)["DBClusters"]
    tags: list[dict[str, Any]] = description["TagList"]
    assert run.status == 0
    assert "RestoredFrom" not in [tag["Key"] for tag in tags]


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(minutes=42), "42 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=12), "12 days ago"),
    ],
)
def test_an_age_is_said_in_the_unit_of_a_person(ago: timedelta, text: str) -> None:
    """Minutes up to two hours, hours up to two days."""
    assert words.age(words.now() - ago) == text


@pytest.mark.parametrize(("zone", "local"), [("UTC", "19:30:00 JST"), ("Europe/Berlin", "11:30:00 CET")])
def test_a_time_is_said_in_the_zone_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, zone: str, local: str
) -> None:
    """In Japan's time on a machine that has only UTC."""
    import time

    with monkeypatch.context() as patched:
        patched.setenv("TZ", zone)
        time.tzset()
        said = words.said_back(words.moment("2026-11-25T10:30:00Z"))
    time.tzset()

    assert said.startswith(f"2026-11-25 {local} (2026-11-25 10:30:00 UTC), ")


# ---- show-state ----


@pytest.fixture
def complete(deployed: Operator) -> Operator:
    """Production with everything that show-state reads."""
    deployed.world.create_function()
    deployed.world.create_site()
    deployed.world.create_distribution()
    return deployed


def test_the_state_shows_what_still_changes(complete: Operator) -> None:
    """A password that is being set, a failover, a restart that parameters wait for, an invalidation."""
    play(complete, "password", "invalidation")
    complete.run("new-password", "--confirm", CLUSTER, "--no-wait")
    complete.run("invalidate", "/*", "--no-wait")
    pending = {
        "DBInstanceIdentifier": f"{CLUSTER}-2",
        "DBInstanceStatus": "available",
        "DBParameterGroups": [{"DBParameterGroupName": "x", "ParameterApplyStatus": "pending-reboot"}],
    }
    complete.world.recorder.coming["rds:DescribeDBInstances"] = [{"DBInstances": [pending]}]
    run = complete.run("show-state")

    assert (run.status, run.err) == (0, [])
    assert [line for line in run.out if line.startswith("!")] == [
        f"! Database: resetting-master-credentials, writer {CLUSTER}-1",
        "! Database: MasterUserPassword is not applied yet",
        f"! Database: the parameters of {CLUSTER}-2 are pending-reboot: csr-operate prod restart-instance "
        f"{CLUSTER}-2",
    ]
    (invalidation,) = [line for line in run.out if line.startswith("Invalidations in progress: ")]
    assert "begun 1 minutes ago" in invalidation or "begun 2 minutes ago" in invalidation


def test_the_state_shows_what_is_left_from_earlier_work(complete: Operator) -> None:
    """With its time, its age, and what it costs or blocks; nothing of another environment."""
    world = complete.world
    databases.restore(world)
    databases.tag_restored(world, f"{CLUSTER} at 2026-11-25T01:31:00Z")
    databases.leave_old(world)
    databases.take_snapshot(world)
    databases.create_cluster(world, f"{PROJECT}-dev-aurora-cluster-old", f"{PROJECT}-dev-old-1")

    run = complete.run("show-state")

    assert (run.status, run.err) == (0, [])
    lines = [" ".join(line.split()) for line in run.out]
    begin = next(number for number, line in enumerate(lines) if line.startswith("left from earlier work"))
    restored, old, snapshot = lines[begin + 1 :]
    created = f"2026-11-26 09:00:00 JST {words.age(databases.LATER)}"
    assert restored == (
        f"{CLUSTER}-restored available {created} restored from {CLUSTER} at 2026-11-25T01:31:00Z; its "
        "instances and storage are billed; blocks restore-cluster: csr-operate prod delete-spare-cluster "
        "restored"
    )
    assert old.startswith(f"{CLUSTER}-old stopped {created} before a restore; its storage is billed")
    assert old.endswith("blocks use-restored-cluster: csr-operate prod delete-spare-cluster old")
    assert snapshot.startswith(f"{databases.SNAPSHOT} available 20")
    assert snapshot.endswith("snapshot; its storage is billed; blocks nothing")


def test_what_cannot_be_read_of_the_database_is_unknown(complete: Operator) -> None:
    """The rest is shown."""
    complete.world.recorder.failing["rds:DescribeDBClusterSnapshots"] = FAULTS["denied"]()

    run = complete.run("show-state")

    assert run.status == 1
    assert "! Left from earlier work: unknown" in run.out
    assert f"Database: available, writer {CLUSTER}-1" in run.out


# ---- The edge ----


def test_an_invalidation_is_done_when_it_is_completed(deployed: Operator) -> None:
    """A second one meanwhile is another one, because files may have changed; it says so."""
    deployed.world.create_distribution()
    play(deployed, "invalidation")
    first = deployed.run("invalidate", "/*", "--no-wait")
    second = deployed.run("invalidate", "/*")

    assert first.out[-2].startswith("Now some locations of CloudFront can still serve the old /*.")
    assert first.out[-1] == "Look again with: csr-operate prod show-state"
    (running,) = [line for line in second.out if line.startswith("In progress already: invalidation ")]
    assert running.endswith("What changed since then needs another one.")
    assert second.out[-1] == "Now no location of CloudFront serves the old /*."

"""The cluster and its instances: what is refused, and calls that have no effect."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber

from csr_templates.operating import clusters, waiting
from tests.system import PROJECT

from . import databases, moto_rds
from .conftest import Operator
from .recorded import FAULTS
from .stacks import PREFIX

CLUSTER = f"{PREFIX}-aurora-cluster"
REGION = "ap-northeast-1"


@pytest.fixture
def deployed(operator: Operator) -> Operator:
    """Production with its database; the first instance is the writer."""
    databases.deploy(operator.world)
    return operator


def test_what_is_not_available_is_marked(deployed: Operator) -> None:
    """Cluster and instance; events of other environments are not shown."""
    moto_rds.set_status(REGION, CLUSTER, "backing-up")
    moto_rds.set_status(REGION, f"{CLUSTER}-2", "failed")
    databases.create_cluster(deployed.world, f"{PROJECT}-dev-aurora-cluster", f"{PROJECT}-dev-1")

    run = deployed.run("show-database")

    assert (run.status, run.err) == (0, [])
    marked = [line.split() for line in run.out if line.startswith("!")]
    assert marked[0] == ["!", "Cluster", f"{CLUSTER}:", "backing-up"]
    assert marked[1][:4] == ["!", f"{CLUSTER}-2", "reader", "failed"]
    assert len(marked) == 2
    assert f"{PROJECT}-dev" not in "\n".join(run.out)


def test_a_cluster_that_does_not_exist_is_shown_as_absent(operator: Operator) -> None:
    """As after its deletion."""
    run = operator.run("show-database")

    assert (run.status, run.err) == (0, [])
    assert f"! Cluster {CLUSTER}: absent" in run.out
    assert "Instances: none" in run.out


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_read_is_unknown_and_the_rest_is_shown(deployed: Operator, fault: str) -> None:
    """Here the cluster."""
    deployed.world.recorder.failing["rds:DescribeDBClusters"] = FAULTS[fault]()

    run = deployed.run("show-database")

    assert run.status == 1
    assert f"! Cluster {CLUSTER}: unknown" in run.out
    assert "Instances: 2" in run.out
    assert "rds:DescribeDBClusters" in run.err[0]


@pytest.mark.parametrize(
    ("broken", "arguments", "sentence"),
    [
        (
            f"{CLUSTER}-2",
            (),
            f"{CLUSTER}-2 is failed, not available. If another reader is available: csr-operate prod "
            "fail-over INSTANCE",
        ),
        (CLUSTER, (), "The cluster is failed, not available: a failover is not possible."),
        ("", (f"{CLUSTER}-1",), f"The cluster has no reader {CLUSTER}-1 to fail over to."),
    ],
    ids=["reader", "cluster", "writer"],
)
def test_a_failover_to_nothing_is_refused(
    deployed: Operator, broken: str, arguments: tuple[str, ...], sentence: str
) -> None:
    """The reader or the cluster is not available, or the instance is the writer already."""
    if broken:
        moto_rds.set_status(REGION, broken, "failed")

    run = deployed.run("fail-over", *arguments)

    assert (run.status, run.err) == (1, [sentence, "Nothing was changed."])


def test_a_failover_that_did_not_happen_is_no_success(
    deployed: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer is the same, and a repeat could return to an instance with a fault."""
    from moto.rds.models import DBCluster

    monkeypatch.setattr(DBCluster, "failover", lambda self, target: None)
    run = deployed.run("fail-over")

    assert run.status == 1
    assert run.err == [
        "No failover was seen in 3 min. Check the database before you fail over again. Now the writer before "
        f"the failover, {CLUSTER}-1, is still the writer.",
        "Done before it stopped: rds:FailoverDBCluster.",
        "Continue with: csr-operate prod show-database",
    ]
    assert run.called.count("rds:DescribeDBClusters") == 14  # one before it, and one each 15 s


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        (("fail-over",), "rds:FailoverDBCluster"),
        (("restart-instance", f"{CLUSTER}-2"), "rds:RebootDBInstance"),
    ],
)
def test_a_failover_or_restart_that_may_have_begun_is_not_simply_repeated(
    deployed: Operator, arguments: tuple[str, ...], call: str
) -> None:
    """A second failover would make the instance with the fault the writer again."""
    for fault in (KeyboardInterrupt(), FAULTS["time-out"]()):
        deployed.world.recorder.failing[call] = fault

        run = deployed.run(*arguments)

        assert run.err[-2:] == [
            f"It is not known whether AWS received {call}.",
            "Continue with: csr-operate prod show-database",
        ]


def test_a_failover_that_aws_has_made_and_then_refused_is_not_denied(
    deployed: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer came too late, and botocore has called again."""
    answer = BotocoreStubber.process_request
    attempts = []

    def late(stubber: BotocoreStubber, request: Any) -> Any:
        done = answer(stubber, request)
        if "Action=FailoverDBCluster" not in str(request.body):
            return done
        attempts.append(request)
        if len(attempts) == 1:
            raise ReadTimeoutError(endpoint_url=request.url)
        code = "<Code>InvalidDBClusterStateFault</Code><Message>failing-over</Message>"
        return 400, {}, f"<ErrorResponse><Error>{code}</Error></ErrorResponse>".encode()

    monkeypatch.setattr(BotocoreStubber, "process_request", late)
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    run = deployed.run("fail-over")

    assert (run.status, len(attempts)) == (1, 2)
    assert run.err == [
        "rds:FailoverDBCluster failed: InvalidDBClusterStateFault. (failing-over)",
        "AWS may have carried out rds:FailoverDBCluster: an attempt of it had no clear answer.",
        "Continue with: csr-operate prod show-database",
    ]


def test_a_failover_waits_while_there_is_no_writer(
    deployed: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster has none for some seconds."""
    without_writer = iter(["", "", ""])
    writer_of = clusters.writer_of
    before: list[str] = []

    def writer(description: Mapping[str, Any] | None) -> str:
        if not before:
            before.append(writer_of(description))
            return before[0]
        return next(without_writer, writer_of(description))

    monkeypatch.setattr(clusters, "writer_of", writer)
    run = deployed.run("fail-over")

    assert (run.status, run.err) == (0, [])
    assert next(without_writer, None) is None
    assert run.out[-1] == f"Now the writer is {CLUSTER}-2, and the cluster is available."


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("modifying", "The cluster is modifying, not stopped."),
        (
            "inaccessible-encryption-credentials",
            "The cluster is inaccessible-encryption-credentials. It can only be restored from a backup.",
        ),
    ],
)
def test_only_a_stopped_cluster_is_started(deployed: Operator, status: str, sentence: str) -> None:
    """A cluster that has lost its key for good cannot start."""
    moto_rds.set_status(REGION, CLUSTER, status)

    run = deployed.run("start-database")

    assert (run.status, run.err) == (1, [sentence, "Nothing was changed."])


def test_only_an_instance_of_the_cluster_is_restarted(deployed: Operator) -> None:
    """Not one of another environment."""
    run = deployed.run("restart-instance", f"{PROJECT}-dev-1")

    assert run.status == 2
    assert run.err[0].startswith(f"{PROJECT}-dev-1 is not an instance of {CLUSTER}.")
    assert run.printed == []


def test_a_restart_is_not_over_while_the_status_is_that_before_it(deployed: Operator) -> None:
    """RDS shows ``available`` for some seconds after the call."""
    run = deployed.run("restart-instance", f"{CLUSTER}-2")

    assert run.status == 0
    assert run.called.count("rds:DescribeDBInstances") == 6  # the list, and five in a minute


def test_ctrl_c_during_a_restart_stops_only_the_waiting(
    deployed: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the command that shows the end."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "sleep", interrupt)
    run = deployed.run("restart-instance", f"{CLUSTER}-2")

    assert run.status == 130
    assert run.err == [
        f"Stopped waiting for the restart of {CLUSTER}-2 after 0 s. The instance {CLUSTER}-2 is available, "
        "and its parameters are in-sync. It goes on by itself in AWS. Look again with: csr-operate prod "
        "show-database"
    ]


def test_a_snapshot_that_fails_is_no_success(deployed: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name says what it was taken for."""
    from moto.rds.models import DBClusterSnapshot

    monkeypatch.setattr(
        DBClusterSnapshot, "status", property(lambda self: "failed", lambda self, _: None), False
    )
    run = deployed.run("take-snapshot", "before-upgrade")

    assert run.status == 1
    assert run.err[0].startswith(
        f"It does not become available by itself. Now the snapshot {PREFIX}-before-upgrade-20"
    )
    assert run.err[0].endswith(" is failed.")


def test_deletion_protection_needs_the_name(deployed: Operator) -> None:
    """Another name changes nothing."""
    run = deployed.run("disable-deletion-protection", "--confirm", "x")

    assert (run.status, run.err) == (1, [f"x was given, not {CLUSTER}.", "Nothing was changed."])
    assert "rds:ModifyDBCluster" not in run.called


def test_backups_of_deleted_clusters_are_listed(operator: Operator) -> None:
    """RDS finds nothing by the identifier of a cluster that does not exist, so that all are read.

    The final snapshot of the cluster that a restore replaced has the identifier of that cluster.
    """
    databases.deploy(operator.world)
    databases.create_cluster(operator.world, f"{CLUSTER}-old", f"{PREFIX}-old-1")
    databases.create_cluster(operator.world, f"{PROJECT}-dev-aurora-cluster", f"{PROJECT}-dev-1")
    operator.run("delete-spare-cluster", "old", "--confirm", f"{CLUSTER}-old")
    databases.leave_backup(operator.world)

    run = operator.run("show-backups")

    assert (run.status, run.err) == (0, [])
    text = "\n".join(run.out)
    assert f"{CLUSTER}-old-final-" in text
    assert "cluster-1" in text
    assert f"{PROJECT}-dev" not in text
    assert [call.parameters for call in run.calls if call.service == "rds"] == [{}, {}]

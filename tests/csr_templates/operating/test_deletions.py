"""Deletions of stacks: the snapshot before, what is retained, and what is refused."""

import pytest

from . import databases
from .conftest import Operator
from .stacks import PREFIX

CLUSTER = f"{PREFIX}-aurora-cluster"
NAME = f"{PREFIX}-database"


@pytest.fixture
def stuck(operator: Operator) -> Operator:
    """Production whose database stack could not be deleted."""
    databases.deploy(operator.world)
    databases.fail_deletion(operator.world)
    return operator


def test_the_database_gets_a_snapshot_first(stuck: Operator) -> None:
    """Then it loses its protection, and then the stack is deleted."""
    run = stuck.run("finish-deletion", "database", "--confirm", CLUSTER)

    assert (run.status, run.err) == (0, [])
    assert [line.split()[2] for line in run.printed] == [
        "create-db-cluster-snapshot",
        "modify-db-cluster",
        "delete-stack",
    ]
    assert "no-deletion-protection" in run.printed[1]


def test_a_failed_snapshot_stops_it(stuck: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cluster stays protected."""
    from moto.rds.models import DBClusterSnapshot

    monkeypatch.setattr(
        DBClusterSnapshot, "status", property(lambda self: "failed", lambda self, _: None), False
    )
    run = stuck.run("finish-deletion", "database", "--confirm", CLUSTER)

    assert run.status == 1
    assert run.err[0].endswith(" is failed.")
    assert "rds:ModifyDBCluster" not in run.called


def test_a_retained_cluster_keeps_its_protection(stuck: Operator) -> None:
    """It is not deleted, so there is no snapshot either."""
    run = stuck.run("finish-deletion", "database", "DatabaseCluster", "--confirm", NAME)

    assert run.status == 0
    (deletion,) = run.printed
    assert deletion.endswith("--retain-resources DatabaseCluster")


def test_a_cluster_that_is_gone_needs_no_snapshot(operator: Operator) -> None:
    """An earlier call has deleted it, and something else was left."""
    databases.fail_deletion(operator.world)

    run = operator.run("finish-deletion", "database", "--confirm", NAME)

    assert run.status == 0
    assert [line.split()[2] for line in run.printed] == ["delete-stack"]


def test_a_deletion_that_fails_again_is_no_success(stuck: Operator) -> None:
    """It leads to the reason."""
    stuck.world.stacks.stacks["database"].ends = "DELETE_FAILED"

    run = stuck.run("finish-deletion", "database", "--confirm", CLUSTER)

    assert run.status == 1
    assert run.err[0] == (
        "The stack database is DELETE_FAILED. The reason: csr-operate prod why-failed database"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("database",), 1, "The stack database is UPDATE_COMPLETE, not DELETE_FAILED."),
        (("database", "Typo"), 2, "The stack database has no resource Typo."),
    ],
)
def test_only_a_failed_deletion_is_finished(
    operator: Operator, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    """A stack that runs is never deleted."""
    databases.deploy(operator.world)

    run = operator.run("finish-deletion", *arguments, "--confirm", CLUSTER)

    assert (run.status, run.err) == (status, [sentence, "Nothing was changed."])


def test_missing_delete_policies_are_marked(operator: Operator) -> None:
    """Also a stack without bootstrap stack."""
    databases.create_bootstrap_stacks(operator.world)
    del operator.world.stacks.stacks["deploy-api"]

    run = operator.run("show-delete-policies")

    assert run.status == 0
    assert [line.split(maxsplit=2) for line in run.out[2:]] == [
        ["network", "attached"],
        ["database", "attached"],
        ["!", "api", "no bootstrap stack"],
        ["!", "frontend", "detached"],
    ]


def test_leftovers_are_listed_after_a_loss(operator: Operator) -> None:
    """No stack exists any more; what belongs to others is not listed."""
    databases.create_leftover(operator.world)
    operator.world.client("secretsmanager").create_secret(Name="other", SecretString="x")
    operator.world.stacks.stacks.clear()

    run = operator.run("show-leftovers")

    assert run.status == 0
    assert run.out[1].endswith("Is it the wrong account or role?")
    assert run.out[2] == "ap-northeast-1: 1"
    assert ":secret:left-" in run.out[3]
    assert run.out[4:] == ["us-east-1: none"]

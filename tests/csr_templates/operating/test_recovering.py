"""The recovery around a restore: what is refused, and that each step can be repeated."""

import pytest

from csr_templates.operating import waiting

from . import creating, databases, moto_rds
from .conftest import Operator, Run
from .stacks import CREATED, PREFIX

CLUSTER = f"{PREFIX}-aurora-cluster"
REGION = "ap-northeast-1"
NOTHING = "Nothing was changed."


@pytest.mark.parametrize(
    ("status", "is_owned", "sentence"),
    [
        ("IMPORT_COMPLETE", False, ""),
        ("UPDATE_ROLLBACK_COMPLETE", False, ""),
        ("IMPORT_COMPLETE", True, "The cluster belongs to the stack: skip this deploy."),
        (
            "REVIEW_IN_PROGRESS",
            False,
            "The stack database is REVIEW_IN_PROGRESS, not IMPORT_COMPLETE or UPDATE_COMPLETE or "
            "UPDATE_ROLLBACK_COMPLETE.",
        ),
    ],
)
def test_the_groups_are_deployed_after_the_import_and_without_the_cluster(
    operator: Operator, status: str, is_owned: bool, sentence: str
) -> None:
    """The deploy would delete the cluster from the stack otherwise."""
    world = operator.world
    world.create_artifacts()
    databases.import_stack(world)
    stack = world.stacks.stacks["database"]
    stack.status = status
    if is_owned:
        stack.physical_ids["DatabaseCluster"] = CLUSTER

    run = operator.run("deploy-before-restore")

    assert run.err == ([sentence, NOTHING] if sentence else [])
    assert ("cloudformation:UpdateStack" in run.called) is not bool(sentence)


def test_the_groups_are_deployed_once(operator: Operator) -> None:
    """The second time, nothing changes; the parameters are those of the template."""
    operator.world.create_artifacts()
    databases.import_stack(operator.world)

    first = operator.run("deploy-before-restore")
    repeated = operator.run("deploy-before-restore")

    (update,) = [call for call in first.calls if call.operation == "UpdateStack"]
    names = {parameter["ParameterKey"] for parameter in update.parameters["Parameters"]}
    assert (
        {"ProjectName", "Environment"} <= names < set(operator.world.environment.stack("database").parameters)
    )
    assert (repeated.status, repeated.out[-1]) == (0, "The stack has the groups already.")


def test_a_cluster_with_instances_needs_no_other_one(operator: Operator) -> None:
    """Neither does a cluster that does not exist."""
    databases.deploy(operator.world)
    run = operator.run("add-check-instance")
    moto_rds.backend(REGION).clusters.clear()
    missing = operator.run("add-check-instance")

    assert run.err[0] == (
        f"{CLUSTER} has instances already, so the data can be checked: {CLUSTER}-1, {CLUSTER}-2."
    )
    assert missing.err[0] == f"The cluster {CLUSTER} does not exist. Restore it first."
    assert [*run.printed, *missing.printed] == []


def test_the_check_instance_is_created_once(operator: Operator) -> None:
    """The command can be repeated, and completes the settings each time."""
    databases.restore_original(operator.world)

    first = operator.run("add-check-instance")
    repeated = operator.run("add-check-instance")

    assert [line.split()[2] for line in first.printed] == ["modify-db-cluster", "create-db-instance"]
    assert [line.split()[2] for line in repeated.printed] == ["modify-db-cluster"]
    assert " --no-auto-minor-version-upgrade" in repeated.printed[0]


@pytest.fixture
def recovered(operator: Operator) -> Operator:
    """Production whose stack has the restored cluster, of which the writer is the check instance."""
    databases.restore_original(operator.world)
    databases.add_check_instance(operator.world)
    databases.redeploy(operator.world)
    return operator


def remove(operator: Operator) -> Run:
    """Run the command that removes the check instance."""
    return operator.run("remove-check-instance", "--confirm", f"{PREFIX}-restored")


def test_the_writer_is_never_deleted(recovered: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the failover is over, the command waits; Ctrl-C ends it."""
    from moto.rds.models import DBCluster

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(DBCluster, "failover", lambda self, target: None)
    monkeypatch.setattr(waiting, "sleep", interrupt)
    run = remove(recovered)

    assert run.status == 130
    assert [line.split()[2] for line in run.printed] == ["failover-db-cluster"]


def test_the_check_instance_is_removed_once(recovered: Operator) -> None:
    """After the failover to the instance of the stack."""
    first = remove(recovered)
    repeated = remove(recovered)

    assert [line.split()[2] for line in first.printed] == ["failover-db-cluster", "delete-db-instance"]
    assert (repeated.status, repeated.printed) == (0, [])
    assert repeated.out[-1] == f"Now {CLUSTER} has no instance {PREFIX}-restored: it is removed already."
    assert databases.clusters(recovered.world) == {CLUSTER: [f"{CLUSTER}-1"]}


def test_without_an_instance_of_the_stack_nothing_is_removed(operator: Operator) -> None:
    """The check instance would be the only one."""
    databases.restore_original(operator.world)
    databases.add_check_instance(operator.world)
    operator.world.stacks.stacks["database"].physical_ids["DatabaseInstance1"] = "not-yet"

    run = remove(operator)

    assert run.err == [f"{CLUSTER} has no instance not-yet. Deploy database first.", NOTHING]


@pytest.mark.parametrize("case", ["owned", "older", "instance"])
def test_only_a_restore_is_deleted(operator: Operator, case: str) -> None:
    """The cluster may be the only data."""
    world = operator.world
    databases.restore_original(world)
    databases.add_check_instance(world)
    sentence = ""
    match case:
        case "owned":
            world.stacks.stacks["database"].physical_ids["DatabaseCluster"] = CLUSTER
            sentence = "The cluster belongs to the stack. Do not delete it."
        case "older":
            moto_rds.set_creation(REGION, CLUSTER, CREATED)
            sentence = (
                f"{CLUSTER} was created at 2026-11-01 10:30:00 JST, not after the stack (2026-11-01 10:30:00 "
                "JST): it is not a restore, and may be the only data."
            )
        case "instance":
            databases.add_instance(world, CLUSTER, f"{CLUSTER}-1")
            sentence = f"{CLUSTER} has another instance than that of add-check-instance: {CLUSTER}-1."

    run = operator.run("delete-wrong-restore", "--confirm", CLUSTER)

    assert (run.err, run.printed) == ([sentence, NOTHING], [])


def test_a_wrong_restore_that_is_deleted_is_no_failure(operator: Operator) -> None:
    """As in a second run."""
    databases.restore_original(operator.world)
    moto_rds.backend(REGION).clusters.clear()

    run = operator.run("delete-wrong-restore", "--confirm", CLUSTER)

    assert (run.status, run.err, run.printed) == (0, [], [])
    assert run.out[-1] == f"Now the cluster {CLUSTER} does not exist: it is deleted already."


def test_a_wrong_restore_leaves_no_snapshot(operator: Operator) -> None:
    """It is deleted with its instance, so that another one can be restored."""
    databases.restore_original(operator.world)
    databases.add_check_instance(operator.world)

    run = operator.run("delete-wrong-restore", "--confirm", CLUSTER)

    assert run.status == 0
    assert run.printed[-1].endswith("--skip-final-snapshot")
    assert databases.clusters(operator.world) == {}


# ---- end-recovery ----


def test_a_recovered_stack_is_protected_and_compared(operator: Operator) -> None:
    """The last line is about its secrets."""
    creating.recover_secrets(operator.world)

    run = operator.run("end-recovery", "api")

    stack = operator.world.stacks.stacks["api"]
    assert (run.status, run.out[-1]) == (0, "No secret has changed.")
    assert stack.is_protected
    assert "LogicalResourceId/" in stack.policy


def test_what_cannot_be_compared_does_not_hide_a_changed_secret(operator: Operator) -> None:
    """Both are told, and the stack is protected all the same."""
    creating.recover_secrets(operator.world)
    creating.put_key(operator.world, "another")
    stack = operator.world.stacks.stacks["api"]
    stack.detection = ("DETECTION_FAILED", "a reason")

    run = operator.run("end-recovery", "api")

    assert run.status == 1
    assert run.err[0].startswith("Not every resource could be compared of: api. ")
    assert f"{PREFIX}-origin-api-key-a" in run.err[0]
    assert stack.is_protected


def test_a_stack_that_is_being_deployed_is_not_compared(operator: Operator) -> None:
    """The comparison would find differences that are none."""
    operator.world.stacks.stacks["api"].status = "UPDATE_IN_PROGRESS"

    run = operator.run("end-recovery", "api")

    assert run.err[-1] == NOTHING
    assert "csr-operate prod wait api" in run.err[0]

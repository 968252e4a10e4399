"""``delete-failed-create``: an empty stack, with the wait and its interruption, and what a stack left."""

from datetime import datetime, timedelta

import pytest

from csr_templates.operating import waiting

from . import databases, moto_rds
from .conftest import Operator, Run
from .recorded import FAULTS
from .stacks import CREATED, PREFIX

NAME = f"{PREFIX}-api"


@pytest.fixture
def failed(operator: Operator) -> Operator:
    """Production whose stack api could not be created."""
    operator.world.stacks.stacks["api"].status = "ROLLBACK_COMPLETE"
    return operator


def test_an_empty_stack_is_deleted(failed: Operator) -> None:
    """By its ID, with the status of each step."""
    run = failed.run("delete-failed-create", "api", "--confirm", NAME)

    assert (run.status, run.err) == (0, [])
    assert run.printed == [
        "aws cloudformation delete-stack --region ap-northeast-1 --stack-name "
        f"arn:aws:cloudformation:ap-northeast-1:123456789012:stack/{NAME}/1"
    ]
    statuses = [line.rpartition(": ")[2] for line in run.out if "  the stack api: " in line]
    assert statuses == ["ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
    assert run.out[-1] == f"{NAME} is deleted."


def test_a_stack_with_resources_is_refused(operator: Operator) -> None:
    """Only a failed first create is deleted."""
    run = operator.run("delete-failed-create", "api", "--confirm", NAME)

    assert run.err == ["The stack api is UPDATE_COMPLETE, not ROLLBACK_COMPLETE.", "Nothing was changed."]


def test_ctrl_c_stops_only_the_waiting(failed: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how to go on, with the status of a shell for an interruption."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "sleep", interrupt)
    run = failed.run("delete-failed-create", "api", "--confirm", NAME)

    assert run.status == 130
    assert run.err == [
        "Stopped waiting for the stack api; what was started continues in AWS. Continue with: "
        "csr-operate prod wait api"
    ]


def test_a_wait_survives_a_call_without_an_answer(failed: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next answer counts."""

    def fail(_: float) -> None:
        failed.world.recorder.failing["cloudformation:DescribeStacks"] = FAULTS["time-out"]()
        monkeypatch.setattr(waiting, "sleep", lambda seconds: None)

    monkeypatch.setattr(waiting, "sleep", fail)
    run = failed.run("delete-failed-create", "api", "--confirm", NAME)

    assert run.status == 0
    assert any(line.endswith("the stack api: unknown") for line in run.out)


def test_a_dry_run_ends_at_the_wait(failed: Operator) -> None:
    """It prints the call and changes nothing; no name is asked for."""
    run = failed.run("delete-failed-create", "api", "--dry-run")

    assert run.status == 0
    assert [line.split()[2] for line in run.would_call] == ["delete-stack"]
    assert run.out[-1] == "The dry run ends here: the command would wait for the stack api."
    assert failed.world.stacks.stacks["api"].status == "ROLLBACK_COMPLETE"


# ---- The database ----

CLUSTER = f"{PREFIX}-aurora-cluster"
BUCKET = f"{PREFIX}-edge-logs-123456789012"


@pytest.fixture
def failed_database(operator: Operator) -> Operator:
    """Production whose database could not be created, nor rolled back."""
    databases.fail_create(operator.world)
    return operator


def delete_database(operator: Operator) -> Run:
    """Run the command for the database."""
    return operator.run("delete-failed-create", "database", "--confirm", CLUSTER)


def test_all_of_a_failed_database_is_deleted(failed_database: Operator) -> None:
    """The key is scheduled, and the backups of another cluster stay."""
    world = failed_database.world
    another = {**world.recorder.backups[0], "ClusterCreateTime": CREATED, "DbClusterResourceId": "cluster-0"}
    world.recorder.backups.append(another)
    key = world.stacks.stacks["database"].physical_ids["DatabaseKey"]

    run = delete_database(failed_database)

    assert (run.status, run.err) == (0, [])
    assert world.client("secretsmanager").list_secrets()["SecretList"] == []
    assert world.client("logs").describe_log_groups()["logGroups"] == []
    assert world.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert world.recorder.backups == [another]
    assert run.out[-1] == f"Now {PREFIX}-database has left: nothing; the key {key} is PendingDeletion."


@pytest.mark.parametrize(
    "created",
    [CREATED - timedelta(minutes=1), databases.FAILED + timedelta(minutes=1)],
    ids=["older", "younger"],
)
def test_a_cluster_that_the_failed_create_did_not_make_is_kept(
    failed_database: Operator, created: datetime
) -> None:
    """Another cluster has the same name, perhaps a restored one."""
    moto_rds.set_creation("ap-northeast-1", CLUSTER, created)

    run = delete_database(failed_database)

    assert run.status == 1
    assert run.err[0].startswith(f"{CLUSTER} was created at 2026-11-")
    assert run.err[0].endswith("when the stack was created: it is another cluster.")
    assert run.printed == []


def test_a_cluster_that_the_stack_does_not_list_is_kept(failed_database: Operator) -> None:
    """The rollback has deleted that of the stack."""
    failed_database.world.stacks.stacks["database"].resource_statuses["DatabaseCluster"] = "DELETE_COMPLETE"

    run = delete_database(failed_database)

    assert run.err == [
        f"{CLUSTER} is not what the failed create left: the stack database does not list it as "
        "DatabaseCluster.",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_was_complete_once_is_kept(failed_database: Operator, status: str) -> None:
    """It was deleted, so its secret and key are the data of the environment."""
    databases.delete_failed_stack(failed_database.world)
    stack = failed_database.world.stacks.stacks["database"]
    stack.events.insert(1, databases.event(failed_database.world, "database", status))

    run = delete_database(failed_database)

    assert run.err == [
        f"The stack {stack.id} was {status}, so it is not a failed first create, and what it left is the "
        "data of the environment.",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS"])
def test_a_later_stack_keeps_its_secret(failed_database: Operator, status: str) -> None:
    """The command is repeated after the next deploy, which has a secret and log groups of the same names."""
    failed_database.world.stacks.stacks["database"].status = status

    run = delete_database(failed_database)

    assert run.err == [
        f"The stack database is {status}, not ROLLBACK_COMPLETE.",
        "Nothing was changed.",
    ]


def test_a_stack_that_was_deleted_long_ago_is_not_found(operator: Operator) -> None:
    """CloudFormation lists it for 90 days."""
    del operator.world.stacks.stacks["database"]

    run = delete_database(operator)

    assert run.err == [
        f"The stack {PREFIX}-database does not exist, nor was one deleted in the last 90 days.",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize(
    "call", ["secretsmanager:DeleteSecret", "kms:ScheduleKeyDeletion", "rds:DeleteDBClusterAutomatedBackup"]
)
def test_a_deletion_that_stopped_is_finished_by_the_same_command(
    failed_database: Operator, call: str
) -> None:
    """The stack is gone by then; no file says what it left."""
    failed_database.world.recorder.failing[call] = FAULTS["denied"]()

    stopped = delete_database(failed_database)
    repeated = delete_database(failed_database)

    assert (stopped.status, stopped.err[-1]) == (1, "Continue with: the same command again")
    assert (repeated.status, repeated.err) == (0, [])
    assert failed_database.world.recorder.backups == []


def test_ctrl_c_leads_back_to_the_command(failed_database: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the stack, more is to be deleted."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "sleep", interrupt)
    stopped = delete_database(failed_database)
    monkeypatch.setattr(waiting, "sleep", lambda seconds: None)

    assert stopped.status == 130
    assert stopped.err[0].endswith("Continue with: csr-operate prod delete-failed-create database")
    assert delete_database(failed_database).status == 0


# ---- The site ----


@pytest.mark.parametrize("contents", ["objects", "empty", "gone"])
def test_the_bucket_of_a_failed_frontend_goes_first(operator: Operator, contents: str) -> None:
    """With all versions; an earlier call may have deleted it."""
    world = operator.world
    databases.fail_create_of_site(world)
    s3 = world.client("s3", "us-east-1")
    if contents != "objects":
        for version in s3.list_object_versions(Bucket=BUCKET)["Versions"]:
            s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    if contents == "gone":
        s3.delete_bucket(Bucket=BUCKET)

    run = operator.run("delete-failed-create", "frontend", "--confirm", BUCKET)

    assert (run.status, run.err) == (0, [])
    assert s3.list_buckets()["Buckets"] == []
    assert run.printed[-1].startswith("aws cloudformation delete-stack")
    assert run.called.count("s3:DeleteObject") == (databases.LOG_OBJECTS if contents == "objects" else 0)


def test_the_bucket_of_a_frontend_that_runs_is_kept(operator: Operator) -> None:
    """Or of one that was complete once."""
    databases.fail_create_of_site(operator.world)
    stack = operator.world.stacks.stacks["frontend"]
    stack.status = "UPDATE_COMPLETE"
    running = operator.run("delete-failed-create", "frontend", "--confirm", BUCKET)
    stack.status = "DELETE_FAILED"
    stack.events.insert(1, databases.event(operator.world, "frontend", "CREATE_COMPLETE"))
    deleted = operator.run("delete-failed-create", "frontend", "--confirm", BUCKET)

    assert running.err[0] == "The stack frontend is UPDATE_COMPLETE, not ROLLBACK_COMPLETE."
    assert "was CREATE_COMPLETE, so it is not a failed first create" in deleted.err[0]
    assert [*running.printed, *deleted.printed] == []


# ---- Other stacks ----


@pytest.mark.parametrize(
    ("stack", "key"), [("network", "LogsKey"), ("api", "FunctionKey"), ("frontend", "FrontendKey")]
)
def test_a_stack_whose_rollback_failed_at_a_key_is_deleted(operator: Operator, stack: str, key: str) -> None:
    """KMS did not know the tags of the new key yet. Its deletion is scheduled before that of the stack."""
    world = operator.world
    key_id = databases.fail_create_at_key(world, stack, key)

    run = operator.run("delete-failed-create", stack, "--confirm", f"{PREFIX}-{stack}")

    assert (run.status, run.err) == (0, [])
    assert [call.split()[1:3] for call in run.printed] == [
        ["kms", "schedule-key-deletion"],
        ["cloudformation", "delete-stack"],
    ]
    region = world.environment.stack(stack).region
    metadata = world.client("kms", region).describe_key(KeyId=key_id)["KeyMetadata"]
    assert metadata["KeyState"] == "PendingDeletion"
    assert run.out[-1] == f"{PREFIX}-{stack} is deleted."


def test_the_same_command_goes_on_after_the_key(operator: Operator) -> None:
    """The stack is deleted last, so that it is found again."""
    databases.fail_create_at_key(operator.world)
    operator.world.recorder.failing["cloudformation:DeleteStack"] = FAULTS["denied"]()

    stopped = operator.run("delete-failed-create", "api", "--confirm", NAME)
    repeated = operator.run("delete-failed-create", "api", "--confirm", NAME)

    assert (stopped.status, repeated.status) == (1, 0)
    assert [call.split()[2] for call in repeated.printed] == ["delete-stack"]


def test_what_else_is_retained_is_listed(operator: Operator) -> None:
    """Such as a log group that the rollback could not delete; its name is in use."""
    databases.fail_create_at_key(operator.world)
    operator.world.stacks.stacks["api"].physical_ids["FunctionLogGroup"] = "/aws/lambda/left"

    run = operator.run("delete-failed-create", "api", "--confirm", NAME)

    assert run.out[-1] == (
        "FunctionLogGroup is retained: /aws/lambda/left. Delete it before the next deploy, which fails while "
        "the name is in use."
    )


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_COMPLETE"])
def test_the_key_of_a_stack_that_was_complete_once_is_kept(operator: Operator, status: str) -> None:
    """Its key has encrypted data of the environment."""
    key_id = databases.fail_create_at_key(operator.world)
    stack = operator.world.stacks.stacks["api"]
    stack.status = "DELETE_FAILED"
    stack.events.insert(1, databases.event(operator.world, "api", status))

    run = operator.run("delete-failed-create", "api", "--confirm", NAME)

    assert f"was {status}, so it is not a failed first create" in run.err[0]
    metadata = operator.world.client("kms").describe_key(KeyId=key_id)["KeyMetadata"]
    assert (run.printed, metadata["KeyState"]) == ([], "Enabled")

"""The import of what a deleted stack has left: ``plan-import``, ``run-import`` and ``delete-import``."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from . import creating
from .conftest import Operator
from .recorded import FAULTS
from .stacks import ACCOUNT, PREFIX

CHANGE_SET = f"arn:aws:cloudformation:ap-northeast-1:{ACCOUNT}:changeSet/import/api"


@pytest.fixture
def deleted(operator: Operator) -> Operator:
    """Production whose stack api was deleted."""
    creating.delete_api(operator.world)
    return operator


def request(operator: Operator) -> Any:
    """Return the parameters of CreateChangeSet."""
    return operator.world.stacks.change_sets[CHANGE_SET].request


def test_an_import_is_planned(deleted: Operator) -> None:
    """Keys and queues are found by their tag, secrets by their name; it says how many are imported."""
    listed = len(deleted.world.environment.stack("api").imports["api"].resources)

    run = deleted.run("plan-import", "api")

    assert (run.status, run.err) == (0, [])
    assert run.out[-2:] == [
        f"{listed} of {listed} are Import.",
        "Review it, and then execute it: csr-operate prod run-import api",
    ]
    identifiers = {
        resource["LogicalResourceId"]: resource["ResourceIdentifier"]
        for resource in request(deleted)["ResourcesToImport"]
    }
    secret = identifiers["OriginApiKeySecretA"]["Id"]
    tags = deleted.world.client("kms").list_resource_tags(**identifiers["FunctionKey"])["Tags"]
    assert {"TagKey": "Name", "TagValue": f"{PREFIX}-function-key"} in tags
    assert identifiers["DeadLetterQueue"]["QueueUrl"].endswith(f"/{PREFIX}-dead-letter-queue")
    assert secret.startswith("arn:aws:secretsmanager:ap-northeast-1:")
    assert identifiers["FunctionLogGroup"] == {"LogGroupName": f"/aws/lambda/{PREFIX}-api"}
    assert deleted.world.stacks.stacks["api"].status == "REVIEW_IN_PROGRESS"


def test_the_template_is_printed_as_the_file_and_sent_as_its_text(deleted: Operator) -> None:
    """The file has thousands of characters."""
    run = deleted.run("plan-import", "api")

    path = deleted.world.environment.stack("api").imports["api"].template
    assert f"--template-body file://{path} " in run.printed[0]
    assert request(deleted)["TemplateBody"] == path.read_text("utf-8")


def test_names_with_the_account_get_it(operator: Operator) -> None:
    """Of the buckets."""
    creating.delete_stack(operator.world, "frontend")
    names = [
        resource["ResourceIdentifier"]["BucketName"]
        for resource in operator.world.environment.stack("frontend").imports["frontend"].resources
        if resource["ResourceType"] == "AWS::S3::Bucket"
    ]

    operator.run("plan-import", "frontend")

    (change_set,) = operator.world.stacks.change_sets.values()
    buckets = [
        resource["ResourceIdentifier"]["BucketName"]
        for resource in change_set.request["ResourcesToImport"]
        if resource["ResourceType"] == "AWS::S3::Bucket"
    ]
    assert buckets == [name.replace("${AWS::AccountId}", ACCOUNT) for name in names]
    assert f"{PREFIX}-frontend-{ACCOUNT}" in buckets


def test_the_second_import_of_database_is_into_its_stack(operator: Operator) -> None:
    """That of the restored cluster."""
    run = operator.run("plan-import", "database-after-restore")

    assert run.status == 0
    assert run.out[-2:] == [
        "1 of 1 are Import.",
        "Review it, and then execute it: csr-operate prod run-import database",
    ]


def test_two_keys_of_the_same_name_are_refused(deleted: Operator) -> None:
    """It names both, and the command that shows which one is in use."""
    creating.create_key(deleted.world, "ap-northeast-1", "function")

    run = deleted.run("plan-import", "api")

    assert (run.status, run.printed) == (1, [])
    name = f"{PREFIX}-function-key"
    assert run.err[0].startswith(f"More than one AWS::KMS::Key has the tag Name {name}: arn:aws:kms:")
    assert run.err[0].endswith(f". Which one is in use: csr-operate prod show-keys --name {name}")
    assert run.err[1:] == ["Nothing was changed."]


def test_a_missing_key_is_refused(operator: Operator) -> None:
    """Without it, nothing that it encrypted can be read."""
    del operator.world.stacks.stacks["api"]

    run = operator.run("plan-import", "api")

    assert run.err == [
        f"No AWS::KMS::Key in ap-northeast-1 has the tag Name {PREFIX}-function-key.",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize(
    ("changes", "count"), [([("Import", "A")] * 5 + [("Add", "B")], "5 of 6"), ([("Import", "A")], "1 of 1")]
)
def test_a_change_set_that_does_anything_else_is_refused(
    deleted: Operator, changes: list[tuple[str, str]], count: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown, and the next step is to delete it."""
    create = deleted.world.stacks.answer
    listed = len(deleted.world.environment.stack("api").imports["api"].resources)

    def answer(operation: str, parameters: Any, region: str) -> Any:
        result = create(operation, parameters, region)
        if operation == "CreateChangeSet":
            deleted.world.stacks.change_sets[CHANGE_SET].changes = changes
        return result

    monkeypatch.setattr(deleted.world.stacks, "answer", answer)
    run = deleted.run("plan-import", "api")

    assert run.status == 1
    assert run.err == [
        f"{count} are Import, of {listed} listed resources. Do not run this import.",
        "Done before it stopped: cloudformation:CreateChangeSet.",
        "Continue with: csr-operate prod delete-import api",
    ]


def test_a_change_set_that_fails_leads_to_the_reason(
    deleted: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """delete-import shows it."""
    create = deleted.world.stacks.answer

    def answer(operation: str, parameters: Any, region: str) -> Any:
        result = create(operation, parameters, region)
        if operation == "CreateChangeSet":
            change_set = deleted.world.stacks.change_sets[CHANGE_SET]
            change_set.coming = ["FAILED"]
            change_set.reason = "The key does not exist"
        return result

    monkeypatch.setattr(deleted.world.stacks, "answer", answer)
    run = deleted.run("plan-import", "api")

    assert run.status == 1
    assert run.err[0] == "The change set is FAILED. The next command shows why, and deletes it."
    shown = deleted.run("delete-import", "api")
    assert (shown.status, shown.err) == (0, [])
    assert "is FAILED, AVAILABLE. The key does not exist" in shown.out[1]
    assert deleted.world.stacks.change_sets == {}


def test_a_stack_that_is_being_changed_is_refused(operator: Operator) -> None:
    """As during the deploy after its import."""
    operator.world.stacks.stacks["database"].status = "UPDATE_IN_PROGRESS"

    run = operator.run("plan-import", "database-after-restore")

    assert run.err[0].startswith("The stack database is UPDATE_IN_PROGRESS. Wait until it is over: ")
    assert run.printed == []


def test_an_unknown_step_is_refused(operator: Operator) -> None:
    """It names all."""
    run = operator.run("plan-import", "database-after")

    assert run.status == 2
    assert run.err[0].startswith("There is no import database-after.")
    assert "database-after-restore" in run.err[0]


def test_an_import_is_executed_and_the_secrets_are_checked(operator: Operator) -> None:
    """It waits until the import is complete."""
    creating.recover_secrets(operator.world)
    creating.plan_import(operator.world)

    run = operator.run("run-import", "api")

    assert (run.status, run.err) == (0, [])
    assert run.out[-2:] == ["The stack api is IMPORT_COMPLETE.", "No secret has changed."]


def test_a_changed_secret_ends_the_import_with_an_error(operator: Operator) -> None:
    """The import is done, so the way on is the check."""
    creating.recover_secrets(operator.world)
    creating.put_key(operator.world, "generated")
    creating.plan_import(operator.world)

    run = operator.run("run-import", "api")

    assert run.status == 1
    assert "Restore it: aws secretsmanager update-secret-version-stage" in run.err[0]
    assert run.err[1:] == [
        "Done before it stopped: cloudformation:ExecuteChangeSet.",
        "Continue with: csr-operate prod check-secrets api",
    ]


def test_an_import_that_is_rolled_back_is_an_error(operator: Operator) -> None:
    """The secrets are not looked at."""
    creating.plan_import(operator.world)
    operator.world.stacks.stacks["api"].ends = "IMPORT_ROLLBACK_COMPLETE"

    run = operator.run("run-import", "api")

    assert run.status == 1
    assert run.err[0] == (
        "The stack api is IMPORT_ROLLBACK_COMPLETE. The reason: csr-operate prod why-failed api"
    )
    assert not [call for call in run.called if call.startswith("secretsmanager:")]


def test_the_reasons_of_a_failed_import_are_shown_before_it_is_deleted(operator: Operator) -> None:
    """Events that cannot be read do not keep it."""
    creating.plan_import(operator.world, status="FAILED")
    change_set = operator.world.stacks.change_sets[CHANGE_SET]
    change_set.events = [
        {"Timestamp": datetime(2026, 11, 25, tzinfo=UTC), "EventType": "VALIDATION_ERROR",
         "LogicalResourceId": "FunctionKey", "ValidationStatusReason": "It is pending deletion"}
    ]  # fmt: skip

    run = operator.run("delete-import", "api")

    assert (run.status, run.err) == (0, [])
    assert any("FunctionKey" in line and "It is pending deletion" in line for line in run.out)
    creating.plan_import(operator.world, status="FAILED")
    operator.world.recorder.failing["cloudformation:DescribeEvents"] = FAULTS["denied"]()
    again = operator.run("delete-import", "api")
    assert again.status == 0
    assert again.err[0].startswith("The credentials do not allow cloudformation:DescribeEvents.")


def test_a_second_plan_leads_to_the_first_one(deleted: Operator) -> None:
    """Its change set has the same name."""
    exists = {"Code": "AlreadyExistsException", "Message": "ChangeSet import cannot be created"}
    deleted.world.recorder.failing["cloudformation:CreateChangeSet"] = ClientError(
        {"Error": exists}, "CreateChangeSet"
    )

    run = deleted.run("plan-import", "api")

    assert run.err[0] == (
        "An import into api is prepared already, or has failed. Execute it: csr-operate prod run-import api, "
        "or delete it: csr-operate prod delete-import api"
    )

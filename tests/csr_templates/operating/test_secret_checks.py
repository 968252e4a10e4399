"""Secrets: whether a recovery has changed one, and who has read the password."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from csr_templates.operating import secret_checks

from . import creating
from .conftest import Operator, as_command
from .recorded import FAULTS
from .stacks import PREFIX
from .world import PASSWORD

SECRET = f"{PREFIX}-origin-api-key-a"


@pytest.fixture
def recovered(operator: Operator) -> Operator:
    """Production whose stack api was created again, and has a new version of a secret with the same key."""
    creating.recover_secrets(operator.world)
    return operator


def versions(operator: Operator) -> dict[str, str]:
    """Return the label of each version -> its ID."""
    listed = operator.world.client("secretsmanager").list_secret_version_ids(SecretId=SECRET)["Versions"]
    ids = {}
    for version in listed:
        for stage in version["VersionStages"]:
            ids[stage] = version["VersionId"]
    return ids


def test_another_field_is_no_change(recovered: Operator) -> None:
    """Such as the endpoint, which a deploy writes into the secret of the database."""
    run = recovered.run("check-secrets", "api")

    assert (run.status, run.err, run.out[1:]) == (0, [], ["No secret has changed."])


def test_a_new_value_is_noticed_and_the_command_to_restore_it_is_printed(
    recovered: Operator,
) -> None:
    """Also after another change; no value is printed."""
    creating.put_key(recovered.world, "generated")
    before = versions(recovered)["AWSPREVIOUS"]
    creating.put_key(recovered.world, "generated again")

    run = recovered.run("check-secrets", "api")

    assert run.status == 1
    (sentence,) = run.err
    assert sentence.startswith(f"{SECRET}: the value was version ")
    assert f" and is now {versions(recovered)['AWSCURRENT']}. Restore it: aws secretsmanager " in sentence
    assert before not in sentence  # is newer than the stack
    assert not {PASSWORD, "generated"} & set("\n".join(run.out + run.err).split())


def test_the_printed_command_restores_the_value(recovered: Operator, tmp_path: Path) -> None:
    """It is read as the AWS CLI reads it, and called."""
    creating.put_key(recovered.world, "generated")
    line = recovered.run("check-secrets", "api").err[0].partition("Restore it: ")[2]
    command = as_command(line, tmp_path)
    recovered.world.client("secretsmanager").update_secret_version_stage(**command.parameters)

    run = recovered.run("check-secrets", "api")

    assert (run.status, run.out[-1]) == (0, "No secret has changed.")


def test_a_secret_without_an_earlier_version_is_not_known(recovered: Operator) -> None:
    """As after the secret was deleted and created again."""
    recovered.world.stacks.stacks["api"].created = datetime(2001, 1, 1, tzinfo=UTC)

    run = recovered.run("check-secrets", "api")

    assert run.status == 1
    assert run.err[0].startswith(f"{SECRET} has no version from before the stack, so it is not known")


def test_a_stack_without_secrets_says_so(operator: Operator) -> None:
    """Nothing is read."""
    run = operator.run("check-secrets", "network")

    assert (run.status, run.out[1:]) == (0, ["The stack has no secrets."])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_secret_that_cannot_be_read_is_unknown(recovered: Operator, fault: str) -> None:
    """It is never said to be unchanged."""
    recovered.world.recorder.failing["secretsmanager:GetSecretValue"] = FAULTS[fault]()

    run = recovered.run("check-secrets", "api")

    assert run.status == 1
    assert run.out[1:] == [f"! {SECRET}: unknown"]


def test_the_compared_fields_are_those_that_the_templates_generate(operator: Operator) -> None:
    """And those beside them."""
    fields: set[str] = set()
    for stack in operator.world.environment.stacks:
        for line in stack.template.read_text("utf-8").splitlines():
            key, _, text = line.strip().partition(": ")
            if key == "GenerateStringKey":
                fields.add(text)
            if key == "SecretStringTemplate":
                fields |= json.loads(text.strip("'")).keys()

    assert fields == set(secret_checks.COMPARED)


def test_readers_of_the_password_are_listed(operator: Operator) -> None:
    """Not those of another secret; a denied attempt is marked, and the last line says that it is all."""
    creating.read_password(operator.world)

    run = operator.run("show-secret-readers", creating.SINCE, creating.UNTIL)

    assert (run.status, run.err) == (0, [])
    assert [line.split()[3:] for line in run.out[2:4]] == [
        ["kudo", "203.0.113.7"],
        ["kudo", "203.0.113.7", "AccessDenied"],
    ]
    assert run.out[-1] == "complete"
    (call,) = [call for call in run.calls if call.operation == "LookupEvents"]
    assert call.parameters["StartTime"] == datetime.fromisoformat(creating.SINCE)


def test_a_period_that_has_just_ended_is_not_complete(operator: Operator) -> None:
    """CloudTrail does not show its last events yet."""
    run = operator.run("show-secret-readers", creating.SINCE, datetime.now(UTC).isoformat())

    assert (run.status, run.err) == (0, [])
    assert run.out[1] == f"No event of {operator.world.name('DatabaseSecret')}."
    assert run.out[-1].startswith(
        "Not complete: CloudTrail shows an event some minutes late. Repeat it after "
    )


def test_a_list_that_was_not_read_is_not_complete(operator: Operator) -> None:
    """CloudTrail allows two calls in a second."""
    operator.world.recorder.failing["cloudtrail:LookupEvents"] = FAULTS["throttled"]()

    run = operator.run("show-secret-readers", creating.SINCE, creating.UNTIL)

    assert (run.status, run.out[1:]) == (1, ["Readers: unknown"])


@pytest.mark.parametrize("since", ["yesterday", "2026-11-25T10:30:00"])
def test_a_time_without_a_zone_is_refused(operator: Operator, since: str) -> None:
    """It would be that of the computer."""
    run = operator.run("show-secret-readers", since, creating.UNTIL)

    assert (run.status, run.err) == (
        2,
        [f"The time is {since}. Give it as 2026-11-25T10:30:00+09:00 or 2026-11-25T01:30:00Z."],
    )


def test_a_period_that_ends_before_it_begins_is_refused(operator: Operator) -> None:
    """Its list would be empty, and called complete."""
    run = operator.run("show-secret-readers", creating.UNTIL, creating.SINCE)

    assert (run.status, run.err) == (2, [f"{creating.UNTIL} is not before {creating.SINCE}."])


def test_a_period_that_cloudtrail_does_not_keep_is_refused(operator: Operator) -> None:
    """Its list would be called complete."""
    since = (datetime.now(UTC) - timedelta(days=91)).isoformat()

    run = operator.run("show-secret-readers", since, creating.UNTIL)

    assert run.status == 2
    assert run.err == [f"{since} is more than 90 days ago. CloudTrail finds no older events here."]

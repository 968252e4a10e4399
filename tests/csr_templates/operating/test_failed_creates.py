"""``delete-failed-create``: an empty stack, with the wait and its interruption."""

import pytest

from csr_templates.operating import waiting

from .conftest import Operator
from .recorded import FAULTS

NAME = "csr-lambda-api-prod-api"


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
    statuses = [line.rpartition(": ")[2] for line in run.out if "JST  the stack api: " in line]
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
        "Stopped waiting for the stack api; what was started goes on in AWS. Go on with: "
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

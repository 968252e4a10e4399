"""The states between, played through the commands that meet them: at once, in the middle, at the end."""

from collections.abc import Sequence

import pytest

from csr_templates.operating import waiting
from tests.docs.aws_cli import SESSION

from . import databases
from .conftest import Operator, Run
from .states_between import PROVISIONING_REASON, ROWS, USUAL

AT_ONCE = (
    "version 3 still answers all requests; version 1 is being prepared; 0 of 10 provisioned environments are "
    "ready"
)
HALF = AT_ONCE.replace("0 of", "5 of")
READY = "version 1 answers all requests; 10 of 10 provisioned environments are ready"
FAILED = (
    f"Lambda could not prepare version 1: {PROVISIONING_REASON}. Now version 3 still answers all requests."
)


@pytest.fixture
def provisioned(operator: Operator) -> Operator:
    """Production with three releases and provisioned concurrency, in which time passes."""
    operator.world.create_function()
    operator.world.provision()
    operator.world.recorder.between.play(*USUAL)
    return operator


def seen(run: Run) -> Sequence[str]:
    """Return what the lines of a wait say, without the time."""
    return [line.partition("JST  ")[2] for line in run.out if "JST  " in line]


@pytest.mark.parametrize("name", ROWS)
def test_each_row_names_operations_and_its_source(name: str) -> None:
    """The operations exist in AWS."""
    row = ROWS[name]

    for operation in (row.operation, *row.reads, *row.ended_by):
        service, _, call = operation.partition(":")
        assert call in SESSION.get_service_model(service).operation_names
    assert row.source


def test_the_usual_ends_are_one_for_each_operation() -> None:
    """Otherwise, one would take the place of another."""
    assert {ROWS[name].operation for name in USUAL} == {row.operation for row in ROWS.values()}
    assert len({ROWS[name].operation for name in USUAL}) == len(USUAL)


def test_a_rollback_ends_when_only_its_version_answers(provisioned: Operator) -> None:
    """Until it is provisioned, the old version serves; the command says so, and how to end it."""
    run = provisioned.run("roll-back", "1")

    assert (run.status, run.err) == (0, [])
    assert run.out[4:6] == [
        "If version 3 does harm meanwhile: csr-operate prod roll-back 1 --at-once",
        "Waits for the alias prod, usually 2 to 4 minutes. Ctrl-C stops only the waiting; look again with: "
        "csr-operate prod show-releases",
    ]
    assert seen(run) == [
        f"the alias prod: {AT_ONCE}",
        f"after 1 min  the alias prod: {AT_ONCE}",
        f"after 2 min  the alias prod: {HALF}",
    ]
    assert run.out[-1] == f"Now {READY}."
    assert provisioned.clock.seconds == 180


def test_a_second_rollback_meanwhile_waits_for_the_first(provisioned: Operator) -> None:
    """It changes nothing, and is no failure; with --no-wait, it says what goes on."""
    first = provisioned.run("roll-back", "1", "--no-wait")
    second = provisioned.run("roll-back", "1", "--no-wait")
    third = provisioned.run("roll-back", "1")

    assert (first.status, second.status, third.status) == (0, 0, 0)
    assert first.out[-2:] == [
        f"Now {AT_ONCE}. It goes on in AWS, usually for 2 to 4 minutes.",
        "Look again with: csr-operate prod show-releases",
    ]
    assert second.printed == third.printed == []
    assert second.out[1] == "The alias prod is at version 1 already: nothing is changed."
    assert second.out[2] == first.out[-2]
    assert third.out[-1] == f"Now {READY}."


def test_ctrl_c_says_what_goes_on(provisioned: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """And which command looks again."""

    def interrupt(seconds: float) -> None:
        provisioned.clock.sleep(seconds)
        if provisioned.clock.seconds > 40:
            raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "sleep", interrupt)
    run = provisioned.run("roll-back", "1")

    assert (run.status, run.err) == (
        130,
        [
            f"Stopped waiting for the alias prod after 45 s. V{AT_ONCE[1:]}. It goes on by itself in AWS. "
            "Look again with: csr-operate prod show-releases"
        ],
    )


def test_a_failed_preparation_is_a_failure(provisioned: Operator) -> None:
    """The old version answers on; the way on is the one that does not need the preparation."""
    provisioned.world.recorder.between.play("alias fails")

    run = provisioned.run("roll-back", "1")
    again = provisioned.run("roll-back", "1")

    assert (run.status, run.err[0]) == (1, FAILED)
    assert run.err[-1] == "Continue with: csr-operate prod roll-back 1 --at-once"
    assert (again.status, again.err[0]) == (1, FAILED)


@pytest.mark.parametrize("row", ["alias", "alias fails"])
def test_the_fast_way_ends_the_wait(provisioned: Operator, row: str) -> None:
    """Also after a rollback that has begun: without provisioned concurrency, the version answers at once."""
    provisioned.world.recorder.between.play(row)
    provisioned.run("roll-back", "1", "--no-wait")
    before = provisioned.clock.seconds

    run = provisioned.run("roll-back", "1", "--at-once")

    assert (run.status, run.err) == (0, [])
    assert [line.split()[2] for line in run.printed] == [
        "delete-provisioned-concurrency-config", "update-alias", "put-provisioned-concurrency-config",
    ]  # fmt: skip
    assert "Now version 1 answers all requests." in run.out
    first = run.out.index("Now version 1 answers all requests.")
    assert not any("JST" in line for line in run.out[:first])  # nothing was waited for
    assert run.out[-1] == f"Now {READY}."
    assert provisioned.clock.seconds - before == 60 + 180


def test_what_takes_too_long_ends_with_what_is_true(provisioned: Operator) -> None:
    """The limit is far above the usual time."""
    slow = ROWS["alias"]._replace(states=(("preparing", 10_000.0),))
    provisioned.world.recorder.between.rows["lambda:UpdateAlias"] = slow

    run = provisioned.run("roll-back", "1")

    assert run.status == 1
    assert run.err[0] == (
        f"V{AT_ONCE[1:]}, after 15 min; usual are 2 to 4 minutes. It may still go on. Look again with: "
        "csr-operate prod show-releases"
    )


def test_lists_know_the_states_between(provisioned: Operator) -> None:
    """Which version answers which share, and what is provisioned."""
    provisioned.run("roll-back", "1", "--no-wait")

    listed = provisioned.run("show-releases")
    state = provisioned.run("show-state")

    assert listed.out[-1] == f"! Requests: {AT_ONCE}"
    assert [line.split("JST")[1].split("package")[0].strip() for line in listed.out[2:5]] == [
        "is being prepared", "events expired", "still runs, of the stack",
    ]  # fmt: skip
    assert f"! Requests: {HALF}" in state.out
    provisioned.clock.sleep(180)
    assert provisioned.run("show-releases").out[-1] == f"Requests: {READY}"


def test_a_share_of_the_requests_is_said(provisioned: Operator) -> None:
    """As during a deploy that someone shifts step by step."""
    provisioned.world.client("lambda").update_alias(
        FunctionName=provisioned.world.function,
        Name="prod",
        FunctionVersion="3",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
    )

    run = provisioned.run("show-releases")

    assert run.out[-1].startswith(
        "! Requests: version 2 still answers 25% of the requests, version 3 answers 75% of the requests; "
    )


def test_provisioned_concurrency_is_waited_for(provisioned: Operator) -> None:
    """From what is requested to what is ready; the same number again changes nothing."""
    run = provisioned.run("set-provisioned-concurrency", "20")
    again = provisioned.run("set-provisioned-concurrency", "20")

    assert (run.status, run.err) == (0, [])
    assert seen(run)[-1].endswith("; 10 of 20 provisioned environments are ready")
    assert run.out[-1] == "Now version 3 answers all requests; 20 of 20 provisioned environments are ready."
    assert (again.status, again.printed) == (0, [])
    assert again.out[-1] == run.out[-1]


def test_failed_provisioning_is_said_with_its_reason(provisioned: Operator) -> None:
    """Lambda says it in the status only."""
    provisioned.world.recorder.between.play("provisioning fails")

    run = provisioned.run("set-provisioned-concurrency", "20")

    assert (run.status, run.err[0]) == (
        1,
        f"Lambda could not prepare version 3: {PROVISIONING_REASON}. Now version 3 answers all requests.",
    )


def test_provisioned_concurrency_waits_for_the_weights_of_a_rollback(provisioned: Operator) -> None:
    """Lambda refuses it while two versions answer."""
    provisioned.run("roll-back", "1", "--no-wait")

    run = provisioned.run("set-provisioned-concurrency", "20", "--no-wait")

    assert (run.status, run.err) == (0, [])
    assert "Lambda sets no provisioned concurrency while two versions answer." in run.out
    assert len(run.printed) == 1


def test_more_than_is_reserved_is_refused(provisioned: Operator) -> None:
    """Before anything is changed."""
    provisioned.run("set-concurrency", "50")

    run = provisioned.run("set-provisioned-concurrency", "51")

    assert (run.status, run.printed) == (2, [])
    assert run.err[0].startswith("The number is 51, and the function has reserved 50:")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("5", "The number is 5, and 10 environments are provisioned: Lambda reserves no less."),
        ("100000", "The number is 100000, and the account has 400: Lambda keeps 100 unreserved."),
    ],
)
def test_a_concurrency_that_does_not_fit_is_refused(
    provisioned: Operator, number: str, sentence: str
) -> None:
    """Before anything is changed."""
    run = provisioned.run("set-concurrency", number)

    assert (run.status, run.printed) == (2, [])
    assert run.err[0].startswith(sentence)


def test_concurrency_counts_at_once(provisioned: Operator) -> None:
    """What is reserved is read back."""
    databases.deploy(provisioned.world)

    run = provisioned.run("set-concurrency", "50")

    assert "Now at most 50 requests run at the same time; Lambda throttles the others." in run.out
    assert "lambda:GetFunctionConcurrency" in run.called[run.called.index("lambda:PutFunctionConcurrency") :]


def test_a_blocked_alias_is_repaired_whatever_the_stack_says(provisioned: Operator) -> None:
    """The rollback of the stack may have ended as a success."""
    provisioned.world.stacks.stacks["api"].parameters["LambdaProvisionedConcurrency"] = "10"
    provisioned.world.stacks.stacks["api"].status = "UPDATE_ROLLBACK_COMPLETE"
    provisioned.world.recorder.between.play("alias fails")
    provisioned.run("roll-back", "1")

    run = provisioned.run("repair-alias", "2")

    assert (run.status, run.err) == (0, [])
    assert run.out[1].startswith("The alias is blocked: version 3 still answers all requests; ")
    assert "cloudformation:ContinueUpdateRollback" not in run.called
    assert "Now version 2 answers all requests; 10 of 10 provisioned environments are ready." in run.out


def test_the_flush_of_the_cache_says_what_cannot_be_read(provisioned: Operator) -> None:
    """No operation of API Gateway shows the cache."""
    provisioned.world.create_api()

    run = provisioned.run("flush-api-cache")

    assert run.out[-1] == (
        "API Gateway has accepted it. The cache is usually empty within seconds; no operation shows it."
    )


def test_drift_is_detected_in_minutes(provisioned: Operator) -> None:
    """And its failing end is no success."""
    run = provisioned.run("find-drift", "api")
    provisioned.world.recorder.between.play("drift fails")
    failed = provisioned.run("find-drift", "api")

    assert run.status == 0
    assert seen(run)[0] == "the drift of api: DETECTION_IN_PROGRESS"
    assert seen(run)[-1] == "after 2 min  the drift of api: DETECTION_COMPLETE"
    assert failed.status == 1

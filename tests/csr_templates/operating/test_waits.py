"""``wait``: for stacks, the settings of the API, the distribution and clusters."""

import pytest

from csr_templates.operating import waiting

from .conftest import Operator
from .recorded import FAULTS

WHAT = "api-settings, distribution, cluster, restored-cluster, network, database, api and frontend"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), f"Specify what to wait for: {WHAT}."),
        (("apj",), f"There is no apj to wait for. Did you mean 'api'? There are {WHAT}."),
        (("api", "clusters"), f"There is no clusters to wait for. Did you mean 'cluster'? There are {WHAT}."),
    ],
)
def test_what_does_not_exist_is_refused(
    operator: Operator, arguments: tuple[str, ...], sentence: str
) -> None:
    """Before it waits for anything; the sentence lists what there is."""
    run = operator.run("wait", *arguments)

    assert (run.status, run.err) == (2, [sentence])
    assert len(run.calls) == 5


def test_a_stack_is_waited_for(operator: Operator) -> None:
    """The status is shown when it changes; several are waited for one after the other."""
    stack = operator.world.stacks.stacks["database"]
    stack.status, stack.coming = "UPDATE_IN_PROGRESS", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]

    run = operator.run("wait", "database", "network")

    assert (run.status, run.err) == (0, [])
    assert [line.rpartition(": ")[2] for line in run.out if "  the stack database: " in line] == [
        "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE",
    ]  # fmt: skip
    assert "The stack database is UPDATE_COMPLETE." in run.out
    assert run.out[-1] == "The stack network is UPDATE_COMPLETE."


@pytest.mark.parametrize(
    "status", ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "ROLLBACK_COMPLETE"]
)
def test_a_failure_is_no_success(operator: Operator, status: str) -> None:
    """So that the next command of a script does not run."""
    operator.world.stacks.stacks["api"].status = status

    run = operator.run("wait", "api")

    assert (run.status, run.err) == (
        1,
        [f"The stack api is {status}. The reason: csr-operate prod why-failed api"],
    )


def test_a_stack_that_has_only_a_change_set_is_not_waited_for(operator: Operator) -> None:
    """Its status ends like that of an operation, but nothing goes on."""
    operator.world.stacks.stacks["api"].status = "REVIEW_IN_PROGRESS"

    run = operator.run("wait", "api")

    assert run.err == ["The stack api is REVIEW_IN_PROGRESS: its first change set has not been executed."]


def test_the_end_of_a_deletion(operator: Operator) -> None:
    """Also after the stack is gone, and if it was the only one."""
    stack = operator.world.stacks.stacks["api"]
    operator.world.stacks.stacks = {"api": stack}
    stack.status, stack.coming = "DELETE_IN_PROGRESS", ["DELETE_COMPLETE"]

    deleted = operator.run("wait", "api")
    gone = operator.run("wait", "api")

    assert (deleted.status, deleted.out[-1]) == (0, "The stack api is deleted.")
    assert (gone.status, gone.out[-1]) == (0, "The stack api does not exist.")


def test_missing_rollback_triggers_are_said(operator: Operator) -> None:
    """As after run-changes, whose wait this one goes on with."""
    assert operator.run("wait", "api").out[-1].startswith("api does not have these rollback triggers: ")


def test_the_settings_of_the_api_are_asked_after_a_pause(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS still shows the status before the change for some seconds."""
    operator.world.create_api()
    pauses: list[float] = []
    monkeypatch.setattr(waiting, "sleep", pauses.append)
    operator.world.recorder.coming["apigateway:GetRestApi"] = [
        {"apiStatus": "UPDATING"},
        {"apiStatus": "PENDING"},
    ]

    run = operator.run("wait", "api-settings")

    assert (run.status, run.err) == (0, [])
    assert [line.rpartition(": ")[2] for line in run.out[2:]] == ["UPDATING", "PENDING", "AVAILABLE"]
    assert pauses == [waiting.SECONDS] * 3


def test_failed_settings_of_the_api_are_no_success(operator: Operator) -> None:
    """Every other status but AVAILABLE."""
    operator.world.create_api()
    operator.world.recorder.coming["apigateway:GetRestApi"] = [{"apiStatus": "FAILED"}]

    run = operator.run("wait", "api-settings")

    assert run.status == 1
    assert run.err[0].endswith(" is FAILED, not AVAILABLE.")


def test_a_cluster_that_will_not_become_available_ends_the_wait(operator: Operator) -> None:
    """Such as one that is stopped; the restored cluster has its own name."""
    operator.world.create_database()
    cluster = operator.world.name("DatabaseCluster")
    rds = operator.world.client("rds")
    rds.modify_db_cluster(DBClusterIdentifier=cluster, NewDBClusterIdentifier=f"{cluster}-restored")
    rds.stop_db_cluster(DBClusterIdentifier=f"{cluster}-restored")

    run = operator.run("wait", "restored-cluster")

    assert (run.status, run.err) == (1, [f"The cluster {cluster}-restored is stopped, not available."])


def test_ctrl_c_names_the_same_wait(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """It only reads, so nothing else is said."""
    operator.world.stacks.stacks["api"].status = "UPDATE_IN_PROGRESS"

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "sleep", interrupt)
    run = operator.run("wait", "api")

    assert run.status == 130
    assert run.err == [
        "Stopped waiting for the stack api; what was started continues in AWS. Continue with: "
        "csr-operate prod wait api"
    ]


@pytest.mark.parametrize(("fault", "questions"), [("denied", 2), ("throttled", 8), ("time-out", 8)])
def test_a_status_that_cannot_be_read_ends_the_wait(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, fault: str, questions: int
) -> None:
    """After two denied or eight unanswered questions, with the reason and the way on."""
    operator.world.stacks.stacks["api"].status = "UPDATE_IN_PROGRESS"
    pauses = 0

    def fail(_: float) -> None:
        nonlocal pauses
        pauses += 1
        operator.world.recorder.failing["cloudformation:DescribeStacks"] = FAULTS[fault]()

    monkeypatch.setattr(waiting, "sleep", fail)
    run = operator.run("wait", "api")

    assert (run.status, pauses) == (1, questions)
    assert "cloudformation:DescribeStacks" in run.err[0]
    assert run.err[0].endswith("Continue with: csr-operate prod wait api")


def test_a_cluster_that_does_not_exist_ends_the_wait(operator: Operator) -> None:
    """Also while a restore has not been started."""
    run = operator.run("wait", "restored-cluster")

    assert run.status == 1
    assert run.err == [f"The cluster {operator.world.name('DatabaseCluster')}-restored does not exist."]


def test_a_disabled_distribution_is_no_success(operator: Operator) -> None:
    """CloudFront calls it deployed, and does not serve the site."""
    operator.world.create_distribution()
    operator.world.disable_distribution()
    distribution = operator.world.stacks.stacks["frontend"].outputs["CloudFrontDistributionId"]

    run = operator.run("wait", "distribution")

    assert run.status == 1
    assert run.out[-1].endswith(f"the distribution {distribution}: Deployed, disabled")
    assert run.err[0].startswith(f"The distribution {distribution} is disabled, so CloudFront does not serve")

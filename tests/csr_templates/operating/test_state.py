"""What runs: ``show-state`` and ``show-stacks``."""

import pytest

from .conftest import Operator
from .recorded import FAULTS


@pytest.fixture
def deployed(operator: Operator) -> Operator:
    """Production with everything that show-state reads."""
    operator.world.create_function()
    operator.world.create_site()
    return operator


def test_a_healthy_environment_has_no_mark(deployed: Operator) -> None:
    """The first line names environment, account and caller; then stacks, alarms, package and site."""
    run = deployed.run("show-state")

    assert (run.status, run.err) == (0, [])
    assert run.out[0] == "csr-lambda-api-prod  account 123456789012  user/moto"
    assert "  network   UPDATE_COMPLETE  2026-11-25 10:30:00 JST" in run.out
    assert "Alarms in ap-northeast-1: none in the state ALARM" in run.out
    (package,) = [line for line in run.out if line.startswith("Package: Lambda version 3, published ")]
    assert package.endswith(" JST, package 3")
    assert run.out[-1].startswith("Site: index.html of 20")
    assert not [line for line in run.out if line.startswith("!")]


def test_what_is_wrong_is_marked(deployed: Operator) -> None:
    """A failed rollback, and an alarm that fires; an alarm of another environment is not shown."""
    deployed.world.stacks.stacks["api"].status = "UPDATE_ROLLBACK_FAILED"
    deployed.world.create_alarm("csr-lambda-api-prod-aurora-cpu")
    deployed.world.create_alarm("csr-lambda-api-dev-aurora-cpu")

    marked = [line for line in deployed.run("show-state").out if line.startswith("!")]

    assert marked[0].split() == ["!", "api", "UPDATE_ROLLBACK_FAILED", "2026-11-25", "10:30:00", "JST"]
    assert marked[1].startswith("!  csr-lambda-api-prod-aurora-cpu  20")
    assert len(marked) == 2


def test_a_stack_that_does_not_exist_is_marked_and_not_asked(deployed: Operator) -> None:
    """As before the first deploy of frontend."""
    del deployed.world.stacks.stacks["frontend"]

    run = deployed.run("show-state")

    assert run.status == 0
    assert "!  frontend  does not exist" in run.out
    assert "s3:ListObjectVersions" not in run.called


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_read_is_unknown_and_the_rest_is_shown(deployed: Operator, fault: str) -> None:
    """The reason stands at the end, with the call, and the status is 1."""
    deployed.world.recorder.failing["lambda:GetAlias"] = FAULTS[fault]()

    run = deployed.run("show-state")

    assert run.status == 1
    assert "Package: unknown" in run.out
    assert run.out[-1].startswith("Site: index.html of 20")
    (why,) = run.err
    assert "lambda:GetAlias" in why
    assert "Error" not in why


def test_stacks_of_the_environment_are_listed(operator: Operator) -> None:
    """Also a deleted one, with the time of its deletion, and not those of others."""
    operator.world.stacks.stacks["api"].status = "DELETE_COMPLETE"

    run = operator.run("show-stacks")

    assert run.status == 0
    assert [line.split()[0] for line in run.out[1:]] == [
        "stack", "csr-lambda-api-prod-network", "csr-lambda-api-prod-database", "csr-lambda-api-prod-api",
        "csr-lambda-api-prod-frontend",
    ]  # fmt: skip
    assert run.out[4].endswith("DELETE_COMPLETE  2026-11-01 10:30:00 JST  2026-11-25 10:30:00 JST")


def test_a_region_that_does_not_answer_is_unknown(operator: Operator) -> None:
    """The stacks of the other region are listed."""
    operator.world.recorder.failing["cloudformation:ListStacks"] = FAULTS["denied"]()

    run = operator.run("show-stacks")

    assert run.status == 1
    assert run.out[2].split() == ["ap-northeast-1", "unknown"]
    assert run.out[3].split()[0] == "csr-lambda-api-prod-frontend"
    assert run.err == [
        "The credentials do not allow cloudformation:ListStacks. (User: x is not authorized to perform: y)"
    ]

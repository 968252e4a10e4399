"""The API: ``roll-back``, ``stop-api`` and ``start-api``."""

import pytest

from .conftest import Operator
from .recorded import FAULTS


@pytest.fixture
def released(operator: Operator) -> Operator:
    """Production with three releases, of which the last one runs."""
    operator.world.create_function()
    return operator


def test_roll_back_points_the_alias_to_an_earlier_version(released: Operator) -> None:
    """It says which version it leaves, and the way back."""
    run = released.run("roll-back", "1")

    assert (run.status, run.err) == (0, [])
    assert released.world.alias() == "1"
    assert run.out[1:] == [
        "Points the alias prod from version 3 to version 1. Way back: csr-operate prod roll-back 3",
        "==> aws lambda update-alias --region ap-northeast-1 --function-name csr-lambda-api-prod-api "
        """--name prod --function-version 1 --routing-config '{"AdditionalVersionWeights":{}}'""",
    ]


def test_the_way_back_works(released: Operator) -> None:
    """From the earlier version to that of the stack."""
    released.run("roll-back", "1")

    assert released.run("roll-back", "3").status == 0
    assert released.world.alias() == "3"


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("3", "The alias is at version 3 already."),
        ("9", "There is no version 9. The versions are 1, 2, 3."),
    ],
)
def test_a_version_that_runs_or_does_not_exist_is_refused(
    released: Operator, version: str, sentence: str
) -> None:
    """Before anything is changed."""
    run = released.run("roll-back", version)

    assert (run.status, run.err) == (1, [sentence, "Nothing was changed."])
    assert run.printed == []
    assert released.world.alias() == "3"


def test_a_version_that_a_failed_deploy_left_is_refused(released: Operator) -> None:
    """It is newer than that of the stack."""
    stack = released.world.stacks.stacks["api"]
    stack.physical_ids["ApiFunctionVersion"] = stack.physical_ids["ApiFunctionVersion"][:-1] + "2"
    released.run("roll-back", "1")

    run = released.run("roll-back", "3")

    assert run.status == 1
    assert run.err[0].startswith("Version 3 is newer than version 2 of the stack: a deploy that was rolled")


def test_a_deploy_in_progress_refuses_it(released: Operator) -> None:
    """CloudFormation would set the alias too."""
    released.world.stacks.stacks["api"].status = "UPDATE_IN_PROGRESS"

    run = released.run("roll-back", "1")

    assert run.err == [
        "The stack api is UPDATE_IN_PROGRESS. Wait until it is over: csr-operate prod wait api",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_roll_back_is_a_sentence(released: Operator, fault: str) -> None:
    """It says that nothing was changed, and works when it is repeated."""
    released.world.recorder.failing["lambda:UpdateAlias"] = FAULTS[fault]()

    run = released.run("roll-back", "1")

    assert run.status == 1
    assert "lambda:UpdateAlias" in run.err[0]
    assert run.err[-1] == "Nothing was changed."
    assert released.run("roll-back", "1").status == 0
    assert released.world.alias() == "1"


def test_stop_api_disables_the_keys_and_start_api_enables_them(operator: Operator) -> None:
    """The cache is flushed before readers come back."""
    operator.world.create_api()

    stopped = operator.run("stop-api")

    assert (stopped.status, stopped.err) == (0, [])
    assert operator.world.keys_enabled() == [False]
    assert stopped.out[-1] == "Every key is disabled. Way back: csr-operate prod start-api"
    started = operator.run("start-api")
    assert (started.status, started.err) == (0, [])
    assert operator.world.keys_enabled() == [True]
    assert started.called[-1] == "apigateway:FlushStageCache"


def test_an_api_that_stays_stopped_says_how_to_go_on(operator: Operator) -> None:
    """The keys are enabled, and the flush fails."""
    operator.world.create_api()
    operator.run("stop-api")
    operator.world.recorder.failing["apigateway:FlushStageCache"] = FAULTS["denied"]()

    run = operator.run("start-api")

    assert run.status == 1
    assert run.err[0].startswith("The credentials do not allow apigateway:FlushStageCache.")
    assert run.err[1:] == [
        "Done before it stopped: apigateway:UpdateApiKey.",
        "Go on with: the same command again",
    ]

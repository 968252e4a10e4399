"""Every changing command in four ways: twice in a row, interrupted, with a wrong argument, and refused."""

import shlex

import pytest

from csr_templates.account.reads import is_read
from csr_templates.operating.aws import PROGRAM
from csr_templates.operating.command_line import Command

from .conftest import Operator, Run
from .scenarios import Scenario
from .states_between import USUAL
from .test_every_command import CHANGING, documented, fails, name_of, prepared_for, scenarios_of


def changing_calls(each: Command) -> list[str]:
    """Return the calls of a command that change something."""
    return [call for call in documented(each) if not is_read(*call.split(":"))]


def pairs() -> list[tuple[Command, str]]:
    """Return each changing command with each call of it that changes something."""
    found = []
    for each in CHANGING:
        found += [(each, call) for call in changing_calls(each)]
    return found


def in_time(operator: Operator, each: Command, scenario: Scenario) -> list[str]:
    """Create what a scenario needs in a world in which time passes, and return how the command is called."""
    operator.world.reset()
    operator.world.recorder.between.play(*USUAL)
    return prepared_for(operator, each, scenario)


@pytest.mark.parametrize("each", CHANGING, ids=name_of)
def test_twice_in_a_row(operator: Operator, each: Command) -> None:
    """The second run sees what the first one has done, or goes on with, which is no failure."""
    arguments = in_time(operator, each, scenarios_of(each)[0])
    if each.is_waiting:
        arguments.append("--no-wait")

    first = operator.run(*arguments)
    second = operator.run(*arguments)

    assert (first.status, first.err) == (0, [])
    assert (second.status, second.err) == (0, [])


@pytest.mark.parametrize(("each", "call"), pairs(), ids=name_of)
def test_interrupted_at_a_call_that_changes_something(operator: Operator, each: Command, call: str) -> None:
    """It says that it is not known whether AWS has received it; the command that it names then succeeds."""
    for scenario in scenarios_of(each):
        arguments = in_time(operator, each, scenario)
        operator.world.recorder.failing[call] = KeyboardInterrupt()
        run = operator.run(*arguments)
        if call not in operator.world.recorder.failing:
            break
    else:
        pytest.fail(f"No scenario makes the call {call}.")

    assert run.status == 130
    assert any(call in line for line in run.err)
    assert run.err[-1].startswith("Continue with: ")
    assert operator.run(*(way_on(run) or arguments)).status == 0


def way_on(run: Run) -> list[str]:
    """Return the command that a run ended with; nothing if it is the same one."""
    return shlex.split(run.err[-1].partition(f"{PROGRAM} prod ")[2])


@pytest.mark.parametrize("each", CHANGING, ids=name_of)
def test_a_wrong_argument(operator: Operator, each: Command) -> None:
    """Nothing is called that changes something."""
    arguments = in_time(operator, each, scenarios_of(each)[0])
    calls = len(operator.world.recorder.made)
    try:
        status = operator.run(*arguments, "no-such-thing", "--no-such-option").status
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 0

    assert status in (1, 2)
    made = operator.world.recorder.made[calls:]
    assert all(is_read(call.service, call.operation) for call in made)


@pytest.mark.acceptance
@pytest.mark.parametrize(("each", "call"), pairs(), ids=name_of)
def test_refused_by_iam_in_the_middle(operator: Operator, each: Command, call: str) -> None:
    """The way on that it prints is the true one for the point reached."""
    operator.world.recorder.between.play(*USUAL)
    fails(operator, each, call, "denied")

"""What holds for every command: its calls, its dry run, its output, and each of its calls failing."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from csr_templates.account.printed_calls import NOT_MADE
from csr_templates.account.reads import READS, is_read
from csr_templates.operating.aws import PROGRAM, CommandGroup
from csr_templates.operating.command_line import COMMANDS, Command
from csr_templates.operating.words import WRONG
from tests.docs.aws_cli import SESSION

from .conftest import Operator, Run, as_command
from .recorded import ADDED_TO_MOTO, FAULTS, NOT_IN_MOTO
from .scenarios import FOLDER, KEY, NOW, SCENARIOS, Scenario
from .world import PASSWORD, World

COMMON = {"sts:GetCallerIdentity", "cloudformation:DescribeStacks"}
"""Made by every command."""
READING = [each for each in COMMANDS if each.group is CommandGroup.READS]
CHANGING = [each for each in COMMANDS if each.group is not CommandGroup.READS]


def documented(each: Command) -> list[str]:
    """Return the calls that the help of a command names, in order."""
    section = (each.function.__doc__ or "").partition("Calls:")[2].partition("Takes:")[0]
    return re.findall(r"[a-z0-9]+:[A-Z]\w+", section)


CLASSES = [name for name in dir(botocore.exceptions) if name.endswith("Error")]


def further_calls() -> list[tuple[Command, str]]:
    """Return all calls of all commands, without those that every command makes."""
    pairs = []
    for each in COMMANDS:
        pairs += [(each, call) for call in documented(each) if call not in COMMON]
    return pairs


def name_of(each: object) -> str | None:
    """Return the name of a command for the name of a test."""
    return each.name if isinstance(each, Command) else None


def prepared(operator: Operator, each: Command) -> list[str]:
    """Create what a command finds, and return how it is called."""
    return prepared_for(operator, each, SCENARIOS[each.name])


def prepared_for(operator: Operator, each: Command, scenario: Scenario) -> list[str]:
    """Create what a scenario of a command needs, and return how the command is called."""
    for prepare in scenario.prepare:
        prepare(operator.world)
    values = {
        FOLDER: str(operator.world.folder),
        KEY: operator.world.key,
        NOW: datetime.now(UTC).isoformat(),
    }
    arguments = [each.name]
    for argument in scenario.arguments:
        for placeholder, value in values.items():
            argument = argument.replace(placeholder, value)
        arguments.append(argument)
    return arguments


def scenarios_of(each: Command) -> list[Scenario]:
    """Return the scenarios of a command, which together make all its calls."""
    return [SCENARIOS[each.name], *SCENARIOS[each.name].further]


def changes(run: Run) -> list[str]:
    """Return the calls that are not reads."""
    return [call.name for call in run.calls if not is_read(call.service, call.operation)]


def test_every_command_has_a_scenario() -> None:
    """And there is none of a command that was removed."""
    assert SCENARIOS.keys() == {each.name for each in COMMANDS}


@pytest.mark.parametrize("each", COMMANDS, ids=name_of)
def test_it_makes_the_calls_of_its_help_and_prints_what_changes(
    operator: Operator, each: Command, tmp_path: Path
) -> None:
    """Each changing call is printed as a command of the AWS CLI that equals it; no secret is printed."""
    called: set[str] = set()
    for scenario in scenarios_of(each):
        operator.world.reset()
        run = operator.run(*prepared_for(operator, each, scenario))
        called |= set(run.called)

        assert (run.status, run.err) == (0, [])
        parsed = [as_command(line, tmp_path) for line in run.printed]
        if not any("# and" in line for line in run.printed):
            names = [f"{line.service}:{line.operation}".replace("s3api", "s3") for line in parsed]
            assert names == changes(run)
        assert bool(run.printed) == (each.group is not CommandGroup.READS)
        assert PASSWORD not in "\n".join(run.out)
    assert called - COMMON == set(documented(each)) - COMMON


@pytest.mark.parametrize("each", CHANGING, ids=name_of)
def test_a_dry_run_changes_nothing(operator: Operator, each: Command) -> None:
    """It prints what it would call, as far as that does not depend on an answer, and asks for no name."""
    run = operator.run(*prepared(operator, each), "--dry-run")

    assert (run.status, run.err) == (0, [])
    assert changes(run) == []
    assert run.would_call
    assert run.printed == []
    if run.out[-1] == "Dry run: nothing was changed.":  # and nothing before it says that something was done
        assert run.out[-2].startswith(NOT_MADE)


@pytest.mark.parametrize("each", COMMANDS, ids=name_of)
def test_a_failing_call_is_a_sentence_and_does_not_end_in_a_trap(operator: Operator, each: Command) -> None:
    """Here the last call of each command is denied once."""
    fails(operator, each, documented(each)[-1], "denied")


@pytest.mark.acceptance
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("each", "call"), further_calls(), ids=name_of)
def test_each_call_fails_in_each_way(operator: Operator, each: Command, call: str, fault: str) -> None:
    """Each call of each command fails once in each way."""
    fails(operator, each, call, fault)


def fails(operator: Operator, each: Command, call: str, fault: str) -> None:
    """Run a command of which a call fails once.

    What reads shows the rest and marks what is unknown. What changes says what has been done, and then the
    command that it names, or itself, succeeds. A scenario says which failures a command survives.
    """
    failing = operator.world.recorder.failing
    for scenario in scenarios_of(each):
        operator.world.reset()
        arguments = prepared_for(operator, each, scenario)
        failing[call] = FAULTS[fault]()
        run = operator.run(*arguments)
        if call not in failing:
            break
    else:
        pytest.fail(f"No scenario makes the call {call}.")
    if call in scenario.survived or f"{call} {fault}" in scenario.survived:
        assert not any(name in "\n".join(run.err) for name in CLASSES)
        assert run.status == 0 or any(line.startswith(WRONG) for line in run.out)
        return
    if call in COMMON:
        assert (run.status, call in run.err[0]) == (1, True)
        return
    assert run.status == 1
    assert run.err[0].find(call) >= 0
    assert not any(name in run.err[0] for name in CLASSES)
    if each.group is CommandGroup.READS:
        assert any("unknown" in line for line in run.out)
        return
    if run.err[-1] == "Nothing was changed.":
        assert changes(run) in ([], [call])
    else:
        assert run.err[-1].startswith("Continue with: ")
        named = shlex.split(run.err[-1].partition(f"{PROGRAM} prod ")[2])
        arguments = named or arguments
    assert operator.run(*arguments).status == 0


def test_the_tables_list_only_what_they_must() -> None:
    """A read in the table has another beginning; its operations exist in AWS."""
    for service, operation in READS:
        assert operation in SESSION.get_service_model(service).operation_names
        assert not operation.startswith(("BatchGet", "Describe", "Filter", "Get", "Head", "List"))


def required(shape: Any) -> Any:
    """Return a value of a shape that has only its required members."""
    match shape.type_name:
        case "structure":
            return {name: required(shape.members[name]) for name in shape.required_members}
        case "list":
            return [required(shape.member)]
        case "integer":
            return 1
        case _:
            return "x"


@pytest.mark.parametrize("missing", [name for name in NOT_IN_MOTO if " " in name])
def test_moto_lacks_what_is_answered_here(world: World, missing: str) -> None:
    """When moto has it, the row of the table goes."""
    service, operation = missing.split()
    client = world.client(service)
    shape = client.meta.service_model.operation_model(operation).input_shape
    with pytest.raises((NotImplementedError, ClientError)) as caught:
        getattr(client, xform_name(operation))(**(required(shape) if shape else {}))

    assert isinstance(caught.value, NotImplementedError) or caught.value.response["Error"]["Code"] == "404"


def test_moto_lacks_the_members_that_are_added_here(world: World) -> None:
    """When moto returns them, the row of the table goes; AWS has them."""
    world.create_api()
    api = world.stacks.stacks["api"].outputs["ApiGatewayId"]
    (added,) = ADDED_TO_MOTO.values()
    shape = SESSION.get_service_model("apigateway").operation_model("GetRestApi").output_shape

    assert list(ADDED_TO_MOTO) == ["apigateway:GetRestApi"]
    assert not added.keys() & world.client("apigateway").get_rest_api(restApiId=api).keys()
    assert added.keys() <= shape.members.keys()

"""A changing command ends with what it has read of its effect, in whichever way it runs."""

from collections.abc import Mapping
from typing import Final

import pytest

from csr_templates.account.reads import is_read
from csr_templates.operating.aws import CommandGroup
from csr_templates.operating.command_line import COMMANDS, Command

from .conftest import Operator, Run
from .states_between import USUAL
from .test_every_command import name_of, prepared_for, scenarios_of

_SHORT: Final = 3
"""Letters of what no name is, such as the protocol -1."""
CHANGING: Final = [each for each in COMMANDS if each.group is not CommandGroup.READS]


def last_change(run: Run) -> int:
    """Return the position of the last call that changes something; -1 without one."""
    positions = [
        position for position, call in enumerate(run.calls) if not is_read(call.service, call.operation)
    ]
    return max(positions, default=-1)


def texts(value: object) -> set[str]:
    """Return the texts in the parameters of a call that are long enough for a name."""
    if isinstance(value, str) and len(value) > _SHORT:
        return {value}
    found: set[str] = set()
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            found |= texts(member)
    return found


def is_read_back(run: Run) -> bool:
    """Return whether a read of the same service, about the same thing, follows the last change."""
    position = last_change(run)
    changed = run.calls[position]
    reads = [call for call in run.calls[position + 1 :] if call.service == changed.service]
    if changed.operation == "ExecuteChangeSet":  # its ARN does not name the stack
        return any(call.operation == "DescribeStacks" for call in reads)
    return any(is_about(texts(call.parameters), texts(changed.parameters)) for call in reads)


def is_about(read: set[str], changed: set[str]) -> bool:
    """Return whether a call names what another one names, or is about all; an ARN contains the name."""
    if not read:
        return True
    return any(name in text or text in name for name in read for text in changed)


@pytest.mark.parametrize("each", CHANGING, ids=name_of)
def test_the_last_call_is_a_read_of_what_was_changed(operator: Operator, each: Command) -> None:
    """Otherwise, the table of the commands says why; no reason stands there without need."""
    operator.world.recorder.between.play(*USUAL)
    read_back = True
    for scenario in scenarios_of(each):
        operator.world.reset()
        run = operator.run(*prepared_for(operator, each, scenario))
        assert (run.status, run.err) == (0, [])
        read_back = read_back and is_read_back(run)

    assert read_back == (not each.not_read_back)

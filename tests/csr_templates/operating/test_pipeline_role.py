"""The pipeline role of a stack can deploy it with ``csr-operate``, as the page of the trial does."""

import pytest

from csr_templates import STACKS
from csr_templates.assembly.building import build_stack
from csr_templates.hand_over.pipeline_policies import pipeline_policies
from csr_templates.operating.command_line import COMMANDS, Command
from tests.csr_templates.hand_over.policy_evaluator import Decision, Request, decide
from tests.system import PROJECT

from .conftest import OUT, Operator
from .recorded import Call
from .test_every_command import prepared_for, scenarios_of
from .test_on_call_policy import OWN, requests

pytestmark = pytest.mark.acceptance  # runs the commands again

BUILT = {stack.name: build_stack(stack) for stack in STACKS}
DEPLOYING = [command for command in COMMANDS if command.name in ("plan-deploy", "run-changes")]
TAGS = {
    "aws:PrincipalTag/Project": PROJECT,
    "aws:PrincipalTag/Environment": "prod",
    "aws:RequestTag/Project": PROJECT,
    "aws:RequestTag/Environment": "prod",
}


def refused(stack: str, calls: list[Call]) -> list[tuple[str, str]]:
    """Return action and resource of what the pipeline role of a stack is not allowed."""
    everyday, _ = pipeline_policies(BUILT[stack], list(BUILT.values()))
    refusals = []
    for call in calls:
        if call.name == "sts:GetCallerIdentity":  # needs no permission
            continue
        for request in requests(call):
            context = {**OWN, **TAGS, "aws:RequestedRegion": call.region, **request.context}
            if decide(Request(request.action, request.resource, context), everyday) is not Decision.ALLOW:
                refusals.append(request[:2])
    return refusals


@pytest.mark.parametrize("command", DEPLOYING, ids=lambda command: command.name)
def test_deploys_its_stack(operator: Operator, command: Command) -> None:
    """Every call of the commands is allowed, also those about the other stacks."""
    for scenario in scenarios_of(command):
        stack = scenario.arguments[0].rpartition("/")[2]  # a name, or the end of the ARN of a change set
        operator.world.reset()
        calls = list(operator.run(*prepared_for(operator, command, scenario), folder=OUT).calls)

        assert {call.name for call in calls} > {"cloudformation:DescribeStacks"}
        assert refused(stack, calls) == []


@pytest.mark.parametrize("stack", BUILT)
def test_describes_every_stack(operator: Operator, stack: str) -> None:
    """csr-operate does so before any command, and ends if it may not."""
    calls = [
        call for call in operator.run("show-state", folder=OUT).calls if call.operation == "DescribeStacks"
    ]

    assert len(calls) >= len(BUILT)
    assert refused(stack, calls) == []

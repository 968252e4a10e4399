"""The rollback triggers of a stack, for each environment."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.resolving import ResolveError
from csr_templates import Stack, StackTemplate
from csr_templates.assembly import files
from csr_templates.assembly.rollback_triggers import RollbackTriggerError, rollback_triggers
from csr_templates.environments.environment import Environment

WHERE = "Correct rollback_triggers in the listing of the stacks."


def alarm(name: Any = "failing", **attributes: Any) -> dict[str, Any]:
    """Return an alarm."""
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": name}, **attributes}


TEMPLATE = {
    "Parameters": {
        "Environment": {"Type": "String", "Default": "prod"},
        "Watched": {"Type": "String", "Default": "true"},
    },
    "Conditions": {"IsWatched": {"Fn::Equals": [{"Ref": "Watched"}, "true"]}},
    "Resources": {
        "Failing": alarm({"Fn::Sub": "shop-${Environment}-failing"}),
        "Unreachable": alarm({"Fn::Sub": "shop-${Environment}-unreachable"}, Condition="IsWatched"),
        "Unnamed": {"Type": "AWS::CloudWatch::Alarm", "Properties": {}},
        "Topic": {"Type": "AWS::SNS::Topic"},
    },
}
STACK = BuiltStack("shop", "shop.yaml", "us-east-1", TEMPLATE)
ENVIRONMENTS = [
    Environment("dev", {"shop": {"Environment": "dev", "Watched": "false"}}, is_production=False),
    Environment("prod", {"shop": {"Environment": "prod", "Watched": "true"}}, is_production=True),
]


def test_alarms_of_each_environment() -> None:
    """The alarms are listed by name, in the declared order, and only if their condition is true."""
    assert rollback_triggers(STACK, ["Unreachable", "Failing"], ENVIRONMENTS) == {
        "dev": ["shop-dev-failing"],
        "prod": ["shop-prod-unreachable", "shop-prod-failing"],
    }


def test_stack_without_triggers() -> None:
    """A stack without declared triggers has none, and its template is not read."""
    broken = BuiltStack("shop", "shop.yaml", "us-east-1", {"Resources": {"A": {"Condition": "Gone"}}})

    assert rollback_triggers(broken, [], ENVIRONMENTS) == {}


@pytest.mark.parametrize(
    ("alarms", "message"),
    [
        (
            ["Gone"],
            f"The rollback trigger Gone is not an alarm of the template that has an AlarmName. {WHERE}",
        ),
        (
            ["Failing", "Topic"],
            f"The rollback trigger Topic is not an alarm of the template that has an AlarmName. {WHERE}",
        ),
        (
            ["Unnamed"],
            f"The rollback trigger Unnamed is not an alarm of the template that has an AlarmName. {WHERE}",
        ),
        (["Failing"] * 6, f"6 rollback triggers are declared, and CloudFormation accepts at most 5. {WHERE}"),
    ],
)
def test_what_cannot_be_a_trigger(alarms: list[str], message: str) -> None:
    """Alarms that CloudFormation would reject, or that would cause an immediate rollback, are reported."""
    with pytest.raises(RollbackTriggerError) as caught:
        rollback_triggers(STACK, alarms, ENVIRONMENTS)

    assert str(caught.value) == message


def test_values_that_do_not_resolve() -> None:
    """If the template does not allow the values of an environment, resolving raises the error."""
    with pytest.raises(ResolveError):
        rollback_triggers(STACK, ["Failing"], [Environment("dev", {"shop": {"Colour": "red"}}, False)])


def test_a_wrong_trigger_stops_the_build() -> None:
    """The problem contains the name of the stack."""
    shop = Stack(
        "shop", "shop.yaml", "us-east-1", lambda: StackTemplate("Empty"), rollback_triggers=("Gone",)
    )
    problems = files.assemble([shop], lint=False).problems

    assert problems[-1] == (
        "Stack shop: The rollback trigger Gone is not an alarm of the template that has an AlarmName. "
        f"{WHERE}"
    )

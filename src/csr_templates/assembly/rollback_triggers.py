"""Rollback triggers: alarms that roll back an update if they fire during it or soon after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cfn_analysis.model.resolving import Resolver
from cfn_analysis.model.three_valued import YES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cfn_analysis.model.built_stack import BuiltStack
    from csr_templates.environments.environment import Environment

MOST: Final = 5
"""Maximum number in CloudFormation.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html"""


class RollbackTriggerError(ValueError):
    """Wrong rollback triggers of a stack; the message states what to do."""


def rollback_triggers(
    stack: BuiltStack, alarms: Sequence[str], environments: Iterable[Environment]
) -> dict[str, list[str]]:
    """Return environment -> the names of the alarms that exist there; empty for a stack without triggers.

    Raises:
        RollbackTriggerError: there are too many, or one is not an alarm of the stack with a name.
        resolving.ResolveError: the template cannot be resolved with the values of an environment.
    """
    where = "Correct rollback_triggers in the listing of the stacks."
    if len(alarms) > MOST:
        raise RollbackTriggerError(
            f"{len(alarms)} rollback triggers are declared, and CloudFormation accepts at most {MOST}. "
            f"{where}"
        )
    for alarm in alarms:
        resource = stack.resources.get(alarm, {})
        if resource.get("Type") != "AWS::CloudWatch::Alarm" or "AlarmName" not in resource["Properties"]:
            raise RollbackTriggerError(
                f"The rollback trigger {alarm} is not an alarm of the template that has an AlarmName. {where}"
            )
    if not alarms:
        return {}
    return {environment.name: _alarm_names(stack, alarms, environment) for environment in environments}


def _alarm_names(stack: BuiltStack, alarms: Sequence[str], environment: Environment) -> list[str]:
    """Return the names of those alarms of a stack that exist in an environment."""
    resolver = Resolver(stack.template, environment.parameters[stack.name], region=stack.region)
    names = []
    for logical_id in alarms:
        alarm = stack.resources[logical_id]
        if "Condition" not in alarm or resolver.condition(alarm["Condition"]) is YES:
            names.append(resolver.value(alarm["Properties"]["AlarmName"]))
    return names

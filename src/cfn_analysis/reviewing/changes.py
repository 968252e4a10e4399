"""The changes of a deploy in one environment: resources, outputs and parameters, with their effects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.hiding import HIDDEN_VALUE, shown
from cfn_analysis.reviewing.outcomes import SOME, ResourceOutcome
from cfn_analysis.reviewing.outputs import ChangedOutput, Changes, changed_outputs
from cfn_analysis.reviewing.states import Stacks, States
from cfn_analysis.updates.effects import Effect, update_order
from cfn_analysis.updates.partial_resolving import is_no_echo
from cfn_analysis.updates.resolved_stack import Mention, mentions
from cfn_analysis.updates.resource_changes import ADD, REMOVE, UPDATE


class ChangedParameter(NamedTuple):
    """A parameter whose value a deploy adds, updates or removes, and the file that sets it."""

    name: str
    action: str
    before: Any
    after: Any
    file: str


class StackChanges(NamedTuple):
    """The changes of a deploy in one stack, in the order of the template.

    ``order`` is resource -> its position in the order of interruptions.
    """

    built: BuiltStack
    resources: tuple[ResourceOutcome, ...]
    outputs: tuple[ChangedOutput, ...]
    parameters: tuple[ChangedParameter, ...]
    order: Mapping[str, int]


class EnvironmentChanges(NamedTuple):
    """The changes of a deploy in one environment: all changed resources, and the changes of each stack.

    ``name``, ``before`` and ``after`` are those of ``states``.
    """

    name: str
    before: Stacks
    after: Stacks
    states: States
    resources: Mapping[Node, ResourceOutcome]
    stacks: tuple[StackChanges, ...]

    def refers_to_new(self, value: Any, stack: str) -> bool:
        """Return whether a value of a stack refers to a resource that the deploy creates or replaces."""
        return any(self._is_new(mention) for mention in mentions(value, stack))

    def _is_new(self, mention: Mention) -> bool:
        outcome = self.resources.get(mention.target)
        if outcome is None:
            return False
        change = outcome.change
        return change.action == ADD or change.effect_on(mention.attribute) is Effect.REPLACED


def environment_changes(
    states: States, changes: Changes, outcomes: Mapping[Node, ResourceOutcome]
) -> EnvironmentChanges:
    """Return the changes of resources with their outcomes, and of outputs and parameters, by stack."""
    stacks = []
    for name, resolved in states.after.items():
        resources = tuple(outcome for node, outcome in outcomes.items() if node.stack == name)
        interrupted = [outcome.change.node.name for outcome in resources if outcome.interruption == SOME]
        stacks.append(
            StackChanges(
                resolved.built,
                resources,
                tuple(changed_outputs(states, name, changes)),
                tuple(_changed_parameters(states, name)),
                _order(resolved.built, interrupted),
            )
        )
    before, after = states.before, states.after
    return EnvironmentChanges(states.name, before, after, states, outcomes, tuple(stacks))


def _order(stack: BuiltStack, interrupted: Sequence[str]) -> dict[str, int]:
    """Return resource -> the number of the step in which an update interrupts it."""
    order = {}
    for number, step in enumerate(update_order(stack, interrupted), 1):
        order.update(dict.fromkeys(step, number))
    return order


def _changed_parameters(states: States, stack: str) -> Iterator[ChangedParameter]:
    old, new = states.before.get(stack), states.after[stack]
    if old is None:
        return
    for name in dict.fromkeys([*new.values, *old.values]):
        was, will = old.values.get(name), new.values.get(name)
        if was == will:
            continue
        if will is None:
            action, file = REMOVE, new.built.file
        else:
            action, file = ADD if was is None else UPDATE, states.origin(stack, name)
        secret = any(is_no_echo(side.built.parameters.get(name, {})) for side in (old, new))
        before, after = (_parameter_value(value, name, secret=secret) for value in (was, will))
        yield ChangedParameter(name, action, before, after, file)


def _parameter_value(value: Any, name: str, *, secret: bool) -> Any:
    """Return a value as shown; None if there is none, or the deploy does not set it."""
    if value is None or value == {"Fn::NotGiven": name}:
        return None
    if secret:
        return HIDDEN_VALUE
    return shown(value, name)

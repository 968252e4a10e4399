"""What differs in the text of a template although no environment of a review has it.

It is under a condition that is false, or in a branch that the values of the parameters do not take.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import series
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk
from cfn_analysis.reviewing.hiding import HIDDEN_VALUE, shown
from cfn_analysis.reviewing.judging import Judgment
from cfn_analysis.reviewing.sides import Side
from cfn_analysis.updates.partial_resolving import is_no_echo

_SECTIONS: Final = ("Resources", "Outputs")


def notes_on_unseen(
    before: Side,
    after: Side,
    environments: Iterable[EnvironmentChanges],
    risks: Iterable[Risk],
    judgments: Iterable[Judgment],
) -> list[str]:
    """Return a sentence for each stack with differences that change nothing in any reviewed environment."""
    seen = {risk.subject for risk in risks}
    for judgment in judgments:
        seen.add(judgment.subject)
        if judgment.path.startswith("Outputs."):
            seen.add(Node(judgment.subject.stack, judgment.path.split(".")[1]))
    for environment in environments:
        seen |= environment.resources.keys()
    old = {stack.name: stack for stack in before.stacks}
    notes = []
    for stack in after.stacks:
        if stack.name not in old:
            continue
        names = list(_differing(old[stack.name], stack, seen))
        if not names:
            continue
        if after.environments.keys() == {""}:
            notes.append(
                f"Differs in {stack.name} without a change: {series(names)}.{_with_values(after, stack)}"
            )
        else:
            notes.append(f"Differs in {stack.name}, in no reviewed environment: {series(names)}.")
    return notes


def _differing(before: BuiltStack, after: BuiltStack, seen: Collection[Node]) -> Iterator[str]:
    """Yield the resources and outputs whose text differs and that nothing in a review is about."""
    for section in _SECTIONS:
        old, new = before.template.get(section, {}), after.template.get(section, {})
        for name in dict.fromkeys([*new, *old]):
            if old.get(name) != new.get(name) and Node(after.name, name) not in seen:
                yield name


def _with_values(side: Side, stack: BuiltStack) -> str:
    """Return the sentence about the values that were used for a template; empty without parameters."""
    values = list(_values(side, stack))
    if not values:
        return ""
    return f" The values of the parameters are {series(values)}."


def _values(side: Side, stack: BuiltStack) -> Iterator[str]:
    """Yield the values of the parameters of a template, those with NoEcho hidden."""
    given = side.environments[""].get(stack.name, {})
    for name, declaration in stack.parameters.items():
        value = given.get(name, declaration.get("Default"))
        if is_no_echo(declaration):
            value = HIDDEN_VALUE
        if value is None:
            yield f"{name} not known"
        else:
            yield f"{name} = {shown(value, name)}"

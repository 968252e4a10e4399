"""How the changes of a review change the fixed cost: a sentence for each environment."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing.changes import ChangedParameter, EnvironmentChanges
from cfn_analysis.updates.resolved_stack import ResolvedStack, resolve_set
from cfn_analysis.updates.resource_changes import UPDATE
from csr_templates.costs.estimate import Estimate, estimate_resolved
from csr_templates.costs.prices import Prices
from csr_templates.costs.report import CURRENCY, quantity_text

_MOST: Final = 6  # causes, and resources whose cost is not known, in a sentence


def cost_notes(environments: Sequence[EnvironmentChanges], prices: Prices) -> list[str]:
    """Return a sentence for each environment whose fixed cost changes, or may change."""
    return [note for environment in environments for note in _notes(environment, prices)]


def _notes(found: EnvironmentChanges, prices: Prices) -> Iterator[str]:
    if not any(stack.resources for stack in found.stacks):
        return
    before = estimate_resolved(found.name, found.before, prices)
    after = estimate_resolved(found.name, found.after, prices)
    unknown = _unknown(found, before, after)
    difference = after.fixed - before.fixed
    facts = []
    if difference and not _is_partial(found, before, after):
        causes = beginning(_causes(found, before, after, prices), _MOST)
        facts.append(f"{difference:+} a month ({before.fixed} -> {after.fixed} {CURRENCY}): {causes}")
    if unknown:
        facts.append(f"not known: {beginning(unknown, _MOST)}")
    if facts:
        where = f" in {found.name}" if found.name else ""
        yield f"Fixed cost{where}: {'; '.join(facts)}."


def _unknown(found: EnvironmentChanges, before: Estimate, after: Estimate) -> list[str]:
    """Return the resources whose cost is not known and may change."""
    changed = {(node.stack, node.name) for node in found.resources}
    both = {*before.unpriced} & {*after.unpriced}
    return [
        f"{unpriced.stack}.{unpriced.resource} ({unpriced.reason})"
        for unpriced in dict.fromkeys((*after.unpriced, *before.unpriced))
        if unpriced not in both or (unpriced.stack, unpriced.resource) in changed
    ]


def _is_partial(found: EnvironmentChanges, before: Estimate, after: Estimate) -> bool:
    """Return whether the sums cannot be compared: the cost of a resource is known on one side only."""
    names = [{(unpriced.stack, unpriced.resource) for unpriced in side.unpriced} for side in (before, after)]
    sides = (found.before, found.after)
    return any(
        all(stack in side and name in side[stack].resources for side in sides)
        for stack, name in names[0] ^ names[1]
    )


def _causes(found: EnvironmentChanges, before: Estimate, after: Estimate, prices: Prices) -> list[str]:
    """Return the parameters that change the cost, and the items that change for other reasons."""
    causes = []
    reset: dict[str, dict[str, str]] = {stack: {} for stack in found.after}
    for parameter, values in _changed_parameters(found).items():
        alone = _with(found.after, {stack: {parameter.name: value} for stack, value in values.items()})
        if estimate_resolved(found.name, alone, prices).lines != after.lines:
            causes.append(f"{parameter.name} {parameter.before} -> {parameter.after}")
        for stack, value in values.items():
            reset[stack][parameter.name] = value
    old, rest = (
        _quantities(before),
        _quantities(estimate_resolved(found.name, _with(found.after, reset), prices)),
    )
    for stack, item in dict.fromkeys((*old, *rest)):
        earlier, later = old[stack, item], rest[stack, item]
        if earlier != later:
            causes.append(f"{stack}: {item} {quantity_text(earlier)} -> {quantity_text(later)}")
    return causes


def _changed_parameters(found: EnvironmentChanges) -> dict[ChangedParameter, dict[str, str]]:
    """Return each changed parameter with its value before the deploy, in each stack that has it."""
    changed: dict[str, tuple[ChangedParameter, dict[str, str]]] = {}
    for stack in found.stacks:
        name = stack.built.name
        for parameter in stack.parameters:
            if parameter.action == UPDATE and name in found.before and name in found.after:
                earlier = found.before[name]
                value = earlier.given_values.get(parameter.name, earlier.built.default(parameter.name))
                if value is not None:
                    changed.setdefault(parameter.name, (parameter, {}))[1][name] = value
    return dict(changed.values())


def _with(
    stacks: Mapping[str, ResolvedStack], values: Mapping[str, Mapping[str, str]]
) -> dict[str, ResolvedStack]:
    """Return the stacks with other values of some parameters."""
    return resolve_set(
        [(stack.built, {**stack.given_values, **values.get(name, {})}) for name, stack in stacks.items()]
    )


def _quantities(found: Estimate) -> dict[tuple[str, str], Decimal]:
    """Return stack and item -> quantity in all tiers; 0 for others."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in found.lines:
        sums[line.stack, line.item] += line.quantity
    return sums

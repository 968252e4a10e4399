"""How the changes of a review change the fixed cost: a sentence for each environment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from cfn_analysis.model.wording import beginning, series
from cfn_analysis.reviewing.changes import ChangedParameter, EnvironmentChanges
from cfn_analysis.updates.resolved_stack import ResolvedStack, resolve_set
from cfn_analysis.updates.resource_changes import UPDATE
from csr_templates.costs.estimate import Estimate, estimate_resolved
from csr_templates.costs.prices import Prices
from csr_templates.costs.report import CURRENCY, quantity_text

_MOST: Final = 6  # causes, and resources whose cost is not known, in a sentence


def cost_notes(environments: Sequence[EnvironmentChanges], prices: Prices) -> list[str]:
    """Return the sentences about the fixed costs that change, or may change.

    What holds for several environments is said once.
    """
    names_by_fact: dict[str, list[str]] = {}
    for changes in environments:
        for fact in _facts_of_cost(changes, prices):
            names_by_fact.setdefault(fact, []).append(changes.name)
    facts_by_names: dict[tuple[str, ...], list[str]] = {}
    for fact, names in names_by_fact.items():
        facts_by_names.setdefault(tuple(names), []).append(fact)
    return [
        f"Fixed cost{_where(names, len(environments))}: {'; '.join(facts)}."
        for names, facts in facts_by_names.items()
    ]


def _where(names: Sequence[str], all_environments: int) -> str:
    """Return where a cost changes; empty for the only one, of a template."""
    if not names[0]:
        return ""
    if len(names) > 1 and len(names) == all_environments:
        return " in all environments"
    return f" in {series(names)}"


def _facts_of_cost(changes: EnvironmentChanges, prices: Prices) -> list[str]:
    """Return what changes in the fixed cost of an environment, and what is not known."""
    if not any(stack.resources for stack in changes.stacks):
        return []
    before = estimate_resolved(changes.name, changes.before, prices)
    after = estimate_resolved(changes.name, changes.after, prices)
    facts = []
    difference = after.fixed - before.fixed
    if difference and not _is_partial(changes, before, after):
        causes = beginning(_causes(changes, before, after, prices), _MOST)
        facts.append(f"{difference:+} a month ({before.fixed} -> {after.fixed} {CURRENCY}): {causes}")
    unknown = _unknown(changes, before, after)
    if unknown:
        facts.append(f"not known: {beginning(unknown, _MOST)}")
    return facts


def _unknown(changes: EnvironmentChanges, before: Estimate, after: Estimate) -> list[str]:
    """Return the resources whose cost is not known and may change."""
    changed = {(node.stack, node.name) for node in changes.resources}
    both = {*before.unpriced} & {*after.unpriced}
    return [
        f"{unpriced.stack}.{unpriced.resource} ({unpriced.reason})"
        for unpriced in dict.fromkeys((*after.unpriced, *before.unpriced))
        if unpriced not in both or (unpriced.stack, unpriced.resource) in changed
    ]


def _is_partial(changes: EnvironmentChanges, before: Estimate, after: Estimate) -> bool:
    """Return whether the sums cannot be compared: the cost of a resource is known on one side only."""
    return any(
        _has(changes.before, stack, logical_id) and _has(changes.after, stack, logical_id)
        for stack, logical_id in _unpriced_resources(before) ^ _unpriced_resources(after)
    )


def _unpriced_resources(estimate: Estimate) -> set[tuple[str, str]]:
    """Return stack and logical ID of the resources whose cost is not known."""
    return {(unpriced.stack, unpriced.resource) for unpriced in estimate.unpriced}


def _has(stacks: Mapping[str, ResolvedStack], stack: str, logical_id: str) -> bool:
    """Return whether a stack exists and has a resource."""
    return stack in stacks and logical_id in stacks[stack].resources


def _causes(changes: EnvironmentChanges, before: Estimate, after: Estimate, prices: Prices) -> list[str]:
    """Return the parameters that change the cost, and the items that change for other reasons.

    A parameter changes the cost if only its old value, with all other changes, leads to another estimate.
    The other reasons are what differs although all parameters have their old values.
    """
    causes = []
    old_values: dict[str, dict[str, str]] = {stack: {} for stack in changes.after}
    for parameter, old_value_of in _changed_parameters(changes).items():
        only_this = {stack: {parameter.name: value} for stack, value in old_value_of.items()}
        stacks_without_change = _with(changes.after, only_this)
        if estimate_resolved(changes.name, stacks_without_change, prices).lines != after.lines:
            causes.append(f"{parameter.name} {parameter.before} -> {parameter.after}")
        for stack, value in old_value_of.items():
            old_values[stack][parameter.name] = value
    estimate_with_old_values = estimate_resolved(changes.name, _with(changes.after, old_values), prices)
    quantities_before = _quantities(before)
    quantities_with_old_values = _quantities(estimate_with_old_values)
    for stack, item in dict.fromkeys((*quantities_before, *quantities_with_old_values)):
        earlier = quantities_before[stack, item]
        later = quantities_with_old_values[stack, item]
        if earlier != later:
            causes.append(f"{stack}: {item} {quantity_text(earlier)} -> {quantity_text(later)}")
    return causes


def _changed_parameters(changes: EnvironmentChanges) -> dict[ChangedParameter, dict[str, str]]:
    """Return each changed parameter with its value before the deploy, in each stack that has it."""
    parameters: dict[str, ChangedParameter] = {}  # the change in the first stack stands for all
    values: dict[str, dict[str, str]] = {}
    for stack in changes.stacks:
        name = stack.built.name
        if name not in changes.before or name not in changes.after:
            continue
        before = changes.before[name]
        for parameter in stack.parameters:
            if parameter.action != UPDATE:
                continue
            value = before.given_values.get(parameter.name, before.built.default(parameter.name))
            if value is not None:
                parameters.setdefault(parameter.name, parameter)
                values.setdefault(parameter.name, {})[name] = value
    return {parameter: values[name] for name, parameter in parameters.items()}


def _with(
    stacks: Mapping[str, ResolvedStack], values: Mapping[str, Mapping[str, str]]
) -> dict[str, ResolvedStack]:
    """Return the stacks with other values of some parameters."""
    return resolve_set(
        [(stack.built, {**stack.given_values, **values.get(name, {})}) for name, stack in stacks.items()]
    )


def _quantities(estimate: Estimate) -> dict[tuple[str, str], Decimal]:
    """Return stack and item -> quantity in all tiers; 0 for others."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in estimate.lines:
        sums[line.stack, line.item] += line.quantity
    return sums

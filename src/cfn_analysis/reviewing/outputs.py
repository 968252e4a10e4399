"""Changed outputs, and the stacks that import or read them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cfn_analysis.model.references import in_words
from cfn_analysis.model.three_valued import NO
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.states import States
from cfn_analysis.updates.causes import CauseChains
from cfn_analysis.updates.comparison import differ_for_certain_with_names
from cfn_analysis.updates.condition_cases import existence_cases
from cfn_analysis.updates.effects import Effect
from cfn_analysis.updates.resolved_stack import Output, ResolvedStack, mentions
from cfn_analysis.updates.resource_changes import ADD, MAYBE_REPLACE, REMOVE, UPDATE, ResourceChange

Changes = Mapping[Node, ResourceChange]


class _Reason(NamedTuple):
    """Why an output changes, and whether the resource of its value is replaced, or may be."""

    chain: Sequence[str]
    is_certain: bool = True
    is_replacement: bool = False


class ChangedOutput(NamedTuple):
    """An output that a deploy changes.

    Attributes:
        action: what happens to it; if it is removed, but ``after`` is not None, it only may be removed.
        export: name of its export before the deploy, as in the template; None without an export.
        new_export: name of its export after the deploy.
        importers: stacks of the set that import its export, in their deployed state.
        readers: stacks of the set that read it with ``Fn::GetStackOutput``, in their deployed state.
        reason: why it changes.
    """

    key: str
    action: str
    before: Any
    after: Any
    export: str | None
    new_export: str | None
    importers: tuple[str, ...]
    readers: tuple[str, ...]
    reason: _Reason


def changed_outputs(states: States, stack: str, changes: Changes) -> Iterator[ChangedOutput]:
    """Yield the changed outputs of a stack in the order of the template."""
    chains = CauseChains(states.before, states.after, states.origin)
    before, after = _existing(states.before.get(stack)), _existing(states.after[stack])
    for key in dict.fromkeys([*after, *before]):
        was, will = before.get(key), after.get(key)
        if was is None:
            is_new = _Reason(chains.of_existence(Node(stack, key), "Outputs"))
            yield _changed_output(states, stack, key, ADD, (was, will), is_new)
            continue
        may_end = will is not None and _may_end(states, stack, was, will)
        reason = _reason(chains, Node(stack, key), was, None if may_end else will, changes)
        if reason is None:
            continue
        action = REMOVE if will is None or may_end else UPDATE
        reason = reason._replace(is_certain=reason.is_certain and not may_end)
        yield _changed_output(states, stack, key, action, (was, will), reason)


def _may_end(states: States, stack: str, was: Output, will: Output) -> bool:
    """Return whether an output that exists or may exist on both sides may be removed."""
    return existence_cases(states.before[stack], states.after[stack], was, will).may_end


def _changed_output(
    states: States,
    stack: str,
    key: str,
    action: str,
    both: tuple[Output | None, Output | None],
    reason: _Reason,
) -> ChangedOutput:
    was, will = both
    old, new = states.before.get(stack), states.after[stack]
    importers = _importers(states, stack, was.export) if was else ()
    is_moved = was is not None and old is not None and _has_moved(was, will, (old, new))
    return ChangedOutput(
        key,
        action,
        was.value if was else None,
        will.value if will else None,
        _export(old, key),
        _export(new, key),
        () if is_moved else importers,
        _readers(states, Node(stack, key), importers),
        reason,
    )


def _existing(resolved: ResolvedStack | None) -> dict[str, Output]:
    """Return the outputs that exist or may exist."""
    outputs = resolved.outputs if resolved else {}
    return {key: output for key, output in outputs.items() if output.exists is not NO}


def _reason(
    chains: CauseChains, output: Node, was: Output, will: Output | None, changes: Changes
) -> _Reason | None:
    """Return why an output with these states changes; None if it does not."""
    if will is None:
        return _Reason(chains.of_existence(output, "Outputs"))
    if source := _new_resource(will.value, output.stack, changes):
        change = changes[source]
        is_certain, is_replacement = change.action != MAYBE_REPLACE, change.action != UPDATE
        return _Reason(change.chain_for(output.stack), is_certain, is_replacement)
    old, new = chains.before[output.stack], chains.after[output.stack]
    values, named_values = (was.value, will.value), (old.with_names(was.value), new.with_names(will.value))
    if named_values[0] != named_values[1]:
        return _Reason(chains.of_output(*output), differ_for_certain_with_names(values, named_values))
    if was.export != will.export:
        return _Reason([chains.file(output.stack)])
    return None


def _new_resource(value: Any, stack: str, changes: Changes) -> Node | None:
    """Return the first resource in a value whose change alters the value, or may."""
    for mention in mentions(value, stack):
        change = changes.get(mention.target)
        if change and change.effect_on(mention.attribute) >= Effect.MAYBE_REPLACED:
            return mention.target
    return None


def _has_moved(was: Output, will: Output | None, sides: tuple[ResolvedStack, ResolvedStack]) -> bool:
    """Return whether another output exports the same value under the same name."""
    old, new = sides
    if will is not None and was.export == will.export:
        return False
    key = new.exports.get(was.export) if isinstance(was.export, str) else None
    return key is not None and old.with_names(was.value) == new.with_names(new.outputs[key].value)


def _importers(states: States, stack: str, export: Any) -> tuple[str, ...]:
    """Return the other stacks of the region that import an export of a stack."""
    exporter = states.deployed.get(stack)
    if exporter is None or not isinstance(export, str):
        return ()
    importers = []
    for name, side in states.deployed.items():
        is_in_region = name != stack and side.built.region == exporter.built.region
        if is_in_region and export in side.importers:
            importers.append(name)
    return tuple(importers)


def _readers(states: States, output: Node, importers: Sequence[str]) -> tuple[str, ...]:
    """Return the stacks that read an output without an import."""
    return tuple(
        name for name, side in states.deployed.items() if output in side.readers and name not in importers
    )


def _export(resolved: ResolvedStack | None, key: str) -> str | None:
    if resolved is None or key not in resolved.outputs:
        return None
    output = resolved.outputs[key]
    if output.exists is NO or output.export is None:
        return None
    return in_words(resolved.built.outputs[key]["Export"]["Name"])

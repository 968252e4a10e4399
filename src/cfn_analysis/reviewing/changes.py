"""The changes of a deploy in one environment: resources, outputs and parameters, with their effects."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.intrinsics import ResolveError
from cfn_analysis.model.references import in_words
from cfn_analysis.model.schemas import require_region
from cfn_analysis.model.three_valued import NO
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import hint
from cfn_analysis.reviewing import outcomes
from cfn_analysis.reviewing.hiding import HIDDEN_VALUE, shown
from cfn_analysis.reviewing.sides import ReviewError, Side
from cfn_analysis.updates.causes import CauseChains
from cfn_analysis.updates.comparison import differ_for_certain
from cfn_analysis.updates.documented_updates import Note
from cfn_analysis.updates.effects import Effect
from cfn_analysis.updates.partial_resolving import is_no_echo
from cfn_analysis.updates.resolved_stack import Output, ResolvedStack, mentions, resolve_set
from cfn_analysis.updates.resource_changes import (
    ADD,
    MAYBE_REPLACE,
    REMOVE,
    REPLACE,
    UPDATE,
    ResourceChange,
    effect_on_attribute,
    resource_changes,
)


class Changed(NamedTuple):
    """A resource that a deploy changes.

    Attributes:
        change: the change and its causes.
        interruption: ``none``, ``some`` or ``not known``.
        data: the effect on its data.
        notes: side effects of the change.
    """

    change: ResourceChange
    interruption: str
    data: str
    notes: tuple[Note, ...]


class ChangedOutput(NamedTuple):
    """An output that a deploy changes.

    Attributes:
        key: its key.
        change: ``add``, ``update`` or ``remove``.
        before: value before the deploy.
        after: value after the deploy.
        export: name of its export before the deploy, as in the template; None without an export.
        new_export: name of its export after the deploy.
        importers: stacks of the set that import its export, in their deployed state.
        readers: stacks of the set that read it with ``Fn::GetStackOutput``, in their deployed state.
        maybe: whether the change of the value is uncertain.
        chain: the changes that cause it.
    """

    key: str
    change: str
    before: Any
    after: Any
    export: str | None
    new_export: str | None
    importers: tuple[str, ...]
    readers: tuple[str, ...]
    maybe: bool
    chain: tuple[str, ...]


class ChangedParameter(NamedTuple):
    """A parameter whose value a deploy changes.

    Attributes:
        name: its name.
        change: ``add``, ``update`` or ``remove``.
        before: value before the deploy.
        after: value after the deploy.
        file: the file with the value; "default" for the default in the template.
    """

    name: str
    change: str
    before: Any
    after: Any
    file: str


class StackChanges(NamedTuple):
    """The changes of a deploy in one stack.

    Attributes:
        stack: the stack; its earlier state if it is removed from the set.
        resources: changed resources in the order of the template.
        outputs: changed outputs in the order of the template.
        parameters: changed parameters in the order of the template.
        order: resource -> its position in the order of interruptions.
    """

    stack: BuiltStack
    resources: tuple[Changed, ...]
    outputs: tuple[ChangedOutput, ...]
    parameters: tuple[ChangedParameter, ...]
    order: Mapping[str, int]


class EnvironmentChanges(NamedTuple):
    """The changes of a deploy in one environment.

    Attributes:
        name: of the environment; "" for two single templates.
        before: name -> deployed stack.
        after: name -> stack after the deploy.
        stacks: the changes of each stack of the set.
        gone: stacks removed from the set; a deploy does not delete them.
        renamed: stack whose deployed name changes -> both names; it is also one of ``gone``.
    """

    name: str
    before: Mapping[str, ResolvedStack]
    after: Mapping[str, ResolvedStack]
    stacks: tuple[StackChanges, ...]
    gone: tuple[str, ...]
    renamed: Mapping[str, tuple[str, str]]

    @property
    def is_removed(self) -> bool:
        """Whether the environment is removed, so that all of its stacks are ``gone``."""
        return bool(self.gone) and not self.after

    @property
    def resources(self) -> dict[Node, Changed]:
        """All changed resources."""
        return {one.change.node: one for stack in self.stacks for one in stack.resources}


def compare(before: Side, after: Side, names: Sequence[str] = ()) -> list[EnvironmentChanges]:
    """Return the changes of a deploy in each environment.

    Args:
        before: the deployed state.
        after: the state after the deploy.
        names: the environments to compare; by default those of ``after``, then those that it no longer has.

    Raises:
        ReviewError: there is no such environment, or a template cannot be resolved.
        SchemasError: cfn-lint does not have schemas for the region of a stack.
    """
    # "" is not the name of an environment: a folder without parameter files, or a single template.
    known = [
        *after.environments,
        *(name for name in before.environments if name and name not in after.environments),
    ]
    if unknown := [name for name in names if name not in known]:
        raise ReviewError(
            f"There is no environment {unknown[0]} in {after.name}.{hint(unknown[0], known)} It has "
            f"{', '.join(after.environments) or 'none'}."
        )
    return [_compare(before, after, name) for name in (names or known)]


def _compare(before: Side, after: Side, name: str) -> EnvironmentChanges:
    old = _resolved(before, name)
    new = _resolved(after, name, old)
    # A stack in another region or with another name is a different stack: the old one is not deleted.
    moved = [one for one in new if one in old and old[one].built.region != new[one].built.region]
    renamed = _renamed(old, new) if name else {}
    gone = [one for one in old if one not in new or one in moved or one in renamed]
    deployed, old = old, {key: one for key, one in old.items() if key not in gone}

    def origin(stack: str, parameter: str) -> str:
        return _origin(after, name, new[stack] if stack in new else old[stack], parameter)

    for region in dict.fromkeys(one.built.region for one in new.values()):
        require_region(region)
    found = resource_changes(old, new, origin)
    chains = CauseChains(old, new, origin)
    stacks = []
    for key, resolved in new.items():
        resources = []
        for node, change in found.items():
            if node.stack == key:
                interruption = outcomes.interruption(change, resolved.built.region)
                data = outcomes.data(change)
                resources.append(Changed(change, interruption, data, tuple(outcomes.notes(change))))
        some = [one.change.node.name for one in resources if one.interruption == outcomes.SOME]
        changed = StackChanges(
            resolved.built,
            tuple(resources),
            tuple(_outputs(old, new, key, found, chains, deployed)),
            tuple(_parameters(old.get(key), resolved, origin)),
            outcomes.interruption_order(resolved.built, some),
        )
        stacks.append(changed)
    return EnvironmentChanges(name, old, new, tuple(stacks), tuple(gone), renamed)


def _renamed(
    old: Mapping[str, ResolvedStack], new: Mapping[str, ResolvedStack]
) -> dict[str, tuple[str, str]]:
    """Return each stack whose deployed name changes, if both names are known, and the names."""
    found = {one: (old[one].deployed_name, new[one].deployed_name) for one in new if one in old}
    return {
        one: names
        for one, names in found.items()
        if names[0] != names[1] and all(isinstance(name, str) for name in names)
    }


def _resolved(
    side: Side, environment: str, before: Mapping[str, ResolvedStack] | None = None
) -> dict[str, ResolvedStack]:
    values = side.environments.get(environment)
    if values is None:
        return {}
    try:
        return resolve_set([(stack, values.get(stack.name, {})) for stack in side.stacks], before)
    except ResolveError as error:
        raise ReviewError(f"{side.name}: {error}") from error


def _origin(side: Side, environment: str, stack: ResolvedStack, parameter: str) -> str:
    """Return the file that sets a parameter."""
    edited = side.files.get(environment, {}).get(parameter)
    if edited:
        return edited
    given = stack.given.get(parameter)
    if given is None or (side.root is not None and given == stack.built.default(parameter)):
        return f"{stack.built.file} (default)"
    return side.value_files.get(environment, {}).get(stack.name, "parameters")


def _outputs(
    old: Mapping[str, ResolvedStack],
    new: Mapping[str, ResolvedStack],
    stack: str,
    found: Mapping[Node, ResourceChange],
    chains: CauseChains,
    deployed: Mapping[str, ResolvedStack],
) -> list[ChangedOutput]:
    """Return the changed outputs of a stack; ``deployed`` contains the stacks that may read them."""
    before, after = _existing_outputs(old.get(stack)), _existing_outputs(new[stack])
    changes = []
    for key in dict.fromkeys([*after, *before]):
        first, second = before.get(key), after.get(key)
        export, new_export = (output.export if output else None for output in (first, second))
        maybe = False
        if first is None or second is None:
            change = ADD if first is None else REMOVE
            chain = chains.of_existence(Node(stack, key), "outputs")
        else:
            change = UPDATE
            changed = _value_change(old[stack], new[stack], key, found, chains)
            if changed is None and export == new_export:
                continue
            chain, maybe = changed or ([chains.file(stack)], False)
        moved = first is not None and export != new_export
        moved = moved and _is_exported(export, first.value if first else None, old[stack], new[stack])
        importers = _importers(deployed, stack, export)
        readers = [
            name
            for name, side in deployed.items()
            if Node(stack, key) in side.readers and name not in importers
        ]
        changes.append(
            ChangedOutput(
                key,
                change,
                first.value if first else None,
                second.value if second else None,
                _export(old.get(stack), key),
                _export(new.get(stack), key),
                () if moved else tuple(importers),
                tuple(readers),
                maybe,
                tuple(chain),
            )
        )
    return changes


def _existing_outputs(side: ResolvedStack | None) -> dict[str, Output]:
    """Return the outputs that exist or may exist."""
    outputs = side.outputs if side else {}
    return {key: output for key, output in outputs.items() if output.exists is not NO}


def _value_change(
    old: ResolvedStack,
    new: ResolvedStack,
    key: str,
    found: Mapping[Node, ResourceChange],
    chains: CauseChains,
) -> tuple[list[str], bool] | None:
    """Return the causes of a new value of an output, and whether it is uncertain; None if it is the same."""
    before, after = old.outputs[key].value, new.outputs[key].value
    if follows := _replaced_in(after, new.name, found):
        action = found[follows].action
        main = max(found[follows].causes, key=lambda cause: cause.effect)
        return [*main.chain, f"{follows.name} {_HAPPENED[action]}"], action == MAYBE_REPLACE
    if old.with_names(before) == new.with_names(after):
        return None
    return list(chains.of_output(new.name, key)), not differ_for_certain(before, after)


def _importers(deployed: Mapping[str, ResolvedStack], stack: str, export: Any) -> list[str]:
    """Return the stacks that import an export of a stack."""
    return [
        name
        for name, side in deployed.items()
        if isinstance(export, str) and export in side.importers and _near(deployed, stack, name)
    ]


_HAPPENED = {REPLACE: "replaced", MAYBE_REPLACE: "may be replaced", UPDATE: "updated"}


def _replaced_in(value: Any, stack: str, found: Mapping[Node, ResourceChange]) -> Node | None:
    for mention in mentions(value, stack):
        change = found.get(mention.target)
        if change and effect_on_attribute(change, mention.attribute) >= Effect.MAYBE_REPLACED:
            return mention.target
    return None


def _is_exported(export: Any, value: Any, old: ResolvedStack, new: ResolvedStack) -> bool:
    """Return whether another output exports the same value under the same name."""
    key = new.exports.get(export) if isinstance(export, str) else None
    return key is not None and old.with_names(value) == new.with_names(new.outputs[key].value)


def _near(stacks: Mapping[str, ResolvedStack], one: str, other: str) -> bool:
    """Return whether two different stacks are in one region, so that one can import from the other."""
    return one in stacks and one != other and stacks[one].built.region == stacks[other].built.region


def _export(side: ResolvedStack | None, key: str) -> str | None:
    output = side.outputs.get(key) if side else None
    if side is None or output is None or output.exists is NO or output.export is None:
        return None
    return in_words(side.built.outputs[key]["Export"]["Name"])


def _parameters(old: ResolvedStack | None, new: ResolvedStack, origin: Any) -> list[ChangedParameter]:
    before = old.values if old else {}
    changes = []
    for name in dict.fromkeys([*new.values, *before]):
        one, other = before.get(name), new.values.get(name)
        if one == other or old is None:
            continue
        change = ADD if one is None else REMOVE if other is None else UPDATE
        secret = any(
            is_no_echo(side.built.parameters.get(name, {}))
            for side in (old, new)
            if name in side.built.parameters
        )
        first, second = (_value(value, name, secret=secret) for value in (one, other))
        file = origin(new.name, name) if other is not None else new.built.file
        changes.append(ChangedParameter(name, change, first, second, file))
    return changes


def _value(value: Any, name: str, *, secret: bool) -> Any:
    if value is None or value == {"Fn::Given": name}:
        return None
    return HIDDEN_VALUE if secret else shown(value, name)

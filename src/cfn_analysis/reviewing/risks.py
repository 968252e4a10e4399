"""Risks of a deploy: what fails, loses data, opens access, weakens a guard, replaces or interrupts."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from cfn_analysis.model.resource_names import name_properties
from cfn_analysis.model.three_valued import YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.access.openings import openings
from cfn_analysis.reviewing.api_keys import readers_of_secret, refused_keys
from cfn_analysis.reviewing.changes import EnvironmentChanges, StackChanges
from cfn_analysis.reviewing.failures import failures
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.guards.weakened import weakened_guards
from cfn_analysis.reviewing.hiding import shown
from cfn_analysis.reviewing.kinds import (
    DATA_LOSS,
    EXPORT,
    INTERRUPTION,
    KINDS,
    ORPHAN,
    OUTPUT,
    RENAME,
    REPLACED,
)
from cfn_analysis.reviewing.names import stale_names
from cfn_analysis.reviewing.outcomes import HARMLESS, LOST, ORPHANED, SOME, ResourceOutcome, deciding_policy
from cfn_analysis.reviewing.outputs import ChangedOutput
from cfn_analysis.reviewing.removals import disconnected
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.updates.effects import not_replaced_if
from cfn_analysis.updates.resource_changes import MAYBE_REPLACE, REMOVE, REPLACE, UPDATE, ResourceChange

_SECRET: Final = "AWS::SecretsManager::Secret"


def risks(environments: Iterable[EnvironmentChanges]) -> list[Risk]:
    """Return the risks, most urgent first, each with its environments."""
    where: dict[Risk, list[str]] = {}
    for environment in environments:
        for found in dict.fromkeys(_of_environment(environment)):
            where.setdefault(found, []).append(environment.name)
    merged = [found._replace(environments=tuple(names)) for found, names in where.items()]
    return sorted(merged, key=lambda found: KINDS.index(found.kind))


def _of_environment(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the risks in one environment; each line below finds those of one subject."""
    failing = [*failures(environment), *refused_keys(environment)]
    yield from failing
    yield from _stacks_left(environment)
    yield from openings(environment)
    yield from weakened_guards(environment)
    for change, effect in disconnected(environment):
        yield risk(INTERRUPTION, change.node, sentences.connection_removed, effect=effect)
    yield from _stale_names(environment)
    for stack in environment.stacks:
        for output in stack.outputs:
            yield from _of_output(stack.built.name, output)
        for outcome in stack.resources:
            yield from _of_resource(environment, stack, outcome)
    yield from _renamed(environment, {found.subject for found in failing})


def _stacks_left(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the deployed stacks that the deploy no longer changes."""
    gone, names = environment.states.gone, environment.states.renamed
    if gone and not environment.after:
        subject = Node(gone[0], "")
        yield risk(ORPHAN, subject, sentences.environment_removed, environment=environment.name, stacks=gone)
        return
    if names:
        subject = Node(next(iter(names)), "")
        yield risk(ORPHAN, subject, sentences.stacks_renamed, names=tuple(names.values()))
    for stack in gone:
        if stack not in names:
            yield risk(ORPHAN, Node(stack, ""), sentences.stack_left, stack=stack)


def _stale_names(environment: EnvironmentChanges) -> Iterator[Risk]:
    for stale in stale_names(environment):
        yield risk(
            INTERRUPTION,
            stale.node,
            sentences.name_stale,
            is_deleted=environment.resources[stale.node].change.action == REMOVE,
            old=stale.name,
            readers=tuple(
                reader.name if reader.stack == stale.node.stack else f"{reader.name} of {reader.stack}"
                for reader in stale.readers
            ),
        )


def _renamed(environment: EnvironmentChanges, failing: Collection[Node]) -> Iterator[Risk]:
    for pair in renames(environment):
        yield risk(
            RENAME,
            pair.old,
            sentences.renamed,
            new=pair.new.name,
            is_retained=environment.resources[pair.old].data == ORPHANED,
            is_rejected=pair.new in failing,
        )


def _of_resource(
    environment: EnvironmentChanges, stack: StackChanges, outcome: ResourceOutcome
) -> Iterator[Risk]:
    change, data = outcome.change, outcome.data
    node, policy = change.node, deciding_policy(change)
    if change.action in (REPLACE, MAYBE_REPLACE) and data != HARMLESS:
        yield _replacement(change, data)
    if data == LOST:
        is_key = "KMS" in change.type
        yield risk(DATA_LOSS, node, sentences.data_lost, leaves=_leaves(change), policy=policy, is_key=is_key)
    if data == ORPHANED and change.before is not None:
        named = name_properties(change.before.type, stack.built.region, change.before.properties)
        yield risk(
            ORPHAN, node, sentences.orphaned, leaves=_leaves(change), policy=policy, is_named=bool(named)
        )
    if change.type == _SECRET and "GenerateSecretString" in change.properties and change.action == UPDATE:
        readers = readers_of_secret(environment, node)
        names = tuple(f"{reader.name} of {reader.stack}" for reader in readers)
        yield risk(INTERRUPTION, node, sentences.secret_generated, readers=names)
    if outcome.interruption == SOME:
        yield _interruption(stack.order, outcome)


def _leaves(change: ResourceChange) -> str:
    """Return why the old resource is deleted or retained: a key of ``sentences.LEAVES``."""
    return f"maybe-{change.action}" if change.action == REMOVE and change.may_not_happen else change.action


def _replacement(change: ResourceChange, data: str) -> Risk:
    strong = [cause for cause in change.causes if cause.effect == change.effect]
    properties = tuple(dict.fromkeys(cause.name for cause in strong)) or ("its type",)
    follows = next((cause.follows.name for cause in strong if cause.follows), "")
    if change.action == REPLACE:
        return risk(
            REPLACED, change.node, sentences.replaced, properties=properties, follows=follows, data=data
        )
    cases = (not_replaced_if(change.type, cause.place) for cause in strong if cause.place)
    unless = tuple(case.does for case in cases if case)
    return risk(
        REPLACED, change.node, sentences.maybe_replaced, properties=properties, follows=follows, unless=unless
    )


def _interruption(order: Mapping[str, int], outcome: ResourceOutcome) -> Risk:
    notes = [note for note in outcome.notes if note.interrupts is YES]
    is_one_step = len({*order.values()}) <= 1
    return risk(
        INTERRUPTION,
        outcome.change.node,
        sentences.interrupted,
        does=tuple(dict.fromkeys(note.does for note in notes)),
        order=() if is_one_step else tuple(sorted(order, key=lambda name: order[name])),
        source=notes[0].source if notes else "",
    )


def _of_output(stack: str, output: ChangedOutput) -> Iterator[Risk]:
    node = Node(stack, output.key)
    is_removed = output.action == REMOVE
    if output.readers and is_removed:
        yield risk(EXPORT, node, sentences.read_output_removed, readers=output.readers)
    if output.export is None or not output.importers:
        if is_removed and not output.readers:
            yield risk(OUTPUT, node, sentences.output_removed)
        return
    if is_removed or output.export != output.new_export:
        yield risk(
            EXPORT,
            node,
            sentences.export_removed,
            export=output.export,
            new_export="" if is_removed else output.new_export or "",
            importers=output.importers,
        )
    else:
        before, after = (str(shown(value, output.key)) for value in (output.before, output.after))
        yield risk(
            EXPORT,
            node,
            sentences.export_changed,
            export=output.export,
            values=None if before == after else (before, after),
            certain=output.cause.is_certain,
            is_new=output.cause.is_replacement,
            importers=output.importers,
        )

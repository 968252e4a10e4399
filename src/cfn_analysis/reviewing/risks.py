"""Risks of a deploy: what fails, loses data, opens access, weakens a guard, replaces or interrupts."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from cfn_analysis.model.resource_names import name_properties
from cfn_analysis.model.three_valued import YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import kinds, outcomes, sentences
from cfn_analysis.reviewing.access.networks import blocked_answers
from cfn_analysis.reviewing.access.not_judged import not_judged
from cfn_analysis.reviewing.access.openings import openings
from cfn_analysis.reviewing.additions import additions
from cfn_analysis.reviewing.api_keys import readers_of_secret, refused_keys
from cfn_analysis.reviewing.broken_references import broken_references
from cfn_analysis.reviewing.changes import EnvironmentChanges, StackChanges, environment_changes
from cfn_analysis.reviewing.connections import broken_connections
from cfn_analysis.reviewing.failures import failures
from cfn_analysis.reviewing.findings import Detail, Risk, risk
from cfn_analysis.reviewing.guards.metric_filters import doubled_metrics, weakened_filters
from cfn_analysis.reviewing.guards.weakened import weakened_guards
from cfn_analysis.reviewing.hiding import shown
from cfn_analysis.reviewing.names import stale_names
from cfn_analysis.reviewing.outputs import ChangedOutput
from cfn_analysis.reviewing.proxy_resources import new_methods, taken_paths
from cfn_analysis.reviewing.refused_values import refused_values
from cfn_analysis.reviewing.removals import disconnected, left_unused
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.reviewing.request_order import unreachable_entries
from cfn_analysis.reviewing.switched_off import switched_off
from cfn_analysis.reviewing.tags import read_tags
from cfn_analysis.updates.facts import facts_at
from cfn_analysis.updates.resource_changes import MAYBE_REPLACE, REMOVE, REPLACE, UPDATE, ResourceChange

_SECRET: Final = "AWS::SecretsManager::Secret"
_STACK: Final = "AWS::CloudFormation::Stack"


def risks(environments: Iterable[EnvironmentChanges]) -> list[Risk]:
    """Return the risks, most urgent first, each with its environments."""
    environments_by_risk: dict[Risk, list[str]] = {}
    for environment in environments:
        detected = list(_detect(environment))
        if (if_kept := _if_kept(environment)) is not None:
            detected += _detect(if_kept)
        for detected_risk in dict.fromkeys(detected):
            environments_by_risk.setdefault(detected_risk, []).append(environment.name)
    merged = [
        merged_risk._replace(environments=tuple(names)) for merged_risk, names in environments_by_risk.items()
    ]
    return sorted(merged, key=lambda risk_of_kind: kinds.KINDS.index(risk_of_kind.kind))


def select_environment(risks: Iterable[Risk], environment: str) -> list[Risk]:
    """Return the risks that occur in an environment."""
    return [risk for risk in risks if environment in risk.environments]


def unknown_stack(stack: str, environment: str, why: str) -> Risk:
    """Return the risk of a stack whose state the caller does not know."""
    return risk(kinds.UNKNOWN, Node(stack, ""), sentences.STACK_NOT_KNOWN, why=why)._replace(
        environments=(environment,)
    )


def _if_kept(environment: EnvironmentChanges) -> EnvironmentChanges | None:
    """Return the changes if each resource that may be removed is not; None if there is no such resource."""
    changes = {node: outcome.change.if_kept for node, outcome in environment.resources.items()}
    if all(outcome.change is changes[node] for node, outcome in environment.resources.items()):
        return None
    return environment_changes(
        environment.states, changes, outcomes.resource_outcomes(changes, environment.after)
    )


def _detect(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the risks in one environment; each line below finds those of one subject."""
    failing = [*failures(environment), *refused_keys(environment), *refused_values(environment)]
    failing += broken_references(environment)
    yield from failing
    not_created = {failure.subject for failure in failing}
    yield from _stacks_left(environment)
    yield from openings(environment)
    yield from not_judged(environment)
    yield from switched_off(environment)
    yield from weakened_guards(environment)
    yield from weakened_filters(environment)
    yield from additions(environment, not_created)
    yield from new_methods(environment)
    yield from doubled_metrics(environment)
    yield from disconnected(environment)
    yield from left_unused(environment)
    yield from broken_connections(environment)
    yield from unreachable_entries(environment)
    yield from taken_paths(environment)
    yield from blocked_answers(environment)
    yield from stale_names(environment)
    yield from read_tags(environment)
    for stack in environment.stacks:
        for output in stack.outputs:
            yield from _of_output(stack.built.name, output)
        for outcome in stack.resources:
            yield from _of_resource(environment, stack, outcome)
    yield from _renamed(environment, not_created)


def _stacks_left(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the deployed stacks that the deploy no longer changes."""
    gone, renamed = environment.states.gone, environment.states.renamed
    if gone and not environment.after:
        sentence, name = sentences.ENVIRONMENT_REMOVED, environment.name
        yield risk(kinds.ORPHAN, Node(gone[0], ""), sentence, environment=name, stacks=gone)
        return
    if renamed:
        changes = tuple(f"{old} becomes {new}" for old, new in renamed.values())
        yield risk(kinds.ORPHAN, Node(next(iter(renamed)), ""), sentences.STACK_RENAMED, changes=changes)
    for stack in gone:
        if stack not in renamed:
            yield risk(kinds.ORPHAN, Node(stack, ""), sentences.STACK_LEFT, stack=stack)


def _renamed(environment: EnvironmentChanges, failing: Collection[Node]) -> Iterator[Risk]:
    for old, new in renames(environment).items():
        kept, rejected = environment.resources[old].data == outcomes.ORPHANED, new in failing
        yield risk(kinds.RENAME, old, sentences.RENAMED, new=new.name, is_retained=kept, is_rejected=rejected)


def _of_resource(
    environment: EnvironmentChanges, stack: StackChanges, outcome: outcomes.ResourceOutcome
) -> Iterator[Risk]:
    change, data = outcome.change, outcome.data
    node, policy = change.node, outcomes.deciding_policy(change)
    is_removed = change.action == REMOVE
    deciding = () if is_removed else tuple(cause.path for cause in change.decisive)
    leaves = change.action_in_reports
    if change.action in (REPLACE, MAYBE_REPLACE) and data != outcomes.HARMLESS:
        yield _replacement(environment, change, data)
    if data == outcomes.LOST:
        yield risk(
            kinds.DATA_LOSS,
            node,
            sentences.DATA_LOST,
            paths=deciding,
            leaves=leaves,
            policy=policy,
            is_key="KMS" in change.type,
            is_stack=change.type == _STACK,
            is_removed=is_removed,
        )
    if data == outcomes.ORPHANED and change.before is not None:
        is_named = bool(name_properties(change.before.type, stack.built.region, change.before.properties))
        yield risk(
            kinds.ORPHAN,
            node,
            sentences.ORPHANED,
            paths=deciding,
            leaves=leaves,
            policy=policy,
            is_named=is_named,
        )
    if change.type == _SECRET and "GenerateSecretString" in change.properties and change.action == UPDATE:
        readers = tuple(reader.seen_from("") for reader in readers_of_secret(environment, node))
        paths = [cause.path for cause in change.causes if cause.place[:1] == ("GenerateSecretString",)]
        yield risk(kinds.INTERRUPTION, node, sentences.SECRET_GENERATED, paths=paths, readers=readers)
    if outcome.interruption == outcomes.SOME:
        yield _interruption(stack.order, outcome)


def _replacement(environment: EnvironmentChanges, change: ResourceChange, data: str) -> Risk:
    """Return the risk of a certain or possible replacement; an edit of the resource itself comes first."""
    source = change.decisive[0].follows
    if any(cause.follows is None for cause in change.decisive):
        source = None
    causes = [cause for cause in change.decisive if cause.follows == source]
    facts = [facts_at(change.type, cause.place) for cause in causes]
    paths = [cause.path for cause in causes]
    follows, followed = "", change.action
    if source is not None:
        follows = source.seen_from(change.node.stack)
        followed = environment.resources[source].change.action
    reasons = [fact.reason for fact in facts if fact.reason]
    detail: dict[str, Detail] = {
        "action": change.action,
        "properties": tuple(dict.fromkeys(paths)) or ("its type",),
        "follows": follows,
        "followed": followed,
        "reason": reasons[0] if reasons else "",
    }
    if change.action == REPLACE:
        return risk(kinds.REPLACED, change.node, sentences.REPLACED, paths=paths, **detail, data=data)
    detail["unless"] = tuple(fact.not_replaced_if for fact in facts if fact.not_replaced_if)
    return risk(kinds.REPLACED, change.node, sentences.MAYBE_REPLACED, paths=paths, **detail)


def _interruption(order: Mapping[str, int], outcome: outcomes.ResourceOutcome) -> Risk:
    notes = {note: names for note, names in outcome.notes.items() if note.interrupts is YES}
    interrupting: dict[str, None] = {}
    for names in notes.values():
        interrupting.update(dict.fromkeys(names))
    properties = tuple(interrupting)
    steps: list[str] = []
    if len(set(order.values())) > 1:
        steps = sorted(order, key=lambda name: order[name])
    causes = outcome.change.causes
    return risk(
        kinds.INTERRUPTION,
        outcome.change.node,
        sentences.INTERRUPTED,
        paths=[cause.path for cause in causes if cause.place and cause.place[0] in properties],
        does=tuple(dict.fromkeys(note.does for note in notes)),
        properties=properties,
        order=tuple(steps),
        source=next((note.source for note in notes), ""),
    )


def _of_output(stack: str, output: ChangedOutput) -> Iterator[Risk]:
    node = Node(stack, output.key)
    is_removed, certain = output.action == REMOVE, output.reason.is_certain
    if output.readers and is_removed:
        yield risk(kinds.EXPORT, node, sentences.READ_OUTPUT_REMOVED, readers=output.readers, certain=certain)
    if output.export is None or not output.importers:
        if is_removed and not output.readers:
            yield risk(kinds.OUTPUT, node, sentences.OUTPUT_REMOVED, certain=certain)
        return
    detail: dict[str, Detail] = {"export": output.export, "importers": output.importers}
    if is_removed or output.export != output.new_export:
        new_export = "" if is_removed else output.new_export or ""
        detail |= {"new_export": new_export, "certain": certain or not is_removed}
        yield risk(kinds.EXPORT, node, sentences.EXPORT_REMOVED, paths=(), **detail)
    else:
        before, after = (str(shown(value, output.key)) for value in (output.before, output.after))
        detail |= {"before": before if before != after else "", "after": after}
        detail |= {"certain": certain, "is_new": output.reason.is_replacement}
        yield risk(kinds.EXPORT, node, sentences.EXPORT_CHANGED, paths=(), **detail)

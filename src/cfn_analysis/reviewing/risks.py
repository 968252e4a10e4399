"""Risks of a deploy, with their remedies."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from cfn_analysis.model.resource_names import name_properties
from cfn_analysis.model.three_valued import YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import series
from cfn_analysis.reviewing import outcomes
from cfn_analysis.reviewing.access.openings import openings
from cfn_analysis.reviewing.api_keys import readers_of_secret
from cfn_analysis.reviewing.changes import Changed, ChangedOutput, EnvironmentChanges, StackChanges
from cfn_analysis.reviewing.failures import failures
from cfn_analysis.reviewing.guards.weakened import weakened_guards
from cfn_analysis.reviewing.hiding import shown
from cfn_analysis.reviewing.kinds import (
    DATA_LOSS,
    EXPORT,
    GUARD,
    INTERRUPTION,
    KINDS,
    OPENS,
    ORPHAN,
    OUTPUT,
    RENAME,
    REPLACED,
    WILL_FAIL,
)
from cfn_analysis.reviewing.names import stale_names
from cfn_analysis.reviewing.removals import disconnected
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.updates.effects import not_replaced_if
from cfn_analysis.updates.resource_changes import MAYBE_REPLACE, REMOVE, REPLACE, UPDATE, ResourceChange

ORDER: Final = "One after the other: "
"""Start of the sentence that lists the resources in the order of their interruptions."""
_SECRET: Final = "AWS::SecretsManager::Secret"


class Risk(NamedTuple):
    """A risk in one or more environments.

    Attributes:
        kind: one of ``kinds.KINDS``.
        environments: their names.
        stack: the stack.
        name: logical ID of the resource, or key of the output; empty for the stack as a whole.
        message: the effect and the remedy.
        accepted: whether it is accepted.
        reason: the reason of its acceptance.
    """

    kind: str
    environments: tuple[str, ...]
    stack: str
    name: str
    message: str
    accepted: bool = False
    reason: str = ""


def risks(environments: Iterable[EnvironmentChanges]) -> list[Risk]:
    """Return the risks, most urgent first, each with its environments."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for environment in environments:
        for kind, stack, name, message in dict.fromkeys(_of_environment(environment)):
            found.setdefault((kind, stack, name, message), []).append(environment.name)
    merged = [
        Risk(kind, tuple(names), stack, name, text) for (kind, stack, name, text), names in found.items()
    ]
    return sorted(merged, key=lambda risk: KINDS.index(risk.kind))


def _of_environment(environment: EnvironmentChanges) -> Iterator[tuple[str, str, str, str]]:
    failing = list(failures(environment))
    for failure in failing:
        yield (WILL_FAIL, *failure)
    if environment.renamed:
        yield (ORPHAN, next(iter(environment.renamed)), "", _renamed_stacks(environment))
    if environment.is_removed:
        yield (ORPHAN, environment.gone[0], "", _removed_environment(environment))
    for name in environment.gone:
        if environment.is_removed or name in environment.renamed:
            continue
        yield (
            ORPHAN,
            name,
            "",
            f"The stack {name} is no longer in the set, or moves to another region. A deploy does not delete "
            "it: it continues to run, and its names stay in use, until it is deleted manually.",
        )
    for node, message in openings(environment):
        yield (OPENS, *node, message)
    for node, message in weakened_guards(environment):
        yield (GUARD, *node, message)
    for change, missing in disconnected(environment):
        name = change.node.name
        yield (INTERRUPTION, *change.node, f"{name} is removed: {missing}. Keep it while it is in use.")
    for node, old_name, readers in stale_names(environment):
        yield (INTERRUPTION, *node, _stale_name(environment, node, old_name, readers))
    renamed = {pair.old: pair.new for pair in renames(environment)}
    rejected = {Node(one.stack, one.name) for one in failing}
    for stack in environment.stacks:
        for output in stack.outputs:
            yield from _of_output(stack, output)
        for one in stack.resources:
            yield from _of_resource(environment, stack, one)
            if new := renamed.get(one.change.node):
                yield (
                    RENAME,
                    *one.change.node,
                    _rename(one.change.node, new, one.data, rejected=new in rejected),
                )


def _removed_environment(environment: EnvironmentChanges) -> str:
    return (
        f"The environment {environment.name} is removed, and its stacks are no longer managed: "
        f"{series(environment.gone)}. A deploy does not delete them: they continue to run, with their data, "
        "and to incur costs, until they are deleted manually, in the reverse order. Restore the environment, "
        "unless someone deletes its stacks."
    )


def _renamed_stacks(environment: EnvironmentChanges) -> str:
    many = len(environment.renamed) > 1
    names = series([f"{old} becomes {new}" for old, new in environment.renamed.values()])
    return (
        f"The {'names of stacks change' if many else 'name of a stack changes'}: {names}. The deploy creates "
        f"{'new, empty stacks' if many else 'a new, empty stack'}. Data is not copied: it stays in the old "
        f"{'stacks, which continue' if many else 'stack, which continues'} to run and to incur costs until "
        f"{'they are' if many else 'it is'} deleted manually. Revert the change, unless you want a second "
        "system."
    )


def _of_resource(
    environment: EnvironmentChanges, stack: StackChanges, one: Changed
) -> Iterator[tuple[str, str, str, str]]:
    change = one.change
    node = change.node
    if change.action in (REPLACE, MAYBE_REPLACE) and one.data != outcomes.HARMLESS:
        yield (REPLACED, *node, _replacement(change, one.data))
    if one.data == outcomes.LOST:
        yield (DATA_LOSS, *node, _loss(change))
    if one.data == outcomes.ORPHANED:
        yield (ORPHAN, *node, _orphan(change, stack.stack.region))
    if change.type == _SECRET and "GenerateSecretString" in change.properties and change.action == UPDATE:
        yield (INTERRUPTION, *node, _new_secret(node, readers_of_secret(environment, node)))
    if one.interruption == outcomes.SOME:
        yield (INTERRUPTION, *node, _interruption(stack, one))


def _replacement(change: ResourceChange, data: str) -> str:
    name = change.node.name
    strong = [cause for cause in change.causes if cause.effect == change.effect]
    changed = list(dict.fromkeys(cause.name for cause in strong)) or ["its type"]
    why, many = series(changed), len(changed) > 1
    follows = next((cause.follows for cause in strong if cause.follows), None)
    if follows is None:
        because = f"because {why} {'change' if many else 'changes'}"
    else:
        how = "is replaced" if change.action == REPLACE else "may be replaced"
        because = f"because {why} {'refer' if many else 'refers'} to {follows.name}, which {how}"
    if change.action == MAYBE_REPLACE:
        cases = [
            f" It is not replaced if {case}."
            for cause in strong
            if cause.place and (case := not_replaced_if(change.type, cause.place))
        ]
        text = f"{name} may be replaced, {because}. This cannot be determined from the files.{''.join(cases)}"
        return f"{text} Check Replacement in the change set before you execute it."
    return f"{name} is replaced, {because}: a new one is created, and {_old_one(data)}."


def _old_one(data: str) -> str:
    return {
        outcomes.ORPHANED: "the old one remains in the account, outside of the stack",
        outcomes.SNAPSHOT: "the old one is deleted after a snapshot",
        outcomes.LOST: "the old one is deleted with its data",
        outcomes.DELETE_FAILS: "the deletion of the old one fails",
    }.get(data, "the old one is deleted")


def _loss(change: ResourceChange) -> str:
    name, policy = change.node.name, outcomes.deciding_policy(change)
    may = "may be" if change.action == MAYBE_REPLACE else "is"
    happens = _leaves(change) if change.action == REMOVE else f"{may} replaced"
    first = " in an earlier deploy" if change.action == REMOVE else ""
    key = (
        " KMS deletes a key after its waiting period; data encrypted with it is then lost."
        if "KMS" in change.type
        else ""
    )
    return (
        f"The data of {name} is deleted: it {happens}, and its {policy} is Delete.{key} To keep the data, "
        f"set {policy}: Retain{first}, or revert the change."
    )


def _leaves(change: ResourceChange) -> str:
    return (
        "may be removed from the stack (its condition is not known)"
        if change.may_not_happen
        else "is removed from the template"
    )


def _orphan(change: ResourceChange, region: str) -> str:
    name, policy = change.node.name, outcomes.deciding_policy(change)
    happens = _leaves(change) if change.action == REMOVE else "is replaced"
    if change.action == MAYBE_REPLACE:
        happens = "may be replaced"
    named = change.before is not None and name_properties(
        change.before.type, region, change.before.properties
    )
    taken = ", and its name stays in use" if named else ""
    return (
        f"{name} {happens} and remains in the account ({policy}: Retain), outside of the stack{taken}. "
        "Delete it manually if it is not needed, or import it again."
    )


def _rename(old: Node, new: Node, data: str, *, rejected: bool) -> str:
    deleted = "retains the old one in the account" if data == outcomes.ORPHANED else "deletes the old one"
    does = (
        f"The creation of {new.name} fails while the old one exists."
        if rejected
        else f"CloudFormation creates {new.name} and then {deleted}."
    )
    return (
        f"{old.name} and {new.name} differ only in the logical ID. {does} To keep the resource, keep the ID, "
        f"move it with a stack refactoring, or set DeletionPolicy: Retain, deploy, and import it as "
        f"{new.name} with a change set of type IMPORT."
    )


def _interruption(stack: StackChanges, one: Changed) -> str:
    name = one.change.node.name
    what = " and ".join(dict.fromkeys(note.does for note in one.notes if note.interrupts is YES))
    text = f"{name} {what or 'is not available until its replacement exists'}."
    order = sorted(stack.order.items(), key=lambda item: item[1])
    if len({number for _, number in order}) > 1:
        text += f" {ORDER}{', then '.join(name for name, _ in order)}."
    sources = [note.source for note in one.notes if note.interrupts is YES]
    return f"{text} ({sources[0]})" if sources else text


def _stale_name(environment: EnvironmentChanges, node: Node, name: str, readers: Sequence[Node]) -> str:
    what = "is deleted" if environment.resources[node].change.action == REMOVE else "is renamed"
    still = series([one.name if one.stack == node.stack else f"{one.name} of {one.stack}" for one in readers])
    has = "has" if len(readers) == 1 else "have"
    return f"{node.name} {what}, but {still} still {has} its old name {name} in a text. Change it there too."


def _new_secret(node: Node, readers: Sequence[Node]) -> str:
    text = f"A new value is generated for {node.name}."
    if readers:
        text += (
            f" {series([f'{one.name} of {one.stack}' for one in readers])} "
            f"{'uses' if len(readers) == 1 else 'use'} the old value until the next change: CloudFormation "
            "resolves a dynamic reference only when its resource changes."
        )
    return f"{text} Revert the change, or change all readers in the same deploy."


def _of_output(stack: StackChanges, output: ChangedOutput) -> Iterator[tuple[str, str, str, str]]:
    where = (EXPORT, stack.stack.name, output.key)
    if output.readers and output.change == REMOVE:
        readers = series(output.readers)
        yield (
            *where,
            f"The output {output.key} is removed, but the deployed {readers} reads it: the next deploy of "
            f"{readers} fails if it still reads it.",
        )
    if output.export is None or not output.importers:
        if output.change == REMOVE and not output.readers:
            yield (
                OUTPUT,
                *where[1:],
                f"The output {output.key} is removed. Commands, pipelines and other stacks that read it will "
                "fail: change them first, or keep the output.",
            )
        return
    importers = series(output.importers)
    imports = f"{importers} {'imports' if len(output.importers) == 1 else 'import'} it"
    if output.change == REMOVE or output.export != output.new_export:
        gone = output.new_export is None or output.change == REMOVE
        what = "is removed" if gone else f"becomes {output.new_export}"
        yield (
            *where,
            f"The deploy fails: the export {output.export} {what}, but the deployed {imports}. Keep it and "
            f"add the new export, deploy {importers} with the new export, then remove the old one.",
        )
    else:
        before, after = shown(output.before, output.key), shown(output.after, output.key)
        values = "its value changes" if before == after else f"its value changes from {before} to {after}"
        if before == after and " ".join(output.chain).endswith(" replaced"):
            values = "its resource is replaced"
        fails = f"The deploy may fail: perhaps {values}" if output.maybe else f"The deploy fails: {values}"
        yield (
            *where,
            f"{fails}, and the export {output.export} cannot be changed while {imports}. Export the new "
            f"value under another name, deploy {importers} with it, then remove the old export.",
        )

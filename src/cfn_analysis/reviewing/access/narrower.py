"""Policies that allow less, or deny more, than before: who can no longer do what.

What a policy also allows in addition is a risk, which ``policies`` finds.
"""

from collections.abc import Iterator, Mapping, Sequence

from cfn_analysis.model.references import value_at
from cfn_analysis.reviewing import writing
from cfn_analysis.reviewing.access.documents import SubjectPolicy, policies_by_subject
from cfn_analysis.reviewing.access.policies import (
    NARROWER,
    WIDER,
    Counts,
    accesses_not_covered,
    allows,
    denies,
    in_words,
)
from cfn_analysis.reviewing.access.statements import Access
from cfn_analysis.reviewing.access.unchanged import are_well_formed
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import KnownEffect
from cfn_analysis.updates.comparison import path_of_place
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange


def narrower_policies(environment: EnvironmentChanges) -> Iterator[KnownEffect]:
    """Yield each changed policy whose subject has less access than before, with what it lost."""
    if not environment.before:
        return
    changed = environment.resources.keys()
    old, new = policies_by_subject(environment.before), policies_by_subject(environment.after)
    for subject in dict.fromkeys([*new, *old]):
        was, will = old.get(subject, []), new.get(subject, [])
        policies = [policy for policy in (*will, *was) if policy.node in changed]
        if not policies or not are_well_formed(environment.after, will):
            continue
        effect = _effect(was, will)
        for policy in policies:
            change = environment.resources[policy.node].change
            if effect and change.action not in (ADD, REMOVE):
                for path in _paths(policy, change):
                    yield KnownEffect(policy.node, path, effect)


def _effect(was: Sequence[SubjectPolicy], will: Sequence[SubjectPolicy]) -> str:
    """Return what the policies of a subject no longer allow, and what they newly deny."""
    lost = _not_covered(was, will, allows)
    denied = _not_covered(will, was, denies)
    sentences = []
    if lost:
        access = "; ".join(writing.first(in_words(lost, NARROWER)))
        sentences.append(f"It no longer allows in all cases: {access}.")
    if denied:
        access = "; ".join(writing.first(in_words(denied, WIDER)))
        sentences.append(f"It newly denies: {access}.")
    if sentences:
        sentences.append("Requests that need this access fail.")
    return " ".join(sentences)


def _not_covered(
    policies: Sequence[SubjectPolicy], others: Sequence[SubjectPolicy], counts: Counts
) -> list[Access]:
    accesses: list[Access] = []
    for policy in policies:
        for of_statement in accesses_not_covered(policy, others, counts).values():
            accesses += of_statement
    return list(dict.fromkeys(accesses))


def _paths(policy: SubjectPolicy, change: ResourceChange) -> Iterator[str]:
    """Yield the paths of what the effect is about: the statements, or a policy that is added or removed.

    Other elements, such as the version, are not compared. If all properties together are the policy, it is
    about those that change.
    """
    if change.before is None or change.after is None:
        return
    old, new = change.before.properties, change.after.properties
    if not policy.place:
        yield from (str(key) for key in dict.fromkeys([*new, *old]) if old.get(key) != new.get(key))
        return
    was, will = value_at(old, policy.place), value_at(new, policy.place)
    if was is None or will is None:
        side = new if was is None else old
        yield path_of_place(side, side, policy.place[:-1] or policy.place)
    elif isinstance(was, Mapping) and isinstance(will, Mapping):
        yield f"{path_of_place(old, new, policy.place)}.Statement"
    else:
        yield path_of_place(old, new, policy.place)

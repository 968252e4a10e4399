"""Policies that are written differently and allow and deny the same: neither more nor less than before."""

import json
from collections.abc import Iterator, Mapping, Sequence

from cfn_analysis.model.access_properties import parsed
from cfn_analysis.model.policy_grammar import grammar_problems, place_of
from cfn_analysis.model.references import as_list
from cfn_analysis.reviewing.access.documents import SubjectPolicy, policies_by_subject
from cfn_analysis.reviewing.access.statements import Statement, not_covered, statements
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Harmless
from cfn_analysis.reviewing.states import Stacks
from cfn_analysis.updates.comparison import path_of_place

_SAME = "it allows and denies the same as before"


def same_access(environment: EnvironmentChanges) -> Iterator[Harmless]:
    """Yield the changed policies whose subject has the same access as before."""
    if not environment.before:
        return
    changed = environment.resources.keys()
    old, new = policies_by_subject(environment.before), policies_by_subject(environment.after)
    for subject, will in new.items():
        was = old.get(subject, [])
        if not any(policy.node in changed for policy in will) or not _is_same(was, will):
            continue
        if not are_well_formed(environment.before, was) or not are_well_formed(environment.after, will):
            continue
        for policy in will:
            change = environment.resources.get(policy.node)
            if change is None or change.change.before is None or not policy.place:
                continue
            before, after = change.change.before.properties, change.change.after
            if after is not None:
                path = path_of_place(before, after.properties, policy.place)
                yield Harmless(policy.node, path, _SAME)


def are_well_formed(side: Stacks, policies: Sequence[SubjectPolicy]) -> bool:
    """Return whether a service takes all policies: what it refuses allows and denies nothing."""
    for policy in policies:
        if not policy.place or policy.kind == "grant":  # the review has written the document itself
            continue
        type_name = side[policy.node.stack].resources[policy.node.name].type
        if grammar_problems(policy.document, place_of(type_name, policy.place)):
            return False
    return True


def _is_same(was: Sequence[SubjectPolicy], will: Sequence[SubjectPolicy]) -> bool:
    """Return whether policies have the same effect; only valid statements are compared."""
    old, new = [_other_elements(policy) for policy in was], [_other_elements(policy) for policy in will]
    if sorted(old) != sorted(new):
        return False
    before = _of_all(was)
    after = _of_all(will)
    return _covers(before, after) and _covers(after, before)


def _other_elements(policy: SubjectPolicy) -> str:
    """Return the elements of a policy other than its statements, and the effects of these, as text."""
    document = parsed(policy.document)
    if not isinstance(document, Mapping):
        return json.dumps(document, default=str)
    others = {key: value for key, value in document.items() if key not in ("Id", "Statement")}
    effects = [
        statement.get("Effect") if isinstance(statement, Mapping) else None
        for statement in as_list(parsed(document.get("Statement")))
    ]
    is_valid = all(effect in ("Allow", "Deny", None) for effect in effects)
    return json.dumps([others, is_valid], sort_keys=True, default=str)


def _of_all(policies: Sequence[SubjectPolicy]) -> list[Statement]:
    of_subject: list[Statement] = []
    for policy in policies:
        of_subject += statements(policy.document)
    return of_subject


def _covers(covering: Sequence[Statement], covered: Sequence[Statement]) -> bool:
    """Return whether statements together allow and deny all that others do."""
    return not any(list(not_covered(statement, covering)) for statement in covered)

"""Changes that may grant access and that this package does not compare: a person must read them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cfn_analysis.model.access_properties import other_policies
from cfn_analysis.model.data_files import table
from cfn_analysis.model.references import place_in_words
from cfn_analysis.reviewing import kinds, sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.values import OFF, text
from cfn_analysis.updates.resolved_stack import Resource
from cfn_analysis.updates.resource_changes import ADD, REMOVE, Cause, ResourceChange

_ROWS: Final = [line.split(": ", 1) for line in table(Path(__file__).with_suffix(".txt"))]
NOT_JUDGED: Final = {head.split()[0]: what for head, what in _ROWS}
"""Type that grants access in a way of its own -> what it determines: the page of the type."""
# Those that restrict access, so that a removal may open it.
_RESTRICTING: Final = {head.split()[0] for head, _ in _ROWS if head.endswith(" restricts")}
_LABELS: Final = frozenset({"Description", "Tags"})


def not_judged(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the changed resources that may grant access without being compared.

    A new environment has no earlier state to compare with.
    """
    if not environment.before:
        return
    for node, outcome in environment.resources.items():
        change = outcome.change
        if change.type in NOT_JUDGED and _may_grant(change):
            yield risk(
                kinds.NOT_JUDGED,
                node,
                sentences.ACCESS_NOT_COMPARED,
                paths=[cause.path for cause in _granting(change)],
                action=change.action,
                what=NOT_JUDGED[change.type],
            )
        if change.type in NOT_JUDGED:
            continue
        if places := _unread(change, environment.after[node.stack].built.region):
            yield risk(
                kinds.NOT_JUDGED,
                node,
                sentences.POLICY_NOT_READ,
                paths=() if change.action == ADD else places,
                places=places,
                action=change.action,
            )


def _may_grant(change: ResourceChange) -> bool:
    """Return whether it is new, no longer restricts, or changes more than labels, switches to off and IDs."""
    if change.action == REMOVE:
        return change.type in _RESTRICTING
    return change.action == ADD or bool(_granting(change))


def _granting(change: ResourceChange) -> list[Cause]:
    """Return the changes other than of labels, switches to off, and new IDs."""
    own = [cause for cause in change.causes if cause.follows is None and cause.place]
    return [cause for cause in own if cause.place[0] not in _LABELS and text(cause.after).lower() not in OFF]


def _unread(change: ResourceChange, region: str) -> tuple[str, ...]:
    """Return the places of new and changed policies that are not policies of IAM, or not known."""
    old = _other_policies(change.before, change.type, region)
    new = _other_policies(change.after, change.type, region)
    return tuple(place for place, policy in new.items() if old.get(place) != policy)


def _other_policies(resource: Resource | None, type_name: str, region: str) -> dict[str, str]:
    """Return place -> policy as text, of those that are not policies of IAM."""
    if resource is None:
        return {}
    policies = {}
    for place, policy in other_policies(type_name, region, resource.properties):
        policies[place_in_words(place)] = json.dumps(policy, sort_keys=True, default=str)
    return policies

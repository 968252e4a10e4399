"""Removed resources that monitor, record, protect, restrict or connect a resource that is not removed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cfn_analysis.model.data_files import table
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.updates.resolved_stack import mentions
from cfn_analysis.updates.resource_changes import REMOVE, ResourceChange

_LINES: Final = table(Path(__file__).with_suffix(".txt"))
_Serving = Mapping[str, tuple[list[str], str]]
"""Type -> the properties that refer to the resource it serves, and the effect of its removal."""


def _rows_of(kind: str) -> _Serving:
    rows = {}
    for line in _LINES:
        head, effect = line.split(": ", 1)
        type_name, kind_of_row, *properties = head.split()
        if kind_of_row == kind:
            rows[type_name] = (properties, effect)
    return rows


_GUARDING: Final = _rows_of("guards")
_RESTRICTING: Final = _rows_of("restricts")
_CONNECTING: Final = _rows_of("connects")


def unguarded(environment: EnvironmentChanges) -> Iterator[tuple[ResourceChange, str]]:
    """Yield each removed guard of a resource that is not removed, and the effect of the removal."""
    return _left_alone(environment, _GUARDING)


def unrestricted(environment: EnvironmentChanges) -> Iterator[tuple[ResourceChange, str]]:
    """Yield each removed restriction of a resource that is not removed, and the effect of the removal."""
    return _left_alone(environment, _RESTRICTING)


def disconnected(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each removed connection of a resource that is not removed."""
    for change, effect in _left_alone(environment, _CONNECTING):
        yield risk(INTERRUPTION, change.node, sentences.CONNECTION_REMOVED, effect=effect)


def _left_alone(environment: EnvironmentChanges, serving: _Serving) -> Iterator[tuple[ResourceChange, str]]:
    """Yield each removed resource whose served resource is not removed, and the effect of its removal.

    A resource that only changes its logical ID is not removed.
    """
    removed = {
        node: outcome.change
        for node, outcome in environment.resources.items()
        if outcome.change.action == REMOVE
    }
    servants = [change for change in removed.values() if change.type in serving]
    renamed = renames(environment) if servants else {}
    for change in servants:
        if change.node not in renamed and not _served(change, removed, serving) & set(removed):
            yield change, serving[change.type][1]


def _served(change: ResourceChange, removed: Mapping[Node, ResourceChange], serving: _Serving) -> set[Node]:
    """Return the resources that a resource serves, through removed resources that serve too."""
    served: set[Node] = set()
    for key in serving[change.type][0]:
        value = change.before.properties.get(key) if change.before else None
        for mention in mentions(value, change.node.stack):
            target = removed.get(mention.target)
            if target is not None and target.type in serving and target.node != change.node:
                served |= _served(target, removed, serving)
            else:
                served.add(mention.target)
    return served

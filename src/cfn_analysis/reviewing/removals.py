"""Removed resources that monitor, record, protect, restrict or connect a resource that is not removed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cfn_analysis.model.data_files import table
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.additions import PASSIVE
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION
from cfn_analysis.reviewing.outcomes import LOST, ORPHANED, ResourceOutcome
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.reviewing.states import existing_resources
from cfn_analysis.updates.resolved_stack import mentions
from cfn_analysis.updates.resource_changes import REMOVE, ResourceChange

_LINES: Final = table(Path(__file__).with_suffix(".txt"))
_Serving = Mapping[str, tuple[list[str], str]]
"""Type -> the properties that refer to the resource it serves, and the effect of its removal."""
_ONLY_REFERENCES: Final = "it acts only through what referred to it, whose changes are judged themselves"
# Type -> why its removal cannot harm.
_FOR_PEOPLE: Final[Mapping[str, str]] = {
    "AWS::ApiGateway::DocumentationPart": "only people read it",
    "AWS::ApiGateway::DocumentationVersion": "only people read it",
    "AWS::CDK::Metadata": "it only counts the use of the CDK",
    "AWS::CloudWatch::Dashboard": "only people look at it",
    "AWS::Logs::QueryDefinition": "only people run it",
}


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
_ENDING: Final = _rows_of("ends")


def unguarded(environment: EnvironmentChanges) -> Iterator[tuple[ResourceChange, str]]:
    """Yield each removed guard of a resource that is not removed, and the effect of the removal."""
    return _left_alone(environment, _GUARDING)


def unrestricted(environment: EnvironmentChanges) -> Iterator[tuple[ResourceChange, str]]:
    """Yield each removed restriction of a resource that is not removed, and the effect of the removal."""
    return _left_alone(environment, _RESTRICTING)


def disconnected(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each removed connection of a resource that is not removed, and what others can no longer use."""
    for serving in (_CONNECTING, _ENDING):
        for change, effect in _left_alone(environment, serving):
            yield risk(INTERRUPTION, change.node, sentences.CONNECTION_REMOVED, effect=effect)


def left_unused(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each removed resource that acts only through what refers to it, if nothing in the stacks does.

    Otherwise, each reference to it is removed too, and judged itself. What loses data, or remains in the
    account, has a risk of its own.
    """
    unused = []
    for node, outcome in _passive(environment).items():
        if outcome.data not in (LOST, ORPHANED) and not _is_referred_to(environment, node):
            unused.append(node)
    renamed = renames(environment) if unused else {}
    for node in unused:
        if node not in renamed:
            yield risk(INTERRUPTION, node, sentences.LEFT_UNUSED)


def _passive(environment: EnvironmentChanges) -> dict[Node, ResourceOutcome]:
    """Return the removed resources that act only through what refers to them."""
    return {
        node: outcome
        for node, outcome in environment.resources.items()
        if outcome.change.action == REMOVE and outcome.change.type in PASSIVE
    }


def _is_referred_to(environment: EnvironmentChanges, node: Node) -> bool:
    """Return whether another resource refers to a resource before the deploy."""
    for user, resource in existing_resources(environment.before):
        if user == node:
            continue
        for mention in mentions(resource.properties, user.stack):
            if mention.target == node:
                return True
    return False


def harmless_removal(type_name: str) -> str:
    """Return why the removal of a resource that no risk is about cannot harm; empty if that is not known."""
    if type_name in PASSIVE:
        return _ONLY_REFERENCES
    return _FOR_PEOPLE.get(type_name, "")


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

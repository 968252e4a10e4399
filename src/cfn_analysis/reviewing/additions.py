"""What follows from a new resource, by its kind; ``additions.txt`` says it for each type.

An addition cannot harm if it opens, interrupts and takes nothing: a role that nothing has, a model that no
method uses, a topic to which nothing publishes. That holds for any properties; what its policies allow, and
its names, are judged by the modules that compare these.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.data_files import table
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import kinds, sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.reviewing.values import OFF, text
from cfn_analysis.updates.resolved_stack import Resource, mentions
from cfn_analysis.updates.resource_changes import ADD, ResourceChange

_PASSIVE: Final = "passive"
_HARMLESS: Final = "harmless"
_DENIES: Final = "denies"
_RISKS: Final = {
    "opens": kinds.OPENS,
    "changes": kinds.INTERRUPTION,
    _DENIES: kinds.INTERRUPTION,
    "takes": kinds.TAKES,
}
_ALL_NEW: Final = "what it acts on is new too, and is judged itself"


class _Row(NamedTuple):
    """What follows from a new resource of a type.

    Attributes:
        case: ``of`` or ``if`` some properties; empty if the row always counts.
    """

    kind: str
    case: str
    properties: tuple[str, ...]
    effect: str


def _rows_of_table() -> dict[str, list[_Row]]:
    rows: dict[str, list[_Row]] = {}
    for line in table(Path(__file__).with_suffix(".txt")):
        head, effect = line.split(": ", 1)
        type_name, kind, *rest = head.split()
        case = rest[0] if rest else ""
        rows.setdefault(type_name, []).append(_Row(kind, case, tuple(rest[1:]), effect))
    return rows


_ROWS: Final[Mapping[str, list[_Row]]] = _rows_of_table()
PASSIVE: Final = frozenset(
    type_name for type_name, rows in _ROWS.items() if any(row.kind == _PASSIVE for row in rows)
)
"""The types that act only through what refers to them."""


def additions(environment: EnvironmentChanges, failing: Collection[Node]) -> Iterator[Risk]:
    """Yield what new resources open, change and take, in the stacks that exist before.

    Those in ``failing`` are not created.
    """
    added = []
    for node, outcome in environment.resources.items():
        change = outcome.change
        if change.action == ADD and change.type in _ROWS and node.stack in environment.before:
            added.append(change)
    if not added:
        return
    renamed = set(renames(environment).values())
    for change in added:
        if change.node not in renamed and change.node not in failing:
            yield from _risks(environment, change)


def _risks(environment: EnvironmentChanges, change: ResourceChange) -> Iterator[Risk]:
    if change.after is None:
        return
    for row in _ROWS[change.type]:
        if row.kind in _RISKS and _counts(environment, change, change.after, row):
            yield risk(_RISKS[row.kind], change.node, sentences.ADDED, effect=row.effect)


def _counts(environment: EnvironmentChanges, change: ResourceChange, new: Resource, row: _Row) -> bool:
    """Return whether a row is about a new resource."""
    values = [new.properties[name] for name in row.properties if name in new.properties]
    if row.kind == _DENIES and not _denies(dict(new.properties)):
        return False
    if row.case == "if":
        return any(text(value).lower() not in ("", *OFF) for value in values)
    if row.case == "of":
        return not _all_new(environment, values, change.node.stack)
    return True


def _all_new(environment: EnvironmentChanges, values: list[Any], stack: str) -> bool:
    """Return whether values refer only to resources that the deploy creates, and to at least one."""
    targets = {mention.target for mention in mentions(values, stack)}
    if len(targets) < len(values):
        return False
    return all(_is_new(environment, target) for target in targets)


def _is_new(environment: EnvironmentChanges, node: Node) -> bool:
    outcome = environment.resources.get(node)
    return outcome is not None and outcome.change.action == ADD


def has_macro(resource: Resource) -> bool:
    """Return whether a macro returns the properties of a resource, or some of them."""
    return "Fn::Transform" in resource.attributes or any(
        key.startswith("Fn::") for key in resource.properties
    )


def _denies(value: Any) -> bool:
    """Return whether a policy in a value may have a statement that does not allow."""
    if isinstance(value, Mapping):
        if "Effect" in value and value["Effect"] != "Allow":
            return True
        return any(_denies(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_denies(inner) for inner in value)
    return False


def harmless_addition(change: ResourceChange) -> str:
    """Return why a new resource that no risk is about cannot harm; empty if its kind is not known."""
    if change.after is None or has_macro(change.after):
        return ""
    rows = _ROWS.get(change.type, [])
    for row in rows:
        if row.kind in (_PASSIVE, _HARMLESS):
            return row.effect
    if any(row.case == "of" for row in rows):
        return _ALL_NEW
    return ""

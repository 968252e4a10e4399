"""The differences between the template and the account that a detection found, from the facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

ADD: Final = "ADD"
REMOVE: Final = "REMOVE"
DELETED: Final = "DELETED"
MODIFIED: Final = "MODIFIED"
IN_SYNC: Final = "IN_SYNC"
UNKNOWN: Final = "UNKNOWN"


class PropertyDifference(NamedTuple):
    """A property that differs.

    Attributes:
        path: its path as CloudFormation writes it: ``/Tags/0/Value``.
        kind: ADD if only the account has it, REMOVE if only the template has it, or NOT_EQUAL.
        expected: the value of the template, as text.
        actual: the value in the account, as text.
    """

    path: str
    kind: str
    expected: str
    actual: str

    @property
    def steps(self) -> list[str]:
        """The keys and indexes of the path."""
        return steps_of(self.path)


class Drift(NamedTuple):
    """What a detection found about a resource.

    Attributes:
        stack: short name of its stack.
        logical_id: its logical ID.
        type: its type.
        status: such as ``MODIFIED``.
        reason: why it could not be compared.
        differences: the properties that differ.
    """

    stack: str
    logical_id: str
    type: str
    status: str
    reason: str
    differences: Sequence[PropertyDifference]


def read(stack: str, answer: Sequence[Mapping[str, Any]]) -> list[Drift]:
    """Return the drifts in the answer of DescribeStackResourceDrifts."""
    return [
        Drift(
            stack,
            drift["LogicalResourceId"],
            drift["ResourceType"],
            drift["StackResourceDriftStatus"],
            drift.get("DriftStatusReason", ""),
            [_difference(difference) for difference in drift.get("PropertyDifferences", [])],
        )
        for drift in answer
    ]


def _difference(entry: Mapping[str, str]) -> PropertyDifference:
    return PropertyDifference(
        entry["PropertyPath"],
        entry["DifferenceType"],
        entry.get("ExpectedValue", ""),
        entry.get("ActualValue", ""),
    )


def steps_of(path: str) -> list[str]:
    """Return the keys and indexes of a path, which is a JSON pointer."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def value_at(properties: Any, path: str) -> Any:
    """Return the value at a path, or else the innermost one that contains the place, such as a function."""
    value = properties
    for step in steps_of(path):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return value
    return value


def exact_value(properties: Any, path: str) -> Any:
    """Return the value at a path; None if there is none, also inside of a function."""
    value = properties
    for step in steps_of(path):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def with_actual(properties: Any, differences: Sequence[PropertyDifference]) -> list[PropertyDifference]:
    """Put the values of the account into properties, and return the differences that have no place in them.

    Members of lists are removed last and from the end, so that the indexes of the others stay right.
    """
    removed = [difference for difference in differences if difference.kind == REMOVE]
    kept = [difference for difference in differences if difference.kind != REMOVE]
    without_place = []
    for difference in [*kept, *sorted(removed, key=_indexes, reverse=True)]:
        try:
            _put(properties, difference)
        except (KeyError, IndexError, TypeError, ValueError):
            without_place.append(difference)
    return without_place


def _indexes(difference: PropertyDifference) -> list[tuple[int, str]]:
    """Return a key by which later members of a list are greater."""
    return [(int(step) if step.isdigit() else 0, step) for step in difference.steps]


def _put(properties: Any, difference: PropertyDifference) -> None:
    *outer, last = difference.steps
    container = properties
    for step in outer:
        container = container[int(step)] if isinstance(container, list) else container[step]
    if isinstance(container, list):
        _put_in_list(container, int(last), difference)
    elif difference.kind == REMOVE:
        del container[last]
    else:
        container[last] = _typed(difference.actual, container.get(last))


def _put_in_list(members: list[Any], index: int, difference: PropertyDifference) -> None:
    if difference.kind == REMOVE:
        del members[index]
    elif difference.kind == ADD:
        members.insert(index, _typed(difference.actual, None))
    else:
        members[index] = _typed(difference.actual, members[index])


def _typed(text: str, expected: Any) -> Any:
    """Return a value of the account with the type that it has in the template; objects and lists are JSON."""
    is_text = isinstance(expected, str) or (expected is None or isinstance(expected, Mapping))
    if is_text and not text.startswith(("{", "[")):
        return text
    if isinstance(expected, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text

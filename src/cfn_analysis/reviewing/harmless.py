"""The table of what cannot harm, ``harmless.yaml``, which describes its rows."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.rendering import load
from cfn_analysis.reviewing.values import ValueChange, text

_TABLE: Final = load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
ADDED: Final[Mapping[str, str]] = _TABLE["added"]
"""Type -> why a new resource of it cannot harm."""
REMOVED: Final[Mapping[str, str]] = _TABLE["removed"]
"""Type -> why the removal of a resource cannot harm."""
TEMPLATE: Final[Mapping[str, str]] = _TABLE["template"]
"""Section of a template, or section and key of an entry -> why its change cannot harm."""

Case = Callable[[Any, Any, str], bool]
"""Returns whether a change from an old to a new value is of its kind; the third argument is that of the row."""


class HarmlessValue(NamedTuple):
    """A property of some types that cannot harm when it changes in a certain way, and why."""

    types: Sequence[str]
    paths: Sequence[str]
    case: Case
    to: str
    reason: str


def _changes(_before: Any, _after: Any, _to: str) -> bool:
    return True


def _increases(before: Any, after: Any, _to: str) -> bool:
    was, will = _number(before), _number(after)
    return was is not None and will is not None and will > was


def _lasts_longer(before: Any, after: Any, _to: str) -> bool:
    """Return whether a number of days increases, or its end is removed: without a number, it never ends."""
    if after is None:
        return before is not None
    return _increases(before, after, _to)


def _is_set_to(_before: Any, after: Any, to: str) -> bool:
    return text(after).lower() == to


def _number(value: Any) -> float | None:
    try:
        return float(text(value))
    except ValueError:  # there is none, or it is known only in the deployed stack
        return None


_CASES: Final[Mapping[str, Case]] = {
    "changes": _changes,
    "increases": _increases,
    "lasts longer": _lasts_longer,
    "is set to": _is_set_to,
}
VALUES: Final = tuple(
    HarmlessValue(
        row["types"].split(),
        row["paths"].split(),
        _CASES[row.get("when", "changes")],
        row.get("to", ""),
        row["reason"],
    )
    for row in _TABLE["values"]
)
"""The rows about values."""


def reason_of_value(type_name: str, value: ValueChange) -> str:
    """Return why a changed value cannot harm; empty if the table does not say that it cannot."""
    path = re.sub(r"\[[^\]]*\]", "", value.place)
    for row in VALUES:
        if type_name in row.types and path in row.paths and row.case(value.before, value.after, row.to):
            return row.reason
    return ""

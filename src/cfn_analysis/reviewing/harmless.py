"""The table of what cannot harm, ``harmless.yaml``, which describes its rows."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.data_files import document
from cfn_analysis.model.intrinsics import is_unknown, parts_of_sub
from cfn_analysis.model.schemas import known_property_schema
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.values import ValueChange, text
from cfn_analysis.updates.resolved_stack import mentions

_TABLE: Final = document(Path(__file__).with_suffix(".yaml"))
TAGS: Final[Mapping[str, str]] = _TABLE["tags"]
"""Key of a tag -> what it does; it cannot harm where nothing reads it."""
TEMPLATE: Final[Mapping[str, str]] = _TABLE["template"]
"""Section of a template, or section and key of an entry -> why its change cannot harm."""

Case = Callable[[Any, Any, str], bool]
"""Returns whether a change is of its kind, from the old and new value and the ``limit`` of the row."""


class HarmlessValue(NamedTuple):
    """A property of some types that cannot harm when it changes in a certain way, and why."""

    types: Sequence[str]
    paths: Sequence[str]
    case: Case
    limit: str
    reason: str


def _json_changes(_before: Any, after: Any, _limit: str) -> bool:
    """Return whether a document is valid JSON afterwards, as far as it is known."""
    parts = parts_of_sub(after) if is_unknown(after) else [after]
    if parts is None:
        return False
    texts = [part if isinstance(part, str) else "0" for part in parts]
    try:
        json.loads("".join(texts))
    except ValueError:
        return False
    return True


def _text_changes(before: Any, after: Any, _limit: str) -> bool:
    """Return whether a text changes, and not what it refers to: a reference orders creations and updates."""
    return _references(before) == _references(after)


def _references(value: Any) -> set[Node]:
    return {mention.target for mention in mentions(value, "")}


def _increases(before: Any, after: Any, limit: str) -> bool:
    """Return whether a number increases, to the limit at most."""
    was, will = _number(before), _number(after)
    if was is None or will is None:
        return False
    return was < will <= float(limit or will)


def _lasts_longer(before: Any, after: Any, _limit: str) -> bool:
    """Return whether a number of days increases, or its end is removed: without a number, it never ends."""
    if after is None:
        return before is not None
    return _increases(before, after, "")


def _is_set_to(_before: Any, after: Any, limit: str) -> bool:
    return text(after).lower() == limit


def _number(value: Any) -> float | None:
    try:
        return float(text(value))
    except ValueError:  # there is none, or it is known only in the deployed stack
        return None


_CASES: Final[Mapping[str, Case]] = {
    "json changes": _json_changes,
    "text changes": _text_changes,
    "increases": _increases,
    "lasts longer": _lasts_longer,
    "is set to": _is_set_to,
}
VALUES: Final = tuple(
    HarmlessValue(
        row["types"].split(),
        row["paths"].split(),
        _CASES[row["when"]],
        str(row.get("limit", "")),
        row["reason"],
    )
    for row in _TABLE["values"]
)
"""The rows about values."""


def reason_of_value(type_name: str, region: str, value: ValueChange) -> str:
    """Return why a changed value cannot harm; empty if the table does not say that it cannot.

    A value that the schema of the type does not allow is refused by the service, so it is not judged here.
    """
    path = re.sub(r"\[[^\]]*\]", "", value.path)
    for row in VALUES:
        if type_name not in row.types or path not in row.paths:
            continue
        if row.case(value.before, value.after, row.limit) and _is_allowed(type_name, region, value):
            return row.reason
    return ""


def _is_allowed(type_name: str, region: str, value: ValueChange) -> bool:
    """Return whether the schema of a type allows a new value, as far as it limits values."""
    keys = re.sub(r"\[[^\]]*\]", ".*", value.path).split(".")
    schema = known_property_schema(type_name, region, tuple(keys))
    new = text(value.after)
    if value.after is None:
        return True
    if "enum" in schema and new not in [str(allowed) for allowed in schema["enum"]]:
        return False
    number = _number(value.after)
    if number is not None and not schema.get("minimum", number) <= number <= schema.get("maximum", number):
        return False
    if is_unknown(value.after):
        return True
    return len(new) <= schema.get("maxLength", len(new)) and _matches(schema.get("pattern"), new)


def _matches(pattern: str | None, new: str) -> bool:
    """Return whether a text matches a pattern of a schema, which is in the syntax of ECMA 262."""
    if pattern is None:
        return True
    try:
        return re.search(pattern, new) is not None
    except re.error:  # it is not known
        return False

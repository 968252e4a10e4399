"""What follows from the change of one property, by its direction: the rows of ``properties.yaml``.

A row without a sentence for a direction does not judge it, so that a later row can.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from cfn_analysis.reviewing.values import Judge, ValueChange, settings, tables, text, with_default, words

_FIELD: Final = re.compile(r"\{(?:before|after)\}")


def number(before: Any, after: Any, *, more: str = "", less: str = "", default: float | None = None) -> str:
    """Judge a number; ``default`` applies if it is missing."""
    was, will = _number(before, default), _number(after, default)
    if was is None or will is None:
        return ""
    if will == was:
        return _same(before, after)
    if will > was:
        return more
    return less


def choice(before: Any, after: Any, *, becomes: Mapping[str, str], default: str = "") -> str:
    """Judge one of some values, by the new one; ``default`` applies if it is missing."""
    was, will = (text(with_default(value, default)).lower() for value in (before, after))
    if was == will:
        return _same(before, after)
    sentences = {str(value).lower(): sentence for value, sentence in becomes.items()}
    return sentences.get(will, "")


def value(before: Any, after: Any, *, added: str = "", removed: str = "", changed: str = "") -> str:
    """Judge any value; without a sentence for a changed one, both others apply to it."""
    if before is None:
        return _filled(added, before, after)
    if after is None:
        return _filled(removed, before, after)
    if changed:
        return _filled(changed, before, after)
    if added and removed:
        return f"{_filled(removed, before, after)} {_filled(added, before, after)}"
    return ""


def _same(before: Any, after: Any) -> str:
    """Return that a value that is only written or left out is the default; empty for other equal values."""
    if before is None or after is None:
        return "It is the default of the property, with or without this line."
    return ""


def _filled(sentence: str, before: Any, after: Any) -> str:
    values = {"{before}": words(before), "{after}": words(after)}
    return _FIELD.sub(lambda field: values[field[0]], sentence)


def _number(given: Any, default: float | None) -> float | None:
    try:
        return float(text(with_default(given, default)))
    except ValueError:  # there is none, or it is known only in the deployed stack
        return None


_ROWS: Final = tables(__file__)["settings"]
_JUDGES: Final[Mapping[str, Judge]] = {"number": number, "choice": choice, "value": value}
SETTINGS: Final = settings(_ROWS, _JUDGES)
"""All rows."""
_ABOUT_ITEMS: Final = settings([row for row in _ROWS if row["judge"] == "value"], _JUDGES)


def effect_of_value(type_name: str, change: ValueChange) -> str:
    """Return what follows from a changed value; empty if no row knows it."""
    is_of_item = change.of_item and (change.before is None or change.after is None)
    rows = _ABOUT_ITEMS if is_of_item else SETTINGS  # a default does not apply in an item that is removed
    for row in rows:
        if row.is_about_type(type_name) and row.is_about(change.path):
            effect = row.judge(change.before, change.after)
            if effect:
                return effect
    return ""

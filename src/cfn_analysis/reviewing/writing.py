"""Writes the sentences about risks: fills the fields that ``sentences`` describes."""

import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.wording import series
from cfn_analysis.reviewing.sentences import WORDS


def first(parts: Iterable[str]) -> tuple[str, ...]:
    """Return the first parts of a long list, and the number of the others."""
    listed = tuple(parts)
    if len(listed) <= 3:
        return listed
    return (*listed[:3], f"and {len(listed) - 3} more")


def is_about_several(sentence: str) -> bool:
    """Return whether a sentence can be written once for several resources."""
    return "{each}" in sentence or "{all}" in sentence


def written(sentence: str, names: Sequence[str], detail: Mapping[str, Any]) -> str:
    """Return a sentence about one or several resources."""
    start = names[0] if len(names) == 1 else "Each"
    subject = {"name": names[0], "each": start, "all": ", ".join(names)}
    return _Writer().vformat(sentence, (), {**detail, **subject}).replace(_BAR, "|")


_BAR: Final = "\ue000"  # a bar of a value, which may be within a choice


class _Writer(string.Formatter):
    """Writes the values of fields as ``sentences`` describes."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if "||" in format_spec:
            with_value, _, without_value = format_spec.partition("||")
            if value:
                return with_value
            return without_value
        first, is_choice, second = format_spec.partition("|")
        if is_choice:
            if value is True or (isinstance(value, tuple) and len(value) == 1):
                return first
            return second
        if format_spec == "in words":
            return WORDS[value]
        return _text(value, format_spec).replace("|", _BAR)


def _text(value: Any, separator: str) -> str:
    """Return a value as text; a list with a separator, or as "a, b and c" without one."""
    if not isinstance(value, tuple):
        return str(value)
    if separator or not value:
        return separator.join(value)
    return series(value)

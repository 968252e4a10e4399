"""Git conflict markers in a file that could not be merged."""

from __future__ import annotations

import re
from typing import NamedTuple

# Seven characters and a label. Nested conflicts have longer markers.
_MARKER = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?")


class Marker(NamedTuple):
    """A marker line: its number, from 1, and its text."""

    line: int
    text: str


def first_marker(text: str) -> Marker | None:
    """Return the first marker of a text; None if there is none."""
    for number, line in enumerate(text.split("\n"), 1):
        if _MARKER.fullmatch(line):
            return Marker(number, line.rstrip("\r"))
    return None


def sentence(marker: Marker, what: str) -> str:
    """Return the error about a marker, with the remedy; ``what`` is what to keep."""
    return (
        f'Found a merge conflict ("{marker.text}"). Keep the correct {what}, and remove the lines that start '
        "with <<<<<<<, ======= and >>>>>>>."
    )


def sides(text: str) -> tuple[str, str] | None:
    """Return the text of each side of the merge; None if the text does not contain a complete conflict."""
    ours: list[str] = []
    theirs: list[str] = []
    expected = "<"
    targets = [ours, theirs]
    for line in text.split("\n"):
        marker = _MARKER.fullmatch(line)
        kind = marker[1][0] if marker else ""
        if not kind:
            for target in targets:
                target.append(line)
        elif kind not in expected:
            return None
        elif kind == "<":
            targets, expected = [ours], "|="
        elif kind == "|":  # the common base, with merge.conflictStyle diff3
            targets, expected = [], "="
        elif kind == "=":
            targets, expected = [theirs], ">"
        else:
            targets, expected = [ours, theirs], "<"
    if expected != "<" or ours == theirs:
        return None
    return "\n".join(ours), "\n".join(theirs)

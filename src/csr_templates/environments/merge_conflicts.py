"""Git conflict markers in a file that could not be merged."""

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


def sides(text: str) -> tuple[list[str], list[str]]:
    """Return the lines of each side of a merge: its lines of each conflict, and all common lines."""
    ours: list[str] = []
    theirs: list[str] = []
    # "|" starts the common base, with merge.conflictStyle diff3.
    targets = {"<": [ours], "|": [], "=": [theirs], ">": [ours, theirs]}
    current = targets[">"]
    for line in text.splitlines():
        if marker := _MARKER.fullmatch(line):
            current = targets[marker[1][0]]
        else:
            for side in current:
                side.append(line)
    return ours, theirs

r"""The lines of a page that a build reads; all other lines are only for people.

A page is Markdown. Of its syntax, a build knows only these forms:

    <!-- generated: NAME -->            start of a generated section, on a separate line. The name is that of
                                        a table, or a kind and a name: alarm api-errors
    <!-- /generated -->                 its end
    ### TEXT                            a heading of any level; that of an alarm's section is its name
    - LABEL: TEXT <!-- KEY: TEXT -->    a translated text of an alarm, with the English text
    **LABEL**                           a label, on a separate line or before a text
    1. TEXT                             the first step of a list
    | CELL | CELL |                     a row of a table; \| does not end a cell
    `FILE.yaml PLACE`                   in a cell: where a template has a value
    5,000 or `TEXT`                     in a cell: a value

Three dots in place of a text mean that the line is not finished.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

END_MARKER: Final = "<!-- /generated -->"

_START_MARKER: Final = re.compile(r"<!-- generated: ([a-z-]+(?: [A-Za-z0-9-]+)?) -->")
_ANY_MARKER: Final = re.compile(r"\s*<!-*\s*/?\s*generated\b")  # also a damaged one
_HEADING: Final = re.compile(r"#{1,6} (.+)")
_TRANSLATION: Final = re.compile(r"- (.+?): (.+) <!-- (\w+): (.*) -->")
_UNFINISHED: Final = re.compile(r"(\d+[.] |- [^:]+: |\*\*.+\*\* ?)[.]{3}( <!--|$)")
_CELL_END: Final = re.compile(r"(?<!\\)\|")
_PLACE: Final = re.compile(r"`([\w.-]+\.yaml) ([^`\s]+)`")
_VALUE: Final = re.compile(r"`[^`]+`|(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")


class TranslatedLine(NamedTuple):
    """A line with a translated text of an alarm."""

    label: str
    text: str
    key: str
    english: str


class CellValue(NamedTuple):
    """A value in a cell: where it begins and ends, and whether it is code."""

    start: int
    end: int
    is_code: bool


# ---- Markers of a generated section ----


def start_marker(name: str) -> str:
    """Return the line above a generated section."""
    return f"<!-- generated: {name} -->"


def name_in_start_marker(line: str) -> str:
    """Return the name of the section that a line starts; empty for another line."""
    match = _START_MARKER.fullmatch(line)
    return match[1] if match else ""


def is_marker(line: str) -> bool:
    """Return whether a line is a marker, or was probably meant to be one."""
    return _ANY_MARKER.match(line) is not None


# ---- What people write about an alarm ----


def heading(line: str) -> str:
    """Return the text of a heading; empty for another line."""
    match = _HEADING.fullmatch(line)
    return match[1] if match else ""


def translation(line: str) -> TranslatedLine | None:
    """Return the translated text in a line; None for another line."""
    match = _TRANSLATION.fullmatch(line)
    return TranslatedLine(*match.groups()) if match else None


def is_unfinished(line: str) -> bool:
    """Return whether a step, a translated text or the text after a label is only three dots."""
    return _UNFINISHED.match(line) is not None


def has_steps(lines: Sequence[str], label: str) -> bool:
    """Return whether lines have a label, then an empty line and the first step of a list."""
    for above, between, step in zip(lines, lines[1:], lines[2:], strict=False):
        if above == f"**{label}**" and between == "" and step.startswith("1. ") and _begins_text(step[3:]):
            return True
    return False


def has_text(lines: Sequence[str], label: str) -> bool:
    """Return whether lines have a label with a text after it."""
    bold = f"**{label}**"
    for line in lines:
        if line.startswith(bold) and _begins_text(line.removeprefix(bold).removeprefix(" ")):
            return True
    return False


def _begins_text(text: str) -> bool:
    return text != "" and not text[0].isspace()


# ---- Rows of a table ----


def cells(row: str) -> list[str]:
    """Return the parts of a row; the first and the last one are outside of the table."""
    return _CELL_END.split(row)


def places(cell: str) -> list[tuple[str, str]]:
    """Return the file and the place in it, for each place in a cell."""
    return _PLACE.findall(cell)


def next_value(cell: str, start: int) -> CellValue | None:
    """Return the first value in a cell from a position on; None if there is none."""
    match = _VALUE.search(cell, start)
    if match is None:
        return None
    return CellValue(match.start(), match.end(), match[0].startswith("`"))


def is_value(text: str) -> bool:
    """Return whether a whole text has the form of a value."""
    return _VALUE.fullmatch(text) is not None

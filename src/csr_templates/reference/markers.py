"""The generated sections of a page: between two markers, each on a separate line.

<!-- generated: alarms -->
...
<!-- /generated -->
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from csr_templates.reference import page_lines
from csr_templates.reference.page_lines import END_MARKER, start_marker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

_DAMAGED: Final = "?"  # the name of a section whose first marker is damaged


class PageError(ValueError):
    """The page cannot be generated; the message states what to do."""


class MarkedSection(NamedTuple):
    """A section between two markers.

    Attributes:
        name: the name in the first marker.
        start: index of the first line between them.
        end: index of the line with the second marker.
    """

    name: str
    start: int
    end: int


def sections(text: str, page: str, names: Collection[str]) -> tuple[list[MarkedSection], list[str]]:
    """Return the generated sections of a page, and a sentence for each marker that is wrong.

    A marker is wrong if it is damaged, nested, without its counterpart, or not for one of the names.
    """
    reader = _Reader(page, names)
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if page_lines.is_marker(line):
            reader.read(number, line)
    reader.finish()
    return reader.sections, reader.findings


class _Reader:
    """Reads the markers of a page from top to bottom.

    Attributes:
        sections: those with correct markers so far.
        findings: a sentence for each wrong marker so far.
    """

    def __init__(self, page: str, names: Collection[str]) -> None:
        self.sections: list[MarkedSection] = []
        self.findings: list[str] = []
        self._page = page
        self._names = names
        self._open = ""  # the name of the section that is not closed yet
        self._opened_in = 0  # the number of its first line

    def read(self, number: int, line: str) -> None:
        """Read a line that is a marker."""
        place = f"{self._page}, line {number}"
        if line == END_MARKER:
            self._end(number, place)
        elif name := page_lines.name_in_start_marker(line):
            self._start(name, number, place, line)
        else:
            self.findings.append(
                f"{place}: {line.strip()} is a damaged marker. Write {start_marker('<name>')} above a "
                f"generated table and {END_MARKER} below it, each on a separate line."
            )
            # It may be a start marker, and then the next end marker is not wrong.
            self._open = self._open or _DAMAGED

    def finish(self) -> None:
        """Read the end of the page."""
        if self._open and self._open != _DAMAGED:
            self.findings.append(
                f"{self._page}, line {self._opened_in}: {start_marker(self._open)} is not closed. Write "
                f"{END_MARKER} below the table."
            )

    def _start(self, name: str, number: int, place: str, line: str) -> None:
        if self._open and self._open != _DAMAGED:
            self.findings.append(
                f"{place}: {line} is inside {start_marker(self._open)} of line {self._opened_in}. Write "
                f"{END_MARKER} above it."
            )
        elif name not in self._names:
            self.findings.append(f"{place}: {_unknown(name, self._names)}")
        self._open = name
        self._opened_in = number

    def _end(self, number: int, place: str) -> None:
        if not self._open:
            self.findings.append(
                f"{place}: {END_MARKER} has no start marker. Write {start_marker('<name>')} above the table, "
                "or remove this line."
            )
        elif self._open in self._names:
            self.sections.append(MarkedSection(self._open, self._opened_in, number - 1))
        self._open = ""


def _unknown(name: str, names: Collection[str]) -> str:
    kind, _, title = name.partition(" ")
    if title and any(marker.startswith(f"{kind} ") for marker in names):
        return f"There is no {kind} {title}. Remove its section, or correct the name."
    kinds = {_kind(marker) for marker in names}
    return f"There is no table {name}. The tables are {', '.join(sorted(kinds))}."


def _kind(name: str) -> str:
    """Return a name in a marker with ``<name>`` instead of its second word."""
    kind, space, _ = name.partition(" ")
    if space:
        return f"{kind} <name>"
    return kind


def rewrite(
    text: str,
    marked: Sequence[MarkedSection],
    write: Callable[[MarkedSection, Sequence[str]], Sequence[str]],
) -> str:
    """Return the page with the result of ``write`` for each section, from its current lines.

    The rest is unchanged. A section gets the line endings of its first marker.
    """
    lines = text.split("\n")
    result: list[str] = []
    done = 0
    for section in marked:
        ending = "\r" if lines[section.start - 1].endswith("\r") else ""
        old = [line.removesuffix("\r") for line in lines[section.start : section.end]]
        result += lines[done : section.start]
        result += [line + ending for line in write(section, old)]
        done = section.end
    return "\n".join([*result, *lines[done:]])

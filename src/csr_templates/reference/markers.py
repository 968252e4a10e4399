"""The generated sections of a page: between two markers, each on a separate line.

<!-- generated: alarms -->
...
<!-- /generated -->
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

START: Final = "<!-- generated: {} -->"
END: Final = "<!-- /generated -->"

_START = re.compile(r"<!-- generated: ([a-z-]+(?: [A-Za-z0-9-]+)?) -->")
_MARKER = re.compile(r"\s*<!-*\s*/?\s*generated\b")  # also a damaged one
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


def sections(text: str, page: str, known: Collection[str]) -> tuple[list[MarkedSection], list[str]]:
    """Return the generated sections of a page, and a sentence for each marker that is wrong.

    A marker is wrong if it is damaged, unknown, nested or without its counterpart.
    """
    found: list[MarkedSection] = []
    mistakes: list[str] = []
    name = ""
    opened = 0  # the number of the line that opened the section
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not _MARKER.match(line):
            continue
        start = _START.fullmatch(line)
        place = f"{page}, line {number}"
        if line == END:
            if not name:
                mistakes.append(
                    f"{place}: {END} has no start marker. Write {START.format('<name>')} above the table, or "
                    "remove this line."
                )
            elif name in known:
                found.append(MarkedSection(name, opened, number - 1))
            name = ""
        elif not start:
            mistakes.append(
                f"{place}: {line.strip()} is a damaged marker. Write {START.format('<name>')} above a "
                f"generated table and {END} below it, each on a separate line."
            )
            name = name or _DAMAGED  # if it is a start marker, its end marker is none without a start
        else:
            if name and name != _DAMAGED:
                mistakes.append(
                    f"{place}: {line} is inside {START.format(name)} of line {opened}. Write {END} above it."
                )
            elif start[1] not in known:
                mistakes.append(f"{place}: {_unknown(start[1], known)}")
            name, opened = start[1], number
    if name and name != _DAMAGED:
        mistakes.append(
            f"{page}, line {opened}: {START.format(name)} is not closed. Write {END} below the table."
        )
    return found, mistakes


def _unknown(name: str, known: Collection[str]) -> str:
    kind, _, title = name.partition(" ")
    if title and any(marker.startswith(f"{kind} ") for marker in known):
        return f"There is no {kind} {title}. Remove its section, or correct the name."
    kinds = sorted({re.sub(" .*", " <name>", marker) for marker in known})
    return f"There is no table {name}. The tables are {', '.join(kinds)}."


def rewrite(
    text: str, found: Sequence[MarkedSection], write: Callable[[MarkedSection, Sequence[str]], Sequence[str]]
) -> str:
    """Return the page with the result of ``write`` for each section, from its current lines.

    The rest is unchanged. A section gets the line endings of its first marker.
    """
    lines = text.split("\n")
    result: list[str] = []
    done = 0
    for section in found:
        ending = "\r" if lines[section.start - 1].endswith("\r") else ""
        old = [line.removesuffix("\r") for line in lines[section.start : section.end]]
        result += [*lines[done : section.start], *(line + ending for line in write(section, old))]
        done = section.end
    return "\n".join([*result, *lines[done:]])

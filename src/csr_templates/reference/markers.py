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


def sections(text: str, page: str, known: Collection[str]) -> list[MarkedSection]:
    """Return the generated sections of a page.

    Args:
        text: the page.
        page: name of the file, for messages.
        known: the allowed names of a marker.

    Raises:
        PageError: a marker is damaged, unknown, nested or without its counterpart.
    """
    found: list[MarkedSection] = []
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
                raise PageError(
                    f"{place}: {END} has no start marker. Write {START.format('<name>')} above the table, or "
                    "remove this line."
                )
            found.append(MarkedSection(name, opened, number - 1))
            name = ""
        elif not start:
            raise PageError(
                f"{place}: {line.strip()} is a damaged marker. Write {START.format('<name>')} above a "
                f"generated table and {END} below it, each on a separate line."
            )
        elif name:
            raise PageError(
                f"{place}: {line} is inside {START.format(name)} of line {opened}. Write {END} above it."
            )
        elif start[1] not in known:
            kinds = sorted({re.sub(" .*", " <name>", one) for one in known})
            raise PageError(f"{place}: There is no table {start[1]}. The tables are {', '.join(kinds)}.")
        else:
            name, opened = start[1], number
    if name:
        raise PageError(
            f"{page}, line {opened}: {START.format(name)} is not closed. Write {END} below the table."
        )
    return found


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

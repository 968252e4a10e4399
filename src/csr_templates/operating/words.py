"""What a command prints, and the name that a person types: everything is escaped for the terminal."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from cfn_analysis.model.escaping import for_terminal
from csr_templates.operating.problems import Stop, WrongInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WRONG: Final = "!"
"""Marks what is wrong in a list."""

_MINUTES_UP_TO: Final = 120
_HOURS_UP_TO: Final = 48
_JST: Final = timezone(timedelta(hours=9), "JST")


def say(line: str = "") -> None:
    """Print one line; control characters in it are shown, not obeyed."""
    print(for_terminal(line), flush=True)


def tell(line: str) -> None:
    """Print one line to standard error."""
    print(for_terminal(line), file=sys.stderr, flush=True)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], indent: str = "  ") -> None:
    """Print rows below a header, with columns of equal width; nothing without rows."""
    lines = [list(header), *(_escaped(row) for row in rows)]
    if len(lines) == 1:
        return
    widths = [_width(lines, column) for column in range(len(header))]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        say(f"{indent}{'  '.join(cells).rstrip()}")


def _escaped(row: Iterable[str]) -> list[str]:
    return [for_terminal(cell) for cell in row]


def _width(lines: Iterable[Sequence[str]], column: int) -> int:
    return max(len(line[column]) for line in lines)


def mark(*, is_fine: bool) -> str:
    """Return the mark of a row: nothing if it is as it should be."""
    if is_fine:
        return ""
    return WRONG


def marked(line: str, *, is_fine: bool) -> str:
    """Return a line with its mark in front; unchanged if it is as it should be."""
    if is_fine:
        return line
    return f"{WRONG} {line}"


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def in_jst(moment: datetime | None) -> str:
    """Return a time in Japan's time, with seconds: ``2026-11-25 10:30:00 JST``; empty without a time."""
    if moment is None:
        return ""
    return moment.astimezone(_JST).strftime("%Y-%m-%d %H:%M:%S JST")


def elapsed(seconds: float) -> str:
    """Return a duration: ``45 s``, ``3 min 15 s``, ``2 h 5 min``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    if minutes and rest:
        return f"{minutes} min {rest} s"
    if minutes:
        return f"{minutes} min"
    return f"{rest} s"


def age(moment: datetime) -> str:
    """Return how long ago a time was: ``42 minutes ago``, ``5 hours ago``, ``12 days ago``."""
    minutes = max(0, round((now() - moment).total_seconds() / 60))
    if minutes < _MINUTES_UP_TO:
        return f"{minutes} minutes ago"
    hours = round(minutes / 60)
    if hours < _HOURS_UP_TO:
        return f"{hours} hours ago"
    return f"{round(hours / 24)} days ago"


def said_back(moment: datetime) -> str:
    """Return a time in the zone of the machine, in UTC, and its age, so that a wrong zone is noticed.

    A machine in UTC, such as CloudShell, says it in Japan's time, as the pages do.
    """
    local = moment.astimezone()
    if not local.utcoffset():
        local = moment.astimezone(_JST)
    utc = moment.astimezone(UTC)
    return f"{local:%Y-%m-%d %H:%M:%S %Z} ({utc:%Y-%m-%d %H:%M:%S} UTC), {age(moment)}"


def moment(text: str) -> datetime:
    """Return the time that a person has typed, such as ``2026-11-25T10:30:00+09:00``.

    Raises:
        WrongInput: it is not a time with a zone.
    """
    with suppress(ValueError):
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    raise WrongInput(f"The time is {text}. Give it as 2026-11-25T10:30:00+09:00 or 2026-11-25T01:30:00Z.")


def is_terminal() -> bool:
    """Return whether someone can type an answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def typed_name(name: str) -> str:
    """Return what a person types when asked for a name.

    What was typed or pasted before the question does not count, so that a pasted block cannot answer it.

    Raises:
        Stop: standard input is not a terminal.
    """
    if not is_terminal():
        raise Stop(f"This is not a terminal, so no one can confirm it. Add --confirm {name}")
    discard_input()
    print(for_terminal(f"Type {name} to continue: "), end="", flush=True)
    return sys.stdin.readline().strip()


def discard_input() -> None:
    """Forget what was typed or pasted already."""
    try:
        import termios
    except ModuleNotFoundError:  # Windows
        return
    with suppress(termios.error):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)

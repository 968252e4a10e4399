"""Output of the commands: standard output, standard error and exit codes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from cfn_analysis.model.escaping import lines_for_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

FINE = 0
FOUND = 1  # findings or stale files
BAD_INPUT = 2  # argparse exits with the same code
INTERRUPTED = 130  # as a shell reports SIGINT


class InputError(Exception):
    """Wrong input of the caller; the message states how to fix it."""


def say(text: str, *, end: str = "\n", flush: bool = False, is_coloured: bool = False) -> None:
    """Write to standard output.

    A terminal gets no control characters, except those of a text that ``is_coloured`` and has no others. A
    file or a pipe gets the text as it is.

    Raises:
        BrokenPipeError: the reader closed the pipe.
        InputError: standard output cannot be written.
    """
    if not is_coloured and sys.stdout is not None and sys.stdout.isatty():
        text = lines_for_terminal(text)
    try:
        print(text, end=end, flush=flush)
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_stdout()
        raise InputError(f"Cannot write to standard output: {error.strerror or error}.") from error


def discard_stdout() -> None:
    """Redirect standard output, so that flushing the buffer at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(*lines: str) -> None:
    """Write to standard error; errors are ignored, because the exit code reports the failure too."""
    if sys.stderr is not None:  # None if closed; print(file=None) writes to standard output
        with suppress(OSError):
            print(*(lines_for_terminal(line) for line in lines), sep="\n", file=sys.stderr)


def on_terminal(verb: str) -> Callable[[int, int], None] | None:
    """Return a function that shows progress; None if standard error is not a terminal.

    It shows one line such as ``Linted 3 of 12``, which is erased at the end.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        line = "\r\x1b[K"
        if done < total:
            line += f"{verb} {done} of {total}"
        with suppress(OSError):
            print(line, end="", file=sys.stderr, flush=True)

    return show


def quantity(number: int, noun: str) -> str:
    """Return ``1 file`` or ``2 files``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}s"

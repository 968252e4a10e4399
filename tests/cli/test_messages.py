"""Messages of commands during their work."""

from __future__ import annotations

import io
import sys

import pytest

from csr_templates.cli.messages import on_terminal


class Terminal(io.StringIO):
    """Standard error of a user who looks at it."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_progress_is_one_line_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows how many are done; nothing of it stays."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    show = on_terminal("Linted")
    assert show

    for done in (1, 2):
        show(done, 2)

    assert terminal.getvalue() == "\r\x1b[KLinted 1 of 2\r\x1b[K"


@pytest.mark.parametrize("stream", [io.StringIO(), None], ids=["a file", "closed"])
def test_no_progress_in_a_log(stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not a terminal gets nothing."""
    monkeypatch.setattr(sys, "stderr", stream)

    assert on_terminal("Linted") is None

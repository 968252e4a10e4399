"""Progress messages of commands."""

import io
import sys

import pytest

from csr_templates.cli.messages import on_terminal


class Terminal(io.StringIO):
    """Standard error of a terminal."""

    def isatty(self) -> bool:
        """Return True, as a terminal does."""
        return True


def test_progress_is_one_line_that_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows the progress in one line, which is cleared at the end."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    show = on_terminal("Linted")
    assert show

    for done in (1, 2):
        show(done, 2)

    assert terminal.getvalue() == "\r\x1b[KLinted 1 of 2\r\x1b[K"


@pytest.mark.parametrize("stream", [io.StringIO(), None], ids=["a file", "closed"])
def test_no_progress_in_a_log(stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """If standard error is not a terminal, no progress is printed."""
    monkeypatch.setattr(sys, "stderr", stream)

    assert on_terminal("Linted") is None

"""Messages of commands: progress, and texts without control characters."""

import io
import sys

import pytest

from csr_templates.cli.messages import on_terminal, say, tell


class Terminal(io.StringIO):
    """A stream of a terminal."""

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


HOSTILE = "a\x1b]0;title\x07\u202eb\nnext"


def test_a_terminal_gets_no_control_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Line breaks of the text stay. Only a text with colours of its own is written as it is."""
    output, errors = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "stderr", errors)

    say(HOSTILE)
    say("\x1b[1mbold\x1b[0m", is_coloured=True)
    tell(HOSTILE)

    shown = "a\\u001b]0;title\\u0007\\u202eb\nnext\n"
    assert output.getvalue() == f"{shown}\x1b[1mbold\x1b[0m\n"
    assert errors.getvalue() == shown


def test_a_file_gets_the_text_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that is written to a file or a pipe is not changed."""
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)

    say(HOSTILE)

    assert output.getvalue() == f"{HOSTILE}\n"

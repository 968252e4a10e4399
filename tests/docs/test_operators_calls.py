"""The calls of ``csr-operate`` on the pages: commands that exist, with their arguments."""

import re
import shlex
from pathlib import Path

import pytest

from csr_templates.operating import command_line

from .pages import ROOT, calls, filled, in_each_language, read, spans

PAGES = in_each_language(*sorted((ROOT / "docs").glob("*.md")))
COMMANDS = {each.name: each for each in command_line.COMMANDS}
FORMER = "tools_|connect_database|show_queries|show_connections|stop_query|tail_log|show_identity"


def is_accepted(words: list[str], capsys: pytest.CaptureFixture[str]) -> bool:
    """Return whether the program accepts a call: it then reads the output folder, which is missing here."""
    try:
        command_line.main([*words, "--out", "missing-folder"])
    except SystemExit:
        return False
    return "missing-folder" in capsys.readouterr().err


def calls_in(text: str) -> list[str]:
    """Return the calls in backticks: a command, and more than the names of its options behind it."""
    complete = []
    for span in spans(text):
        name, *arguments = span.split(" ")
        is_command = name in COMMANDS and "-" in name
        if is_command and any(not argument.startswith("--") for argument in arguments):
            complete.append(span)
    return complete


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_calls_in_blocks_are_accepted(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each call of a block has a command that exists, and arguments that it takes."""
    refused = [
        line
        for line in calls(read(path))
        if not is_accepted(shlex.split(filled(line))[1:], capsys) and "--help" not in line
    ]

    assert refused == []


def test_calls_in_the_text_are_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    """A command in the text with arguments takes them; a name alone is only a name."""
    called: set[str] = set()
    for path in PAGES:
        called.update(calls_in("\n".join(read(path).prose)))
    lines = {call: filled(f"csr-operate prod {call}") for call in sorted(called)}
    refused = [call for call, line in lines.items() if not is_accepted(shlex.split(line)[1:], capsys)]

    assert len(called) > 10
    assert refused == []


def test_a_wrong_call_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown command, a missing argument, and a wrong choice are refused."""
    assert is_accepted(["prod", "roll-back", "41"], capsys)
    assert not is_accepted(["prod", "roll-forward", "41"], capsys)
    assert not is_accepted(["prod", "roll-back"], capsys)
    assert not is_accepted(["prod", "call-api", "/api/", "--key", "c"], capsys)


def test_every_command_is_on_a_page() -> None:
    """A command that no page names is not found at night."""
    texts = [path.read_text("utf-8") for path in PAGES if not path.name.endswith(".ja.md")]
    on_pages = set(re.findall(r"[a-z]+(?:-[a-z]+)*", "\n".join(texts)))

    assert COMMANDS.keys() - on_pages == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_former_command_is_left(path: Path) -> None:
    """The functions of bash that the commands replace are on no page."""
    assert re.findall(rf"\b(?:{FORMER})\w*", path.read_text("utf-8")) == []

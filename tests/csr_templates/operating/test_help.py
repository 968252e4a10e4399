"""The help of ``csr-operate``: its width, its examples, and the exit status."""

import re
import shlex

import pytest

from csr_templates.operating import command_line
from csr_templates.operating.command_line import COMMANDS, Command, help_of_all
from tests.system import ROOT

from .conftest import OUT

NAMES = [each.name for each in COMMANDS]


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what ``--help`` prints; of the program without a command."""
    try:
        assert command_line.main(["prod", *command.split(), "--help"]) == 0
    except SystemExit as end:
        assert end.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", ["", *NAMES])
def test_it_fits_100_columns(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal of this width, no line of a help is wrapped."""
    monkeypatch.setenv("COLUMNS", "100")

    widest = max(help_of(command, capsys).splitlines(), key=len)

    assert len(widest) <= 100, widest


@pytest.mark.parametrize("command", NAMES)
def test_its_example_parses(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words after the program are accepted, and run the command of the help."""
    ran: list[str] = []

    def run(chosen: Command, *_: object) -> int:
        ran.append(chosen.name)
        return 0

    monkeypatch.setattr(command_line, "_run", run)
    example = help_of(command, capsys).partition("\nexample:\n")[2]
    program, *words = shlex.split(example)

    assert (program, words[:2]) == ("csr-operate", ["prod", command])
    assert command_line.main([*words, "--out", str(OUT)]) == 0
    assert ran == [command]


def test_the_list_keeps_every_summary(capsys: pytest.CaptureFixture[str]) -> None:
    """A long summary continues below its beginning."""
    listing = " ".join(help_of_all().split())

    for each in COMMANDS:
        assert f"{each.name} {each.summary}" in listing


def test_only_the_list_has_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    """And the page has the same ones."""
    numbers = re.findall(r"^  (\d+)  ", help_of_all().partition("exit status")[2], re.MULTILINE)
    page = (ROOT / "docs" / "commands.md").read_text("utf-8").partition("csr-operate ENVIRONMENT COMMAND")[2]

    assert numbers == re.findall(r"^\| (\d+) \|", page, re.MULTILINE)
    assert len(numbers) == 4
    assert "exit status" not in help_of("roll-back", capsys)

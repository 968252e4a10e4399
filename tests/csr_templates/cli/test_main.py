"""The command as a whole: arguments, help, exit codes, streams."""

import argparse
import importlib
import importlib.metadata
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from csr_templates.cli import main as cli
from tests.system import ROOT

USAGE_ERRORS = {
    "unknown command": (
        ["deploy"],
        "error: there is no command 'deploy'. The commands are: build, environments, ",
    ),
    "misspelt command": (
        ["lnit", "x"],
        "error: there is no command 'lnit'. Did you mean 'lint'? The commands",
    ),
    "removed command": (
        ["release-notes", "--from", "v0.2.0"],
        "error: release-notes was removed. Use csr-templates review --before v0.2.0 --format markdown.\n",
    ),
    "removed command of 0.2.0": (
        ["reference"],
        "error: reference was removed. A build writes the page: out/reference.md.\n",
    ),
    "removed option": (
        ["preflight", "prod", "--s3-bucket=packages"],
        "csr-templates preflight: error: --s3-bucket was removed. The change set of a deploy shows the "
        "validation by AWS: aws cloudformation create-change-set.\n",
    ),
    "unknown option": (["build", "--fast"], "csr-templates build: error: there is no option --fast."),
    "renamed option": (
        ["build", "--output", "x"],
        "csr-templates build: error: --output was removed. Use --out, as for the other commands.\n",
    ),
    "abbreviated option": (["build", "--param", "x"], "no option --param. Did you mean '--parameters'?\n"),
    "misspelt option with a value": (
        ["render", "--enviroment=dev", "site"],
        "error: there is no option --enviroment. Did you mean '--environment'?\n",
    ),
    "unknown short option": (["build", "-x"], "unrecognized arguments: -x"),
    "unknown format": (["build", "--format", "sarif"], "invalid choice: 'sarif'"),
    "unknown lint format": (["lint", "--format", "xml", "x"], "invalid choice: 'xml'"),
    "no name of a folder": (["build", "--out", ""], "error: argument --out: the folder name is"),
    "no file": (["lint"], "the following arguments are required: FILE"),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE_ERRORS.values(), ids=USAGE_ERRORS)
def test_fails_on_wrong_arguments(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong arguments print the usage and the error, and end with 2."""
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)

    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: csr-templates")
    assert message in captured.err


def test_help_without_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments, the command shows its help with all commands."""
    assert cli.main([]) == 0

    printed, complained = capsys.readouterr()
    assert (printed.startswith("usage: csr-templates"), complained) == (True, "")
    assert "\n    environments" in printed


def test_what_follows_two_hyphens_is_not_an_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two hyphens, a file can have the name of an option."""
    monkeypatch.chdir(tmp_path)

    assert cli.main(["lint", "--", "--fast"]) == 2
    assert capsys.readouterr().err.startswith("csr-templates: Cannot read --fast: ")


def test_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """--version prints the installed version, or that nothing is installed."""
    monkeypatch.setattr(importlib.metadata, "version", lambda name: {"csr-templates": "1.2.3"}[name])
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert (caught.value.code, capsys.readouterr().out) == (0, "csr-templates 1.2.3\n")

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == "csr-templates (not installed, run from its source)\n"


COMMANDS = tuple(cli._COMMANDS)


def help_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return what ``--help`` prints."""
    with pytest.raises(SystemExit) as caught:
        cli.main([*arguments, "--help"])
    assert caught.value.code == 0
    return capsys.readouterr().out


def test_only_the_main_help_lists_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of a command has its arguments and examples."""
    listing = help_of([], capsys)

    assert cli.EXIT_CODES in listing
    assert re.findall("^    ([a-z]+)", listing, re.MULTILINE) == list(COMMANDS)
    for command in COMMANDS:
        assert "exit status of" not in help_of([command], capsys)


def test_the_page_lists_the_exit_codes() -> None:
    """The numbers are those of the main help."""
    page = (ROOT / "docs" / "commands.md").read_text("utf-8").partition("csr-operate ENVIRONMENT COMMAND")[0]

    numbers = re.findall(r"^  (\d+)  ", cli.EXIT_CODES, re.MULTILINE)
    assert numbers == re.findall(r"^\| (\d+) \|", page, re.MULTILINE)
    assert len(numbers) == 5


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_fits_100_columns(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal of this width, no line of a help is wrapped."""
    monkeypatch.setenv("COLUMNS", "100")

    widest = max(help_of(command.split(), capsys).splitlines(), key=len)

    assert len(widest) <= 100, widest


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_examples_that_parse(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An example has no misspelt option, and no argument too many or too few."""
    examples = help_of([command], capsys).partition("\nexamples:\n")[2].splitlines()
    module = importlib.import_module(f"csr_templates.cli.{command}")
    ran: list[argparse.Namespace] = []

    def run(arguments: argparse.Namespace) -> int:
        ran.append(arguments)
        return 0

    monkeypatch.setattr(module, "run", run)

    for example in examples:
        program, *words = shlex.split(example)
        assert (program, words[0]) == ("csr-templates", command)
        assert cli.main(words) == 0

    assert len(ran) == len(examples) > 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
@pytest.mark.parametrize(
    ("arguments", "stdout", "stderr", "code", "complained"),
    [
        (["render", "network"], "closed pipe", None, 141, ""),
        (
            ["render", "network"],
            "/dev/full",
            None,
            2,
            "csr-templates: Cannot write to standard output: No space left on device.\n",
        ),
        (["render", "nowhere"], "/dev/null", "/dev/full", 2, None),
    ],
    ids=["closed pipe", "full output", "full error"],
)
def test_stream_that_takes_nothing(
    arguments: list[str], stdout: str, stderr: str | None, code: int, complained: str | None, tmp_path: Path
) -> None:
    """A closed pipe ends the command without a message.

    Other errors of output do not change the exit code.
    """
    if stdout == "closed pipe":
        reader, output = os.pipe()
        os.close(reader)
    else:
        output = os.open(stdout, os.O_WRONLY)
    error = os.open(stderr, os.O_WRONLY) if stderr else subprocess.PIPE

    command = [sys.executable, "-m", "csr_templates", *arguments]
    done = subprocess.run(command, cwd=tmp_path, stdout=output, stderr=error, text=True)

    os.close(output)
    if stderr:
        os.close(error)
    assert (done.returncode, done.stderr) == (code, complained)


def test_closed_standard_error_leaves_standard_output_alone(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If standard error is closed, messages are not printed on standard output."""
    out.write_bytes(b"mine")
    monkeypatch.setattr(sys, "stderr", None)

    assert cli.main(["build", "--no-lint", "--out", str(out), "--format", "json"]) == 2

    assert json.loads(capsys.readouterr().out)["status"] == "error"

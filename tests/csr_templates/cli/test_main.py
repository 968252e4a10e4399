"""The command as a whole: arguments, help, exit codes, streams."""

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from csr_templates.cli import main as cli

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
    "abbreviated option": (["build", "--out", "x"], "no option --out. Did you mean '--output'?\n"),
    "misspelt option with a value": (
        ["render", "--enviroment=dev", "site"],
        "error: there is no option --enviroment. Did you mean '--environment'?\n",
    ),
    "unknown short option": (["build", "-x"], "unrecognized arguments: -x"),
    "unknown format": (["build", "--format", "sarif"], "invalid choice: 'sarif'"),
    "unknown lint format": (["lint", "--format", "xml", "x"], "invalid choice: 'xml'"),
    "no name of a folder": (["build", "--output", ""], "error: argument --output: the folder name is"),
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

    said, complained = capsys.readouterr()
    assert (said.startswith("usage: csr-templates"), complained) == (True, "")
    assert "\n    environments" in said


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


@pytest.mark.parametrize(
    "arguments", [[], ["build"], ["environments"], ["render"], ["lint"]], ids=lambda a: " ".join(a) or "all"
)
def test_help_explains_the_exit_codes(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Every --help explains the exit codes."""
    with pytest.raises(SystemExit) as caught:
        cli.main([*arguments, "--help"])

    assert caught.value.code == 0
    assert cli.EXIT_CODES in capsys.readouterr().out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
@pytest.mark.parametrize(
    ("arguments", "stdout", "stderr", "code", "said"),
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
    arguments: list[str], stdout: str, stderr: str | None, code: int, said: str | None, tmp_path: Path
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
    assert (done.returncode, done.stderr) == (code, said)


def test_closed_standard_error_leaves_standard_output_alone(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If standard error is closed, messages are not printed on standard output."""
    out.write_bytes(b"mine")
    monkeypatch.setattr(sys, "stderr", None)

    assert cli.main(["build", "--no-lint", "--output", str(out), "--format", "json"]) == 2

    assert json.loads(capsys.readouterr().out)["status"] == "error"

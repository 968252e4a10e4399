"""The commands with which remedies end, and whether ``csr-operate`` and the AWS CLI accept them."""

import re
import shlex
from collections.abc import Iterable

import pytest

from csr_templates.cli import main
from csr_templates.operating import command_line
from csr_templates.preflight.results import CheckResult
from tests.docs.aws_cli import CommandError, parse
from tests.system import ROOT

_COMMAND = re.compile(r": ((?:aws|csr-operate|csr-templates) .+)$")
_PROGRAM = re.compile(r"(?<![\w/.-])(?:aws [a-z0-9-]+ [a-z-]+|csr-operate [a-z]+ [a-z-]+)")


def commands(results: Iterable[CheckResult]) -> set[str]:
    """Return the commands of all remedies, each once."""
    lines: set[str] = set()
    for result in results:
        end = _COMMAND.search(result.remedy)
        if end:
            lines.update(end[1].split(" && "))
    return lines


def misplaced(results: Iterable[CheckResult]) -> list[str]:
    """Return the remedies that name a command elsewhere than at their end."""
    return [result.remedy for result in results if _PROGRAM.search(_COMMAND.sub("", result.remedy))]


def refused(lines: Iterable[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the commands that their program does not accept."""
    return [line for line in lines if not _is_accepted(shlex.split(line), capsys)]


def _is_accepted(words: list[str], capsys: pytest.CaptureFixture[str]) -> bool:
    program, *arguments = words
    if program == "aws":
        try:
            return bool(parse(arguments, ROOT).region)
        except CommandError:
            return False
    try:  # an accepted line then reads the output folder, which is missing
        if program == "csr-operate":
            command_line.main([*arguments, "--out", "missing-folder"])
        else:
            main.main([*arguments, "--after", "missing-folder"])
    except SystemExit:
        return False
    return "missing-folder" in capsys.readouterr().err

"""``docs/trial.md``: steps with commands that exist, and a line for each result."""

import re
import shlex
from pathlib import Path

import pytest

from .aws_cli import parse
from .pages import ROOT, filled, in_each_language, read

TRIAL = ROOT / "docs" / "trial.md"
PROGRAMS = ("csr-operate ", "csr-templates ", "aws ", "curl -s ", "zip ", "mkdir -p ")
STEPS = re.split(r"^\*\*(?=\d+\. )", TRIAL.read_text("utf-8"), flags=re.MULTILINE)[1:]


def lines() -> list[str]:
    """Return the commands of the page; a loop is the command in it."""
    text = "".join(block.text for block in read(TRIAL).shell())
    return re.sub(r"^for .*; do (.*?);.* done$", r"\1", text, flags=re.MULTILINE).splitlines()


def test_programs_are_known() -> None:
    """Each line calls csr-operate, or a program that this page needs."""
    assert len(lines()) > 60
    assert [line for line in lines() if not line.startswith(PROGRAMS)] == []


@pytest.mark.acceptance  # reads the models of five services
def test_commands_of_aws_exist(tmp_path: Path) -> None:
    """The AWS CLI knows each command with its options."""
    for line in lines():
        if line.startswith("aws ") and not re.search(r"generate-db-auth-token|help", line):  # made by the CLI
            words = shlex.split(filled(line))
            assert parse(words[1:], tmp_path).region in ("ap-northeast-1", "us-east-1")


@pytest.mark.parametrize(
    "path", in_each_language(TRIAL, TRIAL.with_suffix(".ja.md")), ids=lambda path: path.name
)
def test_each_step_can_be_filled_in(path: Path) -> None:
    """The steps are numbered, and end with what is expected and a line for the result."""
    text = path.read_text("utf-8")
    steps = re.split(r"^\*\*(?=\d+\. )", text, flags=re.MULTILINE)[1:]

    assert [int(step.partition(".")[0]) for step in steps] == list(range(1, len(steps) + 1))
    assert len(steps) == len(STEPS)
    for step in steps:
        assert re.search(r"^```\n- (Expected|期待する結果): .+\n- (Result|結果):$", step, re.MULTILINE), step
    assert len(text.splitlines()) <= 370

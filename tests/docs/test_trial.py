"""``docs/trial.md``: steps with commands that exist, and a line for each result."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from csr_templates.operating.command_line import COMMANDS
from tests.csr_templates.operating import real_cli

from .aws_cli import parse
from .pages import ROOT, filled, in_each_language, read

TRIAL = ROOT / "docs" / "trial.md"
PROGRAMS = ("csr-operate ", "csr-templates ", "aws ", "curl -s ", "zip ", "mkdir -p ")
STEPS = re.split(r"^\*\*(?=\d+\. )", TRIAL.read_text("utf-8"), flags=re.MULTILINE)[1:]


GUARD = "| grep -qx"
"""Is in the command that compares the caller's account with that of the manifest."""
DELETES = re.compile(r"^ *aws \S+ (?:delete|schedule-key-deletion|terminate|purge)", re.MULTILINE)
ACCOUNT = "123456789012"


def lines() -> list[str]:
    """Return the commands of the page, without what is between them; a loop is the command in it."""
    text = "".join(block.text for block in read(TRIAL).shell())
    text = re.sub(r"^for .*; do (.*?);.* done$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"^  \{ echo .*\} &&\n|^  | &&$| \| grep .*$", "", text, flags=re.MULTILINE)
    return text.splitlines()


def deleting_blocks() -> list[str]:
    """Return the blocks in which the AWS CLI deletes something."""
    return [block.text for block in read(TRIAL).shell() if DELETES.search(block.text)]


def test_programs_are_known() -> None:
    """Each line calls csr-operate, or a program that this page needs."""
    assert len(lines()) > 60
    assert [line for line in lines() if not line.startswith(PROGRAMS)] == []


def test_each_command_is_tried() -> None:
    """The page names each command of csr-operate, or follows recovery.md, which does."""
    pages = "".join(path.read_text("utf-8") for path in (TRIAL, TRIAL.with_name("recovery.md")))

    assert [
        command.name for command in COMMANDS if not re.search(rf"(?<![\w-]){command.name}(?![\w-])", pages)
    ] == []


@pytest.mark.acceptance  # reads the models of five services
def test_commands_of_aws_exist(tmp_path: Path) -> None:
    """The AWS CLI knows each command with its options."""
    (tmp_path / "out").symlink_to(ROOT / "out")
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
    assert len(text.splitlines()) <= 400


def test_deleting_blocks_start_with_the_check_of_the_account() -> None:
    """Each command that deletes something runs only after the check."""
    blocks = deleting_blocks()

    assert len(blocks) == 2
    for block in blocks:
        commands = block.split(" &&\n")
        assert GUARD in commands[0].splitlines()[0]
        assert DELETES.search(commands[-1])
        assert [command for command in commands[1:-1] if not command.startswith("  aws ")] == []


@pytest.mark.parametrize("block", deleting_blocks(), ids=lambda block: block.split("aws ")[-1].split(" -")[0])
@pytest.mark.parametrize(
    ("manifest", "answer", "runs"),
    [
        ({"accounts": {"prod": ACCOUNT}}, ACCOUNT, True),
        ({"accounts": {"prod": "012345678901"}}, ACCOUNT, False),
        ({"accounts": {"prod": ACCOUNT}}, "", False),
        ({"accounts": {"dev": ACCOUNT}}, ACCOUNT, False),
        ({}, ACCOUNT, False),
        (None, ACCOUNT, False),
        (None, "", False),
    ],
    ids=["stated", "another", "no answer", "of another environment", "not stated", "no folder", "nothing"],
)
def test_a_deleting_block_stops_in_another_account(
    tmp_path: Path, block: str, manifest: dict[str, Any] | None, answer: str, *, runs: bool
) -> None:
    """Bash runs the block; instead of the programs, functions print what is called."""
    if manifest is not None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "stacks.json").write_text(json.dumps(manifest), "utf-8")
    identity = f"echo {answer}" if answer else "return 254"  # as the CLI does without credentials
    programs = (
        f'aws() {{ if [ "$1" = sts ]; then {identity}; else echo "$@"; fi; }}\ncsr-operate() {{ :; }}\n'
    )
    done = subprocess.run(
        ["bash", "-c", programs + filled(block)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    called = [line for line in done.stdout.splitlines() if "--region" in line]

    assert bool(called) == runs
    assert ("Stop: the caller is not in the account" in done.stderr) != runs


@pytest.mark.acceptance
@pytest.mark.skipif(
    "PROGRAMS_REQUIRED" not in os.environ and not real_cli.version(), reason="no AWS CLI 2 in /usr/bin"
)
@pytest.mark.parametrize("stated", [ACCOUNT, "012345678901"])
def test_the_check_of_the_account_with_the_aws_cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    """The real AWS CLI 2 answers with the account of moto."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stacks.json").write_text(json.dumps({"accounts": {"prod": stated}}), "utf-8")
    check = deleting_blocks()[0].split(" &&\n")[0]
    with real_cli.server() as endpoint:
        done = real_cli.run(f"{check} && echo continues", endpoint)

    assert (done.stdout == "continues\n") == (stated == ACCOUNT), done.stderr

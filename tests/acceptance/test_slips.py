"""Typical slips in every file of data, each followed by the commands: none of them ends in a traceback."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from cfn_analysis.model import data_files
from tests.cfn_analysis.model.slips import Slip, files, slips
from tests.cfn_analysis.model.test_data_files import MAY_BE_MEANT
from tests.system import ROOT

pytestmark = pytest.mark.acceptance

SEEDS = (69, 70, 71)
TRIED = 6  # refused and accepted slips each, whose commands are run
COMMANDS = (
    ("build", "--quiet", "--no-lint", "--out", "{out}"),
    ("cost", "--out", "{built}"),
    ("review", "--before", "{built}", "--after", "{built}"),
    ("lint", "{built}/database.yaml", "--region", "ap-northeast-1"),
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of src, in which the files are edited."""
    folder = tmp_path_factory.mktemp("slips")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    return Path(shutil.copytree(ROOT / "src", folder / "src", ignore=ignored))


@contextmanager
def edited(slip: Slip, sources: Path) -> Iterator[Path]:
    """Make a slip in the copy, and give the file."""
    path = sources / slip.path.relative_to(ROOT / "src")
    whole = path.read_bytes()
    path.write_bytes(slip.content)
    yield path
    path.write_bytes(whole)


def run(command: Sequence[str], sources: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the copy."""
    words = [word.format(out=sources.parent / "out", built=ROOT / "out") for word in command]
    return subprocess.run(
        [sys.executable, "-m", "csr_templates", *words],
        env={**os.environ, "PYTHONPATH": str(sources)},
        cwd=sources.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_slip_ends_in_a_traceback(sources: Path) -> None:
    """Commands refuse a mistake with its line. What may be meant does not stop them in another way."""
    refused: list[Slip] = []
    accepted: list[Slip] = []
    for seed in SEEDS:
        for path in files():
            for slip in slips(path, seed):
                with edited(slip, sources) as copy:
                    has_mistake = data_files.mistake_in(copy) is not None
                (refused if has_mistake else accepted).append(slip)
    assert {slip.kind for slip in accepted} <= MAY_BE_MEANT.keys()
    assert len(refused) > 12 * len(accepted)
    wrong: list[str] = []
    for slip in (*random.Random(69).sample(refused, TRIED), *random.Random(69).sample(accepted, TRIED)):
        with edited(slip, sources) as copy:
            for command in COMMANDS:
                done = run(command, sources)
                is_fine = "Traceback" not in done.stderr
                if slip in refused and command[0] != "build":  # a build checks what it cannot use
                    is_fine = done.returncode == 2 and f"{copy.name}, line " in done.stderr
                if not is_fine:
                    wrong.append(f"{slip.kind} in {copy.name}: {' '.join(command)}: {done.stderr[-300:]}")
    assert wrong == []

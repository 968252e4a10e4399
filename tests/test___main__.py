"""The process of a command: Ctrl-C ends it and its workers at once, and leaves whole files behind.

The signals are real.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from csr_templates.assembly import files as output
from csr_templates.assembly import folder
from csr_templates.cli import main as cli

ROOT = Path(__file__).resolve().parents[1]
SRC = str(ROOT / "src")

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals as Unix has them"),
    pytest.mark.usefixtures("interruptible"),
]


def started(*command: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, as a shell does."""
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def ending(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    """Return how a process ends and what it says; fails while a worker still holds its standard output."""
    printed, complained = process.communicate(timeout=60)
    return process.returncode, printed + complained


@pytest.fixture
def parameters(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with parameter files, which differ in almost every file that they give."""
    others = tmp_path / "parameters"
    shutil.copytree(ROOT / "parameters", others)
    shared = json.loads((others / "shared.json").read_text())
    (others / "shared.json").write_text(json.dumps({**shared, "ProjectName": "other"}))
    return ROOT / "parameters", others


# Interrupts its process group, as a terminal does, before a function is called for the last of some times.
INTERRUPTED = """
import importlib, os, signal, sys
from csr_templates.__main__ import run

module, function, times, *options = sys.argv[1:]
holder = importlib.import_module(module)
called, left = getattr(holder, function), int(times)

def call(*given, **named):
    global left
    left -= 1
    if not left:
        os.kill(0, signal.SIGINT)
    return called(*given, **named)

setattr(holder, function, call)
run(["build", "--quiet", *options])
"""


def test_interrupted_while_it_writes(tmp_path: Path, parameters: tuple[Path, Path]) -> None:
    """Ctrl-C ends a build by the signal, without a word; each file is whole, and the next build completes."""
    out = tmp_path / "out"
    before, after = (output.assemble(parameters=folder, lint=False).files for folder in parameters)
    changed = [path for path in after if after[path] != before.get(path)]
    options = ["--no-lint", "--out", str(out), "--parameters", str(parameters[1])]
    for number in (1, 2, len(changed) // 2, len(changed) + 1):  # stacks.json is written first and last
        folder.write(before, out)
        process = started(
            sys.executable, "-c", INTERRUPTED, "os", "replace", str(number), *options, PYTHONPATH=SRC
        )

        assert ending(process) == (-signal.SIGINT, b"")
        written = [path for path in changed if (out / path).read_bytes() == after[path]]
        assert len(written) == max(number - 2, 0)
        kept = before.keys() & after.keys()  # a project with a short name needs fewer files of policies
        for path in kept - set(written) - {"stacks.json"}:
            assert (out / path).read_bytes() == before[path]
        assert json.loads((out / "stacks.json").read_bytes())["files"].keys() >= set(written)

    folder.write(before, out)
    assert {path: (out / path).read_bytes() for path in before} == before
    assert [path for path in out.rglob("[!.]*.*") if path.relative_to(out).as_posix() not in before] == []


def test_interrupted_while_it_lints(tmp_path: Path) -> None:
    """Ctrl-C ends the processes of the lint too, and nothing is written."""
    options = ["--no-cache", "--out", str(tmp_path / "out")]
    process = started(
        sys.executable,
        "-c",
        INTERRUPTED,
        "cfn_analysis.linting.runner",
        "lint",
        "1",
        *options,
        PYTHONPATH=SRC,
    )

    assert ending(process) == (-signal.SIGINT, b"")
    assert not (tmp_path / "out").exists()


def test_interrupted_in_the_background(tmp_path: Path) -> None:
    """A build that was started with Ctrl-C ignored goes on."""
    build = f'trap "" INT && echo && exec "{sys.executable}" "$0" "$@"'
    process = started(
        "sh", "-c", build, str(ROOT / "build.py"), "--no-lint", "--quiet", "--out", str(tmp_path)
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.01)

    assert ending(process) == (0, b"")
    assert (tmp_path / "main.yaml").read_bytes() == (ROOT / "out" / "main.yaml").read_bytes()


@pytest.mark.parametrize("command", [(str(ROOT / "build.py"),), ("-m", "csr_templates", "build")])
def test_interrupted_while_python_imports(command: tuple[str, ...], tmp_path: Path) -> None:
    """Nor does Ctrl-C show a traceback while a command loads what it needs."""
    (tmp_path / "troposphere.py").write_text("import time\nprint(end='here', flush=True)\ntime.sleep(60)\n")
    path = os.pathsep.join((str(tmp_path), SRC))
    process = started(sys.executable, *command, "--out", str(tmp_path / "out"), PYTHONPATH=path)
    assert process.stdout is not None
    assert process.stdout.read(4) == b"here"
    process.send_signal(signal.SIGINT)

    assert ending(process) == (-signal.SIGINT, b"")
    assert not (tmp_path / "out").exists()


def test_only_the_process_of_a_command_changes_what_ctrl_c_does(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that calls ``main`` keeps its own way of ending."""
    assert cli.main(["render", "network"]) == 0

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


LOST = """
import os, signal, sys
from csr_templates.__main__ import run
from cfn_analysis.linting import runner, workers
workers._cores = lambda: 2
runner.lint = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
run(["build", "--no-cache", "--out", sys.argv[1]])
"""


@pytest.mark.skipif(sys.platform == "darwin", reason="never forks there")
def test_a_lint_whose_process_is_killed(tmp_path: Path) -> None:
    """Where memory runs out, a build says so and writes nothing."""
    code, printed = ending(started(sys.executable, "-c", LOST, str(tmp_path), PYTHONPATH=SRC))

    assert (code, printed.decode()) == (
        2,
        "csr-templates: A lint process was killed, possibly because the memory was not sufficient. Close "
        "other programs and try again.\n",
    )
    assert list(tmp_path.iterdir()) == []

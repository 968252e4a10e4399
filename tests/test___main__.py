"""The process of a command: Ctrl-C ends it and its workers at once, and leaves whole files behind.

The signals are real, and most strike after a drawn part of the time that a build takes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from csr_templates.assembly import files as output
from csr_templates.cli import main as cli

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as Unix has them")


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
    said, complained = process.communicate(timeout=60)
    return process.returncode, said + complained


@pytest.fixture
def parameters(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with parameter files, which differ in almost every file that they give."""
    other = tmp_path / "parameters"
    shutil.copytree(ROOT / "parameters", other)
    shared = json.loads((other / "shared.json").read_text())
    (other / "shared.json").write_text(json.dumps({**shared, "ProjectName": "other"}))
    return ROOT / "parameters", other


# Prints an empty line as soon as Ctrl-C does what it should; before that, it is Python that starts.
BUILD = """
import gc, sys
from csr_templates.__main__ import run
gc.set_threshold = lambda _: print(flush=True)
run(["build", *sys.argv[1:]])
"""


@pytest.mark.parametrize("lint", [False, True], ids=["no lint", "lint"])
def test_interrupted_build(lint: bool, tmp_path: Path, parameters: tuple[Path, Path]) -> None:
    """Ctrl-C ends a build by the signal, without a word; each file is whole, and the next build completes."""
    out, cache = tmp_path / "out", tmp_path / "cache"
    sets = [output.assemble(parameters=folder, lint=False).files for folder in parameters]
    versions = {path: {files.get(path) for files in sets} for path in {*sets[0], *sets[1]}}
    command = [sys.executable, "-c", BUILD, "--quiet", "--output", str(out)]
    options = ["--cache", str(cache)] if lint else ["--no-lint"]

    def build(number: int) -> subprocess.Popen[bytes]:
        shutil.rmtree(cache, ignore_errors=True)
        folder = str(parameters[number % 2])
        process = started(*command, *options, "--parameters", folder, PYTHONPATH=str(ROOT / "src"))
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        return process

    process = build(1)
    before = time.perf_counter()
    assert ending(process) == (0, b"")
    duration = time.perf_counter() - before

    draw = random.Random(20)
    moments = 1 if lint else 8
    delays = [0.6 * duration * (number + draw.random()) / moments for number in range(moments)]
    interrupted = 0
    for number, delay in enumerate(delays):
        process = build(number)
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        code, said = ending(process)
        assert (code, said) in {(-signal.SIGINT, b""), (0, b"")}
        interrupted += code != 0
        if number + 1 == len(delays) < 16 and not interrupted:
            delays.append(delay / 2)  # the machine has less to do now than during the first build
        for path in out.rglob("[!.]*"):
            if path.name == "stacks.json":  # it may be the one that announces what is to come
                assert json.loads(path.read_bytes())["files"].keys() >= sets[0].keys() - {"stacks.json"}
            else:
                assert path.is_dir() or path.read_bytes() in versions[path.relative_to(out).as_posix()], path
    assert interrupted, "all trials came too late"

    options = ["--no-lint"]
    assert ending(build(0)) == (0, b"")
    assert {path: (out / path).read_bytes() for path in sets[0]} == sets[0]
    assert [path for path in out.rglob("[!.]*.*") if path.relative_to(out).as_posix() not in sets[0]] == []


def test_interrupted_in_the_background(tmp_path: Path) -> None:
    """A build that was started with Ctrl-C ignored goes on."""
    build = f'trap "" INT && echo && exec "{sys.executable}" "$0" "$@"'
    process = started(
        "sh", "-c", build, str(ROOT / "build.py"), "--no-lint", "--quiet", "--output", str(tmp_path)
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
    path = os.pathsep.join((str(tmp_path), str(ROOT / "src")))
    process = started(sys.executable, *command, "--output", str(tmp_path / "out"), PYTHONPATH=path)
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
from csr_templates.linting import runner, workers
workers._cores = lambda: 2
runner.lint = lambda **_: os.kill(os.getpid(), signal.SIGKILL)
run(["build", "--no-cache", "--output", sys.argv[1]])
"""


@pytest.mark.skipif(sys.platform == "darwin", reason="never forks there")
def test_a_lint_whose_process_is_killed(tmp_path: Path) -> None:
    """Where memory runs out, a build says so and writes nothing."""
    code, said = ending(started(sys.executable, "-c", LOST, str(tmp_path), PYTHONPATH=str(ROOT / "src")))

    assert (code, said.decode()) == (
        2,
        "csr-templates: A lint process was killed, possibly because the memory was not sufficient. Close "
        "other programs and try again.\n",
    )
    assert list(tmp_path.iterdir()) == []

"""A killed build leaves whole files, the check names exactly the stale ones, and the next build mends them.

The kills are real (SIGKILL) and of two kinds. One strikes between two lines of the writing code: which lines
is drawn from a seeded generator, so every run tries the same moments. The other strikes from outside after a
drawn time, which also hits the middle of a system call.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from csr_templates.assembly.folder import plan, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the trials fork one prepared process")

# For each line of input, forks a child that writes one set, and prints how it ended: exit code, lines of code
# run while writing, seconds. The input says which set, and when the child dies: at which line (0: at none,
# only count them; -1: do not even count), or after how many seconds (-1: never).
DRIVER = """
import json, os, signal, sys, time
from pathlib import Path
from csr_templates.assembly import folder as writing

folder = Path(sys.argv[1])
sets = json.loads(Path(sys.argv[2]).read_text())
sets = [{path: text.encode() for path, text in files.items()} for files in sets]
lines = 0

def trace(frame, event, _):
    global lines
    name = frame.f_code.co_name
    if frame.f_code.co_filename == writing.__file__ and (lines or name == "_carry_out"):
        lines += event == "line" or not lines
        if lines == last_line:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

for command in sys.stdin:
    number, last_line, delay = command.split()
    number, last_line, delay = int(number), int(last_line), float(delay)
    reader, writer = os.pipe()
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        if last_line >= 0:
            sys.settrace(trace)
        writing.write(sets[number], folder)
        sys.settrace(None)
        os.write(writer, str(lines).encode())
        os._exit(0)
    if delay >= 0:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    seconds = time.perf_counter() - started
    os.close(writer)
    print(os.waitstatus_to_exitcode(status), os.read(reader, 20).decode() or 0, seconds, flush=True)
    os.close(reader)
"""
KILLED = -9

Files = dict[str, bytes]


def file_set(version: int, *names: str) -> Files:
    """Return a set of large files, each telling its version on every line."""
    files = {name: f"{name} version {version}\n".encode() * 5000 for name in names}
    listed = {path: {"sha256": hashlib.sha256(data).hexdigest()} for path, data in files.items()}
    return {**files, "stacks.json": json.dumps({"formatVersion": 1, "files": listed}).encode()}


COMMON = ("main.yaml", "database.yaml", "parameters/dev/network.json", "parameters/prod/network.json")
SETS = (  # neighbours differ in every file they share; each has files that others lack
    file_set(0, *COMMON, "api.yaml"),
    file_set(1, *COMMON, "frontend.yaml", "parameters/dev/api.json"),
    file_set(2, *COMMON),
)
EVERY_VERSION: dict[str, set[bytes | None]] = {
    path: {files.get(path) for files in SETS} for path in {path for files in SETS for path in files}
}


class Ending(NamedTuple):
    """How a build ended."""

    code: int  # KILLED, or 0
    lines: int  # of the writing code, counted from the first change to the folder
    seconds: float


class Driver:
    """The prepared process, and the folder that its children write to."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder = folder
        self._process = process

    def build(self, number: int, *, last_line: int = -1, delay: float = -1) -> Ending:
        """Write set ``number`` in a child that dies at ``last_line``, or after ``delay`` seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(number, last_line, delay, file=self._process.stdin, flush=True)
        code, lines, seconds = self._process.stdout.readline().split()
        return Ending(int(code), int(lines), float(seconds))


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    """A process with everything imported, so that a trial costs a fork only."""
    folder, sets = tmp_path / "out", tmp_path / "sets.json"
    sets.write_text(json.dumps([{path: data.decode() for path, data in files.items()} for files in SETS]))
    command = [sys.executable, "-c", DRIVER, str(folder), str(sets)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Driver(folder, process)


def visible(folder: Path) -> Files:
    """Return the files below ``folder`` without the hidden ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def assert_whole_and_known(folder: Path, wanted: Files) -> bool:
    """Fail unless all files are whole and the check knows the stale ones; tell whether only some are."""
    found = visible(folder)
    for path, data in found.items():
        assert data in EVERY_VERSION[path], f"{path} is not one whole version"

    compared = plan(wanted, folder)
    stale = {path for path in wanted if found.get(path) != wanted[path]}
    surplus = found.keys() - wanted.keys()
    assert set(compared.written) == stale
    assert set(compared.removed) == surplus
    assert compared.unknown == ()
    return bool(stale or surplus) and bool(found.keys() & wanted.keys() - stale)


def assert_mended(folder: Path, wanted: Files) -> None:
    """Fail unless one more build makes everything right and leaves no trace of those killed."""
    write(wanted, folder)

    assert visible(folder) == wanted
    assert not list(folder.rglob(".*")), "hidden files are left"
    assert plan(wanted, folder).stale == ()


def test_killed_between_any_two_lines(driver: Driver) -> None:
    """80 builds, up to three in a row on one folder, killed at drawn lines from the first change on."""
    draw = random.Random(20)
    length = driver.build(0, last_line=0).lines
    assert length > 100, "the tracer must see the code that it interrupts"
    kills = mixtures = first_builds = 0

    while kills < 80:
        if draw.random() < 0.3:
            shutil.rmtree(driver.folder)
        for _ in range(draw.choice((1, 1, 2, 3))):
            is_first = not (driver.folder / "stacks.json").exists()
            number, other = draw.randrange(len(SETS)), draw.randrange(len(SETS))
            if driver.build(number, last_line=draw.randint(1, length)).code == KILLED:
                kills += 1
                mixed = assert_whole_and_known(driver.folder, SETS[number])
                mixtures += mixed
                first_builds += mixed and is_first
            assert_whole_and_known(driver.folder, SETS[other])  # the sources may change before the next build
        assert_mended(driver.folder, SETS[other])

    assert mixtures >= 30, "too few of the kills fell into the middle of the writing"
    assert first_builds >= 5, "too few of the kills fell into the very first build of a folder"


def test_killed_from_outside(driver: Driver) -> None:
    """60 builds, killed after a drawn part of the time that a build takes."""
    draw = random.Random(21)
    duration = driver.build(0).seconds
    kills = trials = 0

    while kills < 60:
        trials += 1
        assert trials < 600, "hardly any kill comes in time"
        number = trials % len(SETS)
        kills += driver.build(number, delay=duration * draw.random()).code == KILLED
        assert_whole_and_known(driver.folder, SETS[number])
        if draw.random() < 0.5:
            assert_mended(driver.folder, SETS[number])
    assert_mended(driver.folder, SETS[0])

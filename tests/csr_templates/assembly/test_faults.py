"""Errors in the environment of a build: whole processes with the real stacks, for cases without another test.

The tests of writing are in ``test_folder.py``, a damaged cache is in ``test_clean_cache.py``.
"""

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from cfn_analysis.linting import clean_cache as cache
from csr_templates import STACKS
from csr_templates.assembly import files as output
from csr_templates.assembly import folder as writing
from csr_templates.cli import main as cli
from csr_templates.hand_over.manifest import as_json, sha256
from tests.folders import on_disk

ROOT = Path(__file__).resolve().parents[3]
BUILD = (sys.executable, str(ROOT / "build.py"), "--no-lint", "--quiet", "--out")

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and modes as Unix has them")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The files that a build of the real stacks writes."""
    return output.assemble(parameters=ROOT / "parameters", lint=False).files


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The path of an output folder that does not exist yet."""
    return tmp_path / "out"


def assert_holds(folder: Path, files: dict[str, bytes]) -> None:
    """Fail, with names instead of contents, unless the folder contains exactly these files."""
    content = on_disk(folder)

    assert sorted(path for path in {**content, **files} if content.get(path) != files.get(path)) == []


def run(*command: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a process until it ends."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


# ---- Disks and folders ----

UNPRIVILEGED = """
import os, sys
from pathlib import Path, PurePosixPath
from csr_templates.assembly import folder as writing
from cfn_analysis.linting import clean_cache as cache
if os.geteuid() == 0:
    os.seteuid(65534)
folder = Path(sys.argv[1])
for act in (writing.plan, writing.write):
    try:
        act({"main.yaml": b"new"}, folder)
    except writing.OutputError as error:
        print(f"{act.__name__}: {error}")
cache.remember_clean(folder, "0" * 64)
print(cache.is_clean(folder, "0" * 64))
"""
WRITE = "write: Cannot write to the output folder {out}: Permission denied ({out}/.csr-templates-"
READ = "{act}: Cannot read the output folder {out}: Permission denied ({out})"


@unix_only
@pytest.mark.parametrize(
    ("mode", "starts"),
    [(0o555, [WRITE]), (0o000, [READ.replace("{act}", act) for act in ("plan", "write")])],
    ids=["read-only", "unreadable"],
)
def test_folder_that_is_not_writable(mode: int, starts: list[str]) -> None:
    """A read-only folder can be compared. Writing prints a message, and the cache is not used."""
    with tempfile.TemporaryDirectory() as place:  # accessible to all users, unlike tmp_path
        out = Path(place).resolve() / "out"
        writing.write({"stacks.json": b'{"formatVersion": 1, "files": {}}'}, out)
        before = on_disk(out)
        out.chmod(mode)
        out.parent.chmod(0o555)
        done = run(sys.executable, "-c", UNPRIVILEGED, str(out), cwd=ROOT / "src")
        out.parent.chmod(0o755)
        out.chmod(0o755)
        assert_holds(out, before)

    *lines, clean = done.stdout.splitlines()
    assert (done.stderr, clean, len(lines)) == ("", "False", len(starts))
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(start.format(out=out))


# ---- Imports and other processes ----


@pytest.mark.parametrize(
    ("mistake", "starts"),
    [
        ("def (\n", "csr-templates: {place}: Python cannot read this line: "),
        (
            "<<<<<<< ours\nA = 1\n=======\nA = 2\n>>>>>>> theirs\n",
            'csr-templates: {place}: Found a merge conflict ("<<<<<<< ours"). Keep the correct lines, ',
        ),
        ("1 / 0\n", "Traceback (most recent call last):\n"),
    ],
    ids=["syntax", "merge conflict", "exception"],
)
def test_stack_that_cannot_be_imported(mistake: str, starts: str, checkout: Path) -> None:
    """A mistake in the module of a stack ends with 2, and the message shows its file and line."""
    path = checkout / "src/csr_templates/stacks/database.py"
    line = len(path.read_text("utf-8").splitlines()) + 1
    with path.open("a") as module:
        module.write(mistake)

    done = run(sys.executable, str(checkout / "build.py"), "--no-lint")

    assert done.returncode == 2
    assert done.stderr.startswith(starts.format(place=f"{path}:{line}"))
    assert "database.py" in done.stderr


def test_without_what_a_build_needs(tmp_path: Path) -> None:
    """If packages are not installed for the Python, build.py prints how to install them."""
    done = run(sys.executable, "-S", "-E", str(ROOT / "build.py"), cwd=tmp_path)

    assert done.returncode == 2
    assert re.fullmatch(
        r"csr-templates: (awacs|troposphere|yaml) is not installed for \S+\. In a checkout, run make "
        r"templates, which installs it into \.venv\. Otherwise, install csr-templates with pip\.\n",
        done.stderr,
    )


@unix_only
def test_deleted_current_folder(tmp_path: Path) -> None:
    """A build works if its current folder was deleted."""
    script = 'mkdir gone && cd gone && rmdir ../gone && "$0" "$1" --check --no-lint'
    done = run("sh", "-c", script, sys.executable, str(ROOT / "build.py"), cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.acceptance
def test_four_builds_at_once(out: Path, files: dict[str, bytes]) -> None:
    """Several builds into one folder all succeed, also the first, and write the same files as one build."""
    before = {**dict.fromkeys(files, b"before\n"), "old/gone.yaml": b"before\n"}
    for _ in range(2):
        processes = [subprocess.Popen([*BUILD, str(out)]) for _ in range(4)]

        assert [process.wait() for process in processes] == [0, 0, 0, 0]
        assert_holds(out, files)
        listed = {path: {"sha256": sha256(data)} for path, data in before.items()}
        writing.write({**before, "stacks.json": as_json({"formatVersion": 1, "files": listed})}, out)


KILLED = """
import os, signal, sys
from csr_templates.cli import main as cli
last, folder, parameters = int(sys.argv[1]), *sys.argv[2:]
replace = os.replace
def count(*paths):
    global last
    last -= 1
    if last == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*paths)
os.replace = count
cli.main(["build", "--no-lint", "--out", folder, "--parameters", parameters])
"""
EDIT = """
_before = build
def build():
    t = _before()
    t.set_description("Edited")
    return t
"""


@unix_only
@pytest.mark.parametrize(
    "last", [2, 30, *(pytest.param(last, marks=pytest.mark.acceptance) for last in (1, 4, 15))]
)
def test_killed_and_edited(last: int, checkout: Path, out: Path, files: dict[str, bytes]) -> None:
    """After SIGKILL and an edit of the code, the next build succeeds and writes the new files."""
    command = (sys.executable, "-c", KILLED, str(last), str(out), str(ROOT / "parameters"))
    assert run(*command, cwd=ROOT / "src").returncode == -9
    content = on_disk(out)
    assert len([path for path in content if "/." in f"/{path}"]) == 1, "what was not renamed any more"
    for path in content.keys() & files.keys() - {"stacks.json"}:
        assert content[path] == files[path]
    with (checkout / "src/csr_templates/stacks/network.py").open("a") as module:
        module.write(EDIT)

    done = run(sys.executable, str(checkout / "build.py"), "--no-lint", "--quiet", "--out", str(out))

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert b"Edited" in (out / "main.yaml").read_bytes()
    content = on_disk(out)
    assert {path for path in content if path not in files and "/." not in f"/{path}"} == set()
    assert {path for path in files if content[path] != files[path]} == {
        "main.yaml",
        "reference.md",
        "stacks.json",
    }


# ---- Clocks ----


def test_clock_that_jumps(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the clock is set back by years, no byte changes, and no file is out of date."""
    seconds = iter(range(2_000_000_000, 0, -100_000_000))
    monkeypatch.setattr(time, "time", lambda: float(next(seconds)))
    monkeypatch.setattr(time, "time_ns", lambda: next(seconds) * 10**9)

    for options in ([], ["--check"]):
        assert cli.main(["build", "--no-lint", "--quiet", "--out", str(out), *options]) == 0
    first_build = on_disk(out)
    for number, path in enumerate(sorted(out.rglob("*.*"))):
        os.utime(path, (4_000_000_000 * (number % 2), 4_000_000_000 * (number % 2)))  # 1970 and 2096

    for options in ([], ["--check"]):
        assert cli.main(["build", "--no-lint", "--quiet", "--out", str(out), *options]) == 0
    assert_holds(out, first_build)
    assert {path.stat().st_mtime for path in out.rglob("*.*")} == {0, 4_000_000_000}


# ---- Caches ----


def test_disk_is_full_for_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk for the cache is ignored without a message. An incomplete entry does not count as clean."""

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:5])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    cache.remember_clean(tmp_path, "0" * 64)

    assert not cache.is_clean(tmp_path, "0" * 64)


# ---- Checkouts ----


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A separate checkout, without out/ and docs/; its compiled files are used until the code is edited."""
    root = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("*.egg-info")
    for folder in ("src", "parameters"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for name in ("build.py", "Makefile", "setup.cfg", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, root / name)
    return root


def test_build_py_works_from_any_folder(checkout: Path, tmp_path: Path) -> None:
    """``python build.py`` writes out/ in the checkout that contains it, from any folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = run(sys.executable, str(checkout / "build.py"), "--no-lint", cwd=elsewhere)

    assert (done.returncode, done.stderr) == (0, "")
    assert {stack.template for stack in STACKS} < {path.name for path in (checkout / "out").iterdir()}
    assert list(elsewhere.iterdir()) == []

    (checkout / "out" / "main.yaml").unlink()
    stale = "out/main.yaml is missing.\nStale in out: main.yaml.\nRefresh with: make templates\n"
    check = run(sys.executable, "build.py", "--no-lint", "--check", cwd=checkout)
    assert check.stdout == stale
    check = run(sys.executable, str(checkout / "build.py"), "--no-lint", "--check", cwd=elsewhere)
    assert check.stdout.endswith(f"\nRefresh with: make -C {checkout} templates\n")


def test_checkout_with_crlf(checkout: Path) -> None:
    """Sources, parameter files and scripts with CRLF give the same bytes."""
    in_repository = PurePosixPath("out")
    files = output.assemble(parameters=ROOT / "parameters", lint=False, in_repository=in_repository).files
    for path in (path for path in checkout.rglob("*") if path.is_file()):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    done = run(sys.executable, "build.py", "--no-lint", "--quiet", cwd=checkout)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert_holds(checkout / "out", files)


def test_paths_are_good_on_windows(files: dict[str, bytes]) -> None:
    """File names are allowed on Windows, and are different without regard to case."""
    reserved = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9])([.].*)?|.*[. ]", re.IGNORECASE)
    for path in files:
        assert not set(path) & set('<>:"\\|?*')
        assert not any(reserved.fullmatch(part) for part in path.split("/"))
        assert len(path) < 100, "with the checkout's own path, more than 260 are trouble"
    assert len({path.lower() for path in files}) == len(files)


def lend_python(environment: Path) -> None:
    """Create a folder that ``make`` uses as its virtual environment, with the current Python."""
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (environment / "bin" / "python").chmod(0o755)
    (environment / ".created").touch()


def make(target: str, checkout: Path, **options: str) -> subprocess.CompletedProcess[str]:
    """Run make in another checkout with its own ``.venv``, independent of the make that runs the tests."""
    environment = {**os.environ, **options, "MAKEFLAGS": "", "LC_ALL": "C"}
    return run("make", "--no-print-directory", "VENV=.venv", target, cwd=checkout, env=environment)


@unix_only
@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_copy_of_a_checkout(checkout: Path) -> None:
    """A copy of a checkout uses its own code, although its virtual environment has the original installed."""
    environment = checkout / ".venv"
    lend_python(environment)
    for mark in (".installed", ".installed-dev"):
        (environment / mark).touch()
    (checkout / "tests" / "cfn_analysis" / "rules").mkdir(parents=True, exist_ok=True)
    for module in ("src/csr_templates/__main__.py", "tests/cfn_analysis/rules/write_page.py"):
        (checkout / module).write_text("print('the copy')\n")

    for target in ("environments", "rules"):
        done = make(target, checkout)
        assert (done.returncode, done.stdout, done.stderr) == (0, "the copy\n", "")


@unix_only
@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        (b"<<<<<<< ours\nPyYAML==6.0.3\n", "Invalid requirement: '<<<<<<< ours'"),
        (None, "constraints.txt"),
    ],
    ids=["merge conflict", "missing"],
)
def test_broken_constraints(checkout: Path, constraints: bytes | None, message: str) -> None:
    """``make`` stops at an invalid constraints.txt with its name, and does not mark packages as installed."""
    (checkout / "constraints.txt").unlink()
    if constraints:
        (checkout / "constraints.txt").write_bytes(constraints)
    environment = checkout / ".venv"
    lend_python(environment)

    # Replaces pip, so that nothing is installed.
    done = make("templates", checkout, PIP_DRY_RUN="1", PIP_NO_INDEX="1")

    assert done.returncode == 2
    assert message in done.stderr
    assert "constraints.txt" in done.stderr
    assert not (environment / ".installed").exists()
    assert not (checkout / "out").exists()

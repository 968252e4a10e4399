"""What goes wrong around a build: whole processes, on the real stacks, where no other test has done it yet.

The writing alone is in ``test_folder.py``, kills in ``test_interruption.py``, the lock in
``test_locking.py``, a cache full of rubbish in ``test_clean_cache.py``.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import pytest

from csr_templates.assembly import files as output
from csr_templates.assembly import folder as writing
from csr_templates.cli import main as cli
from csr_templates.linting import clean_cache as cache

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
BUILD = (sys.executable, str(ROOT / "build.py"), "--no-lint", "--quiet", "--output")
NOBODY = 65534

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and modes as Unix has them")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """What a build of the real stacks writes."""
    return output.assemble(parameters=ROOT / "parameters", lint=False).files


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder that no build has made yet."""
    return tmp_path / "out"


def on_disk(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder``, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def assert_holds(folder: Path, files: dict[str, bytes]) -> None:
    """Fail, with names rather than with all the bytes, unless the folder holds exactly these files."""
    found = on_disk(folder)

    assert sorted(path for path in {**found, **files} if found.get(path) != files.get(path)) == []


def run(*command: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a process to its end."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


# ---- Disks and folders ----

LIMITED = """
import resource, sys
from csr_templates.cli import main as cli
largest = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
sys.exit(cli.main(["build", "--no-lint", "--quiet", "--parameters", sys.argv[2], "--output", sys.argv[3]]))
"""


@unix_only
def test_disk_refuses_a_file_in_the_middle(out: Path, files: dict[str, bytes]) -> None:
    """A file that the system does not write to its end stays what it was; the next build writes the rest."""
    writing.write(files, out)
    templates = [path for path in files if "/" not in path and path.endswith(".yaml")]
    largest = max(templates, key=lambda path: len(files[path]))
    for path in templates:
        (out / path).write_bytes(b"edited\n")

    limit = str(len(files[largest]) - 1)
    done = run(sys.executable, "-c", LIMITED, limit, str(ROOT / "parameters"), str(out), cwd=ROOT / "src")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"csr-templates: Cannot work in the output folder {out}: {os.strerror(errno.EFBIG)} ({out}). Make "
        "sure that it is a folder that you may read and write, with space left, then build again.\n"
    )
    (out / writing.JOURNAL).unlink()
    assert_holds(out, {**files, **dict.fromkeys(templates[templates.index(largest) :], b"edited\n")})

    assert run(*BUILD, str(out)).returncode == 0
    assert_holds(out, files)


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from csr_templates.assembly import folder as writing
if os.geteuid() == 0:
    os.seteuid(int(sys.argv[2]))
for act in (writing.plan, writing.write):
    try:
        act({"main.yaml": b"new"}, Path(sys.argv[1]))
    except writing.OutputError as error:
        print(f"{act.__name__}: {error}")
"""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that any user may reach, in which root takes no privilege along."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        place.chmod(0o755)
        yield place
        for path in (place, place / "out"):
            path.chmod(0o755)


@unix_only
@pytest.mark.parametrize(
    ("mode", "refused"),
    [
        (0o555, ["write", "{out}/.csr-templates.lock"]),
        (0o000, ["plan", "{out}", "write", "{out}"]),
    ],
    ids=["read-only", "unreadable"],
)
def test_folder_that_is_not_writable(public: Path, mode: int, refused: list[str]) -> None:
    """A read-only folder can be compared and not written; both are told in a sentence with the place."""
    out = public / "out"
    writing.write({"main.yaml": b"old", "stacks.json": b'{"formatVersion": 1, "files": {}}'}, out)
    (out / "main.yaml").unlink()
    before = on_disk(out)
    out.chmod(mode)
    public.chmod(0o555)

    done = run(sys.executable, "-c", UNPRIVILEGED, str(out), str(NOBODY), cwd=ROOT / "src")

    out.chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"{act}: Cannot work in the output folder {out}: Permission denied ({place.format(out=out)}). Make "
        "sure that it is a folder that you may read and write, with space left, then build again."
        for act, place in zip(refused[::2], refused[1::2], strict=True)
    ]
    assert_holds(out, before)


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege on Windows")
@pytest.mark.parametrize("target", ["nowhere", "out"], ids=["dangling", "to itself"])
@pytest.mark.parametrize("options", [[], ["--check"]], ids=["build", "check"])
def test_folder_is_a_link_to_nothing(
    out: Path, target: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A link that leads nowhere is no folder, and stays a link."""
    out.symlink_to(out.parent / target)

    assert cli.main(["build", "--no-lint", "--output", str(out), *options]) == 2

    assert capsys.readouterr() == (
        "",
        f"csr-templates: {out} is not a folder. Name a folder with --output, or move it elsewhere.\n",
    )
    assert list(out.parent.iterdir()) == [out]


# ---- Signals and neighbours ----

WAITING = """
import sys, time
from csr_templates.cli import main as cli
from csr_templates.assembly import folder as writing
def wait(*_):
    print("here", flush=True)
    time.sleep(60)
writing.{where} = wait
sys.exit(cli.main(["build", "--no-lint", "--output", sys.argv[1]]))
"""


def interrupted(*command: str, **options: Any) -> tuple[int, str]:
    """Start a process, send it SIGINT once it has printed a line; return its exit code and what it said."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    return process.returncode, said


@unix_only
@pytest.mark.parametrize("where", ["plan", "_carry_out", "_replace"])
def test_interrupt(out: Path, files: dict[str, bytes], where: str) -> None:
    """Ctrl-C while a build compares, or is about to write, is one sentence and costs nothing."""
    writing.write(files, out)
    (out / "main.yaml").write_bytes(b"edited\n")

    code, said = interrupted(sys.executable, "-c", WAITING.format(where=where), str(out), cwd=ROOT / "src")

    assert (code, said) == (130, "Interrupted; the next build mends what this one left unfinished.\n")
    assert_holds(out, {**files, "main.yaml": b"edited\n"})

    assert run(*BUILD, str(out)).returncode == 0
    assert_holds(out, files)


@unix_only
@pytest.mark.parametrize(
    "command",
    [BUILD, (sys.executable, "-m", "csr_templates", "build", *BUILD[2:])],
    ids=["build.py", "csr_templates"],
)
def test_interrupt_while_python_imports(command: tuple[str, ...], out: Path, tmp_path: Path) -> None:
    """Nor does Ctrl-C in the first moment, while a command loads what it needs, show a traceback."""
    slow = "import time\nprint('here', flush=True)\ntime.sleep(60)\n"
    (tmp_path / "troposphere.py").write_text(slow)

    path = os.pathsep.join((str(tmp_path), str(ROOT / "src")))
    code, said = interrupted(*command, str(out), env={**os.environ, "PYTHONPATH": path})

    assert (code, said) == (130, "Interrupted; nothing was written.\n")
    assert not out.exists()


SWALLOWED = """
import sys, time
from cfnlint.rules import Rules
from csr_templates import __main__
class Slow:
    def __del__(self):
        print("here", flush=True)
        time.sleep(0.5)
def in_destructor(*_):
    Slow()
    yield from ()
def in_except(*_):
    try:
        print("here", flush=True)
        time.sleep(30)
    except:
        pass
    yield from ()
Rules.run = {where}
__main__.run(["build", "--output", sys.argv[1], "--cache", sys.argv[2]])
"""


@unix_only
@pytest.mark.parametrize("where", ["in_destructor", "in_except"])
def test_interrupt_that_others_swallow(where: str, out: Path, tmp_path: Path) -> None:
    """A lint that was interrupted is none, whatever cfn-lint makes of it: nothing is written or kept."""
    script = SWALLOWED.format(where=where)
    code, said = interrupted(
        sys.executable, "-c", script, str(out), str(tmp_path / "cache"), cwd=ROOT / "src"
    )

    assert (code, said) == (130, "Interrupted; the next build mends what this one left unfinished.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mistake", ["def (\n", "1 / 0\n"], ids=["syntax", "exception"])
def test_stack_that_cannot_be_imported(mistake: str, checkout: Path) -> None:
    """A mistake in a module of a stack has not the exit code of findings."""
    with (checkout / "src/csr_templates/stacks/database.py").open("a") as module:
        module.write(mistake)

    done = run(sys.executable, str(checkout / "build.py"), "--no-lint")

    assert done.returncode == 2
    assert done.stderr.startswith("Traceback (most recent call last):\n")
    assert "database.py" in done.stderr


def test_without_what_a_build_needs(tmp_path: Path) -> None:
    """Called with a Python that lacks the packages, build.py says what to do."""
    done = run(sys.executable, "-S", "-E", str(ROOT / "build.py"), cwd=tmp_path)

    assert done.returncode == 2
    assert re.fullmatch(
        r"csr-templates: (awacs|troposphere|yaml) is not installed for \S+\. In a checkout, run make "
        r"templates, which installs what is needed into \.venv; elsewhere, install csr-templates with "
        r"pip\.\n",
        done.stderr,
    )


@unix_only
def test_folder_that_is_gone(tmp_path: Path) -> None:
    """Nor does a build need the folder in which it was called."""
    script = 'mkdir gone && cd gone && rmdir ../gone && "$0" "$1" --check --no-lint'
    done = run("sh", "-c", script, sys.executable, str(ROOT / "build.py"), cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [writing.LOCK, writing.JOURNAL])
def test_folder_with_the_name_of_a_hidden_file(name: str, out: Path, files: dict[str, bytes]) -> None:
    """What stands in the place of a hidden file of ours is named, too."""
    (out / name).mkdir(parents=True)

    with pytest.raises(writing.OutputError) as caught:
        writing.write(files, out)

    place = out / name
    assert str(caught.value) == (
        f"{place} is in the way: a plain file belongs there. Move it elsewhere, then build again."
    )


def test_two_builds_at_once(out: Path, files: dict[str, bytes]) -> None:
    """Two builds into one folder both succeed, and leave what one of them would have left."""
    processes = [subprocess.Popen([*BUILD, str(out)]) for _ in range(2)]

    assert [process.wait() for process in processes] == [0, 0]
    assert_holds(out, files)


# ---- Clocks ----


def test_clock_that_jumps(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes back by years changes no byte, and makes nothing stale."""
    seconds = iter(range(2_000_000_000, 0, -100_000_000))
    monkeypatch.setattr(time, "time", lambda: float(next(seconds)))
    monkeypatch.setattr(time, "time_ns", lambda: next(seconds) * 10**9)

    for options in ([], ["--check"]):
        assert cli.main(["build", "--no-lint", "--quiet", "--output", str(out), *options]) == 0
    made = on_disk(out)
    for number, path in enumerate(sorted(out.rglob("*.*"))):
        os.utime(path, (4_000_000_000 * (number % 2), 4_000_000_000 * (number % 2)))  # 1970 and 2096

    for options in ([], ["--check"]):
        assert cli.main(["build", "--no-lint", "--quiet", "--output", str(out), *options]) == 0
    assert_holds(out, made)
    assert {path.stat().st_mtime for path in out.rglob("*.*")} == {0, 4_000_000_000}


# ---- Caches ----


def test_disk_is_full_for_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be remembered is forgotten, without a word and without a half-written file."""

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:5])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    cache.remember_clean(tmp_path, "0" * 64)

    assert list(tmp_path.iterdir()) == []


CACHE_UNPRIVILEGED = """
import os, sys
from pathlib import Path
from csr_templates.linting import clean_cache as cache
if os.geteuid() == 0:
    os.seteuid(int(sys.argv[2]))
cache.remember_clean(Path(sys.argv[1]), "0" * 64)
print(cache.is_clean(Path(sys.argv[1]), "0" * 64))
"""


@unix_only
@pytest.mark.parametrize("mode", [0o555, 0o000], ids=["read-only", "unreadable"])
def test_cache_that_is_not_writable(public: Path, mode: int) -> None:
    """A cache of somebody else's is no cache and no reason to stop."""
    folder = public / "out"
    folder.mkdir(mode=mode)

    done = run(sys.executable, "-c", CACHE_UNPRIVILEGED, str(folder), str(NOBODY), cwd=ROOT / "src")

    assert (done.stdout, done.stderr) == ("False\n", "")


# ---- Checkouts ----


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of its own, with out/ as this one builds it."""
    root = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ("src", "parameters"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for name in ("build.py", "Makefile", "setup.cfg", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, root / name)
    return root


def test_checkout_with_crlf(checkout: Path) -> None:
    """Sources, parameter files and scripts that git checked out with CRLF make the same bytes."""
    in_repository = PurePosixPath("out")
    files = output.assemble(parameters=ROOT / "parameters", lint=False, in_repository=in_repository).files
    for path in (path for path in checkout.rglob("*") if path.is_file()):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    done = run(sys.executable, "build.py", "--no-lint", "--quiet", cwd=checkout)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert_holds(checkout / "out", files)


def test_output_with_crlf(out: Path, files: dict[str, bytes], capsys: pytest.CaptureFixture[str]) -> None:
    """A check calls an out/ with CRLF stale and says why; a build puts the line feeds back."""
    writing.write(files, out)
    for path, data in files.items():
        (out / path).write_bytes(data.replace(b"\n", b"\r\n"))
    command = ["build", "--no-lint", "--parameters", str(ROOT / "parameters"), "--output", str(out)]

    assert cli.main([*command, "--check"]) == 1
    why = "differs only in its line endings: CRLF instead of LF (see .gitattributes)."
    assert capsys.readouterr().out.splitlines()[:-2] == [f"{(out / path).as_posix()} {why}" for path in files]
    assert cli.main([*command, "--quiet"]) == 0
    assert_holds(out, files)


RESERVED = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{name}{number}" for name in ("COM", "LPT") for number in range(10)),
}


def test_paths_are_good_on_windows(files: dict[str, bytes]) -> None:
    """No file is called what Windows cannot store or tell apart from another."""
    for path in files:
        windows = PureWindowsPath(path)
        assert windows.as_posix() == path
        assert not windows.is_absolute()
        assert not set(path) & set('<>:"\\|?*')
        assert not any(part.endswith((".", " ")) for part in windows.parts)
        assert not any(part.split(".")[0].upper() in RESERVED for part in windows.parts)
        assert len(path) < 100, "with the checkout's own path, more than 260 are trouble"
    assert len({path.lower() for path in files}) == len(files)


def lend_python(environment: Path) -> None:
    """Make what ``make`` takes for its virtual environment, with the Python of this one."""
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (environment / "bin" / "python").chmod(0o755)
    (environment / ".created").touch()


def make(target: str, checkout: Path, **options: str) -> subprocess.CompletedProcess[str]:
    """Run make in another checkout, with its ``.venv`` whatever the make knows that runs the tests."""
    environment = {**os.environ, **options, "MAKEFLAGS": "", "LC_ALL": "C"}
    return run("make", "--no-print-directory", "VENV=.venv", target, cwd=checkout, env=environment)


@unix_only
@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_copy_of_a_checkout(checkout: Path) -> None:
    """A copy runs its own code, though its virtual environment has the original's installed."""
    environment = checkout / ".venv"
    lend_python(environment)
    (environment / ".installed").touch()
    for module in ("__main__.py", "rules/__main__.py"):
        (checkout / "src" / "csr_templates" / module).write_text("print('the copy')\n")
    (checkout / "docs").mkdir()

    for target, printed in (("environments", "the copy\n"), ("rules", "")):
        done = make(target, checkout)
        assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")
    assert (checkout / "docs" / "rules.md").read_text() == "the copy\n"


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
    """``make`` stops at a broken constraints.txt, names it, and counts nothing as installed."""
    (checkout / "constraints.txt").unlink()
    if constraints:
        (checkout / "constraints.txt").write_bytes(constraints)
    environment = checkout / ".venv"
    lend_python(environment)

    # Whatever make asks of pip, nothing is installed.
    done = make("templates", checkout, PIP_DRY_RUN="1", PIP_NO_INDEX="1")

    assert done.returncode == 2
    assert message in done.stderr
    assert "constraints.txt" in done.stderr
    assert not (environment / ".installed").exists()
    assert not (checkout / "out").exists()

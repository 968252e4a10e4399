"""``folder``: compares a set of files with a folder, and writes the set to the folder."""

import errno
import hashlib
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csr_templates.assembly import folder as writing
from csr_templates.assembly.folder import OutputError, difference, plan, write
from csr_templates.hand_over.manifest import as_json
from tests.folders import on_disk


def file_set(**texts: str) -> dict[str, bytes]:
    """Return a set with its manifest; ``a__b`` is the file ``a/b.yaml``."""
    files = {f"{name.replace('__', '/')}.yaml": text.encode() for name, text in texts.items()}
    listed = {path: {"sha256": hashlib.sha256(data).hexdigest()} for path, data in files.items()}
    return {**files, "stacks.json": f"{json.dumps({'formatVersion': 1, 'files': listed})}\n".encode()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The path of an output folder that does not exist yet."""
    return tmp_path / "out"


# ---- Writing ----


def test_makes_the_folder_and_everything_in_it(tmp_path: Path) -> None:
    """A missing folder is created with its parents and subfolders. No other files are created."""
    out = tmp_path / "deep" / "out"
    files = file_set(main="a\n", parameters__dev="b\n")

    assert plan(files, out).written == ("main.yaml", "parameters/dev.yaml", "stacks.json")
    assert not out.exists(), "comparing changes nothing"

    assert write(files, out).written == ("main.yaml", "parameters/dev.yaml", "stacks.json")
    assert on_disk(out) == files


def test_accepts_a_folder_with_hidden_files_only(out: Path) -> None:
    """A folder that contains only hidden files counts as empty, and the files are kept."""
    out.mkdir()
    (out / ".gitkeep").write_bytes(b"")

    assert write(file_set(main="a\n"), out).unknown == ()
    assert on_disk(out) == {**file_set(main="a\n"), ".gitkeep": b""}


def test_leaves_unchanged_files_untouched(out: Path) -> None:
    """A file with the correct content keeps its time stamp. A build without changes does not create files."""
    write(file_set(main="a\n", api="b\n"), out)
    for path in out.iterdir():
        os.utime(path, ns=(10**18, 10**18))
    os.utime(out, ns=(10**18, 10**18))

    again = write(file_set(main="a\n", api="b\n"), out)

    assert again.unchanged == ("main.yaml", "api.yaml", "stacks.json")
    assert again.stale == ()
    assert out.stat().st_mtime_ns == 10**18

    changed = write(file_set(main="a\n", api="c\n"), out)

    assert changed.written == ("api.yaml", "stacks.json")
    assert (out / "main.yaml").stat().st_mtime_ns == 10**18


def test_overwrites_a_generated_file_that_was_edited(out: Path) -> None:
    """Edits of a generated file are overwritten."""
    write(file_set(main="a\n"), out)
    (out / "main.yaml").write_bytes(b"edited\n")

    done = write(file_set(main="a\n"), out)

    assert done.written == ("main.yaml",)
    assert on_disk(out) == file_set(main="a\n")


def test_announces_first_and_writes_the_manifest_last(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """stacks.json first lists the coming files.

    Then files are written and removed, and the final stacks.json is last.
    """
    write(file_set(main="a\n", old="x\n"), out)
    events: list[str] = []
    announced: dict[str, Any] = {}
    replace, unlink = os.replace, os.unlink

    def recording_replace(source: Path, target: Path) -> None:
        replace(source, target)
        events.append(f"replace {target.relative_to(out)}")
        if len(events) == 1:
            announced.update(json.loads(target.read_bytes())["files"])

    def recording_unlink(path: Path) -> None:
        events.append(f"unlink {path.relative_to(out)}")
        unlink(path)

    monkeypatch.setattr(os, "replace", recording_replace)
    monkeypatch.setattr(os, "unlink", recording_unlink)
    write(file_set(main="b\n", api="c\n"), out)

    first, *others = ["replace stacks.json", "replace main.yaml", "replace api.yaml", "unlink old.yaml"]
    assert events == [first, *others, first]
    a, b, c, x = (hashlib.sha256(data).hexdigest() for data in (b"a\n", b"b\n", b"c\n", b"x\n"))
    assert announced == {
        "main.yaml": {"sha256": a, "announced": [b]},
        "old.yaml": {"sha256": x},
        "api.yaml": {"sha256": c},
    }


# ---- Removing ----


def test_removes_files_that_left_the_set(out: Path) -> None:
    """Listed files that are no longer in the set are removed, with their empty folders.

    Other files are kept.
    """
    write(file_set(main="a\n", edited="x\n", parameters__dev="b\n", old__deep__er="d\n"), out)
    kept = {"edited.yaml": b"mine", "notes/todo.txt": b"mine"}
    hidden = {".DS_Store": b"", ".hidden/file": b"", "notes/.gitkeep": b""}
    for path, data in {**kept, **hidden}.items():
        (out / path).parent.mkdir(exist_ok=True)
        (out / path).write_bytes(data)

    done = write(file_set(main="a\n"), out)

    assert (done.removed, done.unknown) == (("parameters/dev.yaml", "old/deep/er.yaml"), tuple(kept))
    assert on_disk(out) == {**file_set(main="a\n"), **kept, **hidden}
    assert not (out / "old").exists()


@pytest.mark.parametrize(("name", "data"), [("X Y", b"x\ny\n"), ("1..2", b"x\ny\n"), ("crlf", b"x\r\ny\r\n")])
def test_removes_listed_files_with_unusual_names(out: Path, name: str, data: bytes) -> None:
    """Unusual names and the CRLF of a checkout do not prevent a listed file from being removed."""
    write(file_set(**{"main": "a\n", name: "x\ny\n"}), out)
    (out / f"{name}.yaml").write_bytes(data)

    assert write(file_set(main="a\n"), out).removed == (f"{name}.yaml",)


def test_removes_old_temporary_files(out: Path) -> None:
    """A temporary file is removed after an hour. Files with similar names are kept."""
    files = file_set(main="a\n", parameters__dev="b\n")
    write(files, out)
    old = (".csr-templates-main.yaml-01.tmp", "parameters/.csr-templates-dev.yaml-02.tmp")
    others = (".csr-templates-new.tmp", ".csr-templates-notes", ".notes.tmp", ".hidden/.csr-templates-a.tmp")
    (out / ".hidden").mkdir()
    for path in old + others:
        (out / path).write_bytes(b"")
        age = 3500 if "new" in path else 3700
        os.utime(out / path, (time.time() - age, time.time() - age))

    planned = plan(files, out)
    assert (planned.stale, planned.unknown, planned.leftovers) == ((), (), old)
    write(files, out)

    assert on_disk(out) == {**files, **dict.fromkeys(others, b"")}


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege on Windows")
def test_removes_nothing_behind_a_link(out: Path) -> None:
    """A listed file that is now reached through a link is outside of the folder, and is kept."""
    write(file_set(main="a\n", parameters__dev="b\n"), out)
    elsewhere = out.parent / "elsewhere"
    (out / "parameters").rename(elsewhere)
    (out / "parameters").symlink_to(elsewhere)

    done = write(file_set(main="a\n"), out)

    assert (done.removed, done.unknown) == ((), ("parameters",))
    assert (elsewhere / "dev.yaml").read_bytes() == b"b\n"


# ---- Folders with other content ----


NO_FOLDER = "{out} is not a folder. Specify a folder with --out, or move it elsewhere."
NO_MANIFEST = (
    "{out} contains files but no stacks.json, so it is not an output folder. Specify a new or empty folder "
    "with --out, or empty this one, then build again."
)
STRANGE_MANIFEST = (
    "{out}/stacks.json is not a manifest that this version of csr-templates can read. Specify another folder "
    "with --out, then build again."
)
HALF_A_CONFLICT = (
    "{out}/stacks.json has a merge conflict in line 1, and one side is not a manifest. Use one side "
    "(git checkout --ours {out}/stacks.json, or --theirs), then build again."
)
NOT_OURS = (
    "{out}/main.yaml would be overwritten by the build, but was not written by csr-templates. Move it "
    "elsewhere, then build again."
)
NO_PLACE = "{out}/%s is not a %s. Move it elsewhere, then build again."
ONE = file_set(main="a\n")
PATHS = ("../victim.txt", "/victim.txt", "a/../../victim.txt")
VICTIM = {"sha256": hashlib.sha256(b"x\n").hexdigest()}

# The content of the output folder: path -> content. None is an empty folder.
FOREIGN: dict[str, tuple[dict[str, bytes | None], str]] = {
    "files": ({"thesis.txt": b"mine"}, NO_MANIFEST),
    "folders": ({"src": None}, NO_MANIFEST),
    "merge conflict": ({**ONE, "stacks.json": b"<<<<<<< ours\n{}\n=======\n"}, HALF_A_CONFLICT),
    **{
        f"path {path!r}": (
            {**ONE, "stacks.json": json.dumps({"formatVersion": 1, "files": {path: VICTIM}}).encode()},
            STRANGE_MANIFEST,
        )
        for path in PATHS
    },
    "folder for manifest": ({"stacks.json": None}, NO_PLACE % ("stacks.json", "regular file")),
    "file for folder": ({**ONE, "parameters": b"mine"}, NO_PLACE % ("parameters", "folder")),
    "folder for file": ({**ONE, "main.yaml": None}, NO_PLACE % ("main.yaml", "regular file")),
    "unlisted file": ({**file_set(api="a\n"), "main.yaml": b"mine"}, NOT_OURS),
}


@pytest.mark.parametrize(("layout", "message"), FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("act", [plan, write], ids=["plan", "write"])
def test_fails_on_a_folder_that_is_not_ours(
    out: Path,
    layout: dict[str, bytes | None],
    message: str,
    act: Callable[[dict[str, bytes], Path], object],
) -> None:
    """If a build did not write the folder or the files in it, it is rejected and not changed."""
    (out.parent / "victim.txt").write_bytes(b"x\n")
    out.mkdir()
    for path, data in layout.items():
        if data is None:
            (out / path).mkdir()
        else:
            (out / path).write_bytes(data)
    before = on_disk(out.parent)

    with pytest.raises(OutputError) as caught:
        act(file_set(main="b\n", parameters__dev="c\n"), out)

    assert str(caught.value).replace(os.sep, "/") == message.format(out=out.as_posix())
    assert on_disk(out.parent) == before


@pytest.mark.parametrize("where", ["out", "below a file", "dangling link", "link to itself"])
@pytest.mark.parametrize("act", [plan, write], ids=["plan", "write"])
def test_fails_if_the_path_is_not_a_folder(
    out: Path, where: str, act: Callable[[dict[str, bytes], Path], object]
) -> None:
    """A file or a broken link at the path, or at one of its parents, is named and kept."""
    if "link" in where:
        out.symlink_to(out if "itself" in where else out.parent / "nowhere")
    else:
        out.write_bytes(b"mine")

    with pytest.raises(OutputError) as caught:
        act(ONE, out / "deep" / "er" if where == "below a file" else out)

    assert str(caught.value) == NO_FOLDER.format(out=out)
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege on Windows")
@pytest.mark.parametrize("link", ["main.yaml", "parameters"])
def test_fails_on_a_link_inside_the_folder(out: Path, link: str) -> None:
    """A build never writes through a link, because the target may contain other files."""
    write(file_set(main="a\n", parameters__dev="b\n"), out)
    elsewhere = out.parent / "elsewhere"
    (out / link).rename(elsewhere)
    (out / link).symlink_to(elsewhere)

    with pytest.raises(OutputError, match=f"{link} is not a"):
        write(file_set(main="c\n", parameters__dev="d\n"), out)

    assert b"c\n" not in on_disk(out.parent).values()
    assert b"d\n" not in on_disk(out.parent).values()


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege on Windows")
def test_output_folder_itself_may_be_a_link(out: Path) -> None:
    """The output folder itself can be a link."""
    (out.parent / "elsewhere").mkdir()
    out.symlink_to(out.parent / "elsewhere")

    write(file_set(main="a\n"), out)

    assert on_disk(out.parent / "elsewhere") == file_set(main="a\n")


def test_accepts_an_unlisted_file_with_the_correct_content(out: Path) -> None:
    """A file that stacks.json does not list, such as after a merge, is accepted if its content is correct."""
    write(file_set(main="a\n"), out)
    (out / "api.yaml").write_bytes(b"b\n")

    assert write(file_set(main="a\n", api="b\n"), out).written == ("stacks.json",)


# ---- Errors of the operating system ----


def test_unreadable_file_is_a_message(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a disk error does not contain a file name, the message contains the folder."""
    write(ONE, out)

    def fail(_: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "read_bytes", fail)
    for act in (lambda: plan(ONE, out), lambda: difference("main.yaml", b"a\n", out)):
        with pytest.raises(OutputError) as caught:
            act()
        assert str(caught.value) == (
            f"Cannot read the output folder {out}: {os.strerror(errno.EIO)} ({out}). Make sure that it is a "
            "folder that you can read and write, with space left, then build again."
        )


def test_full_disk_is_a_message_and_the_next_build_repairs(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a disk error, all files are complete, and no temporary files remain. The next build continues."""
    write(file_set(main="a\n", old="o\n"), out)
    new_set = file_set(main="b\n", api="c\n")
    calls = itertools.count(1)

    def full_disk(*places: Path) -> None:
        if next(calls) == 3:  # stacks.json, main.yaml, and then api.yaml
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(out / "api.yaml"))
        replace(*places)

    replace = os.replace
    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OutputError) as caught:
        write(new_set, out)
    monkeypatch.undo()

    assert str(caught.value) == (
        f"Cannot write to the output folder {out}: {os.strerror(errno.ENOSPC)} ({out / 'api.yaml'}). Make "
        "sure that it is a folder that you can read and write, with space left, then build again."
    )
    content = on_disk(out)
    assert content.pop("stacks.json") != new_set["stacks.json"]
    assert content == {"main.yaml": b"b\n", "old.yaml": b"o\n"}
    assert plan(new_set, out).written == ("api.yaml", "stacks.json")

    write(new_set, out)

    assert on_disk(out) == new_set


def test_folder_removed_during_a_build_is_a_message(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the folder is removed during a build, the build does not create it again."""
    monkeypatch.setattr(os, "fsync", lambda _: shutil.rmtree(out))

    with pytest.raises(OutputError, match=f"Cannot write to the output folder {out}"):
        write(file_set(main="a\n"), out)

    assert not out.exists()


# ---- Killed builds, and simultaneous builds ----


def large_set(version: int, *own: str) -> dict[str, bytes]:
    """Return a set with nine files that all sets have, and some others."""
    common = ("main", "database", *(f"parameters__{name}" for name in "abcdefg"))
    return file_set(**{name: f"{name} version {version}\n" * 50 for name in (*common, *own)})


SETS = (
    large_set(0, "in0", "in01", "in012", "old__deep__er"),
    large_set(1, "in1", "in01", "in012", "parameters__h", "new__er"),
    large_set(2, "in2", "in012", "new__er"),
    large_set(3),
)


def versions(path: str) -> set[bytes | None]:
    """Return every content of a file in the sets; None if one does not have it."""
    return {files.get(path) for files in SETS}


VERSIONS = {path: versions(path) for path in set().union(*SETS)}


def visible(folder: Path) -> dict[str, bytes]:
    """Return the files below ``folder`` that are not hidden."""
    return {path: data for path, data in on_disk(folder).items() if "/." not in f"/{path}"}


def assert_whole_and_known(folder: Path) -> None:
    """Fail unless all files are complete, and a comparison with any set lists exactly the changed files."""
    content = visible(folder)
    for path, data in content.items():
        assert data in VERSIONS[path] or path == "stacks.json", f"{path} is not one whole version"
    for files in SETS:
        compared = plan(files, folder)
        assert set(compared.written) == {path for path in files if content.get(path) != files[path]}
        assert set(compared.removed) == content.keys() - files.keys()
        assert compared.unknown == ()


class KilledError(BaseException):
    """Replaces SIGKILL: it is not caught."""


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """The functions to call before each change to the disk. The last one is called repeatedly."""
    happens: list[Callable[[], None]] = []

    def watched(change: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if happens:
                (happens.pop(0) if len(happens) > 1 else happens[0])()
            return change(*arguments, **options)

        return call

    for name in ("mkdir", "replace", "unlink", "rmdir"):
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    monkeypatch.setattr(os, "fsync", watched(lambda _: None))
    monkeypatch.setattr(Path, "open", watched(Path.open))
    return happens


def nothing() -> None:
    """Do not interrupt the build."""


def die() -> None:
    """Kill the build. Later operations fail too, as in a killed process."""
    raise KilledError


def write_until(files: dict[str, bytes], folder: Path, moments: list[Callable[[], None]], last: int) -> bool:
    """Write, and stop before change number ``last``. Return whether the build reached it."""
    moments[:] = [*[nothing] * (last - 1), die]
    try:
        write(files, folder)
    except KilledError:
        return True
    finally:
        moments.clear()
    return False


at_any_moment = pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.acceptance), 5])
"""Interrupts a build at each change, or, which takes less time, at every fifth."""


@at_any_moment
@pytest.mark.parametrize("first", [False, True], ids=["update", "first build"])
def test_killed_at_any_moment(out: Path, moments: list[Callable[[], None]], first: bool, step: int) -> None:
    """After a build is killed at any change, the next one writes all files, even if the code was edited."""
    for last in itertools.count(1, step):
        shutil.rmtree(out, ignore_errors=True)
        if not first:
            write(SETS[0], out)
        if not write_until(SETS[1], out, moments, last):
            break
        assert_whole_and_known(out)
        write(SETS[2], out)
        assert visible(out) == SETS[2]

    assert last > 50, "the two cases have 100 moments together"


@pytest.mark.acceptance
def test_killed_again_and_again(out: Path, moments: list[Callable[[], None]]) -> None:
    """Files stay complete if several builds in sequence are killed, and only the last one ends."""
    draw = random.Random(20)
    for _ in range(60):
        for _ in range(draw.randint(2, 5)):
            write_until(draw.choice(SETS), out, moments, draw.randint(1, 90))
            assert_whole_and_known(out)
        files = draw.choice(SETS)
        write(files, out)
        assert visible(out) == files
        if draw.random() < 0.3:
            shutil.rmtree(out)


@at_any_moment
@pytest.mark.parametrize("first", [False, True], ids=["update", "first build"])
def test_another_build_at_any_moment(
    out: Path, moments: list[Callable[[], None]], first: bool, step: int
) -> None:
    """A build that runs completely during another one of the same set does not disturb it."""

    def build() -> None:
        moments.clear()
        write(SETS[1], out)

    for last in itertools.count(1, step):
        shutil.rmtree(out, ignore_errors=True)
        if not first:
            write(SETS[0], out)
        moments[:] = [*[nothing] * (last - 1), build]
        write(SETS[1], out)
        assert on_disk(out) == SETS[1]
        if moments:
            break

    assert last > 50


def test_file_that_another_build_adds_meanwhile_is_ours(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that another build writes after the manifest was read counts as generated."""
    write(file_set(main="a\n"), out)
    read, others = writing._read, [file_set(main="a\n", api="theirs\n")]

    def read_late(folder: Path, path: str) -> bytes | None:
        if path == "api.yaml" and others:
            write(others.pop(), out)
        return read(folder, path)

    monkeypatch.setattr(writing, "_read", read_late)

    assert plan(file_set(main="a\n", api="mine\n"), out).written == ("api.yaml", "stacks.json")


def test_many_builds_at_once(out: Path) -> None:
    """Four processes that build different sets into one folder all succeed, and the files are complete."""
    program = (
        "import sys; from ast import literal_eval; from csr_templates.assembly.folder import Path, write\n"
        "sets = literal_eval(sys.argv[1])\nfor n in range(15): write(sets[n % 3], Path(sys.argv[2]))"
    )
    sets = [file_set(main=f"{n}\n" * 1000, api=f"{n}\n", **{f"only{n}": "x\n"}) for n in range(3)]
    command = [sys.executable, "-c", program, repr(sets), str(out)]

    processes = [subprocess.Popen(command) for _ in range(4)]

    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert not list(out.rglob(".*"))
    assert (out / "main.yaml").read_bytes() in {files["main.yaml"] for files in sets}
    write(sets[0], out)
    assert {path: on_disk(out)[path] for path in sets[0]} == sets[0]


# ---- Comparing ----


DIFFERENCES: dict[str, tuple[bytes | None, bytes | None, str]] = {
    "missing": (None, b"a\n", "{out}/x.yaml is missing.\n"),
    "surplus": (b"a\n", None, "{out}/x.yaml is no longer generated. A build removes it.\n"),
    "line endings": (
        b"a\r\nb\r\n",
        b"a\nb\n",
        "{out}/x.yaml differs only in its line endings: CRLF instead of LF (see .gitattributes).\n",
    ),
    "changed": (b"a\nb\nc\n", b"a\nB\nc\n", "{diff}@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"),
    "changed and CRLF": (b"a\r\nb\r\n", b"a\nB\n", "{diff}@@ -1,2 +1,2 @@\n a\n-b\n+B\n"),
    "no final line feed": (b"a", b"a\n", "{diff}@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
    "not UTF-8, odd separators": (b"\xff\x0cb\n", b"a\n", "{diff}@@ -1 +1 @@\n-\\xff\x0cb\n+a\n"),
}


@pytest.mark.parametrize(("current", "built", "text"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_explains_a_stale_file(tmp_path: Path, current: bytes | None, built: bytes | None, text: str) -> None:
    """A changed file is explained by a sentence or by a unified diff of its lines."""
    if current is not None:
        (tmp_path / "x.yaml").write_bytes(current)

    out = tmp_path.as_posix()
    diff = f"--- {out}/x.yaml\n+++ {out}/x.yaml (as it would be built)\n"
    assert difference("x.yaml", built, tmp_path) == text.format(out=out, diff=diff)


# ---- JSON ----


def test_json_is_the_same_everywhere() -> None:
    """JSON has an indent of two, only ASCII, the original order of keys, and a final line feed."""
    assert as_json({"b": "ü", "a": {"c": 1}}) == b'{\n  "b": "\\u00fc",\n  "a": {\n    "c": 1\n  }\n}\n'

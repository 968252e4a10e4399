"""Compare a set of files with a folder, and make the folder hold the set.

Each file is replaced whole, ``stacks.json`` last. It lists the SHA-256 of every other file, which tells our
files from everybody else's: a build overwrites and removes only what an earlier build wrote. A build that is
killed leaves whole files, some new and some old, and a journal of what it meant to write; the next build
mends the folder and clears up.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from csr_templates.assembly.locking import LockHeldError, locked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANIFEST = "stacks.json"
FORMAT_VERSION = 1

# Ours, in the output folder while a build writes. All start with a dot: git ignores them, reports skip them.
LOCK = ".csr-templates.lock"
JOURNAL = ".csr-templates.journal"  # what the running, or killed, build writes: path -> SHA-256 values
TEMPORARY_PREFIX = ".csr-templates-"
TEMPORARY_SUFFIX = ".tmp"

LOCK_PATIENCE = 10.0  # seconds; a build holds the lock for a fraction of one


class OutputError(Exception):
    """The output folder cannot be used as it is; the message says what to do."""


@dataclass(frozen=True)
class Plan:
    """What a build does, or would do, to a folder. Paths are POSIX and relative to it.

    Attributes:
        written: files that are missing or different, in the order of writing.
        removed: files of an earlier build that no longer belong to the set.
        unchanged: files that are as they should be.
        unknown: files that no build wrote as they stand; they are left alone.
        leftovers: traces of a killed build.
    """

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    unknown: tuple[str, ...]
    leftovers: tuple[str, ...]

    @property
    def stale(self) -> tuple[str, ...]:
        """Every path whose content, or existence, is not what the stacks say."""
        return self.written + self.removed


def plan(files: Mapping[str, bytes], folder: Path) -> Plan:
    """Compare ``files`` with ``folder`` and return what a build would do. Changes nothing.

    Raises:
        OutputError: the folder, or something in it, is not ours to write to, or cannot be read.
    """
    with _explained(folder):
        listed, begun = _history(folder)
        written: list[str] = []
        unchanged: list[str] = []
        for path, data in files.items():
            if obstacle := _obstacle(folder, path):
                raise OutputError(obstacle)
            found = _read(folder, path)
            if found not in (None, data) and path not in listed:
                listed, begun = _history(folder)  # once more: another build may have added the file just now
                if path not in listed and not _is_one_of(found, {sha256(data), *begun.get(path, ())}):
                    raise OutputError(
                        f"{folder / path} is in the way: a build would write this file, but no build wrote "
                        "what stands there now. Move it elsewhere, then build again."
                    )
            (unchanged if found == data else written).append(path)
        removed = []
        for path in {**listed, **begun}:
            if path not in files and not _obstacle(folder, path):
                found = _read(folder, path)
                if found is not None and _is_one_of(found, {listed.get(path, ""), *begun.get(path, ())}):
                    removed.append(path)
        visible, leftovers = _walk(folder)
        unknown = [path for path in visible if path not in files and path not in removed]
        return Plan(tuple(written), tuple(removed), tuple(unchanged), tuple(unknown), tuple(leftovers))


def difference(path: str, wanted: bytes | None, folder: Path) -> str:
    """Explain why the stale file ``path`` is stale: a sentence or a unified diff, ending in a line feed.

    Args:
        path: the file, relative to ``folder``.
        wanted: what it should hold; None for a file that no longer belongs to the set.
        folder: the output folder.

    Raises:
        OutputError: the file cannot be read.
    """
    name = (folder / path).as_posix()
    with _explained(folder):
        found = _read(folder, path)
    if wanted is None:
        return f"{name} no longer belongs to the set; a build removes it.\n"
    if found is None:
        return f"{name} is missing.\n"
    found = _with_lf(found)
    if found == wanted:
        return f"{name} differs only in its line endings: CRLF instead of LF (see .gitattributes).\n"
    from difflib import unified_diff  # only a stale file needs it

    lines = unified_diff(_lines(found), _lines(wanted), name, f"{name} (as it would be built)")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(data: bytes) -> list[str]:
    """Split at line feeds only; ``splitlines`` also splits at characters that diffs must show."""
    lines = data.decode("utf-8", "backslashreplace").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _history(folder: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return what earlier builds wrote: hashes by path, of the last finished one and of those killed since.

    Raises:
        OutputError: the folder holds files, and nothing says that they are ours.
    """
    existing = next((place for place in (folder, *folder.parents) if os.path.lexists(place)), folder)
    if existing != folder and existing.is_dir():
        return {}, {}
    if not existing.is_dir():
        raise OutputError(f"{existing} is not a folder. Name a folder with --output, or move it elsewhere.")
    # In this order nothing is overlooked while another build is at work: its journal is there before its
    # first file, and until after its manifest.
    has_files = any(not entry.name.startswith(".") for entry in folder.iterdir())
    begun = _begun(folder)
    listed = _listed(folder)
    if has_files and not begun and not listed:
        raise OutputError(
            f"{folder} holds files but no {MANIFEST}, so no build made them. Name a new or empty folder with "
            "--output, or empty this one, then build again."
        )
    return listed, begun


def _listed(folder: Path) -> dict[str, str]:
    """Return path -> SHA-256 of the files that the last finished build wrote; empty where there was none."""
    place = folder / MANIFEST
    if obstacle := _obstacle(folder, MANIFEST):
        raise OutputError(obstacle)
    data = _read(folder, MANIFEST)
    if data is None:
        return {}
    try:
        document = json.loads(data)
        listed = {str(path): str(file["sha256"]) for path, file in document["files"].items()}
        if document["formatVersion"] == FORMAT_VERSION and all(map(_is_inside, listed)):
            return {**listed, MANIFEST: sha256(data)}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass  # the sentence below covers every way of not being a manifest
    raise OutputError(
        f"{place} is not a manifest that this version of csr-templates knows. If a merge left it in "
        "conflict, take either side of it; otherwise name another folder with --output. Then build again."
    )


def _begun(folder: Path) -> dict[str, list[str]]:
    """Return path -> hashes that killed builds may have written; a journal that makes no sense is none."""
    if _obstacle(folder, JOURNAL):
        return {}
    try:
        journal = json.loads(_read(folder, JOURNAL) or b"{}")
        return {
            str(path): [str(value) for value in hashes]
            for path, hashes in journal.items()
            if _is_inside(path)
        }
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _is_inside(path: str) -> bool:
    """Tell whether ``path`` is one that a build could have written: relative, plain, no hidden part."""
    parts = path.split("/")
    return not any(part == "" or part.startswith(".") or set(part) & set("\\:\0") for part in parts)


def _obstacle(folder: Path, path: str) -> str:
    """Say what keeps ``path`` from being a plain file below ``folder``; empty where nothing does."""
    *parents, name = PurePosixPath(path).parts
    place = folder
    for parent in parents:
        place /= parent
        if (mode := _mode(place)) and not stat.S_ISDIR(mode):
            return f"{place} is in the way: a folder belongs there. Move it elsewhere, then build again."
    place /= name
    if (mode := _mode(place)) and not stat.S_ISREG(mode):
        return f"{place} is in the way: a plain file belongs there. Move it elsewhere, then build again."
    return ""


def _mode(place: Path) -> int:
    """Return what ``place`` is, without following a link; 0 where nothing is."""
    try:
        return place.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _read(folder: Path, path: str) -> bytes | None:
    try:
        return (folder / path).read_bytes()
    except FileNotFoundError:
        return None


def _walk(folder: Path) -> tuple[list[str], list[str]]:
    """Return the visible files below ``folder``, and what killed builds left behind. Follows no link."""
    visible, leftovers = [], []
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if Path(top, name).is_symlink()]
        for name in sorted(names + links):
            path = Path(top, name).relative_to(folder).as_posix()
            if not name.startswith("."):
                visible.append(path)
            elif path in (LOCK, JOURNAL) or _is_temporary(name):
                leftovers.append(path)
    return visible, leftovers


# ---- Writing ----


def write(files: Mapping[str, bytes], folder: Path) -> Plan:
    """Make ``folder`` hold ``files`` and return what was done; the folder is made if it is missing.

    Only one build writes to a folder at a time. An unchanged file is not touched.

    Args:
        files: POSIX path relative to ``folder`` -> content, as ``assemble`` returns them.
        folder: the output folder.

    Raises:
        OutputError: the folder is not ours, cannot be written to, or another build keeps writing to it.
    """
    todo = plan(files, folder)
    if not todo.stale and not todo.leftovers:
        return todo
    with _explained(folder):
        for name in (LOCK, JOURNAL):
            if obstacle := _obstacle(folder, name):
                raise OutputError(obstacle)
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / LOCK, LOCK_PATIENCE):
            todo = plan(files, folder)  # once more: another build may have finished just now
            _carry_out(todo, files, folder)
    return todo


def _carry_out(todo: Plan, files: Mapping[str, bytes], folder: Path) -> None:
    for path in filter(_is_temporary, todo.leftovers):
        (folder / path).unlink()
    begun = _begun(folder)
    for path in todo.written:
        begun[path] = sorted({*begun.get(path, ()), sha256(files[path])})
    _replace(folder / JOURNAL, as_json(begun))
    for path in todo.written:
        if path != MANIFEST:
            _replace(folder / path, files[path])
    for path in todo.removed:
        _remove(folder, path)
    if MANIFEST in todo.written:  # last: until then the old one says which files are ours
        _replace(folder / MANIFEST, files[MANIFEST])
    (folder / JOURNAL).unlink()


def _replace(place: Path, data: bytes) -> None:
    """Give ``place`` new content in one step; nobody ever reads half of it, even after a power cut."""
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f"{TEMPORARY_PREFIX}{place.name}{TEMPORARY_SUFFIX}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _remove(folder: Path, path: str) -> None:
    """Remove a file and the folders that it leaves empty."""
    place = folder / path
    place.unlink()
    for parent in place.relative_to(folder).parents[:-1]:
        try:
            (folder / parent).rmdir()
        except OSError:
            return  # not empty


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what the operating system says into a sentence."""
    try:
        yield
    except LockHeldError:
        raise OutputError(
            f"Another build has been writing to {folder} for {LOCK_PATIENCE:g} seconds. Wait for it to end, "
            "or end it, then build again."
        ) from None
    except OSError as error:
        raise OutputError(
            f"Cannot work in the output folder {folder}: {error.strerror or error} "
            f"({error.filename or folder}). Make sure that it is a folder that you may read and write, with "
            "space left, then build again."
        ) from error


# ---- Small things ----


def _is_temporary(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith(TEMPORARY_PREFIX) and name.endswith(TEMPORARY_SUFFIX)


def _is_one_of(data: bytes, hashes: set[str]) -> bool:
    """Tell whether ``data`` has one of the hashes, as it is or as git may have checked it out, with CRLF."""
    return sha256(data) in hashes or sha256(_with_lf(data)) in hashes


def _with_lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal, as ``stacks.json`` lists it."""
    return hashlib.sha256(data).hexdigest()


def as_json(document: Mapping[str, Any]) -> bytes:
    """Return ``document`` as JSON that is the same everywhere: ASCII, LF, keys in the order given."""
    return f"{json.dumps(document, indent=2)}\n".encode("ascii")

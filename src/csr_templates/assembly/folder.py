"""Compares a set of files with a folder, and writes the set into the folder.

``stacks.json`` lists the SHA-256 of every other file. Files in this list are generated: a build overwrites
them, and removes them if they no longer belong to the set, unless they were edited. All other files were not
written by csr-templates and are never touched. A ``stacks.json`` with merge conflicts lists the files of both
sides, so a build also resolves conflicts.

A build first adds the new files to ``stacks.json``. It then replaces each file completely, and writes the
final ``stacks.json`` last. A build that is killed leaves complete files, some new and some old, which the
next build updates, and concurrent builds do not need a lock.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from csr_templates.hand_over.manifest import (
    MANIFEST,
    ManifestError,
    announce,
    as_json,
    hashes,
    read_or_merge,
    sha256,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Pattern of temporary files; with a leading dot, they are ignored by git and skipped in reports.
TEMPORARY_PREFIX = ".csr-templates-"
TEMPORARY_SUFFIX = ".tmp"
TEMPORARY_LIFE = 3600  # seconds after which no running build uses it


class OutputError(Exception):
    """The output folder cannot be used; the message states what to do."""


class Plan(NamedTuple):
    """The changes of a build in a folder. Paths are POSIX and relative to it.

    Attributes:
        written: files that are missing or different, in the order of writing.
        removed: files of an earlier build that no longer belong to the set.
        unchanged: files that are up to date.
        unknown: files not written by csr-templates, or edited since; they are not touched.
        leftovers: temporary files of builds that were killed.
    """

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    unknown: tuple[str, ...]
    leftovers: tuple[str, ...]

    @property
    def stale(self) -> tuple[str, ...]:
        """Every path that is missing, different or no longer needed."""
        return self.written + self.removed


def plan(files: Mapping[str, bytes], folder: Path) -> Plan:
    """Compare ``files`` with ``folder`` and return the changes of a build, without writing.

    Raises:
        OutputError: the folder, or a file in it, belongs to someone else, or cannot be read.
    """
    with _errors_as_sentences("read", folder):
        listed = _listed_files(folder)
        written: list[str] = []
        unchanged: list[str] = []
        for path, data in files.items():
            if obstacle := _obstacle(folder, path):
                raise OutputError(obstacle)
            current = _read(folder, path)
            if current is not None and path not in listed and _with_lf(current) != data:
                listed = _listed_files(folder)  # read again: a concurrent build may have added the file
                if path not in listed:
                    raise OutputError(
                        f"{folder / path} would be overwritten by the build, but was not "
                        "written by csr-templates. Move it elsewhere, then build again."
                    )
            if current == data:
                unchanged.append(path)
            else:
                written.append(path)
        removed = [
            path
            for path, digests in listed.items()
            if path not in files and _is_from_build(folder, path, digests)
        ]
        visible, leftovers = _walk(folder)
        unknown = [path for path in visible if path not in files and path not in removed]
        return Plan(tuple(written), tuple(removed), tuple(unchanged), tuple(unknown), tuple(leftovers))


def _is_from_build(folder: Path, path: str, digests: set[str]) -> bool:
    """Return whether a file exists with one of the contents that an earlier build wrote."""
    if _obstacle(folder, path):
        return False
    content = _read(folder, path)
    return content is not None and not digests.isdisjoint((sha256(content), sha256(_with_lf(content))))


def difference(path: str, built: bytes | None, folder: Path) -> str:
    """Return why ``path`` is stale: a sentence or a unified diff, with a line feed at the end.

    ``built`` is None for a file that no longer belongs to the set.

    Raises:
        OutputError: the file cannot be read.
    """
    name = (folder / path).as_posix()
    with _errors_as_sentences("read", folder):
        current = _read(folder, path)
    if built is None:
        return f"{name} is no longer generated. A build removes it.\n"
    if current is None:
        return f"{name} is missing.\n"
    if _with_lf(current) == built:
        return f"{name} differs only in its line endings: CRLF instead of LF (see .gitattributes).\n"
    return unified(name, current, built)


def unified(name: str, current: bytes, built: bytes) -> str:
    """Return the unified diff of a file, without differences of line endings."""
    from difflib import unified_diff  # only a stale file needs it

    lines = unified_diff(
        _lines(_with_lf(current)), _lines(_with_lf(built)), name, f"{name} (as it would be built)"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(data: bytes) -> list[str]:
    """Split at line feeds only; ``splitlines`` also splits at characters that diffs must show."""
    *complete, last = data.decode("utf-8", "backslashreplace").split("\n")
    lines = [f"{line}\n" for line in complete]
    if last:
        lines.append(last)
    return lines


def _listed_files(folder: Path) -> dict[str, set[str]]:
    """Return the files of earlier builds: path -> the SHA-256 of each possible content.

    Raises:
        OutputError: the folder contains files, but no manifest.
    """
    existing = next((place for place in (folder, *folder.parents) if os.path.lexists(place)), folder)
    if existing != folder and existing.is_dir():
        return {}
    if not existing.is_dir():
        raise OutputError(f"{existing} is not a folder. Specify a folder with --out, or move it elsewhere.")
    # In this order, because the first build of a folder writes a manifest before any other file.
    has_files = any(not entry.name.startswith(".") for entry in folder.iterdir())
    manifest = _manifest(folder)
    if manifest is None:
        if has_files:
            raise OutputError(
                f"{folder} contains files but no {MANIFEST}, so it is not an output folder. Specify a new or "
                "empty folder with --out, or empty this one, then build again."
            )
        return {}
    return {MANIFEST: set(), **{path: hashes(entry) for path, entry in manifest["files"].items()}}


def _manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder; None if there is none.

    Raises:
        OutputError: it is not a manifest.
    """
    if obstacle := _obstacle(folder, MANIFEST):
        raise OutputError(obstacle)
    data = _read(folder, MANIFEST)
    if data is None:
        return None
    try:
        return read_or_merge(data, str(folder / MANIFEST))
    except ManifestError as error:
        raise OutputError(str(error)) from error


def _obstacle(folder: Path, path: str) -> str:
    """Return why ``path`` cannot be a regular file below ``folder``; empty if it can."""
    *parents, name = path.split("/")
    place = folder
    for parent in parents:
        place /= parent
        if (mode := _mode(place)) and not stat.S_ISDIR(mode):
            return f"{place} is not a folder. Move it elsewhere, then build again."
    place /= name
    if (mode := _mode(place)) and not stat.S_ISREG(mode):
        return f"{place} is not a regular file. Move it elsewhere, then build again."
    return ""


def _mode(place: Path) -> int:
    """Return the file type of ``place``, without following links; 0 if it does not exist."""
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
    """Return the visible files below ``folder``, and old temporary files, without following links."""
    visible, leftovers = [], []
    for top, folders, names in os.walk(folder):
        parent = Path(top)
        below = "" if parent == folder else f"{parent.relative_to(folder).as_posix()}/"
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (parent / name).is_symlink()]
        for name in sorted(names + links):
            if not name.startswith("."):
                visible.append(f"{below}{name}")
            elif name.startswith(TEMPORARY_PREFIX) and name.endswith(TEMPORARY_SUFFIX):
                with suppress(FileNotFoundError):  # another build has finished with it
                    if time.time() - (parent / name).lstat().st_mtime > TEMPORARY_LIFE:
                        leftovers.append(f"{below}{name}")
    return visible, leftovers


# ---- Writing ----


def write(files: Mapping[str, bytes], folder: Path) -> Plan:
    """Write ``files`` into ``folder`` and return the changes; the folder is created if it is missing.

    An unchanged file is not touched.

    Args:
        files: POSIX path relative to ``folder`` -> content, as ``assemble`` returns them.
        folder: the output folder.

    Raises:
        OutputError: the folder was not written by csr-templates, or cannot be written.
    """
    todo = plan(files, folder)
    if todo.stale or todo.leftovers:
        with _errors_as_sentences("write to", folder):
            folder.mkdir(parents=True, exist_ok=True)
            _carry_out(todo, files, folder)
    return todo


def _carry_out(todo: Plan, files: Mapping[str, bytes], folder: Path) -> None:
    for path in todo.leftovers:
        (folder / path).unlink(missing_ok=True)
    content = {path: files[path] for path in todo.written if path != MANIFEST}
    if announcement := announce(_manifest(folder), content):
        replace(folder / MANIFEST, as_json(announcement))
    for path, data in content.items():
        # After a power failure, stacks.json lists the files to update.
        replace(folder / path, data, sync=False)
    for path in todo.removed:
        _remove(folder, path)
    if MANIFEST in todo.written:  # last: until then, the earlier manifest with the new files is valid
        replace(folder / MANIFEST, files[MANIFEST])


def replace(place: Path, data: bytes, *, sync: bool = True) -> None:
    """Replace the content of ``place`` atomically.

    Args:
        place: the file.
        data: its new content.
        sync: whether to flush it to disk, for power failures; this takes most of the time.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    unique = os.urandom(8).hex()
    temporary = place.with_name(f"{TEMPORARY_PREFIX}{place.name}-{unique}{TEMPORARY_SUFFIX}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _remove(folder: Path, path: str) -> None:
    """Remove a file, and its parent folders if they are empty."""
    place = folder / path
    place.unlink(missing_ok=True)  # another build may have removed it
    for parent in place.relative_to(folder).parents[:-1]:
        try:
            (folder / parent).rmdir()
        except OSError:
            return  # not empty


@contextmanager
def _errors_as_sentences(action: str, folder: Path) -> Iterator[None]:
    """Raise ``OutputError`` for an OSError."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"Cannot {action} the output folder {folder}: {error.strerror or error} "
            f"({error.filename or folder}). Make sure that it is a folder that you can read and write, with "
            "space left, then build again."
        ) from error


def _with_lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")

"""Git: which revision the running system is assumed to be, and the files of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

_OF_HOOKS: Final = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE")
# In this order; a shared branch says better than a local one what is deployed.
_MAIN_BRANCHES: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


class HistoryError(ValueError):
    """Git has no answer; the message says what to do."""


class Revision:
    """A commit of the repository that a folder lies in."""

    def __init__(self, folder: Path, name: str) -> None:
        """Look a revision up.

        Args:
            folder: any folder of the repository.
            name: of the revision, as git reads it.

        Raises:
            HistoryError: there is no such revision, no repository, or no git.
        """
        self.name = name
        self.root = _root(folder)
        self.commit = _git(
            self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        if not self.commit:
            raise HistoryError(
                f"There is no folder, file or revision {name}. Name one of the three; in a shallow clone, "
                "fetch the history first (git fetch --unshallow)."
            )

    def read(self, path: Path) -> bytes:
        """Return a file as it was.

        Raises:
            OSError: it was not there.
        """
        below = path.resolve().relative_to(self.root.resolve())
        return _show(self.root, f"{self.commit}:{below.as_posix()}")

    def reader(self, folder: Path) -> Callable[[str], bytes]:
        """Return what reads files of a folder as they were; it raises OSError for one that was not there."""
        return lambda name: self.read(folder / name)


def base(folder: Path) -> Revision:
    """Return where the current branch left the main branch; the current commit, if that is all of it.

    Raises:
        HistoryError: there is no history to compare with.
    """
    root = _root(folder)
    for branch in _MAIN_BRANCHES:
        if _git(root, "rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}"):
            if commit := _git(root, "merge-base", "HEAD", branch):
                return Revision(root, commit)
            raise HistoryError(
                f"HEAD and {branch} have no commit in common here. In a shallow clone, fetch the history "
                "(git fetch --unshallow), or name what to compare with: --before REVISION."
            )
    raise HistoryError(
        "There is no main branch to compare with: none of "
        f"{', '.join(_MAIN_BRANCHES)} is a commit here. Name what to compare with: --before REVISION."
    )


def _root(folder: Path) -> Path:
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.resolve().parent
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top:
        raise HistoryError(
            f"{folder.as_posix()} is not in a git repository, so there is no history to compare with. Name "
            "two folders or two templates: --before and --after."
        )
    return Path(top)


def _git(folder: Path, *arguments: str) -> str:
    """Return what git prints; empty where it fails."""
    try:
        done = _run(folder, *arguments)
    except FileNotFoundError as error:
        raise HistoryError("git is not installed. Name two folders: --before DIR --after DIR.") from error
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def _show(root: Path, name: str) -> bytes:
    done = _run(root, "cat-file", "blob", name)
    if done.returncode != 0:
        raise FileNotFoundError(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    # A hook of git names its repository in these, relative to another folder.
    environment = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

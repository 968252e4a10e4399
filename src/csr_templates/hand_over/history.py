"""Git: the revision that is assumed to be deployed, and its files."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

_OF_HOOKS: Final = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE")
# In this order: a remote branch is closer to the deployed state than a local one.
_MAIN_BRANCHES: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


class HistoryError(ValueError):
    """The revision or file cannot be read; the message states what to do."""


class Revision:
    """A commit of the repository of a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        """Find a revision.

        Raises:
            HistoryError: the revision or the repository does not exist, or git is not installed.
        """
        self.name = name
        self.root = _root(folder, f"There is no folder or file {name}, and ")
        self.commit = _git(
            self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        if not self.commit:
            raise HistoryError(
                f"There is no folder, file or revision {name}. Specify one of them. In a shallow clone, "
                "fetch the history first (git fetch --unshallow). For a tag: git fetch --tags."
            )

    def read(self, path: Path) -> bytes:
        """Return the content of a file in the commit.

        Raises:
            OSError: the commit does not contain the file.
        """
        below = path.resolve().relative_to(self.root.resolve())
        return _show(self.root, f"{self.commit}:{below.as_posix()}")

    def reader(self, folder: Path) -> Callable[[str], bytes]:
        """Return a function that reads files of a folder in the commit; OSError for missing files."""
        return lambda name: self.read(folder / name)


def base(folder: Path) -> Revision:
    """Return the merge base of HEAD and the main branch; HEAD if it is part of the main branch.

    Raises:
        HistoryError: there is no history to compare with.
    """
    root = _root(folder)
    for branch in _MAIN_BRANCHES:
        if _git(root, "rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}"):
            if commit := _git(root, "merge-base", "HEAD", branch):
                return Revision(root, commit)
            raise HistoryError(
                f"HEAD and {branch} do not have a common commit. In a shallow clone, fetch the history "
                "(git fetch --unshallow), or specify the deployed revision: --before REVISION."
            )
    raise HistoryError(
        f"There is no main branch to compare with: the repository has none of {', '.join(_MAIN_BRANCHES)}. "
        "Specify the deployed revision: --before REVISION."
    )


def commit_of(folder: Path, text: str) -> str:
    """Return the newest commit that wrote a text to a file of a folder, and its date; empty if none did.

    Line ends and empty lines at the end are not compared.

    Raises:
        HistoryError: the folder is not in a repository, or its history is not complete.
    """
    root = _root(folder)
    if _git(root, "rev-parse", "--is-shallow-repository") == "true":
        # Its oldest commit seems to write all files.
        raise HistoryError("The clone is shallow.")
    below = folder.resolve().relative_to(root.resolve()).as_posix()
    normal = "\n".join(text.splitlines()).rstrip("\n") + "\n"
    blob = _run(root, "hash-object", "--stdin", content=normal.encode()).stdout.decode().strip()
    # -m: a merge that resolved a conflict can be the only commit with this content.
    options = ("-m", "--raw", "--no-abbrev", "--format=commit %H %cs", f"--find-object={blob}")
    listed = _git(root, "log", "--exclude=refs/stash", "--all", *options, "--", below)
    commit = ""
    for line in listed.splitlines():
        if line.startswith("commit "):
            _, name, date = line.split()
            commit = f"commit {name[:12]}, {date}"
        elif line.split()[3:4] == [blob]:  # :mode mode old new status
            return commit
    if not _git(root, "ls-files", "--", below):
        raise HistoryError(f"{folder.as_posix()} is not in the history of the repository.")
    return ""


def _root(folder: Path, problem: str = "") -> Path:
    existing = folder
    while not existing.is_dir() and existing != existing.parent:
        existing = existing.resolve().parent
    top = _git(existing, "rev-parse", "--show-toplevel")
    if not top:
        raise HistoryError(
            f"{problem}{folder.as_posix()} is not in a Git repository. Specify two output folders or two "
            "templates to compare: --before and --after."
        )
    return Path(top)


def _git(folder: Path, *arguments: str) -> str:
    """Return the output of git; empty if it fails."""
    try:
        done = _run(folder, *arguments)
    except FileNotFoundError as error:
        raise HistoryError(
            "Git is not installed. Specify two output folders: --before DIR --after DIR."
        ) from error
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace").strip()
    return ""


def _show(root: Path, name: str) -> bytes:
    done = _run(root, "cat-file", "blob", name)
    if done.returncode != 0:
        raise FileNotFoundError(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _run(folder: Path, *arguments: str, content: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    # Git hooks set these to their repository, relative to another folder.
    environment = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        input=b"" if content is None else content,
    )

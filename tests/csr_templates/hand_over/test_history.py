"""``history``: the base of a comparison if none is given, in repositories with one or two commits."""

import subprocess
from pathlib import Path

import pytest

from csr_templates.hand_over.history import HistoryError, Revision, base


def git(folder: Path, *arguments: str) -> str:
    """Run git as a developer would."""
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, content: str) -> str:
    """Commit a file of the folder out, and return the commit."""
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / "file").write_text(content, "utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", content)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit on main."""
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "first")
    return tmp_path


def test_a_branch_is_compared_with_its_merge_base(repository: Path) -> None:
    """Later commits of main do not matter. On main, the base is the last commit."""
    first = git(repository, "rev-parse", "HEAD")
    assert base(repository / "out").commit == first

    git(repository, "checkout", "-q", "-b", "topic")
    commit(repository, "topic")
    git(repository, "checkout", "-q", "main")
    commit(repository, "second")
    git(repository, "checkout", "-q", "topic")

    revision = base(repository / "out")
    assert revision.commit == first
    assert revision.reader(repository / "out")("file") == b"first"
    with pytest.raises(FileNotFoundError):
        revision.reader(repository / "out")("missing")


def test_a_revision_is_looked_up_from_any_folder(repository: Path) -> None:
    """A revision can be a tag, a branch or relative to HEAD.

    The message about an unknown one shows what to specify.
    """
    git(repository, "tag", "v1")
    commit(repository, "second")

    assert Revision(repository / "out", "v1").read(repository / "out" / "file") == b"first"
    assert Revision(repository / "out", "HEAD~1").read(repository / "out" / "file") == b"first"
    with pytest.raises(
        HistoryError, match=r"^There is no folder, file or revision v2\. .* git fetch --tags[.]$"
    ):
        Revision(repository / "out", "v2")


def test_git_variables_of_a_hook_are_ignored(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In hooks, Git sets the path of the repository relative to another folder."""
    monkeypatch.setenv("GIT_DIR", ".git")

    assert base(repository / "out").commit


def test_a_missing_main_branch_is_a_message(repository: Path) -> None:
    """The message lists the branches that were searched, and how to specify another one."""
    git(repository, "branch", "-m", "trunk")

    with pytest.raises(
        HistoryError,
        match=r"^There is no main branch to compare with: the repository has none of origin/HEAD, ",
    ):
        base(repository / "out")


def test_two_histories_without_a_common_commit(repository: Path) -> None:
    """The message mentions that this also happens in a shallow clone."""
    git(repository, "checkout", "-q", "--orphan", "other")
    commit(repository, "other")

    with pytest.raises(HistoryError, match=r"^HEAD and main do not have a common commit\. In a shallow"):
        base(repository / "out")


def test_a_missing_repository_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message shows what to specify instead, also if Git is not installed."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(HistoryError, match="is not in a Git repository"):
        base(tmp_path)
    with pytest.raises(HistoryError, match=r"^There is no folder or file nope, and .* is not in a Git"):
        Revision(tmp_path, "nope")

    monkeypatch.setenv("PATH", "")
    with pytest.raises(HistoryError, match=r"^Git is not installed\. Specify two output folders"):
        base(tmp_path)

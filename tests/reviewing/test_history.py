"""``history``: what is compared with where no one says it, in repositories of one or two commits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from csr_templates.reviewing.history import HistoryError, Revision, base


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


def test_a_branch_is_compared_with_where_it_left(repository: Path) -> None:
    """Commits of main after that do not matter; on main it is the last commit."""
    first = git(repository, "rev-parse", "HEAD")
    assert base(repository / "out").commit == first

    git(repository, "checkout", "-q", "-b", "topic")
    commit(repository, "topic")
    git(repository, "checkout", "-q", "main")
    commit(repository, "second")
    git(repository, "checkout", "-q", "topic")

    found = base(repository / "out")
    assert found.commit == first
    assert found.reader(repository / "out")("file") == b"first"
    with pytest.raises(FileNotFoundError):
        found.reader(repository / "out")("missing")


def test_a_revision_is_looked_up_from_any_folder(repository: Path) -> None:
    """By tag, by branch, and relative to HEAD; an unknown one is a mistake with a way out."""
    git(repository, "tag", "v1")
    commit(repository, "second")

    assert Revision(repository / "out", "v1").read(repository / "out" / "file") == b"first"
    assert Revision(repository / "out", "HEAD~1").read(repository / "out" / "file") == b"first"
    with pytest.raises(HistoryError, match=r"^There is no folder, file or revision v2\. Specify one"):
        Revision(repository / "out", "v2")


def test_a_hook_does_not_lead_astray(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git tells its hooks where the repository is, as seen from another folder."""
    monkeypatch.setenv("GIT_DIR", ".git")

    assert base(repository / "out").commit


def test_without_a_main_branch_there_is_a_sentence(repository: Path) -> None:
    """It says which branches were looked for, and how to name another."""
    git(repository, "branch", "-m", "trunk")

    with pytest.raises(
        HistoryError,
        match=r"^There is no main branch to compare with: the repository has none of origin/HEAD, ",
    ):
        base(repository / "out")


def test_two_histories_have_nothing_in_common(repository: Path) -> None:
    """So it is in a shallow clone, which the sentence says."""
    git(repository, "checkout", "-q", "--orphan", "other")
    commit(repository, "other")

    with pytest.raises(HistoryError, match=r"^HEAD and main do not have a common commit\. In a shallow"):
        base(repository / "out")


def test_without_a_repository_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to name instead; so it does where git is not installed."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(HistoryError, match="is not in a Git repository"):
        base(tmp_path)

    monkeypatch.setenv("PATH", "")
    with pytest.raises(HistoryError, match=r"^Git is not installed\. Name two folders"):
        base(tmp_path)

"""The files that tools around the repository read: attributes of Git, settings of editors and of Renovate."""

import json
import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINES = "".join(f"line {number}\n" for number in range(50))
WITHOUT_SETTINGS = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "PATH": "/usr/bin:/bin",
}
AUTHOR = ["-c", "user.name=test", "-c", "user.email=test@example.com"]


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Git without the settings of the user."""
    return subprocess.run(
        ["git", *AUTHOR, *arguments],
        cwd=folder,
        env=WITHOUT_SETTINGS,
        capture_output=True,
        text=True,
        check=False,
    )


def commit(folder: Path, **files: str) -> None:
    """Write files, with ``__`` in their names for a slash, and commit them."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    git(folder, "add", "--all")
    assert git(folder, "commit", "--quiet", "--message", "files").returncode == 0


@pytest.mark.skipif(shutil.which("git") is None, reason="needs Git")
def test_out_is_never_merged_line_by_line(tmp_path: Path) -> None:
    """A file of out/ that both sides changed is a conflict without markers; other files are merged."""
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    commit(tmp_path, out__main=LINES, page=LINES)
    git(tmp_path, "checkout", "--quiet", "-b", "other")
    first = LINES.replace("line 2\n", "changed 2\n")
    commit(tmp_path, out__main=first, page=first)
    git(tmp_path, "checkout", "--quiet", "main")
    last = LINES.replace("line 40\n", "changed 40\n")
    commit(tmp_path, out__main=last, page=last)

    merged = git(tmp_path, "merge", "other")

    assert merged.returncode == 1
    assert git(tmp_path, "diff", "--name-only", "--diff-filter=U").stdout == "out/main.yaml\n"
    assert (tmp_path / "out" / "main.yaml").read_text("utf-8") == last
    assert "changed 2\n" in (tmp_path / "page.yaml").read_text("utf-8")
    git(tmp_path, "add", "out")
    assert git(tmp_path, "commit", "--no-edit").returncode == 0
    assert "+changed 40" in git(tmp_path, "show", "HEAD^1", "--", "out").stdout, "a reviewer reads the diff"


def test_editors_have_the_line_lengths_of_the_checks() -> None:
    """The length of a line of Python is that of Ruff."""
    settings = ConfigParser()
    settings.read_string("[top]\n" + (ROOT / ".editorconfig").read_text("utf-8"))
    (length,) = re.findall(r"^line-length = (\d+)$", (ROOT / "ruff.toml").read_text("utf-8"), re.MULTILINE)

    assert settings["top"]["root"] == "true"
    assert settings["*.py"]["max_line_length"] == length
    assert settings["Makefile"]["indent_style"] == "tab"


def test_renovate_names_files_that_exist() -> None:
    """Each file, folder and pattern of the configuration matches a file of the repository."""
    configuration = json.loads((ROOT / "renovate.json").read_text("utf-8"))
    tracked = git(ROOT, "ls-files").stdout.splitlines()
    if not tracked:
        pytest.skip("not a checkout of Git")
    patterns = []
    for manager in configuration["enabledManagers"]:
        own = configuration.get(manager, {}).get("managerFilePatterns", [])
        patterns += [pattern.strip("/") for pattern in own]
    for rule in configuration["packageRules"]:
        patterns += [f"^{re.escape(name.removesuffix('**'))}" for name in rule["matchFileNames"]]

    assert len(patterns) > len(configuration["enabledManagers"])
    for pattern in patterns:
        assert any(re.search(pattern, name) for name in tracked), pattern
    for name in ("constraints.txt", *(name for name in tracked if "/tools/requirements-" in name)):
        of_pip = configuration["pip_requirements"]["managerFilePatterns"]
        assert any(re.search(pattern.strip("/"), name) for pattern in of_pip), name

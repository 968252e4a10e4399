"""The recipes for a merge request: one comment that each run replaces, and an exit code that is kept."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from csr_templates.reviewing.markdown import MARKER

from .pages import ROOT

BLOCKS = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs/pipeline.md").read_text("utf-8"), re.M | re.S)
RECIPES = [text for text in BLOCKS if "csr-templates review" in text]
GITHUB, GITLAB = (yaml.safe_load(text.replace("on: pull", "'on': pull")) for text in RECIPES)

# What the scripts call: each writes down how it was called.
STUBS = {
    "git": 'echo "base-of-$3"',
    "gh": 'echo "gh $*" >> calls; case "$*" in *--jq*) printf "%s\\n" $OLD;; esac',
    "curl": 'echo "curl $*" >> calls; case "$*" in *per_page*) echo "${NOTES:-[]}";; esac',
    "apt-get": "true",
    "python": "true",
    "csr-templates": 'echo "csr-templates $*" >> calls; echo "the report"; exit "${CODE:-0}"',
}
ENVIRONMENT = {
    "BASE": "origin/main",
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_COMMIT_SHA": "c0ffee",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": "ba5e",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_PROJECT_ID": "3",
    "CI_PROJECT_URL": "https://gitlab.example/a/b",
    "GITHUB_REPOSITORY": "a/b",
    "GITHUB_STEP_SUMMARY": "summary",
    "LINKS": "https://github.com/a/b/blob/c0ffee",
    "NUMBER": "7",
    "REVIEW_TOKEN": "t",
}


def ran(folder: Path, script: str, **variables: str) -> tuple[int, list[str]]:
    """Run a script as the service does, and return its exit code and what it called."""
    commands = folder / "bin"
    commands.mkdir()
    for name, body in STUBS.items():
        (commands / name).write_text(f"#!/bin/sh\n{body}\n", "utf-8")
        (commands / name).chmod(0o755)
    path = f"{commands}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**ENVIRONMENT, "PATH": path, **variables},
        check=False,
        capture_output=True,
    )
    calls = folder / "calls"
    return done.returncode, calls.read_text("utf-8").splitlines() if calls.exists() else []


def step() -> str:
    """Return the script of the review on GitHub."""
    steps: list[dict[str, Any]] = GITHUB["jobs"]["review"]["steps"]
    script: str = next(one["run"] for one in steps if one.get("name") == "Review")
    return script


def test_the_marker_is_that_of_the_report() -> None:
    """Otherwise each run would add a comment."""
    assert [text.count(f'startswith("{MARKER}")') for text in RECIPES] == [1, 1]


@pytest.mark.parametrize(
    ("old", "call"), [("", "POST repos/a/b/issues/7/"), ("12", "PATCH repos/a/b/issues/")]
)
def test_github(tmp_path: Path, old: str, call: str) -> None:
    """The comment is written once and then replaced, and risks fail the step after all that."""
    code, calls = ran(tmp_path, step(), OLD=old, CODE="1")

    assert code == 1
    assert calls[0] == (
        "csr-templates review --before base-of-origin/main --format markdown --link-base "
        "https://github.com/a/b/blob/c0ffee"
    )
    assert calls[2].startswith(f"gh api --method {call}comments")
    assert calls[3] == "csr-templates review --before base-of-origin/main --format sarif"
    assert (tmp_path / "summary").read_text("utf-8") == "the report\n"
    assert (tmp_path / "review.sarif").exists()


def test_github_stops_at_bad_input(tmp_path: Path) -> None:
    """An empty comment would hide that."""
    assert ran(tmp_path, step(), CODE="2")[0] == 2


@pytest.mark.parametrize(
    ("notes", "call"),
    [
        ("[]", "curl -sf -o /dev/null -X POST"),
        (
            f'[{{"id": 5, "body": "other"}}, {{"id": 9, "body": "{MARKER} x"}}]',
            "curl -sf -o /dev/null -X PUT",
        ),
    ],
)
def test_gitlab(tmp_path: Path, notes: str, call: str) -> None:
    """The same by the notes of the merge request."""
    script = "\n".join(GITLAB["review"]["script"])
    code, calls = ran(tmp_path, script, NOTES=notes, CODE="1")

    assert code == 1
    assert calls[-1].startswith(call)
    end = "/merge_requests/7/notes" + ("/9" if "PUT" in call else "")
    assert calls[-1].endswith(end)

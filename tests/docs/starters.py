"""The starters of ``docs/starters``, taken apart: jobs, and the shell code that a runner gives to bash."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from .pages import ROOT

STARTERS: Final = ROOT / "docs" / "starters"
GITHUB: Final = sorted((STARTERS / "github").glob("*.yml"))
GITLAB: Final = STARTERS / "gitlab" / ".gitlab-ci.yml"
DEPLOY: Final = STARTERS / "deploy.sh"
# Roles that check the accounts, as a team names them in the variable.
ROLES: Final = (
    '{"prod": "arn:aws:iam::123456789012:role/checks", "dev": "arn:aws:iam::210987654321:role/checks"}'
)


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow of GitHub."""
    # YAML 1.1, as PyYAML reads it, takes the key "on" for true.
    document: dict[Any, Any] = yaml.safe_load((STARTERS / "github" / name).read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


def step(file: str, job: str, name: str) -> dict[str, Any]:
    """Return a step of a workflow."""
    (step_of_job,) = [
        candidate for candidate in workflow(file)["jobs"][job]["steps"] if candidate.get("name") == name
    ]
    return dict(step_of_job)


def gitlab() -> dict[str, Any]:
    """Return the jobs of GitLab, each with what it extends."""
    document: dict[str, Any] = yaml.safe_load(GITLAB.read_text("utf-8"))
    return {
        name: {**document.get(job.get("extends", ""), {}), **job} if isinstance(job, dict) else job
        for name, job in document.items()
    }


def script(job: str) -> str:
    """Return what GitLab's runner gives to bash."""
    return "\n".join(gitlab()[job]["script"])


def programs(folder: Path, stubs: Mapping[str, str]) -> str:
    """Write programs of a line each, and return the PATH with them in front."""
    commands = folder / "bin"
    commands.mkdir(exist_ok=True)
    for name, body in stubs.items():
        (commands / name).write_text(f"#!/bin/sh\n{body}\n", "utf-8")
        (commands / name).chmod(0o755)
    return f"{commands}{os.pathsep}{os.environ['PATH']}"


def ran(folder: Path, code: str, path: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code as both runners do: in a checkout, with bash, which stops at the first failure."""
    for name in ("docs", "out"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", code],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "LC_ALL": "C", **variables},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

"""Lint the starters of docs/starters and renovate.json, and make sure that each linter finds a fault."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Linter(NamedTuple):
    """A command that ends with an error for a fault, and a fault that it has to find.

    Attributes:
        command: run beside a copy of ``docs/starters``, which also has the configuration of Renovate.
        file: of the starters.
        text: a text of the file.
        fault: its replacement.
    """

    command: list[str]
    file: str
    text: str
    fault: str


def linters(work: Path) -> dict[str, Linter]:
    """Return the linters by their name.

    Args:
        work: the folder that the tools are installed below.
    """
    programs, node = work / "lint" / "bin", work / "node" / "node_modules"
    schema = [str(programs / "check-jsonschema"), "--builtin-schema"]
    workflows = ["starters/github/templates.yml", "starters/github/deploy.yml"]
    gitlab = "starters/gitlab/.gitlab-ci.yml"
    scripts = [f"starters/{name}.sh" for name in ("comment", "deploy", "identity", "preflight")]
    actionlint = str(node / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js")
    shellcheck = [
        str(programs / "shellcheck"),
        "--severity=warning",
        "--external-sources",
        "--source-path=SCRIPTDIR",
    ]
    return {
        "actionlint": Linter(
            ["node", actionlint, "starters/github/*.yml"],
            "github/deploy.yml",
            "${{ inputs.accepted }}",
            "${{ inputs.acceptance }}",
        ),
        "GitHub's schema": Linter(
            [*schema, "vendor.github-workflows", *workflows],
            "github/templates.yml",
            "runs-on:",
            "run-on:",
        ),
        "GitLab's schema": Linter(
            [*schema, "vendor.gitlab-ci", "--data-transform", "gitlab-ci", gitlab],
            "gitlab/.gitlab-ci.yml",
            "when: manual",
            "when: by hand",
        ),
        "Renovate's schema": Linter(
            [*schema, "vendor.renovate", "starters/renovate.json"],
            "renovate.json",
            '"enabled": false',
            '"enabled": "no"',
        ),
        "ShellCheck": Linter([*shellcheck, *scripts], "comment.sh", 'header="PRIVATE', 'haeder="PRIVATE'),
    }


def job(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a deploy job of GitLab; the mock has no preflight and no DescribeEvents."""
    programs = folder / "bin"
    programs.mkdir()
    aws = shutil.which("aws", path=environment["PATH"])
    no_events = f'case "$1 $2" in "cloudformation describe-events") exit ;; esac\nexec {aws} "$@"\n'
    for name, body in {"csr-templates": "", "aws": no_events}.items():
        program = programs / name
        program.write_text(f"#!/bin/sh\n{body}", "utf-8")
        program.chmod(0o755)
    return {
        **environment,
        "PATH": f"{programs}{os.pathsep}{environment['PATH']}",
        "CI_PIPELINE_ID": "1",
        "AWS_ID_TOKEN": "token-of-the-job",
        "PREFLIGHT_ROLES": '{"prod": "arn:aws:iam::123456789012:role/checks"}',
    }


def leave(stack: str, folder: Path) -> None:
    """Create an ``out`` in the folder, whose manifest has only one stack."""
    shared = (folder / "out").resolve()
    (folder / "out").unlink()
    shutil.copytree(shared, folder / "out")
    manifest = folder / "out" / "stacks.json"
    document = json.loads(manifest.read_text("utf-8"))
    document["stacks"] = [entry for entry in document["stacks"] if entry["name"] == stack]
    manifest.write_text(json.dumps(document), "utf-8")

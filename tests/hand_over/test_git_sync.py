"""Deployment files for Git sync."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from csr_templates import STACKS
from csr_templates.assembly import files as output
from csr_templates.hand_over.git_sync import FOLDER, deployment_file
from csr_templates.hand_over.manifest import deployment_file as deployment_path
from csr_templates.hand_over.manifest import parameter_file

if TYPE_CHECKING:
    from csr_templates.assembly.files import Assembly

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    """Return our own set."""
    return output.assemble(parameters=ROOT / "parameters", lint=False)


def test_names_template_parameters_and_tags() -> None:
    """The file is YAML with the three keys of Git sync; values are texts, whatever they look like."""
    text = deployment_file("main.yaml", {"Size": "010", "On": "yes", "Empty": ""}, {"Owner": "a: b #c"})

    assert text == (
        "# Generated from the parameter files; edit those, not this one.\n"
        "# Refresh with: make templates\n"
        'template-file-path: "out/main.yaml"\n'
        "parameters:\n"
        '  Size: "010"\n'
        '  On: "yes"\n'
        '  Empty: ""\n'
        "tags:\n"
        '  Owner: "a: b #c"\n'
    )


def test_leaves_out_what_is_empty() -> None:
    """A stack without parameters and tags has its template alone."""
    assert yaml.safe_load(deployment_file("main.yaml", {}, {})) == {"template-file-path": "out/main.yaml"}


def test_names_what_each_deploy_decides() -> None:
    """A value that changes with each deploy cannot be generated; the file says that it is missing."""
    text = deployment_file("main.yaml", {}, {}, ["Key", "Version"])

    assert "# Each deploy decides, so a copy of this file has to add: Key, Version\n" in text


def test_holds_the_values_of_the_environment(assembly: Assembly) -> None:
    """Of every stack in every environment: what a pipeline would pass, and a template that the set has."""
    known = output.read_environments(STACKS, ROOT / "parameters")

    assert len(known) > 1
    for environment in known:
        for stack in STACKS:
            text = assembly.files[deployment_path(environment.name, stack.name)]
            passed = json.loads(assembly.files[parameter_file(environment.name, stack.name)])
            assert yaml.safe_load(text) == {
                "template-file-path": f"{FOLDER}/{stack.template}",
                "parameters": passed["Parameters"],
                "tags": passed["Tags"],
            }


def test_cfn_lint_reads_them_from_the_root_of_the_repository(assembly: Assembly, tmp_path: Path) -> None:
    """cfn-lint finds each template by its path and nothing wrong with it, given these values."""
    for path, data in assembly.files.items():
        (tmp_path / FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / FOLDER / path).write_bytes(data)
    known = output.read_environments(STACKS, ROOT / "parameters")
    for region in {stack.region for stack in STACKS}:
        names = [f"{stack.name}.yaml" for stack in STACKS if stack.region == region]
        files = [f"{FOLDER}/{path}" for path in assembly.files if path.startswith("deployments/")]
        files = [path for path in files if path.endswith(tuple(f"/{name}" for name in names))]
        assert len(files) == len(known) * len(names)
        run = cfn_lint(tmp_path, region, files)
        assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_cfn_lint_judges_the_values(assembly: Assembly, tmp_path: Path) -> None:
    """The check above can fail: a value that a template refuses is found."""
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "main.yaml").write_bytes(assembly.files["main.yaml"])
    (tmp_path / "dev.yaml").write_text(deployment_file("main.yaml", {"VpcCidr": "anywhere"}, {}))

    run = cfn_lint(tmp_path, "ap-northeast-1", ["dev.yaml"])

    assert run.returncode != 0
    assert "'anywhere'" in run.stdout


def cfn_lint(folder: Path, region: str, files: list[str]) -> subprocess.CompletedProcess[str]:
    """Run cfn-lint over deployment files, as somebody in the repository would."""
    program = [sys.executable, "-c", "import sys; from cfnlint.runner import main; sys.exit(main())"]
    command = [*program, "--regions", region, "--deployment-files", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

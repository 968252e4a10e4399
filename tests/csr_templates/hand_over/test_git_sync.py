"""Deployment files for Git sync."""

import json
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
import yaml

from csr_templates import STACKS
from csr_templates.assembly import files as output
from csr_templates.assembly.files import Assembly
from csr_templates.cli import main as cli
from csr_templates.hand_over.git_sync import deployment_file, path_in_repository
from csr_templates.hand_over.manifest import deployment_file as deployment_path
from csr_templates.hand_over.manifest import parameter_file

ROOT = Path(__file__).resolve().parents[3]
FOLDER = "infra/cfn"


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    """Return our own set."""
    return output.assemble(parameters=ROOT / "parameters", lint=False, in_repository=PurePosixPath(FOLDER))


def test_names_template_parameters_and_tags() -> None:
    """The file is YAML with the three keys of Git sync. All values are strings."""
    text = deployment_file("out/main.yaml", {"Size": "010", "On": "yes", "Empty": ""}, {"Owner": "a: b #c"})

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
    """A stack without parameters and tags has only its template."""
    assert yaml.safe_load(deployment_file("out/main.yaml", {}, {})) == {"template-file-path": "out/main.yaml"}


def test_lists_the_per_deploy_parameters() -> None:
    """A value that changes with each deploy cannot be generated, so a comment lists the parameter."""
    text = deployment_file("main.yaml", {}, {}, ["Key", "Version"])

    assert "# Set at each deploy, so a copy of this file must add: Key, Version\n" in text


def test_holds_the_values_of_the_environment(assembly: Assembly) -> None:
    """Each file has the values that a pipeline would pass in its environment, and an existing template."""
    environments = output.read_environments(STACKS, ROOT / "parameters")

    assert len(environments) > 1
    for environment in environments:
        for stack in STACKS:
            text = assembly.files[deployment_path(environment.name, stack.name)]
            passed = json.loads(assembly.files[parameter_file(environment.name, stack.name)])
            assert yaml.safe_load(text) == {
                "template-file-path": f"{FOLDER}/{stack.template}",
                "parameters": passed["Parameters"],
                "tags": passed["Tags"],
            }


@pytest.mark.acceptance
def test_cfn_lint_reads_them_from_the_root_of_the_repository(assembly: Assembly, tmp_path: Path) -> None:
    """With these values, cfn-lint finds each template by its path, and has no findings."""
    for path, data in assembly.files.items():
        (tmp_path / FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / FOLDER / path).write_bytes(data)
    for region in {stack.region for stack in STACKS}:
        names = [f"{stack.name}.yaml" for stack in STACKS if stack.region == region]
        # of one environment: a build lints the templates with the values of all
        files = [f"{FOLDER}/deployments/prod/{name}" for name in names]
        assert {path.removeprefix(f"{FOLDER}/") for path in files} <= set(assembly.files)
        run = cfn_lint(tmp_path, region, files)
        assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.acceptance
def test_cfn_lint_judges_the_values(assembly: Assembly, tmp_path: Path) -> None:
    """cfn-lint reports a value that a template does not allow, so the check above can fail."""
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "main.yaml").write_bytes(assembly.files["main.yaml"])
    (tmp_path / "dev.yaml").write_text(deployment_file(f"{FOLDER}/main.yaml", {"VpcCidr": "anywhere"}, {}))

    run = cfn_lint(tmp_path, "ap-northeast-1", ["dev.yaml"])

    assert run.returncode != 0
    assert "'anywhere'" in run.stdout


TEXTS = [
    "my templates",
    'it\'s "new"',
    "Größe",
    "テンプレート",
    "\N{ROCKET}",
    "a: b #c",
    "\\u0041",
    "a\nb\t",
    "\x7f",
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader], ids=["PyYAML", "libyaml"])
def test_any_text_arrives(text: str, loader: type[yaml.SafeLoader]) -> None:
    """Quotes, spaces and letters of any language are written on one line of ASCII, and read unchanged."""
    written = deployment_file(f"{text}/main.yaml", {"Name": text}, {"Owner": text})

    assert written.isascii()
    assert written.count("\n") == 7
    assert yaml.load(written, loader) == {
        "template-file-path": f"{text}/main.yaml",
        "parameters": {"Name": text},
        "tags": {"Owner": text},
    }


# ---- Position of the output folder ----


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return an empty repository."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    return tmp_path / "repository"


@pytest.mark.parametrize("folder", ["out", "infra/cfn", "my templates/größe", ".", "a/../out"])
def test_paths_start_at_the_root_of_the_repository(folder: str, repository: Path) -> None:
    """Paths start at the root of the repository, which can be the output folder.

    The folder need not exist.
    """
    assert path_in_repository(repository / folder) == PurePosixPath(os.path.normpath(folder))


def test_a_relative_folder_counts_from_the_current_one(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--out cfn`` in a folder of the repository is a subfolder of that folder."""
    (repository / "infra").mkdir()
    monkeypatch.chdir(repository / "infra")

    assert path_in_repository(Path("cfn")) == PurePosixPath("infra/cfn")
    assert path_in_repository(Path()) == PurePosixPath("infra")
    assert path_in_repository(Path("../..")) is None


def test_the_nearest_repository_counts(repository: Path) -> None:
    """A submodule or a worktree, in which .git is a file, has its own root."""
    (repository / "part").mkdir()
    (repository / "part" / ".git").write_text("gitdir: ../.git/modules/part\n")

    assert path_in_repository(repository / "part" / "out") == PurePosixPath("out")
    assert path_in_repository(repository / "parts" / "out") == PurePosixPath("parts/out")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed(repository: Path, tmp_path: Path) -> None:
    """Git does not follow links, so the templates have the path of their real folder."""
    (repository / "real").mkdir()
    (tmp_path / "away").mkdir()
    (repository / "link").symlink_to("real")
    (repository / "leaving").symlink_to(tmp_path / "away")
    (tmp_path / "entering").symlink_to(repository / "real")
    (repository / "loop").symlink_to("loop")

    assert path_in_repository(repository / "link" / "out") == PurePosixPath("real/out")
    assert path_in_repository(repository / "leaving") is None
    assert path_in_repository(tmp_path / "entering") == PurePosixPath("real")
    assert path_in_repository(repository / "loop") == PurePosixPath("loop")


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere, and folders in use stay")
def test_a_folder_without_a_path_is_not_in_a_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is not UTF-8 cannot be written in YAML, and a deleted current folder has no path."""
    (repository / "gone").mkdir()
    monkeypatch.chdir(repository / "gone")
    (repository / "gone").rmdir()

    strange = repository / os.fsdecode(b"\xff")

    assert path_in_repository(strange) is None
    (strange / ".git").mkdir(parents=True)
    assert path_in_repository(strange / "out") == PurePosixPath("out")
    assert path_in_repository(Path("out")) is None


def build(folder: Path, *options: str) -> int:
    """Build the real stacks and environments into a folder."""
    parameters = str(ROOT / "parameters")
    return cli.main(["build", "--no-lint", "--parameters", parameters, "--out", str(folder), *options])


def template_paths(folder: Path) -> set[str]:
    """Return the templates in the deployment files of a folder."""
    files = folder.glob("deployments/*/*.yaml")
    return {yaml.safe_load(file.read_text(encoding="ascii"))["template-file-path"] for file in files}


@pytest.mark.parametrize("folder", [FOLDER, 'it\'s "ours"/größe', "."])
def test_a_build_names_templates_that_are_there(folder: str, repository: Path) -> None:
    """Each path from the root of the repository is an existing template, and a check passes."""
    assert build(repository / folder) == 0

    paths = template_paths(repository / folder)
    assert {Path(path).name for path in paths} == {stack.template for stack in STACKS}
    assert all((repository / path).is_file() for path in paths)
    assert build(repository / folder, "--check") == 0


def test_a_moved_folder_is_stale(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A check reports files with the old path, and a build updates them."""
    assert build(repository / "out") == 0
    (repository / "out").rename(repository / "cfn")
    capsys.readouterr()

    assert build(repository / "cfn", "--check") == 1
    assert '-template-file-path: "out/main.yaml"\n+template-file-path: "cfn/main.yaml"\n' in (
        capsys.readouterr().out
    )
    assert build(repository / "cfn") == 0
    assert all(path.startswith("cfn/") for path in template_paths(repository / "cfn"))


def test_outside_a_repository_earlier_files_are_removed(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Git sync requires a repository, so there are no deployment files, and the manifest lists none."""
    out = repository / "out"
    assert build(out) == 0
    (repository / ".git").rmdir()
    capsys.readouterr()

    assert build(out, "--check") == 1
    assert "deployments/dev/network.yaml is no longer generated. A build removes it.\n" in (
        capsys.readouterr().out
    )
    assert build(out) == 0
    assert not (out / "deployments").exists()
    assert '"deploymentFiles": {}' in (out / "stacks.json").read_text()
    assert (out / "parameters" / "dev" / "network.json").is_file()
    assert build(out, "--check") == 0


def cfn_lint(folder: Path, region: str, files: list[str]) -> subprocess.CompletedProcess[str]:
    """Run cfn-lint for deployment files, as in a user's repository."""
    program = [sys.executable, "-c", "import sys; from cfnlint.runner import main; sys.exit(main())"]
    command = [*program, "--regions", region, "--deployment-files", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

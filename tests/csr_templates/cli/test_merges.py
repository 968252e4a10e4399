"""Builds after a Git merge of two branches with built files: conflicts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from troposphere import Parameter, Ref, s3

from csr_templates import Stack, StackTemplate
from csr_templates.cli import main as cli
from csr_templates.stacks.parts import parameters as part
from tests.folders import on_disk

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

PARAMETERS = '{\n  "Environment": "dev",\n  "Size": 1\n}\n'


def stack(name: str, *buckets: str) -> Stack:
    """Return a stack of buckets with a parameter."""

    def build() -> StackTemplate:
        t = StackTemplate("Buckets")
        t.add_parameter(part.project_name())
        t.add_parameter(Parameter("Environment", Type="String", Default="dev"))
        t.add_parameter(Parameter("Size", Type="Number", Default="1"))
        for bucket in buckets:
            t.section(bucket)
            t.add_resource(s3.Bucket(bucket, BucketName=Ref("Environment")))
        return t

    return Stack(name, f"{name}.yaml", "us-east-1", build)


class Repository:
    """A repository with parameters and out/, in which branches are built and merged."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.monkeypatch = monkeypatch
        (folder / "parameters").mkdir(parents=True)
        (folder / "parameters" / "dev.json").write_text(PARAMETERS)
        (folder / "parameters" / "shared.json").write_text("{}\n")
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run git, without any configuration of this machine."""
        settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        for who in ("AUTHOR", "COMMITTER"):
            settings |= {f"GIT_{who}_NAME": "a", f"GIT_{who}_EMAIL": "a@example.com"}
        return subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, *stacks: Stack, options: tuple[str, ...] = (), out: Path | None = None) -> int:
        """Build stacks into out/."""
        self.monkeypatch.setattr(cli, "STACKS", stacks)
        parameters = str(self.folder / "parameters")
        folder = str(out or self.out)
        return cli.main(["build", "--no-lint", "--out", folder, "--parameters", parameters, *options])

    def branch(self, name: str, *stacks: Stack) -> None:
        """Build stacks on a branch from main, and commit them."""
        self.git("checkout", "-q", "-b", name, "main")
        assert self.build(*stacks) == 0
        self.commit()

    def commit(self) -> None:
        """Commit everything."""
        self.git("add", "-A")
        assert self.git("commit", "-q", "-m", "x").returncode == 0

    def conflicts(self) -> set[str]:
        """Return the paths that git could not merge."""
        return set(self.git("diff", "--name-only", "--diff-filter=U").stdout.split())


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository whose main branch has one stack with one bucket."""
    repository = Repository(tmp_path / "repository", monkeypatch)
    assert repository.build(stack("site", "First")) == 0
    repository.commit()
    return repository


Stacks = list[Stack]
CASES: dict[str, tuple[Stacks, Stacks, Stacks, str]] = {
    "same template": (
        [stack("site", "First", "Ours")],
        [stack("site", "First", "Theirs")],
        [stack("site", "First", "Ours", "Theirs")],
        "out/site.yaml",
    ),
    "new stacks": (
        [stack("site", "First"), stack("ours", "First")],
        [stack("site", "First"), stack("theirs", "First")],
        [stack("site", "First"), stack("ours", "First"), stack("theirs", "First")],
        "out/reference.md",
    ),
    "same new stack": (
        [stack("site", "First"), stack("new", "Ours")],
        [stack("site", "First"), stack("new", "Theirs")],
        [stack("site", "First"), stack("new", "Ours", "Theirs")],
        "out/new.yaml",
    ),
    "one removed, one changed": (
        [stack("other", "Ours")],
        [stack("site", "First", "Theirs")],
        [stack("other", "Ours")],
        "out/parameters/dev/other.json",
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "merged", "path"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_a_build_repairs_conflicts(
    repository: Repository,
    ours: Stacks,
    theirs: Stacks,
    merged: Stacks,
    path: str,
    style: str,
) -> None:
    """After any conflict in out/, one build writes the same files as a build into an empty folder."""
    repository.branch("ours", *ours)
    repository.branch("theirs", *theirs)
    merge = repository.git("-c", f"merge.conflictStyle={style}", "merge", "ours")
    assert merge.returncode == 1, merge.stderr
    assert {"out/stacks.json", path} <= repository.conflicts()
    assert b"<<<<<<<" in (repository.out / "stacks.json").read_bytes()

    assert repository.build(*merged, options=("--check",)) == 1
    assert repository.build(*merged) == 0
    assert repository.build(*merged, options=("--check",)) == 0

    fresh = repository.folder / "fresh"
    assert repository.build(*merged, out=fresh) == 0
    for name, data in on_disk(fresh).items():
        if not name.startswith("deployments") and name != "stacks.json":  # contain the folder
            assert (repository.out / name).read_bytes() == data
    repository.git("add", "out")
    assert repository.conflicts() == set()
    assert on_disk(fresh).keys() == on_disk(repository.out).keys()


def test_unrelated_changes_conflict_in_one_line(repository: Repository) -> None:
    """Changes of different stacks conflict only in the hash of reference.md in stacks.json."""
    base = [stack("one", "A"), stack("two", "A")]
    changed = [stack("one", "A", "B"), stack("two", "A", "B")]
    repository.branch("base", *base)
    repository.git("branch", "-f", "main")
    repository.branch("ours", changed[0], base[1])
    repository.branch("theirs", base[0], changed[1])

    repository.git("merge", "ours")

    assert repository.conflicts() <= {"out/stacks.json", "out/reference.md"}
    lines = (repository.out / "stacks.json").read_text().splitlines()
    markers = [number for number, line in enumerate(lines) if line.startswith(("<", "=", ">"))]
    start, middle, end = markers
    assert (middle - start, end - middle) == (2, 2)
    assert lines[start - 1].strip() == '"reference.md": {'

    assert repository.build(*changed) == 0
    assert repository.build(*changed, options=("--check",)) == 0


def test_files_that_neither_side_listed_are_kept(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    """A conflict in stacks.json does not add other files to the list of generated files."""
    repository.branch("ours", stack("site", "First", "Ours"))
    repository.branch("theirs", stack("site", "First", "Theirs"))
    repository.git("merge", "ours")
    (repository.out / "new.yaml").write_text("mine")
    before = on_disk(repository.out)

    assert repository.build(stack("site", "First"), stack("new", "First")) == 2
    assert "new.yaml would be overwritten" in capsys.readouterr().err
    assert on_disk(repository.out) == before


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["build", "check"])
def test_conflict_in_parameters_is_named(
    repository: Repository, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    """Conflicts in parameter files must be resolved manually.

    A build shows the position and does not write.
    """
    file = repository.folder / "parameters" / "dev.json"

    def write(size: str) -> None:
        file.write_text(PARAMETERS.replace("1", size))

    for name, size in (("ours", "2"), ("theirs", "3")):
        repository.git("checkout", "-q", "-b", name, "main")
        write(size)
        assert repository.build(stack("site", "First")) == 0
        repository.commit()
    repository.git("merge", "ours")
    before = on_disk(repository.out)
    capsys.readouterr()

    assert repository.build(stack("site", "First"), options=options) == 2

    assert (
        f'{file}: Line 3: Found a merge conflict ("<<<<<<< HEAD"). Keep the correct values, and '
        "remove the lines that start with <<<<<<<, ======= and >>>>>>>."
    ) in "".join(capsys.readouterr())
    assert on_disk(repository.out) == before

    write("4")
    assert repository.build(stack("site", "First")) == 0
    assert repository.build(stack("site", "First"), options=("--check",)) == 0

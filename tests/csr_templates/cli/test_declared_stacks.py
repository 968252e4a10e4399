"""``--stacks``: the stacks of another project."""

import json
import sys
from pathlib import Path

import pytest

from csr_templates.cli import main as cli

MODULE = """
from troposphere import s3
from csr_templates import Stack, StackTemplate, names, parameters

def build():
    t = StackTemplate("One bucket")
    t.add_parameter(parameters.project_name())
    t.add_parameter(parameters.environment())
    t.add_resource(s3.Bucket("Bucket", Tags=names.tags()))
    return t

STACKS = [Stack("shop", "shop.yaml", "us-east-1", build)]
NOTHING = ()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project that declares a stack, as the current folder."""
    (tmp_path / "shopping").mkdir()
    (tmp_path / "shopping" / "__init__.py").touch()
    (tmp_path / "shopping" / "listing.py").write_text(MODULE)
    (tmp_path / "shopping" / "broken.py").write_text("import nowhere_installed\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in [name for name in sys.modules if name.split(".")[0] == "shopping"]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def test_builds_into_the_current_folder(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The files contain module and command, and out/ of our checkout does not change."""
    command = ["build", "--stacks", "shopping.listing:STACKS", "--no-lint"]
    assert cli.main(command) == 0

    text = (project / "out" / "shop.yaml").read_text("ascii")
    refresh = "Refresh with: csr-templates build --stacks shopping.listing:STACKS"
    assert text.startswith(
        f"# Generated from shopping/listing.py; edit that file, not this one.\n# {refresh}\n"
    )
    manifest = json.loads((project / "out" / "stacks.json").read_text("ascii"))
    assert [stack["source"] for stack in manifest["stacks"]] == ["shopping/listing.py"]
    headed = [path for path in manifest["files"] if not path.endswith(".json")]
    assert [path for path in headed if refresh not in (project / "out" / path).read_text("ascii")] == []

    (project / "out" / "shop.yaml").unlink()
    capsys.readouterr()
    assert cli.main([*command, "--check"]) == 1
    assert capsys.readouterr().out.endswith(f"{refresh}\n")


def test_the_refresh_line_has_the_options_of_the_build(project: Path) -> None:
    """Otherwise it would read other parameters, and write another folder. Comments are in ASCII."""
    (project / "values").mkdir()
    (project / "values" / "shared.json").write_text("{}")
    (project / "values" / "prod.json").write_text('{"Environment": "prod"}')
    command = ["build", "--stacks", "shopping.listing:STACKS", "--no-lint", "--parameters", "values"]

    for folder, options in (("my out", " --out 'my out' --parameters values"), ("\u3042", "")):
        assert cli.main([*command, "--out", folder]) == 0
        line = (project / folder / "shop.yaml").read_text("ascii").split("\n")[1]
        assert line == f"# Refresh with: csr-templates build --stacks shopping.listing:STACKS{options}"


def test_other_commands_take_them_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Other commands print the same content that a build writes."""
    stacks = ["--stacks", "shopping.listing:STACKS"]
    cli.main(["build", *stacks, "--no-lint", "--quiet"])
    assert cli.main(["render", "shop", *stacks]) == 0
    assert capsys.readouterr().out == (project / "out" / "shop.yaml").read_text("ascii")


MISTAKES = {
    "no name": (
        "shopping.listing",
        "is not of the form package.module:NAME, where NAME is a tuple of csr_templates.Stack in deploy "
        "order.",
    ),
    "no module": (
        "shopping.listin:STACKS",
        ": There is no module shopping.listin in the current folder or in the installed packages.",
    ),
    "misspelt name": (
        "shopping.listing:STACK",
        ": The module shopping.listing does not define STACK. Did you mean 'STACKS'?",
    ),
    "misspelt name that the module loads when it is used": (
        "csr_templates:STAKS",
        ": The module csr_templates does not define STAKS. Did you mean 'STACKS'?",
    ),
    "another value": (
        "shopping.listing:build",
        ": The value is not a tuple of csr_templates.Stack. List the stacks in deploy order.",
    ),
    "no stacks": (
        "shopping.listing:NOTHING",
        ": The value is not a tuple of csr_templates.Stack. List the stacks in deploy order.",
    ),
}


@pytest.mark.parametrize(("value", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_sentences(
    project: Path, value: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Invalid stacks have a message that explains the mistake, and nothing is written."""
    assert cli.main(["build", "--stacks", value]) == 2

    printed, complained = capsys.readouterr()
    separator = "" if message.startswith(":") else " "
    assert (printed, complained) == ("", f"csr-templates: --stacks {value}{separator}{message}\n")
    assert not (project / "out").exists()


def test_mistake_in_the_module_is_shown_in_full(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If a module imports another module that does not exist, the message is not about the module itself."""
    assert cli.main(["build", "--stacks", "shopping.broken:STACKS"]) == 2
    assert capsys.readouterr().err.endswith("ModuleNotFoundError: No module named 'nowhere_installed'\n")

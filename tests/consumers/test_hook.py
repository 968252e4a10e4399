"""``.pre-commit-hooks.yaml``: our lint as a hook of other repositories."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from csr_templates.cli import main as cli

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hook() -> dict[str, Any]:
    """Return the one hook."""
    (entry,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    hook: dict[str, Any] = entry
    return hook


def test_the_package_brings_the_command(hook: dict[str, Any]) -> None:
    """pre-commit installs the package and runs the entry with the names of files."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    command, *arguments = shlex.split(hook["entry"])

    assert hook["language"] == "python"
    assert command in setup["options.entry_points"]["console_scripts"]
    assert arguments == ["lint"]


def test_a_finding_fails_the_hook(hook: dict[str, Any], tmp_path: Path) -> None:
    """Any exit code but 0 stops the commit."""
    template = tmp_path / "topic.yaml"
    arguments = [*shlex.split(hook["entry"])[1:], "--", str(template)]
    for properties, code in (("{}", 0), ("{Nam: x}", 1)):
        template.write_text(f"Resources: {{T: {{Type: AWS::SNS::Topic, Properties: {properties}}}}}")
        assert cli.main(arguments) == code


@pytest.mark.parametrize(
    ("path", "linted"),
    [
        ("templates/a.yaml", True),
        ("infra/template/a.json", True),
        ("a.template", True),
        (".github/workflows/a.yaml", False),
        ("templates/parameters/a.json", False),
    ],
)
def test_files_of_the_hook(hook: dict[str, Any], path: str, linted: bool) -> None:
    """What is mostly not a template is not linted, unless the repository names it."""
    assert bool(re.search(hook["files"], path)) == linted


def test_the_page_configures_the_hook(hook: dict[str, Any], tmp_path: Path) -> None:
    """The snippet names the hook, and the command takes its arguments."""
    text = (ROOT / "docs" / "consumers.md").read_text("utf-8")
    (snippet,) = re.findall(r"^```yaml\n(repos:.*?)^```$", text, re.DOTALL | re.MULTILINE)
    (used,) = yaml.safe_load(snippet)["repos"][0]["hooks"]
    template = tmp_path / "topic.yaml"
    template.write_text("Resources: {T: {Type: AWS::SNS::Topic}}")

    assert used["id"] == hook["id"]
    assert re.search(used["files"], "cloudformation/network.yaml")
    assert cli.main([*shlex.split(hook["entry"])[1:], *used["args"], "--", str(template)]) == 0

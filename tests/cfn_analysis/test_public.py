"""The public names of the package, and the snippets of its page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cfn_analysis

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "analysis.md").read_text("utf-8")
SNIPPETS = dict(re.findall(r"^## ([^\n]*)\n(?:(?!^## ).)*?^```python\n(.*?)^```", PAGE, re.M | re.S))
BEFORE = """\
Parameters: {Stage: {Type: String}}
Resources:
  Letters:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      QueueName: !Sub letters-${Stage}
      MessageRetentionPeriod: 1209600
"""
AFTER = BEFORE.replace("letters-", "mails-")


def run(folder: Path, title: str) -> subprocess.CompletedProcess[str]:
    """Run the snippet of a section of the page in a folder with both templates."""
    (folder / "before.yaml").write_text(BEFORE, "utf-8")
    (folder / "template.yaml").write_text(AFTER, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        [sys.executable, "-c", SNIPPETS[title]], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_each_section_has_a_snippet() -> None:
    """The sections are the three things that the package does."""
    assert list(SNIPPETS) == ["Lint", "Review a change", "Render"]


def test_lint(tmp_path: Path) -> None:
    """A template without faults has no findings; a fault is printed with its place."""
    assert run(tmp_path, "Lint").stdout == ""
    SNIPPETS["Lint of a fault"] = SNIPPETS["Lint"].replace(
        'read_text("utf-8")', 'read_text("utf-8") + "      Delay: 1"'
    )
    done = run(tmp_path, "Lint of a fault")

    assert done.stdout.startswith("template.yaml:10: error E3002 Resources/Letters/Properties/Delay"), (
        done.stderr
    )


def test_review(tmp_path: Path) -> None:
    """A new name replaces the queue: the review says so, and the program ends with 1."""
    done = run(tmp_path, "Review a change")

    assert (done.returncode, done.stderr) == (1, "")
    assert "Letters" in done.stdout
    assert "data-loss" in done.stdout


def test_render(tmp_path: Path) -> None:
    """The template is written in its final form."""
    assert run(tmp_path, "Render").stdout.splitlines() == [
        "Resources:",
        "  Alarms:",
        "    Type: AWS::SNS::Topic",
        "    Properties:",
        "      DisplayName: !Sub ${AWS::StackName} alarms",
        "",
    ]


def test_names_are_loaded_at_their_first_use() -> None:
    """The import loads nothing else, and every name exists."""
    code = (
        "import sys, cfn_analysis\n"
        "loaded = lambda: {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded() & {'cfnlint', 'troposphere', 'csr_templates'}))\n"
        "[getattr(cfn_analysis, name) for name in cfn_analysis.__all__]\n"
        "print(sorted(loaded() & {'troposphere', 'csr_templates'}))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n[]\n"
    assert set(cfn_analysis.__all__) <= set(dir(cfn_analysis))
    with pytest.raises(AttributeError, match="module 'cfn_analysis' has no attribute 'nothing'"):
        _ = cfn_analysis.nothing  # type: ignore[attr-defined]

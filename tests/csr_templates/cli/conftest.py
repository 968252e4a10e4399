"""Two small stacks for the command, and its output folder."""

import json
from pathlib import Path
from typing import Any

import pytest
from troposphere import s3

from csr_templates import Stack, StackTemplate
from csr_templates.cli import folders
from csr_templates.cli import main as cli
from csr_templates.stacks.parts import names
from csr_templates.stacks.parts import parameters as part


def bucket_template() -> StackTemplate:
    """Return a template without mistakes."""
    t = StackTemplate("One bucket")
    t.add_parameter(part.project_name())
    t.add_parameter(part.environment())
    t.add_resource(
        s3.Bucket("SiteBucket", DeletionPolicy="Retain", UpdateReplacePolicy="Retain", Tags=names.tags())
    )
    return t


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the one document on standard output."""
    parsed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return parsed


@pytest.fixture(autouse=True)
def stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command use two small stacks. Tests that start processes use the real ones."""
    small = (
        Stack("site", "site.yaml", "us-east-1", bucket_template),
        Stack("logs", "logs.yaml", "us-east-1", bucket_template),
    )
    monkeypatch.setattr(cli, "STACKS", small)
    monkeypatch.setattr(folders, "default_parameters", lambda **_: None)  # they have none


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The path of an output folder that does not exist yet."""
    return tmp_path / "out"

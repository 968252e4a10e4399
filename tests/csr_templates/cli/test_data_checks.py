"""A mistake in a file of data ends a command with one sentence, and hides no other error for good."""

import shutil
from pathlib import Path

import pytest

from cfn_analysis.model.data_files import DataError
from csr_templates.cli import data_checks
from csr_templates.cli import main as cli

COSTS = Path(data_checks.__file__).parents[1] / "costs"


@pytest.fixture
def costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a folder with files of data, which the commands check instead of both packages."""
    folder = Path(shutil.copytree(COSTS, tmp_path / "costs"))
    monkeypatch.setattr(data_checks, "_FOLDERS", (folder,))
    return folder


def test_an_error_without_a_mistake_is_not_explained(costs: Path) -> None:
    """It keeps its traceback."""
    assert data_checks.cause(KeyError("when")) == ""


def test_a_mistake_is_the_cause_of_its_own_error(costs: Path) -> None:
    """The files are not read again."""
    assert data_checks.cause(DataError("a.txt, line 3: wrong.")) == "a.txt, line 3: wrong."


def test_a_mistake_does_not_hide_another_error(costs: Path) -> None:
    """The sentence has the mistake first, then the error that it may have caused."""
    billing = costs / "billing.json"
    billing.write_text(billing.read_text("utf-8").replace('"byUsage"', '"byusage"'), "utf-8")

    sentence = data_checks.cause(KeyError("byUsage"))

    assert "billing.json, line " in sentence
    assert "Allowed keys: byUsage" in sentence
    assert "The command stopped with KeyError: 'byUsage'. If it does so with the corrected file" in sentence


@pytest.mark.parametrize("command", [["cost"], ["review"], ["lint", "template.yaml"], ["build", "--check"]])
def test_commands_check_the_files_first(
    command: list[str], costs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake ends them with 2, and with the line."""
    prices = costs / "prices.json"
    prices.write_text(prices.read_text("utf-8").replace('"service"', '"servce"', 1), "utf-8")

    assert cli.main(command) == 2
    assert "prices.json, line " in capsys.readouterr().err

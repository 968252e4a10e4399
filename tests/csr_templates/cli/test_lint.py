"""``csr-templates lint``."""

import json
import sys
from pathlib import Path

import pytest

from csr_templates.cli import main as cli

GOOD_TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
BAD_TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicNam: x\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a good and a bad template."""
    (tmp_path / "good.yaml").write_text(GOOD_TEMPLATE)
    (tmp_path / "bad.yaml").write_text(BAD_TEMPLATE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_is_silent_about_a_good_template(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without findings, there is no output."""
    assert cli.main(["lint", "--region", "eu-west-1", "good.yaml"]) == 0
    assert capsys.readouterr() == ("", "")


def test_says_for_which_region_it_linted_by_default(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --region and without a manifest, the region may be wrong."""
    assert cli.main(["lint", "good.yaml"]) == 0
    assert capsys.readouterr() == (
        "",
        "csr-templates: No stacks.json lists good.yaml: linted for ap-northeast-1. Specify another region "
        "with --region.\n",
    )


def test_reports_every_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings of all files go to standard output, with file and line."""
    assert cli.main(["lint", "good.yaml", "bad.yaml"]) == 1

    captured = capsys.readouterr()
    assert "E3002" in captured.out
    assert "bad.yaml:5:7" in captured.out
    assert "good.yaml" not in captured.out
    assert captured.err.startswith("csr-templates: No stacks.json lists good.yaml, bad.yaml: linted for ")


def test_prints_json(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON is the one of cfn-lint: a list of findings."""
    assert cli.main(["lint", "--format", "json", "bad.yaml"]) == 1

    assert [(m["Filename"], m["Rule"]["Id"]) for m in json.loads(capsys.readouterr().out)] == [
        ("bad.yaml", "E3002")
    ]


def test_judges_for_the_region(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A resource type that does not exist in a region is a finding in that region. The default is Tokyo."""
    (files / "regional.yaml").write_text("Resources:\n  Export:\n    Type: AWS::BCMDataExports::Export\n")
    absent = "does not exist in 'ap-northeast-1'"

    cli.main(["lint", "regional.yaml"])
    assert absent in capsys.readouterr().out

    cli.main(["lint", "--region", "us-east-1", "regional.yaml"])
    assert absent not in capsys.readouterr().out

    cli.main(["lint", "--region", "us-east-1", "--region", "ap-northeast-1", "regional.yaml"])
    assert absent in capsys.readouterr().out


REGIONAL = "Resources:\n  Export:\n    Type: AWS::BCMDataExports::Export\n"  # not in ap-northeast-1


@pytest.mark.parametrize(
    ("file", "manifest", "region"),
    [
        ("out/site.yaml", '{"template": "site.yaml", "region": "us-east-1"}', "us-east-1"),
        (
            "out/bootstrap/site.yaml",
            '{"bootstrap": "bootstrap/site.yaml", "region": "us-east-1"}',
            "us-east-1",
        ),
        ("out/other.yaml", '{"template": "site.yaml", "region": "us-east-1"}', "ap-northeast-1"),
        ("out/site.yaml", None, "ap-northeast-1"),
    ],
    ids=["template", "bootstrap template", "not listed", "manifest of another program"],
)
def test_takes_the_region_from_the_manifest(
    files: Path, file: str, manifest: str | None, region: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A built file is linted for the region of its stack, unless --region is specified."""
    (files / "out" / "bootstrap").mkdir(parents=True)
    (files / file).write_text(REGIONAL)
    text = f'{{"formatVersion": 1, "stacks": [{manifest}], "files": {{}}}}' if manifest else '{"stacks": {}}'
    (files / "out" / "stacks.json").write_text(text)

    cli.main(["lint", file])
    by_default = capsys.readouterr()
    cli.main(["lint", "--region", region, file])

    assert capsys.readouterr().out == by_default.out
    is_default = region == "ap-northeast-1"
    assert ("does not exist in" in by_default.out, "No stacks.json" in by_default.err) == (
        is_default,
        is_default,
    )


def test_fails_on_an_unknown_region(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A region that cfn-lint does not support ends with a message and the code 2."""
    assert cli.main(["lint", "--region", "mars-1", "good.yaml"]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("csr-templates: cfn-lint does not support the region 'mars-1'. ")


LINT_ERRORS = {
    "missing": (
        "none.yaml",
        "Cannot read none.yaml: No such file or directory. Specify a template in YAML or JSON.",
    ),
    "folder": ("folder", "Cannot read folder: Is a directory. Specify a template in YAML or JSON."),
    "not UTF-8": ("latin.yaml", "Cannot read latin.yaml: byte 4 is not UTF-8. Save the template as UTF-8."),
}


@pytest.mark.parametrize(("file", "message"), LINT_ERRORS.values(), ids=LINT_ERRORS)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other words for it")
def test_fails_on_an_unreadable_file(
    files: Path, file: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """If a file cannot be read, the command prints a message and ends with 2, and no file is linted."""
    (files / "folder").mkdir()
    (files / "latin.yaml").write_bytes(b"A: \xfc\n")

    assert cli.main(["lint", "bad.yaml", file]) == 2
    assert capsys.readouterr() == ("", f"csr-templates: {message}\n")

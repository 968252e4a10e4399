"""``csr-templates cost``: environments, formats, exit codes and wrong input."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from csr_templates.cli import cost, folders
from csr_templates.cli import main as cli
from csr_templates.costs.prices import FILE

from .conftest import document

OUT = Path(__file__).resolve().parents[3] / "out"
KEY = {"Key": {"Type": "AWS::KMS::Key"}}


def run(*arguments: str, out: Path = OUT) -> int:
    """Run the command in this process."""
    return cli.main(["cost", "--out", str(out), *arguments])


def built(folder: Path, resources: dict[str, Any], environments: Sequence[str] = ()) -> Path:
    """Write an output folder of another project."""
    files = {name: f"parameters/{name}/site.json" for name in environments}
    stack = {"name": "site", "template": "site.yaml", "region": "ap-northeast-1", "parameterFiles": files}
    (folder / "stacks.json").write_text(
        json.dumps({"formatVersion": 1, "stacks": [stack], "files": {}}), "utf-8"
    )
    (folder / "site.yaml").write_text(json.dumps({"Resources": resources}), "utf-8")
    for path in files.values():
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text('{"Parameters": {}}', "utf-8")
    return folder


def test_all_environments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By default, those of the manifest, in its order."""
    assert run("--format", "json", out=built(tmp_path, KEY, ["test", "live"])) == 0

    assert list(document(capsys)["environments"]) == ["test", "live"]


def test_chosen_environments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the order of the arguments, each once."""
    out = built(tmp_path, KEY, ["dev", "test", "live"])
    assert run("live", "dev", "live", "--format", "json", out=out) == 0

    assert list(document(capsys)["environments"]) == ["live", "dev"]


@pytest.mark.parametrize(("format_name", "start"), [("text", "prod: "), ("markdown", "### prod: ")])
def test_formats_for_readers(
    format_name: str, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both begin with the environment and its sum."""
    assert run("prod", "--format", format_name, out=built(tmp_path, KEY, ["prod"])) == 0

    captured = capsys.readouterr()
    assert captured.out.startswith(start)
    assert captured.err == ""


def test_usage_is_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """10,000,000 x 0.00000425; the other environments have no usage."""
    path = tmp_path / "usage.json"
    path.write_text('{"prod": {"site": {"api-requests": 10000000}}}', "utf-8")
    out = built(tmp_path, {"Api": {"Type": "AWS::ApiGateway::RestApi"}}, ["dev", "prod"])
    assert run("--format", "json", "--usage", str(path), out=out) == 0

    environments = document(capsys)["environments"]
    assert environments["prod"]["usage"]["sum"] == "42.50"
    assert [name for name, costs in environments.items() if "usage" in costs] == ["prod"]


def test_an_item_that_is_not_paid_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With other values of the parameters, the stack pays it."""
    path = tmp_path / "usage.json"
    path.write_text('{"prod": {"site": {"api-requests": 1}}}', "utf-8")
    api = {"Type": "AWS::ApiGateway::RestApi", "Condition": "Never"}
    out = built(tmp_path, {"Api": api}, ["prod"])
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    (out / "site.yaml").write_text(json.dumps({"Conditions": never, "Resources": {"Api": api}}), "utf-8")
    assert run("--usage", str(path), out=out) == 0

    assert capsys.readouterr().err == (
        "csr-templates: prod.site.api-requests is not in the sum: with these parameter values, the stack "
        "does not pay this item.\n"
    )


def test_another_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its folder has its own stacks and environments."""
    out = built(tmp_path, KEY, ["live"])
    assert run("live", "--format", "json", out=out) == 0

    assert document(capsys)["environments"]["live"]["fixed"] == "1.00"


def test_a_folder_without_environments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The defaults of the templates apply."""
    out = built(tmp_path, KEY)
    assert run(out=out) == 0

    assert capsys.readouterr().out.startswith("Defaults of the templates: 1.00 USD a month")


def test_a_resource_without_a_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 1, and the report shows it."""
    out = built(tmp_path, {"Cluster": {"Type": "AWS::ECS::Cluster"}, "Key": {"Type": "AWS::KMS::Key"}})
    assert run(out=out) == 1

    captured = capsys.readouterr()
    assert "site.Cluster (AWS::ECS::Cluster): no price of this type is saved" in captured.out
    assert captured.err == "csr-templates: 1 resource not priced, so the cost is higher than the sum.\n"


def test_a_region_without_prices(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that gets the prices is named, with a file for them where the package is not changed."""
    out = built(tmp_path, KEY)
    manifest = (out / "stacks.json").read_text("utf-8")
    (out / "stacks.json").write_text(manifest.replace("ap-northeast-1", "eu-west-1"), "utf-8")
    saved = tmp_path / "saved.json"
    saved.write_bytes(FILE.read_bytes())
    start = (
        "csr-templates: 1 resource not priced, so the cost is higher than the sum.\nNo price of eu-west-1 is "
    )
    start += "saved. To ask AWS for them, run csr-templates cost --refresh --region eu-west-1"

    assert run(out=out) == 1
    assert capsys.readouterr().err == f"{start}.\n"
    assert run("--prices", str(saved), out=out) == 1
    assert capsys.readouterr().err == f"{start} --prices {saved.as_posix()}.\n"
    monkeypatch.setattr(folders, "checkout", lambda: None)
    assert run(out=out) == 1
    assert capsys.readouterr().err == (
        f"{start} --prices prices.json. Then add --prices prices.json to this command.\n"
    )


def old_prices(folder: Path) -> Path:
    """Write the prices with dates of the past."""
    path = folder / "prices.json"
    path.write_text(FILE.read_text("utf-8").replace('"date": "2', '"date": "1'), "utf-8")
    return path


def test_old_prices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A price older than a year is a warning."""
    assert run("--prices", str(old_prices(tmp_path)), out=built(tmp_path, KEY)) == 0

    assert capsys.readouterr().err.startswith("csr-templates: warning: the oldest price is of 1")


@pytest.mark.parametrize(("today", "warned"), [(date(2027, 11, 29), False), (date(2027, 11, 30), True)])
def test_the_age_of_prices(
    today: date,
    warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They are old after a year."""

    class Clock(date):
        @classmethod
        def today(cls) -> Clock:
            return cls(today.year, today.month, today.day)

    monkeypatch.setattr(cost, "date", Clock)
    day = {"tiers": [["0", "1"]], "source": "S1", "date": "2026-11-29"}
    item = {
        "name": "KMS key",
        "service": "awskms",
        "usageType": "Keys",
        "unit": "Keys",
        "prices": {"global": day},
    }
    path = tmp_path / "prices.json"
    path.write_text(json.dumps({"sources": {}, "items": {"kms-keys": item, "kms-requests": item}}), "utf-8")
    out = built(tmp_path, KEY)

    assert run("--prices", str(path), out=out) == 0
    assert bool(capsys.readouterr().err) is warned


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prd"], "There is no environment prd. Did you mean 'prod'? There are: "),
        (["--usage", "none.json"], "Cannot read none.json: No such file or directory."),
        (["--prices", "none.json"], "Cannot read none.json: No such file or directory."),
        (["--out", "none"], "none/stacks.json does not exist. Build first (make templates), or specify"),
    ],
)
def test_wrong_input(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The exit code is 2, and nothing is printed on standard output."""
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"csr-templates: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"prod": {"network": {"waf-requests": 1}}}',
            "prod.network.waf-requests: The stack does not pay this item",
        ),
        ('{"prod": {"edge": {}}}', "prod.edge: There is no such stack."),
        ("[", "it is not JSON"),
    ],
)
def test_a_wrong_usage_file(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An amount that no resource uses is an error, and not 0."""
    path = tmp_path / "usage.json"
    path.write_text(text, "utf-8")
    assert run("--usage", str(path)) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


def test_only_what_is_needed_is_loaded(tmp_path: Path) -> None:
    """Neither troposphere nor cfn-lint nor boto3, which take longer than the cost of a stack."""
    out = built(tmp_path, KEY)
    code = (
        "import sys; from csr_templates.cli.main import main; "
        f"code = main(['cost', '--out', {str(out)!r}, '--format', 'json']); "
        "slow = {'troposphere', 'awacs', 'cfnlint', 'boto3', 'botocore'} & set(sys.modules); "
        "print(code, *slow, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stderr == "0\n"

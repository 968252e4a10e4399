"""``csr-templates render``, ``parameters`` and ``environments`` print, and do not change files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from troposphere import Ref

from cfn_analysis.model.rendering import load
from csr_templates import STACKS, Stack, StackTemplate
from csr_templates.assembly import files
from csr_templates.cli import main as cli

from .conftest import bucket_template


def test_prints_what_a_build_writes(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The YAML on standard output is equal to the built file."""
    cli.main(["build", "--no-lint", "--quiet", "--out", str(out)])

    assert cli.main(["render", "site"]) == 0
    assert capsys.readouterr() == ((out / "site.yaml").read_text("ascii"), "")


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    """Parameter files of one environment."""
    folder = tmp_path / "parameters"
    folder.mkdir()
    (folder / "shared.json").write_text('{"ProjectName": "shop"}')
    (folder / "dev.json").write_text('{"Environment": "dev"}')
    return folder


def test_resolves_with_the_values_of_an_environment(
    parameters: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The resources of the environment are printed with their values, and a note not to deploy them."""
    assert cli.main(["render", "site", "--environment", "dev", "--parameters", str(parameters)]) == 0

    text = capsys.readouterr().out
    assert text.startswith(
        "# Template with the values of shop-dev-site, only for reading. Do not deploy it.\n"
    )
    template = load(text)
    assert "Parameters" not in template
    assert template["Resources"]["SiteBucket"]["Properties"] == {
        "Tags": [{"Key": "Environment", "Value": "dev"}, {"Key": "Project", "Value": "shop"}]
    }


NAMES = {
    "misspelt stack": (
        ["render", "sit"],
        "There is no stack 'sit'. Did you mean 'site'? The stacks are: site, logs.",
    ),
    "misspelt environment": (
        ["render", "site", "--environment", "dve"],
        "There is no environment 'dve'. Did you mean 'dev'? The environments are: dev.",
    ),
    "another name": (
        ["parameters", "mars", "site"],
        "There is no environment 'mars'. The environments are: dev.",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), NAMES.values(), ids=NAMES)
def test_names_are_suggested(
    arguments: list[str], message: str, parameters: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message about an unknown stack or environment lists the valid names."""
    assert cli.main([*arguments, "--parameters", str(parameters)]) == 2
    assert capsys.readouterr() == ("", f"csr-templates: {message}\n")


def test_values_that_do_not_resolve_are_a_sentence(
    parameters: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message about values that CloudFormation would reject contains the stack and the environment."""

    def broken() -> StackTemplate:
        t = bucket_template()
        t.resources["SiteBucket"].BucketName = Ref("Nowhere")
        return t

    monkeypatch.setattr(cli, "STACKS", (Stack("site", "site.yaml", "us-east-1", broken),))

    assert cli.main(["render", "site", "--environment", "dev", "--parameters", str(parameters)]) == 2
    complained = capsys.readouterr().err
    assert complained.startswith("csr-templates: Stack site with the values of dev: ")
    assert "Nowhere" in complained


FORMATS = {
    "array": [
        {"ParameterKey": "ProjectName", "ParameterValue": "shop"},
        {"ParameterKey": "Environment", "ParameterValue": "dev"},
    ],
    "flat": {"ProjectName": "shop", "Environment": "dev"},
    "tags": [{"Key": "Project", "Value": "shop"}, {"Key": "Environment", "Value": "dev"}],
}


@pytest.mark.parametrize(("form", "document"), FORMATS.items(), ids=FORMATS)
def test_parameters_in_the_form_of_a_tool(
    form: str, document: object, parameters: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parameters and tags are printed in the form of the AWS CLI and of other tools."""
    assert cli.main(["parameters", "dev", "site", "--format", form, "--parameters", str(parameters)]) == 0
    assert json.loads(capsys.readouterr().out) == document


def test_environments_as_json(parameters: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each environment is shown with whether it is production, and the values for each stack."""
    assert cli.main(["environments", "--format", "json", "--parameters", str(parameters)]) == 0

    values = {"ProjectName": "shop", "Environment": "dev"}
    assert json.loads(capsys.readouterr().out) == {
        "environments": [
            {"name": "dev", "isProduction": False, "parameters": {"site": values, "logs": values}}
        ]
    }


def test_renders_lf_and_loads_no_linter(tmp_path: Path) -> None:
    """``python -m csr_templates render`` prints the real stack, and does not import cfn-lint."""
    program = (
        "import sys; from csr_templates.cli.main import main; code = main(['render', 'network']); "
        "print(sorted({'cfnlint', 'boto3'} & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    template = files.render(STACKS[0]).encode("ascii")
    for arguments, complained in (
        (["-c", program], b"[]\n"),
        (["-m", "csr_templates", "render", "network"], b""),
    ):
        done = subprocess.run([sys.executable, *arguments], cwd=tmp_path, capture_output=True, check=True)
        assert (done.stdout, done.stderr.replace(b"\r", b"")) == (template, complained)

"""Errors in the code of a stack: the complete message for each, with its file and line."""

import importlib.util
import sys
from pathlib import Path

import pytest

from cfn_analysis.rules import find_rules
from csr_templates import Stack
from csr_templates.cli import folders, stack_errors
from csr_templates.cli import main as cli
from tests.data import read_yaml

MODULE = """\
from troposphere import ec2, rds, s3
from csr_templates import StackTemplate
from csr_templates.stacks.parts import names, widgets
def build():
    t = StackTemplate("One bucket")
    t.add_resource(s3.Bucket("SiteBucket"))
    {mistake}
    return t
"""
LINE = 7  # of the mistake

SENTENCES: dict[str, str] = read_yaml(Path(__file__).with_name("stack_errors.yaml"))


@pytest.mark.parametrize("mistake", SENTENCES)
def test_mistake_is_a_sentence(
    mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message contains the file, the line, the error and the allowed values. Nothing else is printed."""
    use(MODULE.format(mistake=mistake), tmp_path / "site_stack.py", monkeypatch)

    assert cli.main(["render", "site"]) == 2

    printed, complained = capsys.readouterr()
    place = f"{folders.short_path(tmp_path / 'site_stack.py')}:{LINE}"
    assert (printed, complained) == ("", f"csr-templates: {place}: {SENTENCES[mistake]}\n")


def test_a_nested_property_is_that_of_its_resource(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names only the type of the property, and another resource may be called like a word of it."""
    resources = [
        't.add_resource(s3.Bucket("Status"))',
        't.add_resource(s3.Bucket("Other", VersioningConfiguration=s3.VersioningConfiguration()))',
    ]
    use(MODULE.format(mistake="\n    ".join(resources)), tmp_path / "site_stack.py", monkeypatch)

    assert cli.main(["render", "site"]) == 2

    place = f"{folders.short_path(tmp_path / 'site_stack.py')}:{LINE + 1}"
    assert capsys.readouterr().err.startswith(f"csr-templates: {place}: Stack site: Other: ")


@pytest.mark.parametrize(
    ("sentence", "has_line"),
    [
        ("Resources.Site.Properties.Policy: It imports x.", True),
        ("Site does not have the required tag Name. Write Tags=names.tags(...).", True),
        ("Code of Site has no S3ObjectVersion (W9579).", True),
        ("The stack has Site and no alarm.", True),
        ("The rollback trigger Site is not an alarm.", True),
        ("The default of Site is '1', but that of an earlier stack is '2'.", True),
        ("The parameter Site is set at each deploy.", True),
        ("The template has no parameter Environment, but its tags and its Policy need it.", False),
        ("It reads from Site, but its reads_from has no other stack.", False),
    ],
)
def test_the_line_is_that_of_the_subject(
    sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_line: bool
) -> None:
    """Resources can be called like any word of the sentence, and like a word of the stack."""
    names = ("Properties", "Policy", "Resources", "Environment", "app", "Tags", "Code", "Site")
    lines = ["def build():", *(f'    Queue("{each}")' for each in names)]
    source = tmp_path / "my_app.py"
    use("\n".join(lines), source, monkeypatch)
    stack = cli.STACKS[0]._replace(name="my-app")

    place = f"{folders.short_path(source)}:{len(lines)}: " if has_line else ""
    whole = f"Stack my-app: {sentence}"
    assert stack_errors.with_line(whole, [stack]) == f"{place}{whole}"


def test_line_is_that_of_the_property(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a call with several lines, the message contains the line of the property."""
    call = 'ec2.VPC(\n        "Vpc",\n        CidrBlock="10.0.0.0/16",\n        Tag=1,\n    )'
    use(MODULE.format(mistake=call), tmp_path / "site_stack.py", monkeypatch)

    assert cli.main(["render", "site"]) == 2

    assert f"site_stack.py:{LINE + 3}: Vpc (AWS::EC2::VPC) does not" in capsys.readouterr().err


def use(text: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command use only one stack, whose module contains this text."""
    path.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, path.stem, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(cli, "STACKS", (Stack("site", "site.yaml", "us-east-1", module.build),))


def test_rules_in_a_wrong_place(tmp_path: Path) -> None:
    """The sentences about rule files need no traceback. Other failed imports are explained as before."""
    file = tmp_path / "lost.py"
    file.write_text("X = 1\n")
    with pytest.raises(ImportError) as caught:
        find_rules("cfn_analysis.rules", tmp_path)

    assert stack_errors.explain(caught.value) == str(caught.value)
    assert "lost.py is not in the folder of a service" in str(caught.value)
    assert stack_errors.explain(ImportError("No module named x", name="x")) is None

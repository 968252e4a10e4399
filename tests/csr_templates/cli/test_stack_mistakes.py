"""Errors in the code of a stack: the complete message for each, with its file and line."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from cfn_analysis.rules import find_rules
from csr_templates import Stack
from csr_templates.cli import folders, stack_mistakes
from csr_templates.cli import main as cli

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

SENTENCES = {
    'ec2.VPC("Vpc", EnableDnsSuport=True)': "Vpc (AWS::EC2::VPC) does not have the property EnableDnsSuport. "
    "Did you mean 'EnableDnsSupport'?",
    't.resources["SiteBucket"].bucketname = "x"': "SiteBucket (AWS::S3::Bucket) does not have the property "
    "bucketname. Did you mean 'BucketName'?",
    's3.VersioningConfiguration(Statuss="Enabled")': "VersioningConfiguration does not have the property "
    "Statuss. Did you mean 'Status'?",
    's3.VersioningConfiguration(Xyz="Enabled")': "VersioningConfiguration does not have the property Xyz. It "
    "has Status.",
    'ec2.VPC("Vpc", EnableDnsSupport="\uff11\uff12")': "Vpc (AWS::EC2::VPC): the property EnableDnsSupport "
    "does not accept '\uff11\uff12' (str); expected boolean.",
    'rds.DBCluster("Cluster", BackupRetentionPeriod="\u4e00\u9031\u9593")': "Cluster (AWS::RDS::DBCluster): "
    "the property BackupRetentionPeriod does not accept '\u4e00\u9031\u9593' (str): '\u4e00\u9031\u9593' is "
    "not a valid integer.",
    's3.Bucket("Site", VersioningConfiguration={"Status": "Enabled"})': "Site (AWS::S3::Bucket): the "
    "property VersioningConfiguration does not accept {'Status': 'Enabled'} (dict); expected "
    "VersioningConfiguration.",
    'ec2.VPCEndpoint("Endpoint", RouteTableIds=[12])': "Endpoint (AWS::EC2::VPCEndpoint): the property "
    "RouteTableIds does not accept 12 (int); expected a list of text.",
    'ec3.VPC("Vpc")': "The name ec3 is not defined. Did you mean 'ec2'? Import it or define it first.",
    'ec2.Vpc("Vpc")': "troposphere.ec2 does not have Vpc. Did you mean 'VPC'?",
    "from troposphere import kmss": "The import fails: cannot import name 'kmss' from 'troposphere'. Correct "
    "the name, or install the package.",
    "import tropsphere": "The import fails: No module named 'tropsphere'. Correct the name, or install the "
    "package.",
    't.resources["SiteBukcet"]': "There is no SiteBukcet here. Did you mean 'SiteBucket'?",
    'names.name("site", 3)': "name() takes 1 positional argument but 2 were given.",
    'widgets.threshold(t.to_dict(), "CpuAlarm")': "The dashboard shows CpuAlarm, which the template does not "
    "have. Remove it from the dashboard too, or remove the dashboard, or create another body with "
    "csr_templates.stacks.parts.dashboards.",
    't.add_resource(s3.Bucket("SiteBucket"))': 'duplicate key "SiteBucket" detected.',
    't.add_resource(s3.BucketPolicy("Open", PolicyDocument={}))': "Stack site: Open: Resource Bucket "
    "required in type AWS::S3::BucketPolicy (title: Open).",
}


@pytest.mark.parametrize("mistake", SENTENCES)
def test_mistake_is_a_sentence(
    mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message contains the file, the line, the error and the allowed values. Nothing else is printed."""
    use(MODULE.format(mistake=mistake), tmp_path / "site_stack.py", monkeypatch)

    assert cli.main(["render", "site"]) == 2

    said, complained = capsys.readouterr()
    place = f"{folders.short_path(tmp_path / 'site_stack.py')}:{LINE}"
    assert (said, complained) == ("", f"csr-templates: {place}: {SENTENCES[mistake]}\n")


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

    assert stack_mistakes.explain(caught.value) == str(caught.value)
    assert "lost.py is not in the folder of a service" in str(caught.value)
    assert stack_mistakes.explain(ImportError("No module named x", name="x")) is None

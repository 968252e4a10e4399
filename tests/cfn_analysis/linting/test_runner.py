"""Findings are complete, and do not depend on the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cfnlint.config import ConfigMixIn

from cfn_analysis.linting.runner import (
    Finding,
    LintError,
    format_matches,
    lint,
    matches,
)

REGION = "ap-northeast-1"

CLEAN = """
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""

# One finding of each severity: W2001, I3011, E3002.
BROKEN = """
Parameters:
  Unused:
    Type: String
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Delete
    Properties:
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      BillingMode: PAY_PER_REQUEST
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Nam: alarms
"""

VPC = """
Parameters:
  VpcCidr: {Type: String, Default: 10.2.0.0/16}
  Names: {Type: CommaDelimitedList, Default: "a,b"}
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Ref VpcCidr
      Tags: [{Key: Name, Value: !Select [0, !Ref Names]}]
"""


def rules_of(findings: list[Finding]) -> list[str]:
    """Return the rule IDs in order."""
    return [finding.rule for finding in findings]


def test_clean_template_has_no_finding() -> None:
    """A correct template gives an empty list."""
    assert lint(CLEAN, REGION) == []


def test_finding_names_every_place(tmp_path: Path) -> None:
    """A finding has stack, logical ID, path, rule, severity, message, file, line and line in Python."""
    module = tmp_path / "network.py"
    module.write_text(
        "from x import t\n\nt.add(Parameter('Unused'))\nt.add(\n    Topic(\n        'Topic',\n    )\n)\n"
    )

    findings = lint(BROKEN, REGION, stack="network", file="main.yaml", source=module)

    assert findings == [
        Finding(
            stack="network",
            logical_id="Unused",
            path="Parameters/Unused",
            rule="W2001",
            severity="warning",
            message="Parameter Unused not used.",
            file="main.yaml",
            line=3,
            source="network.py:3",
        ),
        Finding(
            stack="network",
            logical_id="Table",
            path="Resources/Table",
            rule="I3011",
            severity="informational",
            message="'UpdateReplacePolicy' is a required property (The default action when "
            "replacing/removing a resource is to delete it. Set explicit values for stateful resource)",
            file="main.yaml",
            line=6,
            source="",
        ),
        Finding(
            stack="network",
            logical_id="Topic",
            path="Resources/Topic/Properties/Nam",
            rule="E3002",
            severity="error",
            message="Additional properties are not allowed ('Nam' was unexpected)",
            file="main.yaml",
            line=16,
            source="network.py:6",
        ),
    ]


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        pytest.param(
            Finding("network", "Vpc", "Resources/Vpc", "E1", "error", "No.", "main.yaml", 9, "network.py:3"),
            "network.py:3: error E1 network Resources/Vpc (main.yaml:9)\n  No.",
            id="whole",
        ),
        pytest.param(
            Finding("", "", "", "E0000", "error", "No.", "", 1, ""),
            "<template>:1: error E0000\n  No.",
            id="nothing known",
        ),
    ],
)
def test_finding_prints_as_two_lines(finding: Finding, text: str) -> None:
    """The place and rule are on the first line, the message on the second."""
    assert str(finding) == text


@pytest.mark.parametrize(
    ("text", "rule", "line", "message"),
    [
        pytest.param("Resources: [", "E0000", 2, "did not find expected node content", id="broken YAML"),
        pytest.param(
            "- Resources",
            "E0000",
            1,
            "The template is not a mapping of sections such as Resources.",
            id="list",
        ),
        pytest.param("", "E1001", 1, "'Resources' is a required property", id="empty"),
        pytest.param(
            "Resources:\n  A: {Type: AWS::SNS::Topic}\n  A: {Type: AWS::SNS::Topic}\n",
            "E0000",
            2,
            "Duplicate found 'A' (line 2)",
            id="duplicate key",
        ),
        pytest.param(
            "Conditions:\n  On: !Equals [a, b]\nResources:\n  A: {Type: AWS::SNS::Topic}\n",
            "E0002",
            1,
            "cfn-lint cannot read the template (name should be a string, not <class 'bool'>). Check for a "
            "section of the wrong type, and for keys that YAML does not read as text: On, Yes, 404.",
            id="key that is no text",
        ),
    ],
)
def test_unreadable_text_is_a_finding(text: str, rule: str, line: int, message: str) -> None:
    """Text that is not a template is a finding, with its file and line."""
    findings = lint(text, REGION, stack="network", file="main.yaml")

    assert findings[0] == Finding("network", "", "", rule, "error", message, "main.yaml", line, "")


def test_findings_come_in_the_order_of_lines_and_the_same_each_time() -> None:
    """Two runs give the same list, sorted by line."""
    first, second = lint(BROKEN, REGION), lint(BROKEN, REGION)

    assert first == second
    assert [finding.line for finding in first] == [3, 6, 16]


def test_a_finding_of_several_regions_is_reported_once() -> None:
    """A default that three regions reject is one finding."""
    text = VPC.replace("10.2.0.0/16", "10.2/16")

    assert [match.rule.id for match in matches(text, [REGION, "us-east-1", "eu-west-1"])] == ["W1030"]


def test_templates_do_not_leak_into_each_other() -> None:
    """Content, ignored rules and arguments of one template do not affect the next in the same process."""
    silenced = BROKEN.replace(
        "DeletionPolicy: Delete",
        "DeletionPolicy: Delete\n    Metadata: {cfn-lint: {config: "
        "{ignore_checks: [I3011], ignore_reasons: {I3011: Scratch.}}}}",
    )

    before = lint(BROKEN, REGION)
    assert rules_of(lint(silenced, REGION)) == ["W2001", "E3002"]
    assert rules_of(lint(VPC, REGION, parameters={"VpcCidr": "10.2"})) == ["W1030"]
    assert lint(VPC, REGION) == []
    assert lint(CLEAN, "us-east-1") == []

    assert lint(BROKEN, REGION) == before


def test_each_template_is_judged_in_its_own_region() -> None:
    """A type that does not exist in one region is a finding only for this region, in any order of lints."""
    text = "Resources: {Rule: {Type: AWS::AccessAnalyzer::ArchiveRule}}"

    tokyo = lint(text, REGION)
    virginia = lint(text, "us-east-1")

    assert [(f.rule, f.path) for f in tokyo] == [("E3006", "Resources/Rule/Type")]
    assert "E3006" not in rules_of(virginia)
    assert lint(text, REGION) == tokyo


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ([], "There is no region to lint for. Specify one, such as ap-northeast-1."),
        (
            ["tokyo"],
            "cfn-lint does not support the region 'tokyo'. It supports af-south-1, ",
        ),
        (
            [REGION, "eu-wset-1"],
            "cfn-lint does not support the region 'eu-wset-1'. Did you mean 'eu-west-1'? It supports af-"
            "south-1, ",
        ),
    ],
)
def test_unknown_region_is_refused(regions: list[str], message: str) -> None:
    """A region that cfn-lint does not support is an error of the caller, not a finding."""
    with pytest.raises(LintError) as caught:
        matches(CLEAN, regions)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("size", "rules"),
    [(900_000, []), (900_001, ["I1002"]), (1_000_000, ["I1002"]), (1_000_001, ["E1002"])],
)
def test_the_text_counts_and_no_file_of_the_same_name(
    size: int, rules: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size is that of the text. A file with the same name in the current folder does not matter."""
    (tmp_path / "large.yaml").write_text(CLEAN.ljust(2_000_000, "#"))
    monkeypatch.chdir(tmp_path)

    findings = lint(f"{CLEAN}#".ljust(size, "x"), REGION, file="large.yaml")

    assert [finding.rule for finding in findings] == rules
    assert all(str(size) in finding.message and finding.file == "large.yaml" for finding in findings)
    assert lint(CLEAN, REGION, file="large.yaml") == []


class TestParameters:
    """Values given for the parameters."""

    def test_a_bad_value_is_found_in_the_property_that_uses_it(self) -> None:
        """A value replaces the default, and is checked in the property that uses it."""
        findings = lint(VPC, REGION, parameters={"VpcCidr": "10.2/16"})

        assert [(f.logical_id, f.path, f.rule, f.message) for f in findings] == [
            (
                "Vpc",
                "Resources/Vpc/Properties/CidrBlock/Ref",
                "W1030",
                "{'Ref': 'VpcCidr'} is not a 'ipv4-network' when 'Ref' is resolved to '10.2/16'",
            )
        ]

    def test_a_good_value_passes(self) -> None:
        """A good value, also of a list parameter given as text with commas, has no finding."""
        assert lint(VPC, REGION, parameters={"VpcCidr": "10.9.0.0/16", "Names": "c,d"}) == []

    def test_list_values_are_split(self) -> None:
        """The second item of a list parameter is checked, not the text with all of them."""
        text = (
            VPC.replace("!Ref VpcCidr", "!Select [1, !Ref Cidrs]")
            .replace("VpcCidr:", "Cidrs:")
            .replace(
                "Type: String, Default: 10.2.0.0/16",
                'Type: CommaDelimitedList, Default: "10.0.0.0/16,10.1.0.0/16"',
            )
        )

        assert lint(text, REGION, parameters={"Cidrs": "x,10.3.0.0/16"}) == []
        assert [
            f.path.rpartition("/")[0] for f in lint(text, REGION, parameters={"Cidrs": "10.3.0.0/16,x"})
        ] == ["Resources/Vpc/Properties/CidrBlock"]


class TestOutsideInfluence:
    """Settings that must not have an effect."""

    @pytest.mark.parametrize("name", [".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml"])
    @pytest.mark.parametrize("folder", ["home", "current"])
    def test_no_configuration_file_is_read(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str, name: str
    ) -> None:
        """A .cfnlintrc that silences cfn-lint itself does not silence a build."""
        for variable in ("HOME", "USERPROFILE"):
            monkeypatch.setenv(variable, str(tmp_path / "home"))
        (tmp_path / "home").mkdir()
        (tmp_path / "current").mkdir()
        monkeypatch.chdir(tmp_path / "current")
        expected = lint(BROKEN, REGION)
        (tmp_path / folder / name).write_text("ignore_checks: [E, W, I]\nregions: [us-east-1]\n")

        assert ConfigMixIn([]).ignore_checks == ["E", "W", "I"]
        assert lint(BROKEN, REGION) == expected

    def test_a_broken_configuration_file_does_not_stop_a_build(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """The syntax of a .cfnlintrc is not checked."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / ".cfnlintrc").write_text("no_such_key: true\n")

        assert lint(CLEAN, REGION) == []

    def test_aws_variables_change_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The region is the argument, regardless of environment variables."""
        text = "Resources: {Rule: {Type: AWS::AccessAnalyzer::ArchiveRule}}"
        expected = lint(text, REGION)
        for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            monkeypatch.setenv(variable, "us-east-1")

        assert ConfigMixIn([]).regions == ["us-east-1"]
        assert lint(text, REGION) == expected

    @pytest.mark.acceptance
    def test_downloaded_schemas_are_not_used(self, tmp_path: Path) -> None:
        """Resource schemas that a user has updated affect only the cfn-lint command, not this lint."""
        schemas = tmp_path / "aws" / "cfn-lint" / "schemas"
        (schemas / "providers").mkdir(parents=True)
        (schemas / "version.json").write_text('{"schema_date": "9999-01-01T00:00:00Z"}')
        (schemas / "providers" / "ap-northeast-1.json").write_text("{}")
        code = (
            "import cfnlint.api, cfnlint.config\n"
            f"text = {CLEAN!r}\n"
            "plain = cfnlint.api.lint(text, config=cfnlint.config.ManualArgs(regions=['ap-northeast-1']))\n"
            "from cfn_analysis.linting.runner import lint\n"
            "print([match.rule.id for match in plain], lint(text, 'ap-northeast-1'))"
        )
        caches = dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA"), str(tmp_path))
        printed = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **caches},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

        assert printed == "['E3006'] []\n"

    @pytest.mark.parametrize(
        "config", ["{ignore_checks: [E, W, I]}", "{ignore_checks: [W9500]}", "{regions: [us-east-1]}"]
    )
    def test_the_template_cannot_configure_its_own_lint(self, config: str) -> None:
        """A configuration of cfn-lint in the Metadata of the template is a finding without effect."""
        configured = f"Metadata: {{cfn-lint: {{config: {config}}}}}{BROKEN}"

        assert rules_of(lint(configured, REGION)) == ["W9500", *rules_of(lint(BROKEN, REGION))]


class TestIgnores:
    """Rules ignored on one resource."""

    NAMED = """
Resources:
  First:
    Type: AWS::SNS::Topic
    Metadata: {cfn-lint: {config: %s}}
    Properties: {Nam: alarms}
  Second:
    Type: AWS::SNS::Topic
    Properties: {Nam: alarms}
"""

    def test_an_ignore_with_its_reason_silences_its_resource_only(self) -> None:
        """The same mistake on another resource is still found."""
        findings = lint(self.NAMED % "{ignore_checks: [E3002], ignore_reasons: {E3002: A test.}}", REGION)

        assert [(f.rule, f.logical_id) for f in findings] == [("E3002", "Second")]

    def test_an_ignore_without_reason_is_a_finding(self) -> None:
        """Without a reason, the ignore is a finding."""
        findings = lint(self.NAMED % "{ignore_checks: [E3002]}", REGION)

        assert [(f.rule, f.logical_id) for f in findings] == [("W9500", "First"), ("E3002", "Second")]

    def test_the_reason_itself_cannot_be_ignored(self) -> None:
        """Ignoring the rule that requires reasons has no effect on it."""
        config = "{ignore_checks: [E3002, W9500], ignore_reasons: {W9500: No time.}}"

        findings = lint(self.NAMED % config, REGION)

        assert [(f.rule, f.logical_id) for f in findings] == [("W9500", "First"), ("E3002", "Second")]

    @pytest.mark.parametrize("metadata", ["text", "{cfn-lint: text}", "{cfn-lint: {config: text}}"])
    def test_metadata_of_another_form_is_no_crash(self, metadata: str) -> None:
        """Metadata that cfn-lint cannot process does not ignore a rule, and does not cause an error."""
        text = self.NAMED.replace("{cfn-lint: {config: %s}}", metadata)

        findings = lint(text, REGION)

        misspelt = [finding.logical_id for finding in findings if finding.rule == "E3002"]
        assert misspelt == ["First", "Second"]


class TestFormats:
    """Reports in the formats of cfn-lint."""

    def test_text_is_cfn_lints_own(self) -> None:
        """The text format is the output of the cfn-lint command."""
        reported = matches(
            "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {Nam: x}}}", [REGION], file="a.yaml"
        )

        assert format_matches(reported, "text") == (
            "E3002 Additional properties are not allowed ('Nam' was unexpected)\na.yaml:1:57\n"
        )

    def test_json_holds_each_match(self) -> None:
        """The JSON format is a list with rule, file and position of each finding."""
        entries = json.loads(format_matches(matches(BROKEN, [REGION], file="a.yaml"), "json"))

        assert [
            (entry["Rule"]["Id"], entry["Filename"], entry["Location"]["Start"]["LineNumber"])
            for entry in entries
        ] == [
            ("W2001", "a.yaml", 3),
            ("I3011", "a.yaml", 6),
            ("E3002", "a.yaml", 16),
        ]

    def test_sarif_holds_the_results_of_several_templates(self) -> None:
        """The SARIF format contains the findings of all files, including files that cannot be parsed."""
        reported = [
            *matches(BROKEN, [REGION], file="a.yaml"),
            *matches("Resources: [", [REGION], file="b.yaml"),
        ]

        results = json.loads(format_matches(reported, "sarif"))["runs"][0]["results"]

        assert [
            (r["ruleId"], r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for r in results
        ] == [
            ("W2001", "a.yaml"),
            ("I3011", "a.yaml"),
            ("E3002", "a.yaml"),
            ("E0000", "b.yaml"),
        ]

    def test_junit_fails_the_rules_that_found_something(self) -> None:
        """The JUnit format has one case per rule, also for a file that cannot be parsed."""
        reported = [
            *matches(BROKEN, [REGION], file="a.yaml"),
            *matches("Resources: [", [REGION], file="b.yaml"),
        ]

        cases = ElementTree.fromstring(format_matches(reported, "junit")).iter("testcase")

        failed = {case.attrib["name"].split()[0]: len(case.findall("failure")) for case in cases if len(case)}
        skipped = {rule for rule, failures in failed.items() if not failures}
        assert {rule: failures for rule, failures in failed.items() if failures} == {
            "W2001": 1,
            "I3011": 1,
            "E3002": 1,
            "E0000": 1,
        }
        assert not skipped.intersection({"W9600", "W9501", "W9500"})

    @pytest.mark.parametrize(("kind", "text"), [("text", ""), ("json", "[]")])
    def test_no_match_is_an_empty_report(self, kind: str, text: str) -> None:
        """A clean template gives no text and an empty JSON list."""
        assert format_matches(matches(CLEAN, [REGION]), kind) == text

    def test_unknown_format_is_refused(self) -> None:
        """The message lists the available formats."""
        with pytest.raises(LintError) as caught:
            format_matches([], "xml")

        assert str(caught.value) == "There is no format 'xml': use one of text, json, sarif, junit."

    @pytest.mark.parametrize(("kind", "module"), [("sarif", "sarif_om"), ("junit", "junit_xml")])
    def test_missing_extra_is_named(self, monkeypatch: pytest.MonkeyPatch, kind: str, module: str) -> None:
        """Without the optional packages the message contains the command that installs them."""
        monkeypatch.setitem(sys.modules, module, None)

        with pytest.raises(LintError) as caught:
            format_matches([], kind)

        assert str(caught.value) == (
            f"The format {kind} needs packages that are not installed. Run: "
            'python -m pip install "cfn-lint[junit,sarif]"'
        )


def test_nearest_allowed_value() -> None:
    """The message suggests a similar name, or shows the number of allowed values if there are many."""
    names = [f"Topic{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"]
    resources = "".join(f"  {name}: {{Type: AWS::SNS::Topic}}\n" for name in names)
    outputs = "  A: {Value: !Ref TopcA}\n  B: {Value: !GetAtt TopicA.TopicAarn}\n"

    findings = lint(f"Resources:\n{resources}Outputs:\n{outputs}", "us-east-1")

    assert [(finding.path, finding.message) for finding in findings] == [
        ("Outputs/A/Value/Ref", "'TopcA' is not one of the 31 allowed values. Did you mean 'TopicA'?"),
        (
            "Outputs/B/Value/Fn::GetAtt/1",
            "'TopicAarn' is not one of ['ContentBasedDeduplication', 'DeliveryStatusLogging', 'DisplayName', "
            "'FifoThroughputScope', 'FifoTopic', 'KmsMasterKeyId', 'MaximumMessageSize', 'SignatureVersion', "
            "'Subscription', 'Tags', 'TopicArn', 'TopicName', 'TracingConfig'] in ['us-east-1']. Did you "
            "mean 'TopicArn'?",
        ),
    ]

"""The YAML of a template, values that are rejected, and a complete round trip."""

import copy
from datetime import date
from typing import Any

import pytest
import yaml
from cfnlint.decode import decode_str

from cfn_analysis.model.rendering import RenderError, load, render
from csr_templates import STACKS, network

Template = dict[str, Any]


def with_value(value: Any) -> Template:
    """Return a template with the value as a property."""
    return {"Resources": {"Thing": {"Type": "AWS::SNS::Topic", "Properties": {"Value": value}}}}


def lines_of(value: Any) -> str:
    """Return the lines of the value as a property, without indentation."""
    text = render(with_value(value))
    before = "Resources:\n  Thing:\n    Type: AWS::SNS::Topic\n    Properties:\n"
    assert text.startswith(before)
    return "\n".join(line[6:] for line in text.removeprefix(before).splitlines())


def assert_reads_back(template: Template, **comments: Any) -> None:
    """Fail unless our loader and the loader of cfn-lint return the template."""
    text = render(template, **comments)
    assert load(text) == template
    assert decode_str(text) == (template, [])


def on_one_line(case: Any) -> str:
    """Return the ID of a test: the case without backslashes, which not every tool can pass on."""
    return ascii(case).replace("\\n", " ").replace("\\", "/")


WHOLE: Template = {
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}, "Description": "ARN of the key"}},
    "Resources": {
        "Key": {
            "Properties": {
                "KeyPolicy": {
                    "Statement": [
                        {
                            "Resource": ["*"],
                            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
                            "Effect": "Allow",
                            "Action": ["kms:*"],
                        }
                    ],
                    "Version": "2012-10-17",
                },
                "EnableKeyRotation": True,
            },
            "UpdateReplacePolicy": "Retain",
            "DeletionPolicy": "RetainExceptOnCreate",
            "Type": "AWS::KMS::Key",
        },
        "Zone": {"Properties": {}, "Condition": "HasZone", "DependsOn": "Key", "Type": "AWS::EC2::VPC"},
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"Threshold": 0.2, "AlarmDescription": "First line.\n\nThird line.\n"},
        },
    },
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
        "HasZone": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]},
    },
    "Mappings": {"Classes": {"db.t3.medium": {"PerformanceInsights": False}}},
    "Rules": {
        "Zones": {"Assertions": [{"AssertDescription": "two", "Assert": {"Fn::Contains": [["a"], "a"]}}]}
    },
    "Parameters": {"Environment": {"Default": "prod", "Type": "String", "Description": "Which one"}},
    "Metadata": {"Second": {"b": 1, "a": 2}, "First": {}},
    "Description": "A template",
    "AWSTemplateFormatVersion": "2010-09-09",
}
WHOLE_TEXT = """\
# Generated.
#
# Do not edit.

AWSTemplateFormatVersion: '2010-09-09'

Description: A template

Metadata:
  Second:
    a: 2
    b: 1
  First: {}

Parameters:
  Environment:
    Description: Which one
    Type: String
    Default: prod

Rules:
  Zones:
    Assertions:
      - Assert:
          Fn::Contains:
            - - a
            - a
        AssertDescription: two

Mappings:
  Classes:
    db.t3.medium:
      PerformanceInsights: false

Conditions:
  IsProd: !Equals
    - !Ref Environment
    - prod
  HasZone: !And
    - !Condition IsProd
    - !Not
      - !Equals
        - a
        - b

Resources:
  # ---- Keys ----
  Key:
    Type: AWS::KMS::Key
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Sub arn:aws:iam::${AWS::AccountId}:root
            Action:
              - kms:*
            Resource:
              - '*'

  Zone:
    Type: AWS::EC2::VPC
    Condition: HasZone
    DependsOn: Key
    Properties: {}

  # ---- Alarms ----
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: |
        First line.

        Third line.
      Threshold: 0.2

Outputs:
  Arn:
    Description: ARN of the key
    Value: !GetAtt Key.Arn
"""


def test_whole_template() -> None:
    """Sections, attributes and keys have a fixed order; resources keep theirs, under their titles."""
    sections = {"Key": "Keys", "Zone": "Keys", "Alarm": "Alarms"}

    assert render(WHOLE, header=["Generated.", "", "Do not edit."], sections=sections) == WHOLE_TEXT
    assert_reads_back(WHOLE)


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_stacks_read_back(stack: Any) -> None:
    """Our own templates have the same content for every reader."""
    t = stack.build()

    assert_reads_back(t.to_dict(), sections=t.sections)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Ref": "Vpc"}, "Value: !Ref Vpc"),
        ({"Fn::GetAtt": ["Db", "Endpoint.Address"]}, "Value: !GetAtt Db.Endpoint.Address"),
        ({"Fn::Sub": "${A}-b"}, "Value: !Sub ${A}-b"),
        (
            {"Fn::Sub": ["${A}", {"A": {"Ref": "Vpc"}}]},
            "Value: !Sub\n  - ${A}\n  - A: !Ref Vpc",
        ),
        ({"Fn::ImportValue": "a"}, "Value: !ImportValue a"),
        ({"Fn::ImportValue": {"Fn::Sub": "${A}-b"}}, "Value:\n  Fn::ImportValue: !Sub ${A}-b"),
        ({"Fn::GetAZs": {"Ref": "AWS::Region"}}, "Value:\n  Fn::GetAZs: !Ref AWS::Region"),
        ({"Fn::Base64": {"Fn::Sub": "x"}}, "Value:\n  Fn::Base64: !Sub x"),
        (
            {"Fn::Select": [0, {"Fn::Split": [",", "a,b"]}]},
            "Value: !Select\n  - 0\n  - !Split\n    - ','\n    - a,b",
        ),
        (
            {"Fn::GetStackOutput": {"StackName": {"Fn::Sub": "${A}-api"}, "OutputKey": "Id"}},
            "Value:\n  Fn::GetStackOutput:\n    OutputKey: Id\n    StackName: !Sub ${A}-api",
        ),
        ({"Condition": "IsProd"}, "Value:\n  Condition: IsProd"),
        ({"Fn::Join": ["", []]}, "Value: !Join\n  - ''\n  - []"),
        ([], "Value: []"),
        ({}, "Value: {}"),
        ([["a", ["b"]], {"c": ["d"]}], "Value:\n  - - a\n    - - b\n  - c:\n      - d"),
        ([{"a": 1, "b": [2]}], "Value:\n  - a: 1\n    b:\n      - 2"),
        ({"Version": "1", "A": 2, "Id": 3}, "Value:\n  A: 2\n  Id: 3\n  Version: '1'"),
        ({"Statement": [], "A": 2, "Id": 3}, "Value:\n  A: 2\n  Id: 3\n  Statement: []"),
        ({"k" * 120: 1}, f"Value:\n  {'k' * 120}: 1"),
        ({"a|b": {"c": ["d"]}}, "Value:\n  a|b:\n    c:\n      - d"),
    ],
    ids=on_one_line,
)
def test_functions_and_collections(value: Any, text: str) -> None:
    """Functions have their short form, unless a short form would directly contain another one."""
    assert lines_of(value) == text
    assert_reads_back(with_value(value))


def tag(key: str, value: Any) -> Template:
    """Return a tag."""
    return {"Key": key, "Value": value}


TAGS = [tag("Environment", {"Ref": "Environment"}), tag("Project", {"Ref": "ProjectName"})]
TAGS_TEXT = "[{Key: Environment, Value: !Ref Environment}, {Key: Project, Value: !Ref ProjectName}]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Tags": TAGS}, f"Value:\n  Tags: {TAGS_TEXT}"),
        ({"Dimensions": TAGS}, f"Value:\n  Dimensions: {TAGS_TEXT}"),
        ([{"A": 1, "Tags": TAGS}], f"Value:\n  - A: 1\n    Tags: {TAGS_TEXT}"),
        (
            {"Tags": [TAGS[0], tag("Name", {"Fn::Sub": "${ProjectName}-${Environment}-vpc"}), TAGS[1]]},
            "Value:\n  Tags:\n    - {Key: Environment, Value: !Ref Environment}\n"
            "    - {Key: Name, Value: !Sub '${ProjectName}-${Environment}-vpc'}\n"
            "    - {Key: Project, Value: !Ref ProjectName}",
        ),
        (
            {
                "Dimensions": [
                    {"Name": "A", "Value": {"Fn::If": ["B", {"Ref": "C"}, {"Ref": "AWS::NoValue"}]}}
                ]
            },
            "Value:\n  Dimensions: [{Name: A, Value: !If [B, !Ref C, !Ref 'AWS::NoValue']}]",
        ),
        ({"Tags": [tag("A", "b" * 81)]}, f"Value:\n  Tags: [{{Key: A, Value: {'b' * 81}}}]"),
        ({"Tags": [tag("A", "b" * 82)]}, f"Value:\n  Tags:\n    - {{Key: A, Value: {'b' * 82}}}"),
        ({"Tags": [tag("A", "b" * 83)]}, f"Value:\n  Tags:\n    - {{Key: A, Value: {'b' * 83}}}"),
        ({"Tags": [tag("A", "b" * 84)]}, f"Value:\n  Tags:\n    - Key: A\n      Value: {'b' * 84}"),
        (
            {"Tags": [tag("A", "b\nc")]},
            "Value:\n  Tags:\n    - Key: A\n      Value: |-\n        b\n        c",
        ),
        ({"Tags": []}, "Value:\n  Tags: []"),
        ({"Tags": ["a"]}, "Value:\n  Tags:\n    - a"),
        ({"Tags": {"A": "b"}}, "Value:\n  Tags:\n    A: b"),
        ({"Others": [{"A": 1}]}, "Value:\n  Others:\n    - A: 1"),
    ],
    ids=on_one_line,
)
def test_tags_and_dimensions(value: Any, text: str) -> None:
    """Lists of tags and dimensions are on one line, or one line for each item, up to 100 characters."""
    assert lines_of(value) == text
    assert_reads_back(with_value(value))


@pytest.mark.parametrize(
    ("function", "form"),
    [
        ("Fn::And", "!And"),
        ("Fn::Base64", "!Base64"),
        ("Fn::Cidr", "!Cidr"),
        ("Fn::Equals", "!Equals"),
        ("Fn::FindInMap", "!FindInMap"),
        ("Fn::GetAZs", "!GetAZs"),
        ("Fn::If", "!If"),
        ("Fn::ImportValue", "!ImportValue"),
        ("Fn::Join", "!Join"),
        ("Fn::Not", "!Not"),
        ("Fn::Or", "!Or"),
        ("Fn::Select", "!Select"),
        ("Fn::Split", "!Split"),
        ("Fn::Sub", "!Sub"),
        ("Fn::Contains", None),
        ("Fn::EachMemberEquals", None),
        ("Fn::EachMemberIn", None),
        ("Fn::GetStackOutput", None),
        ("Fn::RefAll", None),
        ("Fn::ValueOf", None),
        ("Fn::ValueOfAll", None),
    ],
)
def test_every_function(function: str, form: str | None) -> None:
    """Each function has its own short form, or AWS documents only the long form."""
    of_text, of_list = {function: "a"}, {function: ["a", "b"]}

    if form:
        assert lines_of(of_text) == f"Value: {form} a"
        assert lines_of(of_list) == f"Value: {form}\n  - a\n  - b"
    else:
        assert lines_of(of_text) == f"Value:\n  {function}: a"
        assert lines_of(of_list) == f"Value:\n  {function}:\n    - a\n    - b"
    assert_reads_back(with_value([of_text, of_list]))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-7, "-7"),
        (1.0, "1.0"),
        (0.2, "0.2"),
        (1e-07, "1.0e-07"),
        (1.5e-07, "1.5e-07"),
        (1e300, "1.0e+300"),
        ("true", "'true'"),
        ("Yes", "'Yes'"),
        ("OFF", "'OFF'"),
        ("n", "'n'"),
        ("null", "'null'"),
        ("~", "'~'"),
        ("=", "'='"),
        ("<<", "'<<'"),
        ("", "''"),
        ("*", "'*'"),
        ("1", "'1'"),
        ("+1024", "'+1024'"),
        ("1_000", "'1_000'"),
        ("1e3", "'1e3'"),
        ("09", "'09'"),
        ("0o14", "'0o14'"),
        ("0x1F", "'0x1F'"),
        (".5", "'.5'"),
        ("-.INF", "'-.INF'"),
        (".nan", "'.nan'"),
        ("190:20:30", "'190:20:30'"),
        ("2012-10-17", "'2012-10-17'"),
        ("2001-12-14t21:59:43.10-05:00", "'2001-12-14t21:59:43.10-05:00'"),
        ("10.2.0.0/16", "10.2.0.0/16"),
        ("db.t3.medium", "db.t3.medium"),
        ("8.0.mysql_aurora.3.10.6", "8.0.mysql_aurora.3.10.6"),
        ("!Ref X", "'!Ref X'"),
        ("a: b", "'a: b'"),
        ("a #b", "'a #b'"),
        ("it's", "it's"),
        ("- a", "'- a'"),
        (" a ", "' a '"),
        ("{{resolve:secretsmanager:a}}", "'{{resolve:secretsmanager:a}}'"),
        ("a|", "a|"),
        ("|", "'|'"),
    ],
    ids=lambda case: repr(case),
)
def test_scalars(value: Any, text: str) -> None:
    """Only texts that some reader would parse as another type are quoted."""
    assert lines_of(value) == f"Value: {text}"
    assert_reads_back(with_value(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb", "Value: |-\n  a\n  b"),
        ("a\n  b: |\n\nc\n", "Value: |\n  a\n    b: |\n\n  c\n"),
        ("  a\nb", "Value: |2-\n    a\n  b"),
        ("\na", "Value: |2-\n\n  a"),
        ("\n", 'Value: "\\n"'),
        ({"Fn::Sub": "\n\n"}, 'Value: !Sub "\\n\\n"'),
        ({"Fn::Join": ["\n", ["a", "b"]]}, 'Value: !Join\n  - "\\n"\n  - - a\n    - b'),
        ("X\nX", "Value: |-\n  X\n  X"),
        ({"Fn::Sub": "${A}\n- b"}, "Value: !Sub |-\n  ${A}\n  - b"),
        (["a\n\nb"], "Value:\n  - |-\n    a\n\n    b"),
        ({"a": "b\nc", "d": ["e"]}, "Value:\n  a: |-\n    b\n    c\n  d:\n    - e"),
        (["a\n- b", "c"], "Value:\n  - |-\n    a\n    - b\n  - c"),
        ([["a\n- b:\n- c"]], "Value:\n  - - |-\n      a\n      - b:\n      - c"),
        (
            {"Fn::Sub": ["a\n- b", {"c": "d\ne"}]},
            "Value: !Sub\n  - |-\n    a\n    - b\n  - c: |-\n      d\n      e",
        ),
    ],
)
def test_several_lines(value: Any, text: str) -> None:
    """Text with several lines is a literal block, in which it is unchanged."""
    assert lines_of(value) == text.rstrip("\n")
    assert " \n" not in render(with_value(value))
    assert_reads_back(with_value(value))


def test_empty_template() -> None:
    """An empty template is valid."""
    assert render({}) == "{}\n"
    assert render({}, header=["Generated."]) == "# Generated.\n\n{}\n"


def test_text_of_several_lines_on_top() -> None:
    """The description may be a literal block, too; lists in it are text."""
    template = {"Description": "a:\n- b"}

    assert render(template) == "Description: |-\n  a:\n  - b\n"
    assert_reads_back(template)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"Fn::Or": [[{"Condition": "B"}]]}, "A: !Or\n    - - !Condition B"),
        ({"Fn::Not": {"Condition": "B"}}, "A:\n    Fn::Not: !Condition B"),
        ({"Any": {"Condition": "B"}}, "A:\n    Any: !Condition B"),
    ],
    ids=["list in a list", "without a list", "mapping"],
)
def test_conditions_at_any_depth(condition: Any, text: str) -> None:
    """A condition has its short form in every place, even if CloudFormation will refuse it."""
    template = {"Conditions": {"A": condition}}

    assert render(template) == f"Conditions:\n  {text}\n"
    assert_reads_back(template)


def test_nothing_is_changed() -> None:
    """The dict is not changed."""
    before = copy.deepcopy(WHOLE)
    render(WHOLE)

    assert before == WHOLE


def refusal(template: Template, **options: Any) -> str:
    """Return the message of the error."""
    with pytest.raises(RenderError) as caught:
        render(template, **options)
    return str(caught.value)


VALUE = "Resources.Thing.Properties.Value"
NOT_ASCII = "is not printable ASCII; some AWS services refuse such text, others show question marks."
NO_TAB = f"the character '\\t' (U+0009) in '\\t' {NOT_ASCII}"
NO_KANJI = f"the character '\u9375' (U+9375) in '\u9375' {NOT_ASCII}"
ENDS_WITH_A_SPACE = "ends with a space, which is invisible and removed by editors."
NOT_GET_ATT = ", expected [logical ID, attribute], both of them text."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, f"{VALUE}: None (NoneType) is not allowed in a template."),
        (float("nan"), f"{VALUE}: nan (float) is not allowed in a template."),
        (float("-inf"), f"{VALUE}: -inf (float) is not allowed in a template."),
        ((1, 2), f"{VALUE}: (1, 2) (tuple) is not allowed in a template."),
        ({1}, f"{VALUE}: {{1}} (set) is not allowed in a template."),
        (date(2026, 1, 2), f"{VALUE}: datetime.date(2026, 1, 2) (date) is not allowed in a template."),
        (b"x", f"{VALUE}: b'x' (bytes) is not allowed in a template."),
        ({"a": [1, {"b": None}]}, f"{VALUE}.a[1].b: None (NoneType) is not allowed in a template."),
        ({1: "a"}, f"{VALUE}: the key 1 is not text."),
        ({"": "a"}, f"{VALUE}: the key '' is not one line of 1 to 120 characters."),
        ({"a\nb": "a"}, f"{VALUE}: the key 'a\\nb' is not one line of 1 to 120 characters."),
        ({"k" * 121: "a"}, f"{VALUE}: the key '{'k' * 121}' is not one line of 1 to 120 characters."),
        ({"Fn::Foo": "a"}, f"{VALUE}.Fn::Foo: unknown function."),
        ({"Fn::Transform": {"Name": "a"}}, f"{VALUE}.Fn::Transform: unknown function."),
        (
            {"Fn::Sub": "a", "b": 1},
            f"{VALUE}.Fn::Sub: a function must be the only key of its mapping.",
        ),
        ({"Ref": "A", "b": 1}, f"{VALUE}.Ref: a function must be the only key of its mapping."),
        ({"Ref": ["A"]}, f"{VALUE}.Ref: found ['A'] (list), expected a name."),
        (
            {"Fn::GetAtt": "A.Arn"},
            f"{VALUE}.Fn::GetAtt: found 'A.Arn' (str){NOT_GET_ATT}",
        ),
        (
            {"Fn::GetAtt": ["A"]},
            f"{VALUE}.Fn::GetAtt: found ['A'] (list){NOT_GET_ATT}",
        ),
        (
            {"Fn::GetAtt": ["A.B", "C"]},
            f"{VALUE}.Fn::GetAtt: ['A.B', 'C'] is not the ID of a resource and the name of an attribute.",
        ),
        (
            "caf\u00e9",
            f"{VALUE}: the character '\u00e9' (U+00E9) in 'caf\u00e9' {NOT_ASCII}",
        ),
        (
            "a\tb",
            f"{VALUE}: the character '\\t' (U+0009) in 'a\\tb' {NOT_ASCII}",
        ),
        (
            "a\r\nb",
            f"{VALUE}: the character '\\r' (U+000D) in 'a\\r\\nb' {NOT_ASCII}",
        ),
        (
            {"caf\u00e9": 1},
            f"{VALUE}.caf\u00e9: the character '\u00e9' (U+00E9) in 'caf\u00e9' {NOT_ASCII}",
        ),
        (" \n", f"{VALUE}: line 1 of ' \\n' {ENDS_WITH_A_SPACE}"),
        (
            "a\n\n",
            f"{VALUE}: 'a\\n\\n' ends with two line feeds; a literal block would keep the blank line after "
            "the resource, too.",
        ),
        ("a\nb \nc", f"{VALUE}: line 2 of 'a\\nb \\nc' {ENDS_WITH_A_SPACE}"),
        (
            {"Ref": "\t"},
            f"{VALUE}.Ref: the character '\\t' (U+0009) in '\\t' {NOT_ASCII}",
        ),
        (
            {"Fn::GetAtt": ["A", "\t"]},
            f"{VALUE}.Fn::GetAtt: the character '\\t' (U+0009) in 'A.\\t' {NOT_ASCII}",
        ),
        (
            {"Fn::GetAtt": [1, "a"]},
            f"{VALUE}.Fn::GetAtt: found [1, 'a'] (list){NOT_GET_ATT}",
        ),
        (
            {"Fn::Join": ["", [None]]},
            f"{VALUE}.Fn::Join[1][0]: None (NoneType) is not allowed in a template.",
        ),
        (
            {"Fn::Base64": {"a": None}},
            f"{VALUE}.Fn::Base64.a: None (NoneType) is not allowed in a template.",
        ),
        ((55 * "x",), f"{VALUE}: ('{55 * 'x'}',) (tuple) is not allowed in a template."),
        ((56 * "x",), f"{VALUE}: ('{55 * 'x'}... (tuple) is not allowed in a template."),
        (
            "x" * 70 + "\u3042",
            f"{VALUE}: the character '\u3042' (U+3042) in '{'x' * 56}... {NOT_ASCII}",
        ),
    ],
    ids=on_one_line,
)
def test_refuses_values(value: Any, message: str) -> None:
    """The message about a value that cannot be written has the position, the value and the reason."""
    assert refusal(with_value(value)) == message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            {"Resource": {}},
            "Resource: unknown key; known are AWSTemplateFormatVersion, Description, Metadata, Parameters, "
            "Rules, Mappings, Conditions, Resources, Outputs.",
        ),
        (
            {"Resources": {"A": {"Type": "B", "DependOn": "C"}}},
            "Resources.A.DependOn: unknown key; known are Type, Condition, DependsOn, CreationPolicy, "
            "UpdatePolicy, DeletionPolicy, UpdateReplacePolicy, Metadata, Properties.",
        ),
        (
            {"Parameters": {"A": {"Typ": "String"}}},
            "Parameters.A.Typ: unknown key; known are Description, Type, Default, AllowedValues, "
            "AllowedPattern, MinLength, MaxLength, MinValue, MaxValue, ConstraintDescription, NoEcho.",
        ),
        (
            {"Outputs": {"A": {"Values": "B"}}},
            "Outputs.A.Values: unknown key; known are Description, Condition, Value, Export.",
        ),
        (
            {"Rules": {"A": {"Assertion": []}}},
            "Rules.A.Assertion: unknown key; known are RuleCondition, Assertions.",
        ),
        (
            {"": {}},
            "'': unknown key; known are AWSTemplateFormatVersion, Description, Metadata, Parameters, Rules, "
            "Mappings, Conditions, Resources, Outputs.",
        ),
        ({"Resources": []}, "Resources: found [] (list), expected a mapping of resources."),
        ({"Outputs": {"A": "b"}}, "Outputs.A: found 'b' (str), expected a mapping."),
        ({"Description": "\t"}, f"Description: {NO_TAB}"),
        ({"Metadata": {"A": {"B": "\t"}}}, f"Metadata.A.B: {NO_TAB}"),
        ({"Conditions": {"A": {"Condition": "\t"}}}, f"Conditions.A.Condition: {NO_TAB}"),
        ({"Outputs": {"A": {"Description": "\t"}}}, f"Outputs.A.Description: {NO_TAB}"),
        ({"Metadata": {"": "a"}}, "Metadata: the key '' is not one line of 1 to 120 characters."),
        ({"Metadata": {"a\nb": "a"}}, "Metadata: the key 'a\\nb' is not one line of 1 to 120 characters."),
        (
            {"Metadata": {"caf\u00e9": "a"}},
            f"Metadata.caf\u00e9: the character '\u00e9' (U+00E9) in 'caf\u00e9' {NOT_ASCII}",
        ),
    ],
    ids=on_one_line,
)
def test_refuses_templates(template: Template, message: str) -> None:
    """The message contains the unknown key. The position starts with the section."""
    assert refusal(template) == message


TWO_LINES = "'a\\nb: 1' has more than one line; only the first would be a comment."


@pytest.mark.parametrize(
    ("comments", "message"),
    [
        ({"sections": {"Thing": "\u9375"}}, f"Title of the section of Thing: {NO_KANJI}"),
        ({"sections": {"Thing": "a\nb: 1"}}, f"Title of the section of Thing: {TWO_LINES}"),
        ({"header": ["a", "\u9375"]}, f"Header: {NO_KANJI}"),
        ({"header": ["a\nb: 1"]}, f"Header: {TWO_LINES}"),
    ],
    ids=["title", "title of two lines", "header", "header of two lines"],
)
def test_refuses_comments(comments: dict[str, Any], message: str) -> None:
    """A title or header must be ASCII with one line, because a second line would be part of the template."""
    assert refusal(with_value(1), **comments) == message


@pytest.mark.parametrize(
    "section", ["Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"]
)
def test_refuses_names_that_are_not_text(section: str) -> None:
    """A parameter, resource or output called 1 is refused with its place."""
    assert refusal({section: {1: {}}}) == f"{section}: the key 1 is not text."


def test_refuses_troposphere_objects() -> None:
    """Objects must be converted with ``to_dict()``."""
    vpc = network.build().resources["VPC"]

    assert refusal({"Resources": {"VPC": vpc}}).startswith("Resources.VPC: found <troposphere.ec2.VPC object")


def test_load_refuses_a_tag_on_a_mapping() -> None:
    """A short form before a mapping is not a function."""
    with pytest.raises(yaml.YAMLError, match=r"(?s)!Sub before a mapping.*line 1, column 12"):
        load("Resources: !Sub {a: b}\n")

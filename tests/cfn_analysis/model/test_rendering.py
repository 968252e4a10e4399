"""The YAML of a template, values that are rejected, and a complete round trip."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.decode import decode_str

from cfn_analysis.model.rendering import RenderError, load, render
from csr_templates import STACKS, network
from tests.data import read_yaml

ROWS = read_yaml(Path(__file__).with_name("rendering.yaml"))

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
    [*ROWS["test_functions_and_collections"], ({"k" * 120: 1}, f"Value:\n  {'k' * 120}: 1")],
    ids=on_one_line,
)
def test_functions_and_collections(value: Any, text: str) -> None:
    """Functions have their short form, unless a short form would directly contain another one."""
    assert lines_of(value) == text
    assert_reads_back(with_value(value))


@pytest.mark.parametrize(("value", "text"), ROWS["test_tags_and_dimensions"], ids=on_one_line)
def test_tags_and_dimensions(value: Any, text: str) -> None:
    """Lists of tags and dimensions are on one line, or one line for each item, up to 100 characters."""
    assert lines_of(value) == text
    assert_reads_back(with_value(value))


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (81, "  Tags: [{Key: A, Value: %s}]"),
        (82, "  Tags:\n    - {Key: A, Value: %s}"),
        (83, "  Tags:\n    - {Key: A, Value: %s}"),
        (84, "  Tags:\n    - Key: A\n      Value: %s"),
    ],
    ids=on_one_line,
)
def test_width_of_tags(length: int, text: str) -> None:
    """A list or an item that would be longer than 100 characters is not on one line."""
    value = {"Tags": [{"Key": "A", "Value": "b" * length}]}

    assert lines_of(value) == f"Value:\n{text % ('b' * length)}"
    assert_reads_back(with_value(value))


@pytest.mark.parametrize(("function", "form"), ROWS["test_every_function"])
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


@pytest.mark.parametrize(("value", "text"), ROWS["test_scalars"], ids=lambda case: repr(case))
def test_scalars(value: Any, text: str) -> None:
    """Only texts that some reader would parse as another type are quoted."""
    assert lines_of(value) == f"Value: {text}"
    assert_reads_back(with_value(value))


@pytest.mark.parametrize(("value", "text"), ROWS["test_several_lines"], ids=on_one_line)
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
    ROWS["test_conditions_at_any_depth"],
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
NO_KANJI = f"the character '\u9375' (U+9375) in '\u9375' {NOT_ASCII}"
LONG = "k" * 121


@pytest.mark.parametrize(
    ("value", "message"),
    [
        *ROWS["test_refuses_values"],
        ({LONG: "a"}, f": the key '{LONG}' is not one line of 1 to 120 characters."),
    ],
    ids=on_one_line,
)
def test_refuses_values(value: Any, message: str) -> None:
    """The message about a value that cannot be written has the position, the value and the reason."""
    assert refusal(with_value(value)) == f"{VALUE}{message}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None (NoneType)"),
        (float("nan"), "nan (float)"),
        (float("-inf"), "-inf (float)"),
        ((1, 2), "(1, 2) (tuple)"),
        ({1}, "{1} (set)"),
        (date(2026, 1, 2), "datetime.date(2026, 1, 2) (date)"),
        (b"x", "b'x' (bytes)"),
        ((55 * "x",), f"('{55 * 'x'}',) (tuple)"),
        ((56 * "x",), f"('{55 * 'x'}... (tuple)"),
    ],
    ids=on_one_line,
)
def test_refuses_types(value: Any, shown: str) -> None:
    """The message shows the value, which is cut if it is long, and its type."""
    assert refusal(with_value(value)) == f"{VALUE}: {shown} is not allowed in a template."


@pytest.mark.parametrize(("template", "message"), ROWS["test_refuses_templates"], ids=on_one_line)
def test_refuses_templates(template: Template, message: str) -> None:
    """The message contains the unknown key. The position starts with the section."""
    assert refusal(template) == message


NO_HIRAGANA = f": the character '\u3042' (U+3042) in '{'x' * 56}..."


@pytest.mark.parametrize(
    ("template", "message"),
    [
        *((with_value(value), VALUE + message) for value, message in ROWS["values_that_are_not_ascii"]),
        (with_value("x" * 70 + "\u3042"), VALUE + NO_HIRAGANA),
        *ROWS["templates_that_are_not_ascii"],
    ],
    ids=on_one_line,
)
def test_refuses_characters(template: Template, message: str) -> None:
    """The message contains the character, and the start of its text."""
    assert refusal(template) == f"{message} {NOT_ASCII}"


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

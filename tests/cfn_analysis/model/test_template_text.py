"""``template_text``: any template as plain data, and texts that are rejected."""

import json

import pytest

from cfn_analysis.model.template_text import TemplateTextError, read_template

TEXT = """\
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
      Path: !Sub '/${A}/'
      Tags: !If [C, !Ref X, !GetAtt A.B.C]
      Nested: !GetStackOutput {StackName: s, OutputName: !Ref O}
Mappings:
  ByAccount:
    123456789012: {A: 1}
"""
LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
EXPECTED = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17"},
                "Path": {"Fn::Sub": "/${A}/"},
                "Tags": {"Fn::If": ["C", {"Ref": "X"}, {"Fn::GetAtt": ["A", "B.C"]}]},
                "Nested": {"Fn::GetStackOutput": {"StackName": "s", "OutputName": {"Ref": "O"}}},
            },
        }
    },
    "Mappings": {"ByAccount": {"123456789012": {"A": 1}}},
}


def test_yaml_and_json_are_the_same() -> None:
    """Short forms become long ones, dates stay text, and keys are text; JSON may be indented with tabs."""
    assert read_template(TEXT) == EXPECTED
    assert read_template(json.dumps(EXPECTED, indent="\t")) == EXPECTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "it is not YAML: "),
        ("{", "it is not JSON: "),
        ("a: 1", "it has no mapping Resources, so it is not a template of CloudFormation."),
        ("[]", "it has no mapping Resources"),
        ("Resources: {A: 1}", "Resources.A has no Type."),
        ("Resources: {A: {Type: 1}}", "Resources.A has no Type."),
        ("Resources: {A: {Type: T, Properties: []}}", "Resources.A.Properties is not a mapping."),
        (
            "Resources: {A: {Type: T, Condition: !Ref C}}",
            "Resources.A.Condition is not the name of a condition.",
        ),
        (
            "Resources: {}\nOutputs: {A: {Condition: [C]}}",
            "Outputs.A.Condition is not the name of a condition.",
        ),
        ("Resources: {}\nOutputs: []", "Outputs is not a mapping."),
        ("Resources: {}\nParameters: {P: 1}", "Parameters.P is not a mapping."),
        (
            "Transform: AWS::Serverless-2016-10-31\nResources: {}",
            "it has a Transform, and only CloudFormation",
        ),
        ("Resources:\n  A: {Type: T}\n  A: {Type: U}\n", "line 3: A appears twice. Remove or rename one."),
        ('{"Resources": {"A": {"Type": "T"}, "A": {"Type": "U"}}}', "A appears twice. Remove or rename one."),
        ("Resources: &A {A: *A}", "with its YAML aliases, it has more than 250,000 values. Write the values"),
        (LAUGHS, "with its YAML aliases, it has more than 250,000 values. Write the values"),
    ],
)
def test_refused(text: str, message: str) -> None:
    """The message states the fault, and for a macro the alternative."""
    with pytest.raises(TemplateTextError) as caught:
        read_template(text)

    assert str(caught.value).startswith(message)

"""E9081 on GetStackOutput in both forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ShortFormInShortForm

if TYPE_CHECKING:
    from tests.rules.conftest import Judge


def output(value: str, first: str = "") -> str:
    """Return a template with one output of this value."""
    return (
        f"{first}Parameters: {{Name: {{Type: String, Default: x}}}}\n"
        "Resources: {Topic: {Type: AWS::SNS::Topic}}\n"
        f"Outputs:\n  Id:\n    Value: {value}\n"
    )


def message(found: str) -> str:
    """Return what the rule says about the function found inside."""
    return (
        f"!GetStackOutput holds {found} in its short form, which CloudFormation does not read there. Write "
        "the outer function in full: Fn::GetStackOutput."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(output("!GetStackOutput {StackName: api, OutputName: Id}"), id="literals"),
        pytest.param(
            output("{Fn::GetStackOutput: {StackName: !Ref Name, OutputName: Id}}"), id="outer in full"
        ),
        pytest.param(output("!GetStackOutput {StackName: {Ref: Name}, OutputName: Id}"), id="inner in full"),
        pytest.param(output("!Sub '${Name}'"), id="another function"),
        pytest.param(
            json.dumps(
                {
                    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                    "Outputs": {
                        "Id": {"Value": {"Fn::GetStackOutput": {"StackName": {"Ref": "AWS::StackName"}}}}
                    },
                }
            ),
            id="JSON",
        ),
        pytest.param(
            output(
                "!GetStackOutput {StackName: !Ref Name, OutputName: Id}",
                "Transform: AWS::LanguageExtensions\n",
            ),
            id="text that a transform replaces",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A short form around plain values, or a long form, passes."""
    assert judge(ShortFormInShortForm, text) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("!GetStackOutput {StackName: !Ref Name, OutputName: Id}", "!Ref", id="Ref"),
        pytest.param("!GetStackOutput {StackName: !Sub '${Name}', OutputName: Id}", "!Sub", id="Sub"),
        pytest.param(
            "!GetStackOutput {StackName: api, OutputName: !GetAtt Topic.TopicName}", "!GetAtt", id="GetAtt"
        ),
        pytest.param(
            "!GetStackOutput {StackName: {Fn::Join: ['-', [a, !Ref Name]]}, OutputName: Id}",
            "!Ref",
            id="deeper",
        ),
        pytest.param("!GetStackOutput {StackName: !If [Switched, a, b], OutputName: Id}", "!If", id="If"),
    ],
)
def test_refuses(judge: Judge, value: str, found: str) -> None:
    """A short form inside the short form is found."""
    assert judge(ShortFormInShortForm, output(value)) == [
        ("Outputs/Id/Value/Fn::GetStackOutput", message(found))
    ]


def test_finds_it_in_a_resource(judge: Judge) -> None:
    """Properties of resources are looked at, inside lists and functions."""
    text = (
        "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {Tags: [{Key: a, Value: !Join ['', "
        "[!GetStackOutput {StackName: !Ref AWS::StackName, OutputName: b}]]}]}}}"
    )

    assert judge(ShortFormInShortForm, text) == [
        (
            "Resources/Topic/Properties/Tags/0/Value/Fn::Join/1/0/Fn::GetStackOutput",
            message("!Ref"),
        )
    ]

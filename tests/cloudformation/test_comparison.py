"""``comparison``: what is equal after resolution, where properties differ, and how certain that is."""

from __future__ import annotations

from typing import Any

import pytest

from csr_templates.cloudformation.comparison import differences, in_stack, is_certain

REGION = "us-east-1"
GROUP = "AWS::EC2::SecurityGroup"
FUNCTION = "AWS::Lambda::Function"
BUCKET = "AWS::S3::Bucket"


def names(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of the places that differ."""
    return [one.name for one in differences(kind, REGION, before, after)]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (FUNCTION, {"Timeout": 30}, {"Timeout": "30"}),
        (FUNCTION, {"Timeout": 30}, {"Timeout": 30.0}),
        (
            GROUP,
            {"Tags": [{"Key": "a", "Value": 1}, {"Key": "b"}]},
            {"Tags": [{"Key": "b"}, {"Key": "a", "Value": "1"}]},
        ),
        ("AWS::EC2::VPCEndpoint", {"SubnetIds": ["a", "b"]}, {"SubnetIds": ["b", "a"]}),
        ("AWS::SQS::Queue", {"FifoQueue": True}, {"FifoQueue": "true"}),
        (
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": {"Version": "x"}},
            {"AssumeRolePolicyDocument": '{"Version":"x"}'},
        ),
        ("Custom::Thing", {"A": {"B": 1}}, {"A": {"B": "1"}}),
    ],
)
def test_equal(kind: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Numbers as texts, lists whose order is irrelevant, and documents as texts are equal."""
    assert names(kind, before, after) == []


@pytest.mark.parametrize(
    ("kind", "before", "after", "found"),
    [
        (FUNCTION, {"Timeout": 30}, {"Timeout": 31}, ["Timeout"]),
        (FUNCTION, {"Layers": ["a", "b"]}, {"Layers": ["b", "a"]}, ["Layers[0]", "Layers[1]"]),
        (
            FUNCTION,
            {"Environment": {"Variables": {"A": "010"}}},
            {"Environment": {"Variables": {"A": "10"}}},
            ["Environment.Variables.A"],
        ),
        (
            GROUP,
            {"Tags": [{"Key": "a", "Value": 1}]},
            {"Tags": [{"Key": "a", "Value": 2}]},
            ["Tags[a].Value"],
        ),
        (
            GROUP,
            {"Tags": [{"Key": "a", "Value": 1}]},
            {"Tags": [{"Key": "b", "Value": 1}]},
            ["Tags[b]", "Tags[a]"],
        ),
        (GROUP, {}, {"SecurityGroupIngress": [{"FromPort": 1}]}, ["SecurityGroupIngress"]),
        (
            GROUP,
            {"SecurityGroupIngress": [{"FromPort": 1}, {"FromPort": 2}]},
            {"SecurityGroupIngress": [{"FromPort": 2}, {"FromPort": 3}]},
            ["SecurityGroupIngress[1].FromPort"],
        ),
        (
            GROUP,
            {"SecurityGroupIngress": [{"FromPort": 1}]},
            {"SecurityGroupIngress": [{"FromPort": 2}, {"FromPort": 3}]},
            ["SecurityGroupIngress[0]", "SecurityGroupIngress[0]", "SecurityGroupIngress[1]"],
        ),
        (FUNCTION, {"Layers": ["a", "b", "c"]}, {"Layers": ["a", "c"]}, ["Layers[1]"]),
        ("Custom::Thing", {"A": [1, 2]}, {"A": [2, 1]}, ["A[0]", "A[1]"]),
        (FUNCTION, {"Role": "a"}, {"Role": {"Ref": "R"}}, ["Role"]),
    ],
)
def test_places(kind: str, before: dict[str, Any], after: dict[str, Any], found: list[str]) -> None:
    """A difference is as deep as possible, and list items are named by their identifier."""
    assert names(kind, before, after) == found


SUB = {"Fn::Sub": "${A}-x"}


@pytest.mark.parametrize(
    ("before", "after", "certain"),
    [
        ("a", "b", True),
        (None, "a", True),
        (None, {"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}, False),
        ({"Ref": "A"}, {"Ref": "B"}, True),
        ({"Ref": "A"}, {"Ref": "AWS::StackId"}, False),
        ({"Ref": "A"}, "a", False),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"Fn::GetAtt": ["B", "Arn"]}, True),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"Ref": "A"}, False),
        ({"Fn::Given": "A"}, {"Fn::Given": "B"}, False),
        ({"Fn::Hidden": "1"}, {"Fn::Hidden": "2"}, True),
        ({"Fn::ParameterStore": "/a"}, {"Fn::ParameterStore": "/b"}, False),
        ("{{resolve:ssm:/a:1}}", "{{resolve:ssm:/a:2}}", False),
        (SUB, {"Fn::Sub": "${A}-y"}, True),
        (SUB, {"Fn::Sub": "${B}-x"}, True),
        (SUB, {"Fn::Sub": "${B}-y"}, False),
        (SUB, {"Fn::Sub": "${A.Arn}-x"}, False),
        ({"Fn::ImportValue": "a"}, {"Fn::ImportValue": "b"}, False),
        ({"Fn::In": ["s", {"Ref": "A"}]}, {"Fn::In": ["s", {"Ref": "B"}]}, True),
        ({"Fn::In": ["s", {"Ref": "A"}]}, {"Fn::ImportValue": "a"}, False),
        ({"Fn::If": ["C", "a", "b", "{}"]}, {"Fn::If": ["C", "c", "d", "{}"]}, True),
        ({"Fn::If": ["C", "a", "b", "{}"]}, {"Fn::If": ["C", "c", "b", "{}"]}, False),
        ({"Fn::If": ["C", "a", "b", "{}"]}, {"Fn::If": ["C", "c", "d", "{1}"]}, False),
        ({"Fn::If": ["C"]}, {"Fn::If": ["D"]}, False),
        ({"Fn::If": ["C", "a"]}, {"Fn::If": ["D", "a"]}, False),
        ({"Fn::If": ["C", "a", "b"]}, {"Fn::If": ["C", "b"]}, False),
        ({"Fn::If": "C"}, {"Fn::If": "D"}, False),
        (SUB, {"Fn::Sub": ["${A}-x"]}, False),
        ({"Fn::Sub": []}, SUB, False),
    ],
)
def test_certainty(before: Any, after: Any, certain: bool) -> None:
    """Two resources have two IDs; what might be the same value is not a certain change."""
    assert is_certain(before, after) is certain


@pytest.mark.parametrize(
    ("value", "handed_on"),
    [
        ("a", "a"),
        ({"Ref": "A"}, {"Fn::In": ["s", {"Ref": "A"}]}),
        ({"Ref": "AWS::AccountId"}, {"Ref": "AWS::AccountId"}),
        (SUB, {"Fn::In": ["s", SUB]}),
        ({"Fn::Sub": ["${A}-x", {"A": "a"}]}, {"Fn::Sub": ["${A}-x", {"A": "a"}]}),
        ({"Fn::Sub": ["${A}-x"]}, {"Fn::Sub": ["${A}-x"]}),
        ({"Fn::Sub": "${AWS::AccountId}-x"}, {"Fn::Sub": "${AWS::AccountId}-x"}),
        ({"Fn::In": ["t", {"Ref": "A"}]}, {"Fn::In": ["t", {"Ref": "A"}]}),
        ([{"Ref": "A"}, "b"], [{"Fn::In": ["s", {"Ref": "A"}]}, "b"]),
        (
            {"Fn::Join": [",", {"Fn::GetAtt": ["A", "B"]}]},
            {"Fn::In": ["s", {"Fn::Join": [",", {"Fn::GetAtt": ["A", "B"]}]}]},
        ),
    ],
)
def test_in_stack(value: Any, handed_on: Any) -> None:
    """References to resources of a stack contain its name if they are in another stack."""
    assert in_stack("s", value) == handed_on

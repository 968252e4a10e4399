"""``comparison``: values that are equal after resolution, differences of properties, and their certainty."""

from __future__ import annotations

from typing import Any

import pytest

from cfn_analysis.updates.comparison import Difference, differences, in_stack, is_certain

REGION = "us-east-1"
GROUP = "AWS::EC2::SecurityGroup"
FUNCTION = "AWS::Lambda::Function"
ALARM = "AWS::CloudWatch::Alarm"
ROLE = "AWS::IAM::Role"
DISTRIBUTION = "AWS::CloudFront::Distribution"
ANALYZER = "AWS::AccessAnalyzer::Analyzer"


def archiving(name: str, *filters: dict[str, str]) -> dict[str, Any]:
    """Return a rule of an analyzer; neither the rules nor their filters have an order."""
    return {"RuleName": name, "Filter": [*filters]}


EXISTS = {"Property": "a", "Exists": "true"}
NOT_SORTED = dict(reversed(EXISTS.items()))
ON_B = archiving("b", EXISTS)


def behaviors(*patterns: str) -> dict[str, Any]:
    """Return a distribution whose paths are evaluated in this order."""
    return {"DistributionConfig": {"CacheBehaviors": [{"PathPattern": one} for one in patterns]}}


def names(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of the differing positions."""
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
        ("Custom::Thing", {"A": {"B": 1, "C": 2}}, {"A": {"C": 2, "B": 1}}),
        ("Custom::Thing", {"A": [{"B": 1}, {"B": 2}, {"C": 1}]}, {"A": [{"B": "1"}, {"B": "2"}, {"C": "1"}]}),
        (ALARM, {"Threshold": 0.5}, {"Threshold": "0.50"}),
        (GROUP, {"SecurityGroupIngress": [{"FromPort": 1}]}, {"SecurityGroupIngress": [{"FromPort": "1.0"}]}),
        (
            FUNCTION,
            {"Timeout": {"Fn::If": ["C", 1, 2, "{}"]}},
            {"Timeout": {"Fn::If": ["C", "1", "2", "{}"]}},
        ),
        (
            "AWS::EFS::FileSystem",
            {"FileSystemTags": [{"Key": "a"}, {"Key": "b"}]},
            {"FileSystemTags": [{"Key": "b"}, {"Key": "a"}]},
        ),
        (
            ANALYZER,
            {"ArchiveRules": [archiving("a", {"Property": "z"}, EXISTS), ON_B]},
            {"ArchiveRules": [ON_B, archiving("a", NOT_SORTED, {"Property": "z"})]},
        ),
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
        (FUNCTION, {"Layers": ["a", "b", "c", "d"]}, {"Layers": ["a", "x", "d"]}, ["Layers[1]", "Layers[2]"]),
        (FUNCTION, {"Layers": ["a", "b", "b"]}, {"Layers": ["b", "b"]}, ["Layers[0]"]),
        (FUNCTION, {"Layers": ["a", "b", "b", "c"]}, {"Layers": ["a", "b", "c"]}, ["Layers[2]"]),
        ("Custom::Thing", {"A": [{"B": 1}, {"B": 2}, {"B": 3}]}, {"A": [{"B": 1}, {"B": 3}]}, ["A[1]"]),
        (
            "Custom::Thing",
            {"A": [{"Name": "a", "B": 1}, {"Name": "a", "B": 2}]},
            {"A": [{"Name": "a", "B": 1}, {"Name": "a", "B": 3}]},
            ["A[1].B"],
        ),
        (
            "Custom::Thing",
            {"Tags": [{"Key": "a"}, {"Key": "b"}]},
            {"Tags": [{"Key": "b"}, {"Key": "a"}]},
            ["Tags"],
        ),
        ("Custom::Thing", {"A": {"B": True}}, {"A": {"B": 1}}, ["A.B"]),
        (GROUP, {"Tags": []}, {"Tags": [{"Key": "a"}]}, ["Tags[a]"]),
        (
            ANALYZER,
            {"ArchiveRules": [archiving("a", {"Property": "z"}, EXISTS), ON_B]},
            {"ArchiveRules": [ON_B, archiving("a", NOT_SORTED, {"Property": "z"}), archiving("c")]},
            ["ArchiveRules[2]"],
        ),
        (DISTRIBUTION, behaviors("a", "b"), behaviors("b", "a"), ["DistributionConfig.CacheBehaviors"]),
        (DISTRIBUTION, behaviors("a", "b"), behaviors("a"), ["DistributionConfig.CacheBehaviors[b]"]),
        (DISTRIBUTION, behaviors("b"), behaviors("a", "b"), ["DistributionConfig.CacheBehaviors[a]"]),
        (FUNCTION, {"Role": "a"}, {"Role": {"Ref": "R"}}, ["Role"]),
        (FUNCTION, {"Description": '{"A": 1}'}, {"Description": {"A": 1}}, ["Description"]),
        (FUNCTION, {"Description": "0.5"}, {"Description": "0.50"}, ["Description"]),
        (
            ROLE,
            {"AssumeRolePolicyDocument": '["x"]'},
            {"AssumeRolePolicyDocument": ["x"]},
            ["AssumeRolePolicyDocument"],
        ),
        (
            ROLE,
            {"AssumeRolePolicyDocument": '{"Version": "x"}'},
            {"AssumeRolePolicyDocument": {"Version": "y"}},
            ["AssumeRolePolicyDocument.Version"],
        ),
    ],
)
def test_places(kind: str, before: dict[str, Any], after: dict[str, Any], found: list[str]) -> None:
    """A difference is as deep as possible, and list items are named by their identifier."""
    assert names(kind, before, after) == found


@pytest.mark.parametrize(
    ("kind", "before", "after", "found"),
    [
        (FUNCTION, {"Timeout": 1}, {"Timeout": 2}, [Difference(("Timeout",), "Timeout", 1, 2, True)]),
        (
            FUNCTION,
            {"Layers": ["a", "b", "c", "d"]},
            {"Layers": ["a", "x", "d"]},
            [
                Difference(("Layers", 1), "Layers[1]", "b", "x", True),
                Difference(("Layers", 2), "Layers[2]", "c", None, True),
            ],
        ),
        (
            GROUP,
            {"Tags": [{"Key": "a"}, {"Key": "b"}]},
            {"Tags": [{"Key": "c"}, {"Key": "a", "Value": 1}]},
            [
                Difference(("Tags", 0), "Tags[c]", None, {"Key": "c"}, True),
                Difference(("Tags", 1, "Value"), "Tags[a].Value", None, 1, True),
                Difference(("Tags", 1), "Tags[b]", {"Key": "b"}, None, True),
            ],
        ),
        (
            GROUP,
            {"SecurityGroupIngress": [{"FromPort": 1}]},
            {"SecurityGroupIngress": [{"FromPort": 2}, {"FromPort": 3}]},
            [
                Difference(
                    ("SecurityGroupIngress", 0), "SecurityGroupIngress[0]", {"FromPort": 1}, None, True
                ),
                Difference(
                    ("SecurityGroupIngress", 0), "SecurityGroupIngress[0]", None, {"FromPort": 2}, True
                ),
                Difference(
                    ("SecurityGroupIngress", 1), "SecurityGroupIngress[1]", None, {"FromPort": 3}, True
                ),
            ],
        ),
        (
            DISTRIBUTION,
            behaviors("a", "b"),
            behaviors("b", "a"),
            [
                Difference(
                    ("DistributionConfig", "CacheBehaviors"),
                    "DistributionConfig.CacheBehaviors",
                    [{"PathPattern": "a"}, {"PathPattern": "b"}],
                    [{"PathPattern": "b"}, {"PathPattern": "a"}],
                    True,
                )
            ],
        ),
    ],
)
def test_values(kind: str, before: dict[str, Any], after: dict[str, Any], found: list[Difference]) -> None:
    """A difference has its place and its values; one of an order has both lists."""
    assert differences(kind, REGION, before, after) == found


SUB = {"Fn::Sub": "${A}-x"}


@pytest.mark.parametrize(
    ("before", "after", "certain"),
    [
        ("a", "b", True),
        (None, "a", True),
        (None, {"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}, False),
        ({"Ref": "A"}, {"Ref": "B"}, True),
        ({"Ref": "A"}, {"Ref": "AWS::StackId"}, False),
        ({"Ref": "AWS::StackId"}, {"Ref": "A"}, False),
        (None, {"Ref": "A"}, True),
        (["a", {"Ref": "A"}], "a", False),
        ({"a": {"Ref": "A"}}, "a", False),
        ({"Ref": "A"}, "a", False),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"Fn::GetAtt": ["B", "Arn"]}, True),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"Fn::GetAtt": ["B", "Name"]}, False),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"Fn::GetAtt": ["A", "Name"]}, False),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"Ref": "A"}, False),
        ({"Fn::Given": "A"}, {"Fn::Given": "B"}, False),
        ({"Fn::Hidden": "1"}, {"Fn::Hidden": "2"}, True),
        ({"Fn::ParameterStore": "/a"}, {"Fn::ParameterStore": "/b"}, False),
        ("{{resolve:ssm:/a:1}}", "{{resolve:ssm:/a:2}}", False),
        (SUB, {"Fn::Sub": "${A}-y"}, True),
        (SUB, {"Fn::Sub": "${B}-x"}, True),
        (SUB, {"Fn::Sub": "${B}-y"}, False),
        (SUB, {"Fn::Sub": "${A.Arn}-x"}, False),
        (SUB, {"Fn::Sub": "y-${A}-z"}, True),
        (SUB, {"Fn::Sub": ["${A}-x", {}]}, False),
        (SUB, {"Fn::Sub": "${A}${B}-x"}, False),
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
    """Two resources have different IDs. Values that may be equal are not a certain change."""
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

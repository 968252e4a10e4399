"""``comparison``: values that are equal after resolution, differences of properties, and their certainty."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.updates.comparison import Difference, differ_for_certain, differences

ROWS = load(Path(__file__).with_name("comparison.yaml").read_text("utf-8"))
REGION = "us-east-1"
GROUP = "AWS::EC2::SecurityGroup"
FUNCTION = "AWS::Lambda::Function"
DISTRIBUTION = "AWS::CloudFront::Distribution"


def behaviors(*patterns: str) -> dict[str, Any]:
    """Return a distribution whose paths are evaluated in this order."""
    return {"DistributionConfig": {"CacheBehaviors": [{"PathPattern": one} for one in patterns]}}


def names(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of the differing positions."""
    return [one.name for one in differences(kind, REGION, before, after)]


@pytest.mark.parametrize(("kind", "before", "after"), ROWS["test_equal"])
def test_equal(kind: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Numbers as texts, lists whose order is irrelevant, and documents as texts are equal."""
    assert names(kind, before, after) == []


@pytest.mark.parametrize(("kind", "before", "after", "found"), ROWS["test_places"])
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


@pytest.mark.parametrize(("before", "after", "certain"), ROWS["test_certainty"])
def test_certainty(before: Any, after: Any, certain: bool) -> None:
    """Two resources have different IDs. Values that may be equal are not a certain change."""
    assert differ_for_certain(before, after) is certain

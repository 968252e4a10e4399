"""``comparison``: values that are equal after resolution, differences of properties, and their certainty."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.updates.comparison import Difference, differ_for_certain, differences

ROWS = load(Path(__file__).with_name("comparison.yaml").read_text("utf-8"))
REGION = "us-east-1"


def names(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of the differing positions."""
    return [difference.path for difference in differences(kind, REGION, before, after)]


@pytest.mark.parametrize(("kind", "before", "after"), ROWS["test_equal"])
def test_equal(kind: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Numbers as texts, lists whose order is irrelevant, and documents as texts are equal."""
    assert names(kind, before, after) == []


@pytest.mark.parametrize(("kind", "before", "after", "expected"), ROWS["test_places"])
def test_places(kind: str, before: dict[str, Any], after: dict[str, Any], expected: list[str]) -> None:
    """A difference is as deep as possible, and list items are named by their identifier."""
    assert names(kind, before, after) == expected


@pytest.mark.parametrize(("kind", "before", "after", "expected"), ROWS["test_values"])
def test_values(kind: str, before: dict[str, Any], after: dict[str, Any], expected: list[Any]) -> None:
    """A difference has its place and its values; one of an order has both lists."""
    assert differences(kind, REGION, before, after) == [
        Difference(tuple(place), name, was, will, certain=not uncertain)
        for place, name, was, will, *uncertain in expected
    ]


@pytest.mark.parametrize(("before", "after", "certain"), ROWS["test_certainty"])
def test_certainty(before: Any, after: Any, certain: bool) -> None:
    """Two resources have different IDs. Values that may be equal are not a certain change."""
    assert differ_for_certain(before, after) is certain

"""Sets of protocols, ports and addresses."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from cfn_analysis.reviewing.access.boxes import Box, box, without


@st.composite
def _boxes(draw: st.DrawFn) -> list[Box]:
    def span() -> tuple[int, int]:
        low = draw(st.integers(0, 3))
        return (low, draw(st.integers(low, 3)))

    return [Box("4", (span(), span(), span())) for _ in range(draw(st.integers(0, 3)))]


def _points(boxes: list[Box]) -> set[tuple[int, ...]]:
    points: set[tuple[int, ...]] = set()
    for traffic in boxes:
        ranges = [range(low, high + 1) for low, high in traffic.sides]
        points.update(itertools.product(*ranges))
    return points


@settings(max_examples=80)
@given(_boxes(), _boxes())
def test_boxes_are_subtracted_as_sets(boxes: list[Box], others: list[Box]) -> None:
    """A subtraction leaves exactly the points that are not in the other boxes."""
    assert _points(without(boxes, others)) == _points(boxes) - _points(others)


def test_rules_as_boxes() -> None:
    """Protocol names and numbers are equal, ICMP types are ranges, and unknown values equal themselves."""
    assert box("10.0.0.0/8", "tcp", 443, 443) == box("10.1.0.0/8", 6, "443", "443")
    assert not without([box("0.0.0.0/0", "icmp", 3, 4)], [box("0.0.0.0/0", 1, 3, -1)])
    assert without([box("0.0.0.0/0", "icmp", 3, -1)], [box("0.0.0.0/0", 1, 3, 4)])
    assert without([box({"Ref": "A"}, "tcp", 1, 1)], [box("0.0.0.0/0", "-1", None, None)])
    assert not without([box("::/1", "tcp", {"Ref": "P"}, 1)], [box("::/1", "tcp", {"Ref": "P"}, 1)])

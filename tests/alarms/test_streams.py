"""Statistics of sliding windows."""

import pytest

from .streams import Points, percentile_of, windows

# Minute -> (value, count)
STREAM: dict[int, Points] = {0: ((2.0, 1),), 1: ((8.0, 1), (1.0, 3)), 4: ((5.0, 2),)}


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("Sum", [None, 2, 13, 11, None, 10]),
        ("SampleCount", [None, 1, 5, 4, None, 2]),
        ("Average", [None, 2, 2.6, 2.75, None, 5]),
        ("Minimum", [None, 2, 1, 1, None, 5]),
        ("Maximum", [None, 2, 8, 8, None, 5]),
        ("p50", [None, 2, 1, 1, None, 5]),
        ("p95", [None, 2, 8, 8, None, 5]),
    ],
)
def test_windows(statistic: str, expected: list[float | None]) -> None:
    """A window of two minutes contains the two minutes before. Without data, it does not have a value."""
    assert windows(STREAM, statistic, 2, 0, 6) == expected


def test_a_window_without_late_data() -> None:
    """Data that arrives a minute late is not in the last minute of the window."""
    assert windows(STREAM, "Sum", 2, 0, 6, cut=1) == [None, None, 2, 11, None, None]
    assert windows(STREAM, "Maximum", 2, 0, 6, cut=1) == [None, None, 2, 8, None, None]
    assert windows(STREAM, "p50", 2, 0, 6, cut=1) == [None, None, 2, 1, None, None]


@pytest.mark.parametrize(("percent", "expected"), [(50, 3), (90, 5), (99, 9), (100, 9)])
def test_a_percentile_counts_every_value(percent: int, expected: float) -> None:
    """A value counts as often as it was sent."""
    stream = {0: ((3.0, 60), (5.0, 35)), 1: ((9.0, 5),)}

    assert windows(stream, f"p{percent}", 2, 2, 3) == [expected]


def test_old_values_leave_the_window() -> None:
    """When the maximum leaves the window, the next largest value is the maximum."""
    stream = {minute: ((float(value), 1.0),) for minute, value in enumerate([9, 7, 8, 1, 2])}

    assert windows(stream, "Maximum", 3, 0, 6) == [None, 9, 9, 9, 8, 8]
    assert windows(stream, "Minimum", 3, 0, 6) == [None, 9, 7, 7, 1, 1]


def test_unknown_statistics_are_refused() -> None:
    """A statistic that the simulation does not support raises an error."""
    with pytest.raises(ValueError, match=r"^The statistic tm90 is not one that the simulation knows\.$"):
        windows(STREAM, "tm90", 2, 0, 6)
    assert percentile_of("p99.9") == 99.9
    assert percentile_of("Average") is None

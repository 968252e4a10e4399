"""Metric math, tested with the examples of the AWS page about it."""

import pytest

from .metric_math import MathError, expression

# The examples: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
TWO = {"metric1": [30, 20, 0, 0], "metric2": [20, None, 20, None]}
THREE = {"metric1": [1, 1, 0, 0, None], "metric2": [30, None, 0, 0, 30], "metric3": [0, 0, 20, None, 20]}


@pytest.mark.parametrize(
    ("text", "series", "expected"),
    [
        ("(metric1 < metric2)", TWO, [0, 0, 1, 0]),
        ("(metric1 >= 30)", TWO, [1, 0, 0, 0]),
        ("(metric1 > 15 AND metric2 > 15)", TWO, [1, 0, 0, 0]),
        ("IF(metric1, metric2, metric3)", THREE, [30, 0, 20, None, None]),
        ("IF(metric1, 5, metric3)", THREE, [5, 5, 20, None, None]),
        ("IF(metric1, metric2, 5)", THREE, [30, 0, 5, 5, None]),
    ],
)
def test_examples_of_the_page(
    text: str, series: dict[str, list[float | None]], expected: list[float | None]
) -> None:
    """The results match the tables of the page."""
    at = expression(text).at

    assert [at(dict(zip(series, row, strict=True))) for row in zip(*series.values(), strict=True)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + a * 2", 7.0),
        ("(1 + a) * 2", 8.0),
        ("-a + a ^ 2", 6.0),
        ("a - 1 - 1", 1.0),
        ("12 / a / 2", 2.0),
        ("a + none", 3.0),  # a missing value beside another series counts as 0
        ("none + 1", None),  # if no series has a value, there is no result
        ("a / zero", None),  # dropped
        ("a / none", None),
        ("FILL(none, 7)", 7.0),
        ("FILL(none, a)", 3.0),
        ("FILL(a, 7)", 3.0),
        ("IF(none > 1, 1, 0)", None),
        ("IF(FILL(none, 0) >= 100, a, 0)", 0.0),
        ("IF(a != 3 || zero == 0, 1, 2)", 1.0),
        ("IF(a > 1 && zero > 1, 1)", None),
        ("MAX([a, none, 2])", 3.0),
        ("MIN([a, none])", 0.0),
        ("SUM([a, zero])", 3.0),
        ("AVG([a, none])", 1.5),
        ("MAX([none, none])", None),
    ],
)
def test_values(text: str, expected: float | None) -> None:
    """Precedence, missing values, division by zero, FILL and IF."""
    assert expression(text).at({"a": 3.0, "zero": 0.0, "none": None}) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a +", "a +: expected a metric or a number, found the end."),
        ("(a", "(a: expected ), found the end."),
        ("a b", "a b: b is not expected there."),
        ("a ? b", "a ? b: cannot be read from ' ? b' on."),
        ("1 + 2", "1 + 2: the result must be a time series."),
        ("A + 1", "A + 1: A is not the id of a metric."),
        ("SUM(a)", "SUM(a): AWS advises against SUM of a whole series in an alarm."),
        ("RATE(a)", "RATE(a): the function RATE is not known here."),
        ("FILL(a, REPEAT)", "FILL(a, REPEAT): FILL with REPEAT looks at other timestamps."),
        ("FILL(a)", "FILL(a): FILL takes a series and what fills it."),
        ("IF(a)", "IF(a): IF takes two or three arguments."),
    ],
)
def test_refusals(text: str, message: str) -> None:
    """An expression that CloudWatch rejects, or whose result is not documented, is in the error message."""
    with pytest.raises(MathError) as error:
        expression(text)
    assert str(error.value) == message

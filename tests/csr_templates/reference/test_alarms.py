"""``reference.alarms``: when an alarm fires, in the words of a page."""

from typing import Any

import pytest

from csr_templates.reference.alarms import firing, label, unit
from csr_templates.reference.words import Words


@pytest.mark.parametrize(
    ("resource", "expected"),
    [({"Metadata": {"Unit": "percent"}}, "percent"), ({"Metadata": {"cfn-lint": {}}}, ""), ({}, "")],
)
def test_unit(resource: dict[str, Any], expected: str) -> None:
    """The unit is written at the alarm. Without it, no unit is shown."""
    assert unit(resource) == expected


@pytest.mark.parametrize(
    ("labels", "shown", "watched"),
    [({"Label": "Failed calls"}, "Failed calls", ""), ({}, "", "`100 * a / b`, `Count` ")],
)
def test_formula_is_not_shown_if_it_has_a_label(labels: dict[str, str], shown: str, watched: str) -> None:
    """The label of the compared expression replaces the formula."""
    stat = {"Metric": {"MetricName": "Count"}, "Period": 60, "Stat": "Sum"}
    properties = {
        "Metrics": [
            {"Id": "a", "Label": "An input", "MetricStat": stat, "ReturnData": False},
            {"Id": "share", "Expression": "100 * a / b", **labels},
        ],
        "EvaluationPeriods": 3,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 5,
    }
    resource = {"Metadata": {"Unit": "percent"}, "Properties": properties}

    assert label(properties) == shown
    assert firing(resource, Words()) == f"{watched}> 5 percent (Sum, 3 of 3 periods of 1 min)"

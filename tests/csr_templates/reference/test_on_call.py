"""``reference.on_call``: the lists of the page for the person on call, from small stacks."""

from __future__ import annotations

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.resolving import resolve
from csr_templates.reference.alarms import firing
from csr_templates.reference.on_call import lists
from csr_templates.reference.words import Words

DESCRIPTION = (
    "Users: The shop is closed.\nFirst: The *door*.\nThen: The key.\nDashboard: shop\nOn call: a page"
)


def alarm(name: str, topic: str, description: str | None, **attributes: Any) -> dict[str, Any]:
    """Return an alarm."""
    properties: dict[str, Any] = {
        "AlarmName": {"Fn::Sub": "${ProjectName}-${Environment}-" + name},
        "AlarmActions": [{"Ref": topic}],
        "MetricName": "Latency",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 5,
    }
    if description is not None:
        properties["AlarmDescription"] = description
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties, **attributes}


TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "ProjectName": {"Type": "String", "Default": "shop"},
        "Environment": {"Type": "String", "Default": "prod"},
    },
    "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Pager": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": {"Fn::Sub": "CRITICAL ${ProjectName}"}},
        },
        "Slow": alarm("slow", "Topic", DESCRIPTION),
        "Closed": alarm("closed-1", "Pager", f"{DESCRIPTION}\nRelated: slow follows."),
        "Absent": alarm("absent", "Pager", "Free text", Condition="Never"),
        "Plain": alarm("plain", "Topic", None),
        "Events": {
            "Type": "AWS::RDS::EventSubscription",
            "Properties": {
                "SnsTopicArn": {"Ref": "Pager"},
                "SourceType": "db-cluster",
                "EventCategories": ["failover", "failure"],
            },
        },
    },
}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """The lists of one stack."""
    stack = BuiltStack("shop", "shop.yaml", "us-east-1", TEMPLATE)
    return lists([stack], {"shop": resolve(TEMPLATE, {})})


def test_a_marker_for_each_alarm(found: dict[str, Any]) -> None:
    """Each alarm has a marker with its name, even if production does not have the alarm."""
    assert list(found) == [
        "alarm-index",
        "alarm slow",
        "alarm closed-1",
        "alarm absent",
        "alarm plain",
        "database-events",
    ]


def test_index(found: dict[str, Any]) -> None:
    """Critical alarms come first. Each name is a link to its section, with the effect on users."""
    assert list(found["alarm-index"](Words())) == [
        "**critical**",
        "",
        "- [closed-1](#closed-1): The shop is closed.",
        "- [absent](#absent)",
        "",
        "**normal**",
        "",
        "- [slow](#slow): The shop is closed.",
        "- [plain](#plain)",
    ]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "closed-1",
            [
                "- Notifies: critical",
                "- Effect on users: The shop is closed.",
                "- Check first: The \\*door\\*.",
                "- Then check: The key.",
                "- Related: slow follows.",
                "- Fires when: `Latency` > 5 milliseconds (Maximum, 3 of 3 periods of 1 min)",
                "- Dashboard: `shop`",
            ],
        ),
        (
            "absent",
            [
                "- Notifies: critical",
                "- Fires when: `Latency` > 5 milliseconds (Maximum, 3 of 3 periods of 1 min)",
            ],
        ),
    ],
)
def test_section(found: dict[str, Any], name: str, lines: list[str]) -> None:
    """A section contains the lines of the alarm's description; free text is only on the page."""
    assert list(found[f"alarm {name}"](Words())) == lines


def test_section_in_another_language(found: dict[str, Any]) -> None:
    """Sentences are translated as a whole, and missing translations are recorded."""
    words = Words({"The key.": "Der Schluessel.", "Then check": "Dann"}, "words.de.json")
    lines = list(found["alarm slow"](words))

    assert "- Dann: Der Schluessel." in lines
    assert {"The shop is closed.", "Notifies", "normal"} <= set(words.missing)
    assert "shop" not in words.missing


def test_events(found: dict[str, Any]) -> None:
    """The events of RDS, and the topics that they notify."""
    assert list(found["database-events"](Words())) == ["- critical, `db-cluster`: `failover`, `failure`"]


def test_stacks_without_alarms() -> None:
    """Stacks without alarms do not need an on-call page."""
    template: dict[str, Any] = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}

    assert lists([BuiltStack("shop", "shop.yaml", "us-east-1", template)], {"shop": template}) == {}


@pytest.mark.parametrize(
    ("label", "watched"),
    [({"Label": "Failed *calls*"}, "Failed \\*calls\\*"), ({}, "`100 * a / b`, `Count`")],
)
def test_formula_is_shown_by_its_label(label: dict[str, str], watched: str) -> None:
    """The label of the compared expression is shown, or the formula if there is no label."""
    stat = {"Metric": {"MetricName": "Count"}, "Period": 60, "Stat": "Sum"}
    properties = {
        "Metrics": [
            {"Id": "a", "Label": "An input", "MetricStat": stat, "ReturnData": False},
            {"Id": "share", "Expression": "100 * a / b", **label},
        ],
        "EvaluationPeriods": 3,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 5,
    }

    assert firing(properties, Words()) == f"{watched} > 5 (Sum, 3 of 3 periods of 1 min)"

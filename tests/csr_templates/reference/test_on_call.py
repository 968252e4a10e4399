"""``reference.on_call``: the lists of the page for the person on call, from small stacks."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.resolving import resolve
from csr_templates.reference.markdown import NARROW, mermaid
from csr_templates.reference.on_call import lists, read_alarms
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
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Metadata": {"Unit": "milliseconds"},
        "Properties": properties,
        **attributes,
    }


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
                "EventCategories": [
                    "failover",
                    {"Fn::If": ["Never", "availability", {"Ref": "AWS::NoValue"}]},
                    "failure",
                ],
            },
        },
    },
}


@pytest.fixture(scope="module")
def sections() -> dict[str, Any]:
    """The lists of one stack."""
    stack = BuiltStack("shop", "shop.yaml", "us-east-1", TEMPLATE)
    resolved = {"shop": resolve(TEMPLATE, {})}
    return lists([stack], read_alarms([stack], resolved), resolved, "prod")


def test_a_marker_for_each_alarm(sections: dict[str, Any]) -> None:
    """Each alarm has a marker with its name, even if production does not have the alarm."""
    assert list(sections) == [
        "alarm-index",
        "alarm-causes",
        "alarm slow",
        "alarm closed-1",
        "alarm absent",
        "alarm plain",
        "database-events",
    ]


@pytest.mark.parametrize(
    ("warm_up", "line"),
    [
        ({}, "- `slow`: does not wait"),
        ({"WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 60}}, "- `slow`: waits up to 1 h"),
        (
            {
                "WarmUpConfiguration": {
                    "OnlyStartEvaluatingAfterWarmUpPeriodEnds": True,
                    "WarmUpPeriodDurationInMinutes": 90,
                }
            },
            "- `slow`: always waits 90 min",
        ),
    ],
)
def test_alarms_on_missing_data(warm_up: dict[str, Any], line: str) -> None:
    """Alarms on which missing data breaches are listed with their warm-up, and no other alarms."""
    slow = alarm("slow", "Topic", DESCRIPTION)
    slow["Properties"] |= {"TreatMissingData": "breaching", **warm_up}
    template = {**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "Slow": slow}}
    stack = BuiltStack("shop", "shop.yaml", "us-east-1", template)
    resolved = {"shop": resolve(template, {})}

    assert list(
        lists([stack], read_alarms([stack], resolved), resolved, "prod")["missing-data"](Words())
    ) == [line]


def test_causes() -> None:
    """Each relation in the descriptions is an arrow from the cause, once, between alarms that exist."""
    related = {
        "Slow": "Can cause closed-1, absent and a failover. Fires together with plain.",
        "Closed": "Can be caused by slow. Fires after absent, together with plain.",
        "Plain": "If plain does not fire, the cause is absent. Fires together with slow.",
    }
    resources = {
        name: {
            **resource,
            "Properties": {
                **resource["Properties"],
                "AlarmDescription": f"{DESCRIPTION}\nRelated: {related[name]}",
            },
        }
        if name in related
        else resource
        for name, resource in TEMPLATE["Resources"].items()
    }
    template = {**TEMPLATE, "Resources": resources}
    stack = BuiltStack("shop", "shop.yaml", "us-east-1", template)
    resolved = {"shop": resolve(template, {})}
    shown = lists([stack], read_alarms([stack], resolved), resolved, "prod")["alarm-causes"](Words())

    assert list(shown) == mermaid(
        f"{NARROW}\nflowchart LR\n  slow --> closed-1\n  slow --> absent\n"
        "  slow -.- plain\n  absent --> closed-1"
    )


def test_index(sections: dict[str, Any]) -> None:
    """Critical alarms come first. Each name is a link to its section."""
    assert list(sections["alarm-index"](Words())) == [
        "**critical**",
        "",
        "- [closed-1](#closed-1)",
        "- [absent](#absent)",
        "",
        "**normal**",
        "",
        "- [slow](#slow)",
        "- [plain](#plain)",
    ]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "closed-1",
            [
                "- Run first: `csr-operate prod show-state`",
                "- Effect on users: The shop is closed.",
                "- Check first: The \\*door\\*.",
                "- Then check: The key.",
                "- Related: slow follows.",
                "- Fires when: `Latency` > 5 milliseconds (Maximum, 3 of 3 periods of 1 min) · "
                "Notifies: critical · Dashboard: `shop`",
            ],
        ),
        (
            "absent",
            [
                "- Run first: `csr-operate prod show-state`",
                "- Fires when: `Latency` > 5 milliseconds (Maximum, 3 of 3 periods of 1 min) · "
                "Notifies: critical",
            ],
        ),
    ],
)
def test_section(sections: dict[str, Any], name: str, lines: list[str]) -> None:
    """A section begins with a whole command and contains the lines of the alarm's description.

    Free text is only on the page.
    """
    assert list(sections[f"alarm {name}"](Words())) == lines


def test_section_in_another_language(sections: dict[str, Any]) -> None:
    """The texts of an alarm are not generated, and missing words are recorded."""
    words = Words({"Dashboard": "Tafel"}, "words.de.json")

    lines = list(sections["alarm slow"](words))

    assert [line.split(":")[0] for line in lines] == ["- Run first", "- Fires when"]
    assert lines[1].endswith(" · Tafel: `shop`")
    assert {"Notifies", "normal"} <= set(words.missing)
    assert "shop" not in words.missing


def test_events(sections: dict[str, Any]) -> None:
    """The events of RDS, and the topics that they notify."""
    assert list(sections["database-events"](Words())) == ["- critical, `db-cluster`: `failover`, `failure`"]


def test_all_events() -> None:
    """A subscription without a type of source and without categories receives all events."""
    events = {"Type": "AWS::RDS::EventSubscription", "Properties": {"SnsTopicArn": {"Ref": "Topic"}}}
    template: dict[str, Any] = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, "Events": events}}
    stack = BuiltStack("shop", "shop.yaml", "us-east-1", template)
    lines = lists([stack], [], {"shop": resolve(template, {})}, "prod")["database-events"](Words())

    assert list(lines) == ["- normal, all types of source: all categories"]


def test_stacks_without_alarms() -> None:
    """Stacks without alarms do not need an on-call page."""
    template: dict[str, Any] = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    stack = BuiltStack("shop", "shop.yaml", "us-east-1", template)

    assert lists([stack], read_alarms([stack], {"shop": template}), {"shop": template}, "prod") == {}

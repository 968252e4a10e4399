"""``reference.tables``: the tables of the pages for small stacks."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.naming import PREFIX
from csr_templates.reference.markers import MarkedSection, PageError
from csr_templates.reference.tables import Tables
from csr_templates.reference.words import Words

ALARM = {
    "AlarmName": {"Fn::Sub": "${ProjectName}-${Environment}-cpu"},
    "MetricName": "CPUUtilization",
    "Statistic": "Average",
    "Period": 300,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 20000,
    "Dimensions": [{"Name": "Role", "Value": "WRITER"}],
    "AlarmActions": [{"Ref": "Pager"}],
}
TOPICS = {
    "Pager": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "CRITICAL shop"}},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "CriticalInNameOnly": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "shop"}},
}


def tables(resources: dict[str, Any], outputs: dict[str, Any] | None = None, **parameters: str) -> Tables:
    """Return the tables of one stack, in two environments."""
    names = ["ProjectName", "Environment", *parameters]
    template = {
        "Parameters": {name: {"Type": "String"} for name in names},
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {**TOPICS, **resources},
        "Outputs": outputs or {},
    }
    stack = BuiltStack("site", "site.yaml", "us-east-1", template, name_pattern=f"{PREFIX}site")
    values = {
        name: {"site": {"ProjectName": "shop", "Environment": name, **parameters}} for name in ("dev", "prod")
    }
    return Tables([stack], values, "prod")


def rows(found: Tables, name: str, words: Words | None = None) -> list[list[str]]:
    """Return the cells of a table, with its head."""
    lines = found.write(MarkedSection(name, 1, 1), [], "page.md", words or Words())
    assert lines[0] == lines[-1] == ""  # required around a table in Markdown
    return [line.strip("| ").split(" | ") for line in (*lines[1:2], *lines[3:-1])]


def settings(found: Tables, *lines: str) -> list[str]:
    """Return rows of settings with the values of the stack."""
    return found.write(MarkedSection("settings", 7, 7 + len(lines)), lines, "page.md", Words())


def alarm(**properties: Any) -> dict[str, Any]:
    """Return an alarm with some properties, or without those that are None."""
    merged = {**ALARM, **properties}
    kept = {key: value for key, value in merged.items() if value is not None}
    metadata = {"Unit": "percent"} if "MetricName" in kept else {}
    return {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Metadata": metadata, "Properties": kept}}


@pytest.mark.parametrize(
    ("properties", "cells"),
    [
        pytest.param(
            {},
            [
                "`CPUUtilization`, writer",
                "Average, 2 of 3 periods of 5 min",
                "> 20,000",
                "percent",
                "critical",
            ],
            id="of a role",
        ),
        pytest.param(
            {
                "Dimensions": [],
                "MetricName": "Unheard",
                "Statistic": None,
                "ExtendedStatistic": "p95",
                "DatapointsToAlarm": None,
                "Period": 90,
                "ComparisonOperator": "LessThanThreshold",
                "Threshold": 0.5,
                "TreatMissingData": "breaching",
                "AlarmActions": [{"Ref": "CriticalInNameOnly"}, {"Fn::ImportValue": "elsewhere"}],
            },
            [
                "`Unheard`",
                "p95, 3 of 3 periods of 90 s; missing data breaches",
                "< 0.5",
                "percent",
                "normal, normal",
            ],
            id="with missing data",
        ),
        pytest.param(
            {
                "MetricName": None,
                "Statistic": None,
                "Period": None,
                "Metrics": [
                    {"Id": "share", "Expression": "bad / all"},
                    *(
                        {
                            "Id": name,
                            "ReturnData": False,
                            "MetricStat": {"Metric": {"MetricName": name}, "Period": 86400, "Stat": "Sum"},
                        }
                        for name in ("bad", "all")
                    ),
                ],
            },
            ["`bad / all`, `bad`, `all`", "Sum, 2 of 3 periods of 24 h", "> 20,000", "", "critical"],
            id="of an expression",
        ),
    ],
)
def test_alarms(properties: dict[str, Any], cells: list[str]) -> None:
    """Each alarm has a row with name, metric, evaluation, threshold, unit and notified topic."""
    found = rows(tables(alarm(**properties)), "alarms")

    assert found == [
        ["alarm", "metric", "evaluated", "threshold", "unit", "notifies"],
        ["`shop-prod-cpu`", *cells],
    ]


def test_other_tables() -> None:
    """Stacks, log groups, outputs, parameters and rules have the values of production."""
    block = {"Action": {"Block": {}}, "Name": "rate", "Priority": 20}
    acl = {
        "Rules": [
            {**block, "Statement": {"RateBasedStatement": {"Limit": 20000, "FieldToMatch": {"UriPath": {}}}}},
            {
                "Name": "common",
                "Priority": 5,
                "OverrideAction": {"None": {}},
                "Statement": {
                    "ManagedRuleGroupStatement": {
                        "VendorName": "AWS",
                        "Name": "Common",
                        "RuleActionOverrides": [{"ActionToUse": {"Count": {}}, "Name": "Size"}],
                    }
                },
            },
        ]
    }
    found = tables(
        {
            "ForEver": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "a"}},
            "Kept": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {"LogGroupName": "b", "RetentionInDays": 30},
            },
            "Absent": {"Type": "AWS::Logs::LogGroup", "Condition": "Never"},
            "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": acl},
        },
        {
            "Id": {"Value": {"Ref": "Kept"}, "Description": "Its <id>"},
            "No": {"Value": "", "Condition": "Never"},
        },
        Long="x" * 41,
        Empty="",
    )

    assert rows(found, "stacks")[1:] == [
        ["`shop-prod-site`", "`us-east-1`", "`out/site.yaml`", "`out/parameters/prod/site.json`"]
    ]
    assert rows(found, "log-groups")[1:] == [
        ["`a`", "`us-east-1`", "never expires", "`site.yaml ForEver`"],
        ["`b`", "`us-east-1`", "30", "`site.yaml Kept`"],
    ]
    assert rows(found, "outputs")[1:] == [["`Id`", "site", "`us-east-1`", r"Its \<id\>"]]
    assert rows(found, "parameters") == [
        ["parameter", "`dev`", "`prod`"],
        ["`ProjectName`", "`shop`", "`shop`"],
        ["`Environment`", "`dev`", "`prod`"],
        ["`Long`", *[f"`{'x' * 37}...`"] * 2],
        ["`Empty`", "(empty)", "(empty)"],
    ]
    assert rows(found, "web-acl")[1:] == [
        ["5", "`common`", "as in its rules", "`Common`, `Size: Count`"],
        ["20", "`rate`", "`Block`", "`Limit: 20,000`, `UriPath`"],
    ]


QUEUE = {
    "Queue": {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "DelaySeconds": {"Ref": "Delay"},
            "KmsMasterKeyId": "alias/aws/sqs",
            "SqsManagedSseEnabled": False,
            "RedrivePolicy": {"items": [{"Id": "one", "days": 30}, {"Id": "two", "days": 90}]},
            "RedriveAllowPolicy": {"Fn::GetAtt": ["Topic", "Arn"]},
        },
    }
}


@pytest.mark.parametrize(
    ("before", "places", "after"),
    [
        ("5 s", ["Queue.DelaySeconds"], "86,400 s"),
        ("5, as 7", ["Queue.DelaySeconds"], "86,400, as 7"),
        ("AWS's `x`", ["Queue.KmsMasterKeyId"], "AWS's `alias/aws/sqs`"),
        ("1", ["Queue.KmsMasterKeyId"], "`alias/aws/sqs`"),
        ("`true` (D4)", ["Queue.SqsManagedSseEnabled"], "`false` (D4)"),
        ("`?`", ["Queue.RedriveAllowPolicy"], "`${Topic.Arn}`"),
        ("1, 2", ["Queue.RedrivePolicy.items.two.days", "Queue.RedrivePolicy.items.0.days"], "90, 30"),
        ("all 7 of it", ["Queue"], "all 7 of it"),
        ("no place for 7", [], "no place for 7"),
    ],
)
def test_settings_hold_the_values_of_their_places(before: str, places: list[str], after: str) -> None:
    """In a row of settings, only the values are written."""
    end = " | ".join(["", ", ".join(f"`site.yaml {place}`" for place in places), ""])

    found = settings(tables(QUEUE, Delay="86400"), f"| 1 `x` | {before}{end}", "|---|---|---|", "")

    assert found == [f"| 1 `x` | {after}{end}", "|---|---|---|", ""]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("| x | 5 | `site.yaml Queue.Delay` |", "site.yaml has no Queue.Delay in prod. Correct the place."),
        ("| x | 5 | `site.yaml Kew.Delay` |", "site.yaml has no Kew.Delay in prod. Correct the place."),
        ("| x | 5 | `cite.yaml Queue` |", "cite.yaml has no Queue in prod. Correct the place."),
        (
            "| x | 5 | `site.yaml Queue.RedrivePolicy.items.three.days` |",
            "site.yaml has no Queue.RedrivePolicy.items.three.days in prod. Correct the place.",
        ),
        (
            "| x | five | `site.yaml Queue.DelaySeconds` |",
            "The cell before the last has no number or `code` for site.yaml "
            "Queue.DelaySeconds, which is 5. Write one there.",
        ),
    ],
)
def test_settings_without_place_or_value(row: str, message: str) -> None:
    """A row without a position or value has a message with its line."""
    with pytest.raises(PageError) as error:
        settings(tables(QUEUE, Delay="5"), "| x | y | z |", row)

    assert str(error.value) == f"page.md, line 9: {message}"


def test_words_of_another_language() -> None:
    """Available translations are used. Missing ones stay in English and are recorded."""
    words = Words({"alarm": "Alarm!", "{metric}, {role}": "{role} {metric}", "writer": "W"}, "words.xx.json")

    head, row = rows(tables(alarm()), "alarms", words)

    assert head[:2] == ["Alarm!", "metric"]
    assert row[1:3] == ["W `CPUUtilization`", "Average, 2 of 3 periods of 5 min"]
    assert {"metric", "Average", "critical"} <= set(words.missing)
    assert not {"alarm", "writer", "`shop-prod-cpu`", ""} & set(words.missing)


def test_names_of_environments_are_not_words() -> None:
    """Names of environments are not translated."""
    words = Words({}, "words.xx.json")

    rows(tables({}), "parameters", words)

    assert list(words.missing) == ["parameter"]


@pytest.mark.parametrize("text", ["{roll}", "{}", "{role"])
def test_unknown_placeholder(text: str) -> None:
    """The message about a text with an unknown placeholder lists the valid placeholders."""
    words = Words({"{metric}, {role}": text}, "words.xx.json")

    with pytest.raises(PageError) as error:
        rows(tables(alarm()), "alarms", words)

    assert str(error.value) == (
        f'words.xx.json: "{{metric}}, {{role}}": found "{text}"; allowed in braces: {{metric}}, {{role}}.'
    )

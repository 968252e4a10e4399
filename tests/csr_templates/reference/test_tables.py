"""``reference.tables``: the tables of the pages for small stacks."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.naming import PREFIX
from csr_templates.reference.markers import MarkedSection, PageError
from csr_templates.reference.tables import Tables
from csr_templates.reference.words import Words

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


def rows(tables: Tables, name: str, words: Words | None = None) -> list[list[str]]:
    """Return the cells of a table, with its head."""
    lines = tables.write(MarkedSection(name, 1, 1), [], "page.md", words or Words())
    assert lines[0] == lines[-1] == ""  # required around a table in Markdown
    return [line.strip("| ").split(" | ") for line in (*lines[1:2], *lines[3:-1])]


def settings(tables: Tables, *lines: str) -> list[str]:
    """Return rows of settings with the values of the stack."""
    return tables.write(MarkedSection("settings", 7, 7 + len(lines)), lines, "page.md", Words())


def test_other_tables() -> None:
    """Stacks and rules have the values of production."""
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
    of_acl = tables(
        {
            "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": acl},
        },
    )

    assert rows(of_acl, "stacks")[1:] == [
        ["`shop-prod-site`", "`us-east-1`", "`out/site.yaml`", "`out/parameters/prod/site.json`"]
    ]
    assert rows(of_acl, "web-acl")[1:] == [
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

    lines = settings(tables(QUEUE, Delay="86400"), f"| 1 `x` | {before}{end}", "|---|---|---|", "")

    assert lines == [f"| 1 `x` | {after}{end}", "|---|---|---|", ""]


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
    words = Words({"stack": "Stack!"}, "words.xx.json")

    head, _ = rows(tables({}), "stacks", words)

    assert head == ["Stack!", "region", "template", "parameters"]
    assert {"region", "template"} <= set(words.missing)
    assert not {"stack", ""} & set(words.missing)

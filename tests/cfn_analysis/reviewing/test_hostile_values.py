"""Values of templates and parameters in the reports of a review: they are text, and have no structure."""

import json
from functools import cache
from typing import Any

import pytest

from cfn_analysis.model.escaping import for_terminal
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import report, sides
from cfn_analysis.reviewing.findings import risk
from cfn_analysis.reviewing.markdown import as_markdown
from cfn_analysis.reviewing.report import Review
from cfn_analysis.reviewing.text import as_text
from tests.gfm import HOSTILE, seen, structure

ORDINARY = "an ordinary text"


def _template(value: str, *, is_after: bool) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    opened: dict[str, Any] = {
        **statement,
        "Principal": {"AWS": value},
        "Condition": {"StringEquals": {value: value}},
    }
    opened["Condition"]["ForAnyValue:StringEquals"] = {"aws:TagKeys": "a"}  # so that no tag is harmless
    resources: dict[str, Any] = {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"Tags": [{"Key": value, "Value": "old"}], "QueueName": "jobs"},
        },
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": []}},
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Role": "r", "Code": {"ZipFile": "a"}, "Environment": {"Variables": {value: "1"}}},
        },
    }
    if is_after:
        resources["Queue"]["Properties"] |= {"Tags": [{"Key": value, "Value": value}], "QueueName": value}
        resources["Policy"]["Properties"]["PolicyDocument"] = {"Statement": [opened]}
        resources["Function"]["Properties"]["Environment"]["Variables"] = {value: value}
    exported = {"Out": {"Value": value if is_after else "old", "Export": {"Name": value}}}
    parameter = {"Type": "String", "Default": value if is_after else "old"}
    return {"Parameters": {"Choice": parameter}, "Resources": resources, "Outputs": exported}


@cache
def _review(value: str) -> Review:
    before, after = (
        sides.template(
            json.dumps(_template(value, is_after=name == "after")),
            "us-east-1",
            {},
            "stack",
            name=f"{name} {value}",
        )
        for name in ("before", "after")
    )
    reviewed = report.review(before, after)
    accepted = risk("guard", Node("stack", "Queue"), "{each} {why}", why=value)
    risks = [*reviewed.risks, accepted._replace(environments=("",), accepted=True, reason=value)]
    return reviewed._replace(risks=risks, notes=[value])


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_adds_no_structure_to_the_comment(value: str) -> None:
    """The parser of GitHub finds the same tags as for an ordinary value, and a reader sees the value."""
    ordinary, hostile = (as_markdown(_review(text), notes=[text]) for text in (ORDINARY, value))

    assert structure(hostile) == structure(ordinary)
    assert "comment" in structure(hostile)[:1]
    assert seen(ordinary).count(ORDINARY) >= 8
    assert for_terminal(" ".join(value.split()))[:40] in seen(hostile)


@pytest.mark.parametrize("value", HOSTILE)
def test_no_control_character_reaches_a_terminal(value: str) -> None:
    """The report has only its own line breaks, and a value is not the beginning of a line of it."""
    printed = as_text(_review(value))

    assert all(line.isprintable() for line in printed.split("\n"))
    assert not any(line.startswith("- **No risks**") for line in printed.split("\n"))

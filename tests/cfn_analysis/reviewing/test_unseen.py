"""What differs in a template and in no environment is named in every format."""

import copy
import json
from typing import Any

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.markdown import as_markdown
from cfn_analysis.reviewing.sides import Side
from cfn_analysis.reviewing.text import as_text

from .templates import compared, side

BEFORE: dict[str, Any] = {
    "Parameters": {
        "Domain": {"Type": "String", "Default": ""},
        "Token": {"Type": "String", "Default": "s3cret", "NoEcho": True},
    },
    "Conditions": {"HasDomain": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Domain"}, ""]}]}},
    "Resources": {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": {"Fn::If": ["HasDomain", "with", "without"]}},
        },
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Condition": "HasDomain",
            "Properties": {"VisibilityTimeout": 30},
        },
    },
    "Outputs": {"Name": {"Condition": "HasDomain", "Value": "a"}},
}
AFTER = copy.deepcopy(BEFORE)
AFTER["Resources"]["Topic"]["Properties"]["DisplayName"]["Fn::If"][1] = "other"
AFTER["Resources"]["Queue"]["Properties"]["VisibilityTimeout"] = 60
AFTER["Outputs"]["Name"]["Value"] = "b"


def test_a_branch_that_no_environment_takes() -> None:
    """The resources and outputs are named, and nothing else changes."""
    review = report.review(side(database=BEFORE), side(database=AFTER))

    note = "Differs in database, in no reviewed environment: Topic, Queue and Name."
    assert review.notes == [note]
    assert note in as_text(review)
    assert note in as_markdown(review)
    assert json.loads(report.as_json(review))["notes"] == [note]


def test_two_templates_without_environments() -> None:
    """The note has the values that were used, without secret ones."""
    (note,) = compared(BEFORE, AFTER).notes

    start = (
        "Differs in stack without a change: Topic, Queue and Name. The values of the parameters are Domain = "
    )
    assert note.startswith(start)
    assert "Token" in note
    assert "s3cret" not in note


def test_an_environment_that_has_it() -> None:
    """What the review is about in one environment is not named again."""
    stack = BuiltStack("database", "database.yaml", "eu-west-1", BEFORE, name_pattern="database")
    values = {"dev": {"database": {"Domain": ""}}, "prod": {"database": {"Domain": "example.com"}}}
    before = Side("before", (stack,), values)
    changed = BuiltStack("database", "database.yaml", "eu-west-1", AFTER, name_pattern="database")

    assert report.review(before, before._replace(stacks=(changed,))).notes == []

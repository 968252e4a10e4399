"""Changes of a template that CloudFormation does not show as changes of resources."""

from typing import Any

import pytest

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.digest import headline

from .templates import compared, side

BASE: dict[str, Any] = {
    "Description": "One",
    "Metadata": {"AWS::CloudFormation::Interface": {}},
    "Parameters": {
        "Size": {"Type": "Number", "Default": 1, "MaxValue": 9, "Description": "Its size"},
        "Unread": {"Type": "String", "Default": "a"},
    },
    "Mappings": {"Sizes": {"a": {"b": "c"}}},
    "Rules": {"Small": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Size"}, 1]}}]}},
    "Conditions": {"IsOne": {"Fn::Equals": [{"Ref": "Size"}, 1]}},
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": "a${Size}"}}},
        "Queue": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
    },
    "Outputs": {"Size": {"Value": {"Ref": "Size"}, "Description": "Its size"}},
}


def edited(*path: str, value: Any) -> dict[str, Any]:
    """Return the template with another value at a path; None removes the key."""
    result = dict(BASE)
    target = result
    for key in path[:-1]:
        target[key] = dict(target.get(key, {}))
        target = target[key]
    target[path[-1]] = value
    if value is None:
        del target[path[-1]]
    return result


@pytest.mark.parametrize(
    ("path", "value", "judged"),
    [
        (("Description",), "Two", ("", "Description", "harmless")),
        (("Metadata", "Other"), "Two", ("", "Metadata", "harmless")),
        (("Mappings", "Sizes", "a"), {"b": "d"}, ("", "Mappings", "harmless")),
        (("Parameters", "Size", "Description"), "b", ("", "Parameters.Size.Description", "harmless")),
        (("Parameters", "Size", "MaxValue"), 5, ("", "Parameters.Size.MaxValue", "effect")),
        (("Parameters", "Size", "AllowedValues"), [1], ("", "Parameters.Size.AllowedValues", "effect")),
        (("Parameters", "Size", "NoEcho"), True, ("", "Parameters.Size.NoEcho", "effect")),
        (("Parameters", "Unread", "Default"), "b", ("", "Parameters.Unread", "harmless")),
        (("Parameters", "New"), {"Type": "String", "Default": "a"}, ("", "Parameters.New", "harmless")),
        (("Rules", "Small"), None, ("", "Rules.Small", "effect")),
        (("Rules", "Other"), {"Assertions": []}, ("", "Rules.Other", "effect")),
        (
            ("Conditions", "IsOne"),
            {"Fn::Equals": [{"Ref": "Size"}, 2]},
            ("", "Conditions.IsOne", "harmless"),
        ),
        (("Resources", "Topic", "DependsOn"), "Queue", ("Topic", "DependsOn", "effect")),
        (("Resources", "Topic", "Metadata"), {"a": 1}, ("Topic", "Metadata", "harmless")),
        (("Resources", "Queue", "DeletionPolicy"), "Delete", ("Queue", "DeletionPolicy", "risk")),
        (("Resources", "Queue"), None, ("Queue", "", "risk")),
        (("Outputs", "Size", "Description"), "b", ("", "Outputs.Size.Description", "harmless")),
        (("Outputs", "Size", "Value"), "b", ("", "Outputs.Size", "not judged")),
        (("Outputs", "New"), {"Value": "b"}, ("", "Outputs.New", "harmless")),
        (("Outputs", "Size", "Export"), {"Name": "size"}, ("", "Outputs.Size.Export", "harmless")),
        (("Outputs", "Size"), None, ("", "Outputs.Size", "risk")),
    ],
)
def test_each_part_of_a_template_is_judged(path: tuple[str, ...], value: Any, judged: Any) -> None:
    """A changed part is judged, or listed with its path; it is never left out."""
    review = compared(BASE, edited(*path, value=value))

    assert judged in [
        (judgment.subject.name, judgment.path, judgment.verdict) for judgment in review.judgments
    ]


def test_a_changed_name_of_an_export_is_not_judged() -> None:
    """Stacks that are not in the set may import it."""
    before, after = (edited("Outputs", "Size", "Export", value={"Name": name}) for name in ("a", "b"))

    (judgment,) = compared(before, after).not_judged
    assert (judgment.path, judgment.before, judgment.after) == ("Outputs.Size.Export", "a", "b")


def test_metadata_that_acts_is_not_harmless() -> None:
    """cfn-init reads its metadata, also on running instances."""
    configs: tuple[dict[str, Any], ...] = ({}, {"commands": {}})
    before, after = (
        edited("Resources", "Queue", "Metadata", value={"AWS::CloudFormation::Init": {"config": config}})
        for config in configs
    )

    assert [(judgment.path, judgment.verdict) for judgment in compared(before, after).judgments] == [
        ("Metadata.AWS::CloudFormation::Init", "not judged")
    ]


def test_secrets_of_constraints_are_hidden() -> None:
    """The allowed values of a parameter with NoEcho contain its value."""
    before, after = (
        edited("Parameters", "Unread", value={"Type": "String", "NoEcho": True, "AllowedValues": [secret]})
        for secret in ("first-secret", "second-secret")
    )

    (judgment,) = compared(before, after).judgments
    assert (judgment.path, judgment.before, judgment.after) == (
        "Parameters.Unread.AllowedValues",
        "(hidden)",
        "(hidden)",
    )
    assert "secret" not in judgment.reason


def test_a_parameter_is_judged_with_what_reads_it() -> None:
    """Its value is not listed itself, but the property and the output that have it."""
    review = compared(BASE, edited("Parameters", "Size", "Default", value=2))

    assert [(judgment.subject.name, judgment.path, judgment.verdict) for judgment in review.judgments] == [
        ("Topic", "DisplayName", "effect"),
        ("", "Outputs.Size", "not judged"),
        ("", "Parameters.Size.Default", "harmless"),
    ]


def test_a_condition_without_a_known_result_is_not_judged() -> None:
    """What it decides is not known either."""
    before = edited("Parameters", "Size", value={"Type": "Number"})
    after = {**before, "Conditions": {"IsOne": {"Fn::Equals": [{"Ref": "Size"}, 2]}}}

    assert [judgment.path for judgment in compared(before, after).not_judged] == ["Conditions.IsOne"]


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ([{"Effect": "Deny", "Principal": "*", "Action": "Update:*", "Resource": "*"}], "not judged"),
        ([{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": ["*"]}], "harmless"),
    ],
)
def test_stack_policies(policy: list[dict[str, Any]], verdict: str) -> None:
    """A stack policy that denies the same is harmless; one that denies more may stop a later update."""
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    allow = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}}
    review = report.review(side(allow, api=template), side({"Statement": policy}, api=template))

    assert [(judgment.path, judgment.verdict) for judgment in review.judgments] == [("StackPolicy", verdict)]


def test_a_new_stack_is_one_change() -> None:
    """What it contains has no earlier state to compare with."""
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    review = report.review(side(api=template), side(api=template, site=template))

    assert [(judgment.subject.stack, judgment.after) for judgment in review.not_judged] == [
        ("site", "a new stack with 1 resource")
    ]
    assert headline(review) == "No known risks. 1 change is not judged."

"""A policy that its service refuses is never harmless, and the review says that the deploy fails."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfn_analysis.model.policy_grammar import IDENTITY, OTHER, RESOURCE, TRUST, grammar_problems

from .templates import compared, resources

ARN = "arn:aws:s3:::files/*"
IN_PLACE: dict[str, dict[str, Any]] = {
    IDENTITY: {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ARN},
    TRUST: {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}},
    RESOURCE: {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": ARN},
}
KEYS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource")
HOSTILE: tuple[Any, ...] = (
    None,
    "",
    [],
    {},
    "other",
    "Alow",
    "allow",
    " * ",
    {"Other": "*"},
    [None],
    True,
    [["*"]],
)
REFUSED = {"Effect": HOSTILE, "Action": HOSTILE, "Principal": HOSTILE[:8], "Resource": HOSTILE[:7]}


def template(kind: str, statement: Any, **others: Any) -> dict[str, Any]:
    """Return a template with a policy in a place."""
    document = {"Version": "2012-10-17", "Statement": [statement], **others}
    if kind == RESOURCE:
        return resources(
            Policy=("AWS::S3::BucketPolicy", {"Bucket": "files", "PolicyDocument": document}),
        )
    trusting = {"Version": "2012-10-17", "Statement": [IN_PLACE[TRUST]]}
    properties: dict[str, Any] = {"AssumeRolePolicyDocument": trusting}
    if kind == TRUST:
        properties["AssumeRolePolicyDocument"] = document
    else:
        properties["Policies"] = [{"PolicyName": "own", "PolicyDocument": document}]
    return resources(Role=("AWS::IAM::Role", properties))


def verdicts(kind: str, after: Any, **others: Any) -> set[str]:
    """Return what the review says of another statement in a policy, and the kinds of its risks."""
    review = compared(template(kind, IN_PLACE[kind]), template(kind, after, **others))
    return {judgment.verdict for judgment in review.judgments} | {risk.kind for risk in review.risks}


@pytest.mark.parametrize("kind", IN_PLACE)
def test_well_formed_policies(kind: str) -> None:
    """A policy as the documentation writes it has no problem; a new identifier is harmless."""
    assert grammar_problems({"Statement": IN_PLACE[kind]}, kind) == []
    assert verdicts(kind, {**IN_PLACE[kind], "Sid": "Other"}) == {"harmless"}


@pytest.mark.parametrize("kind", IN_PLACE)
def test_elements_that_a_policy_requires_in_its_place(kind: str) -> None:
    """Without one of its elements, a policy is refused, and with one that it must not have."""
    for key in IN_PLACE[kind]:
        without = {name: value for name, value in IN_PLACE[kind].items() if name != key}
        assert "will-fail" in verdicts(kind, without), key
        assert "harmless" not in verdicts(kind, without), key
    for key in ("Resource", "Principal"):
        if key not in IN_PLACE[kind]:
            assert "will-fail" in verdicts(kind, {**IN_PLACE[kind], key: "*"}), key
    assert "will-fail" in verdicts(kind, {**IN_PLACE[kind], "Other": "a"})
    assert "will-fail" in verdicts(kind, IN_PLACE[kind], Other="a")
    assert "will-fail" in verdicts(kind, IN_PLACE[kind], Version="2013-01-01")


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(st.sampled_from(tuple(IN_PLACE)), st.sampled_from(tuple(REFUSED)), st.data())
def test_a_wrong_value_is_never_harmless(kind: str, key: str, data: st.DataObject) -> None:
    """A value that the grammar does not have in its place is a failure, alone and beside a good statement."""
    value = data.draw(st.sampled_from(REFUSED[key]))
    found = verdicts(kind, {**IN_PLACE[kind], key: value})
    assert "harmless" not in found, value
    assert "will-fail" in found, value


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(st.dictionaries(st.sampled_from((*KEYS, "Condition")), st.sampled_from(HOSTILE), min_size=1))
def test_the_grammar_takes_any_value(elements: dict[str, Any]) -> None:
    """No value of an element is more than wrong."""
    for kind in (*IN_PLACE, OTHER):
        for document in ({"Statement": elements}, {"Statement": [elements, None]}, elements, [elements]):
            assert all(isinstance(problem, str) for problem in grammar_problems(document, kind))
        assert grammar_problems([elements], kind)


@pytest.mark.parametrize("value", [None, [], {}, [None]])
def test_all_policies_of_a_role_are_removed(value: Any) -> None:
    """An empty list is taken; what is not a list, and a null, fails."""
    before = template(IDENTITY, IN_PLACE[IDENTITY])
    after = template(IDENTITY, IN_PLACE[IDENTITY])
    after["Resources"]["Role"]["Properties"]["Policies"] = value
    without = template(TRUST, IN_PLACE[TRUST])

    found = {risk.kind for risk in compared(before, after).risks}
    assert ("will-fail" in found) == (value != [])
    for old, new in ((after, before), (after, without), (without, after)):
        assert compared(old, new).risks is not None


def test_a_null_where_the_stack_has_none() -> None:
    """Fn::GetAZs with an empty argument is not a null."""
    before = resources(Group=("AWS::AutoScaling::AutoScalingGroup", {"MinSize": "1", "MaxSize": "1"}))
    after = resources(
        Group=(
            "AWS::AutoScaling::AutoScalingGroup",
            {"MinSize": "1", "MaxSize": "1", "AvailabilityZones": {"Fn::GetAZs": ""}},
        )
    )
    assert "will-fail" not in {risk.kind for risk in compared(before, after).risks}


@pytest.mark.parametrize("value", ["new", {}, [], ["a"], 1, True, {"Ref": "A"}, "a" * 4001])
def test_descriptions_that_cloudformation_refuses(value: Any) -> None:
    """A description is a text of limited length; another value is not harmless."""

    def described(description: Any) -> dict[str, Any]:
        parameter = {"Type": "String", "Default": "a", "Description": description}
        output = {"Value": "a", "Description": description}
        return {
            "Description": description,
            "Parameters": {"A": parameter},
            "Resources": {},
            "Outputs": {"A": output},
        }

    judged = compared(described("old"), described(value)).judgments
    assert len(judged) == 3
    assert all((judgment.verdict == "harmless") == (value == "new") for judgment in judged)

"""Wrong edits of a template: the review ends in a result, or in an error of ours."""

import copy
from typing import Any

import pytest

from cfn_analysis.model.references import Place
from cfn_analysis.reviewing.sides import ReviewError

from .templates import compared

STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}
BEFORE: dict[str, Any] = {
    "Parameters": {"Stage": {"Type": "String", "Default": "a", "AllowedValues": ["a"]}},
    "Conditions": {"IsA": {"Fn::Equals": [{"Ref": "Stage"}, "a"]}},
    "Resources": {
        "Repository": {
            "Type": "AWS::ECR::Repository",
            "Properties": {"RepositoryPolicyText": {"Version": "2012-10-17", "Statement": [STATEMENT]}},
        }
    },
    "Outputs": {"Name": {"Value": {"Ref": "Repository"}}},
}
WRONG: tuple[Any, ...] = (None, [None], [[]], {"a": "b"}, {"Ref": "AWS::NoValue"}, 5, "other")
PLACES: tuple[Place, ...] = (
    ("Parameters", "Stage", "AllowedValues"),
    ("Parameters", "Stage", "Default"),
    ("Conditions", "IsA", "Fn::Equals", 0, "Ref"),
    ("Resources", "Repository", "Properties", "RepositoryPolicyText"),
    ("Resources", "Repository", "Properties", "RepositoryPolicyText", "Statement"),
    ("Outputs", "Name", "Value", "Ref"),
)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_wrong_value_ends_in_a_result_or_in_our_error(place: Place, value: Any) -> None:
    """A wrong value in any place is neither a crash nor harmless alone."""
    after = copy.deepcopy(BEFORE)
    holder: Any = after
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value

    try:
        review = compared(BEFORE, after)
    except ReviewError as error:
        assert str(error)
    else:
        assert review.risks or review.judgments or review.notes

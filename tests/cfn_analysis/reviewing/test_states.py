"""Stacks and environments that leave the set, or that get a new name."""

from typing import Any

import pytest

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.sides import ReviewError

from .templates import exporting, importing, reviewed, set_risks, side

Template = dict[str, Any]
NAME = "Resources.Queue.Properties.QueueName"


def test_a_stack_that_leaves_the_set() -> None:
    """A removed stack is not deleted, and keeps its imports.

    The same applies to a stack that moves to another region.
    """
    before = side(network=exporting("a"), api=importing("a"))
    messages = set_risks(before, side(network={"Resources": {}}))

    assert messages["orphan", "api", ""].startswith(
        "The stack api is no longer in the set, or moves to another region. A deploy "
    )
    assert ("export", "network", "Id") in messages


def test_an_environment_that_is_removed() -> None:
    """Its stacks continue to exist, which is one risk; the environment can be reviewed by its name."""
    after = side(network=exporting("a"), api=importing("a"))
    before = after._replace(environments={**after.environments, "staging": after.environments["prod"]})

    for names in ([], ["staging"]):
        (risk,) = report.review(before, after, names).risks
        assert (risk.kind, risk.environments, risk.stack, risk.name) == (
            "orphan",
            ("staging",),
            "network",
            "",
        )
        assert risk.message == (
            "The environment staging is removed, and its stacks are no longer managed: network and api. A "
            "deploy does not delete them: they continue to run, with their data, and to incur costs, until "
            "they are deleted manually, in the reverse order. Restore the environment, unless someone "
            "deletes its stacks."
        )
    assert report.review(before, after, ["prod"]).risks == []
    with pytest.raises(ReviewError, match=r"no environment stagign in side\. Did you mean 'staging'"):
        report.review(before, after, ["stagign"])


def test_defaults_are_not_an_environment() -> None:
    """A folder without parameter files has no environment that could be removed."""
    after = side(network=exporting("a"))
    before = after._replace(environments={"": {"network": {}}})

    assert report.review(before, after).risks == []


@pytest.mark.parametrize("parameter", ["ProjectName", "Environment"])
def test_stacks_with_new_names(parameter: str) -> None:
    """A deploy under new names creates new stacks. It does not replace anything in the old ones."""

    def templates(value: str) -> dict[str, Template]:
        names = {"ProjectName": {"Default": "app"}, "Environment": {"Default": "prod"}}
        parameters = {**names, parameter: {"Default": value}}
        table = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"TableName": {"Fn::Sub": "${ProjectName}-${Environment}-items"}},
        }
        network = {"Parameters": parameters, **exporting("a", {"Fn::Sub": f"${{{parameter}}}"})}
        database = {"Parameters": parameters, "Resources": {**importing("a")["Resources"], "Table": table}}
        return {"network": network, "database": database}

    review = report.review(side(**templates("one")), side(**templates("two")))
    old, new = ("one-prod", "two-prod") if parameter == "ProjectName" else ("app-one", "app-two")

    assert [(risk.kind, risk.stack, risk.name, risk.message) for risk in review.risks] == [
        (
            "orphan",
            "network",
            "",
            f"The names of stacks change: {old}-network becomes {new}-network and {old}-database becomes "
            f"{new}-database. The deploy creates new, empty stacks. Data is not copied: it stays in the old "
            "stacks, which continue to run and to incur costs until they are deleted manually. Revert the "
            "change, unless you want a second system.",
        )
    ]
    outcomes = review.environments[0].resources.values()
    assert {outcome.change.action for outcome in outcomes} == {"add"}


@pytest.mark.parametrize(
    ("resource", "place"),
    [
        ({"Condition": "IsOne"}, "Resources.Queue"),
        (
            {"Properties": {"QueueName": {"Fn::If": ["IsOne", "a", "b"]}}},
            "Resources.Queue.Properties.QueueName.Fn::If",
        ),
    ],
)
def test_a_missing_condition(resource: dict[str, Any], place: str) -> None:
    """CloudFormation refuses it for a resource and in Fn::If; the message has the nearest condition."""
    template = {
        "Conditions": {"IsOn": {"Fn::Equals": ["a", "a"]}},
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue", **resource}},
    }

    with pytest.raises(ReviewError) as caught:
        reviewed(template, template)
    assert str(caught.value) == (
        f"before.json: {place}: IsOne is not a condition of this template. Did you mean 'IsOn'?"
    )

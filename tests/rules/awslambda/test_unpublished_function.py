"""E9026 on CloudFront Functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UnpublishedFunction

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Publish: {Type: String, Default: "true"}
  Draft: {Type: String, Default: "false"}
Conditions:
  Live: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
"""

GETATT = "!GetAtt Pages.FunctionARN"


def template(publish: str, arn: str = GETATT, function: str = "", distribution: str = "") -> str:
    """Return a template with one function and one distribution whose second behavior may use it."""
    properties = f"Name: pages, {f'AutoPublish: {publish}' if publish else 'FunctionCode: a'}"
    return (
        f"{HEAD}  Pages: {{Type: AWS::CloudFront::Function, {function} Properties: {{{properties}}}}}\n  "
        f"Site: {{Type: AWS::CloudFront::Distribution, {distribution} Properties: {{DistributionConfig: "
        "{DefaultCacheBehavior: {TargetOriginId: a}, CacheBehaviors: [{TargetOriginId: a, "
        f"FunctionAssociations: [{{EventType: viewer-request, FunctionARN: {arn}}}]}}]}}}}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(template("true"), id="published"),
        pytest.param(template("!Ref Publish"), id="parameter default"),
        pytest.param(template("!If [Live, true, 'true']"), id="both branches"),
        pytest.param(template("!ImportValue publish"), id="only AWS knows"),
        pytest.param(template("false", arn="!ImportValue arn"), id="used by nobody"),
        pytest.param(
            template("false", function="Condition: Live,", arn=f"!If [Live, arn, {GETATT}]"),
            id="used where it does not exist",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A function passes that is published, or that no behavior uses."""
    assert judge(UnpublishedFunction, text) == []


@pytest.mark.parametrize(
    ("text", "path", "how"),
    [
        pytest.param(template(""), "", "is missing", id="missing"),
        pytest.param(template("false"), "/AutoPublish", "is false", id="literal"),
        pytest.param(
            template("!Ref Draft"), "/AutoPublish", 'is {"Ref": "Draft"}, which can be "false"', id="default"
        ),
        pytest.param(
            template("!Sub '${Draft}'"),
            "/AutoPublish",
            'is {"Fn::Sub": "${Draft}"}, which can be "false"',
            id="Sub",
        ),
        pytest.param(
            template("!If [Live, true, false]"),
            "/AutoPublish",
            'is {"Fn::If": ["Live", true, false]}, which is false when Live is false',
            id="one branch",
        ),
        pytest.param(
            template("false", arn="!Sub '${Pages.FunctionARN}'"), "/AutoPublish", "is false", id="use by Sub"
        ),
        pytest.param(template("false", arn="!Ref Pages"), "/AutoPublish", "is false", id="use by Ref"),
        pytest.param(
            template("false", arn=f"!If [Live, {GETATT}, !Ref AWS::NoValue]"),
            "/AutoPublish",
            "is false",
            id="used in one branch",
        ),
        pytest.param(
            template("false", distribution="Condition: Live,"),
            "/AutoPublish",
            "is false",
            id="under a condition",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, how: str) -> None:
    """A function that a behavior uses unpublished is found on its own property."""
    assert judge(UnpublishedFunction, text) == [
        (
            f"Resources/Pages/Properties{path}",
            f"AutoPublish {how}, and a behavior of Site uses the function: CloudFront takes only what is "
            "published. Set it to true.",
        )
    ]


def test_finds_a_function_of_the_default_behavior_once(judge: Judge) -> None:
    """However many behaviors use it, the function is found once."""
    text = template("false").replace(
        "DefaultCacheBehavior: {TargetOriginId: a}",
        f"DefaultCacheBehavior: {{TargetOriginId: a, FunctionAssociations: [{{FunctionARN: {GETATT}}}]}}",
    )

    assert len(judge(UnpublishedFunction, text)) == 1

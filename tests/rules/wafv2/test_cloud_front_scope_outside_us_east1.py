"""E9010 on WAF resources of both scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import CloudFrontScopeOutsideUsEast1

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Edge: {Type: String, Default: CLOUDFRONT}
  Either: {Type: String, Default: REGIONAL, AllowedValues: [REGIONAL, CLOUDFRONT]}
  Switch: {Type: String, Default: "false", AllowedValues: ["true", "false"]}
Conditions:
  AtEdge: !Equals [!Ref Switch, "true"]
  InUsEast1: !Equals [!Ref AWS::Region, us-east-1]
  AtEdgeInUsEast1: !And [!Condition AtEdge, !Condition InUsEast1]
Resources:
"""

MESSAGE = (
    "Scope {}, and the stack is for {}: WAF makes what belongs to CloudFront in us-east-1 alone. Deploy the "
    "stack there, or use the scope REGIONAL."
)


def made(scope: str, *, kind: str = "WebACL", attributes: str = "") -> str:
    """Return a template with one WAF resource of this scope."""
    return f"{HEAD}  Guard: {{Type: AWS::WAFv2::{kind}, {attributes} Properties: {{Scope: {scope}}}}}\n"


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        pytest.param(made("CLOUDFRONT"), ["us-east-1"], id="us-east-1"),
        pytest.param(made("REGIONAL"), ["ap-northeast-1"], id="regional"),
        pytest.param(made("!Ref Edge"), ["us-east-1"], id="parameter in us-east-1"),
        pytest.param(
            made("!If [InUsEast1, CLOUDFRONT, REGIONAL]"), ["ap-northeast-1"], id="branch for us-east-1"
        ),
        pytest.param(
            made("CLOUDFRONT", attributes="Condition: InUsEast1,"),
            ["us-east-1", "ap-northeast-1"],
            id="condition on the region",
        ),
        pytest.param(
            made("CLOUDFRONT", attributes="Condition: AtEdgeInUsEast1,"),
            ["ap-northeast-1"],
            id="condition on region and switch",
        ),
        pytest.param(made("!ImportValue scope"), ["ap-northeast-1"], id="only AWS knows"),
        pytest.param(made("!Ref AWS::NoValue"), ["ap-northeast-1"], id="none, which another rule finds"),
    ],
)
def test_accepts(judge: Judge, text: str, regions: list[str]) -> None:
    """A scope passes that the region has, or that no condition lets into another region."""
    assert judge(CloudFrontScopeOutsideUsEast1, text, regions=regions) == []


@pytest.mark.parametrize("kind", ["WebACL", "RuleGroup", "IPSet", "RegexPatternSet"])
@pytest.mark.parametrize(
    ("scope", "attributes", "state"),
    [
        pytest.param("CLOUDFRONT", "", 'is "CLOUDFRONT"', id="literal"),
        pytest.param("!Ref Edge", "", 'is {"Ref": "Edge"}, which can be "CLOUDFRONT"', id="default"),
        pytest.param(
            "!Ref Either", "", 'is {"Ref": "Either"}, which can be "CLOUDFRONT"', id="allowed value"
        ),
        pytest.param("!Sub '${Edge}'", "", 'is {"Fn::Sub": "${Edge}"}, which can be "CLOUDFRONT"', id="Sub"),
        pytest.param(
            "!If [AtEdge, CLOUDFRONT, REGIONAL]",
            "",
            'is {"Fn::If": ["AtEdge", "CLOUDFRONT", "REGIONAL"]}, which is "CLOUDFRONT" when AtEdge is true',
            id="first branch",
        ),
        pytest.param(
            "!If [AtEdge, REGIONAL, CLOUDFRONT]",
            "",
            'is {"Fn::If": ["AtEdge", "REGIONAL", "CLOUDFRONT"]}, which is "CLOUDFRONT" when AtEdge is false',
            id="second branch",
        ),
        pytest.param("CLOUDFRONT", "Condition: AtEdge,", 'is "CLOUDFRONT"', id="condition on a switch"),
    ],
)
def test_refuses(judge: Judge, kind: str, scope: str, attributes: str, state: str) -> None:
    """The scope CLOUDFRONT in another region is found, whatever writes it."""
    assert judge(CloudFrontScopeOutsideUsEast1, made(scope, kind=kind, attributes=attributes)) == [
        ("Resources/Guard/Properties/Scope", MESSAGE.format(state, "ap-northeast-1"))
    ]


def test_names_the_regions_that_fail(judge: Judge) -> None:
    """Of several regions the message names those without such resources."""
    found = judge(
        CloudFrontScopeOutsideUsEast1,
        made("CLOUDFRONT"),
        regions=["ap-northeast-1", "eu-west-1", "us-east-1"],
    )

    assert [message for _, message in found] == [
        MESSAGE.format('is "CLOUDFRONT"', "ap-northeast-1, eu-west-1")
    ]


def test_given_parameter_values_switch_it_off(judge: Judge) -> None:
    """A resource that the given values leave out is no fault."""
    text = made("CLOUDFRONT", attributes="Condition: AtEdge,")

    assert judge(CloudFrontScopeOutsideUsEast1, text, {"Switch": "false"}) == []
    assert len(judge(CloudFrontScopeOutsideUsEast1, text, {"Switch": "true"})) == 1

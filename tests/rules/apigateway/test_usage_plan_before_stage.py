"""E9087 on usage plans that wait, and do not wait, for their stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UsagePlanBeforeStage

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Name: {Type: String, Default: v1}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
"""


def plan(used: str, name: str = "v1", attributes: str = "", of_stage: str = "") -> str:
    """Return a template with a stage of this name and a usage plan for it."""
    return (
        f"{HEAD}  Stage: {{Type: AWS::ApiGateway::Stage, {of_stage} Properties: {{RestApiId: a, "
        f"StageName: {name}}}}}\n"
        f"  Plan: {{Type: AWS::ApiGateway::UsagePlan, {attributes} Properties: {{ApiStages: [{used}]}}}}\n"
    )


def message(value: str) -> str:
    """Return what the rule says about a stage that is written like this."""
    return (
        f"Stage is {value}, which is the name of Stage, and the plan does not wait for it: made first, it "
        "fails. Write !Ref Stage."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(plan("{ApiId: a, Stage: !Ref Stage}"), id="reference"),
        pytest.param(plan("{ApiId: a, Stage: !Sub '${Stage}'}"), id="Sub"),
        pytest.param(plan("{ApiId: a, Stage: v1}", attributes="DependsOn: Stage,"), id="DependsOn"),
        pytest.param(plan("{ApiId: a, Stage: v2}"), id="another stage"),
        pytest.param(plan("{ApiId: b, Stage: v1}"), id="another API"),
        pytest.param(
            plan(
                "{ApiId: a, Stage: v1}",
                attributes="Condition: Switched,",
                of_stage="Condition: Unswitched,",
            ),
            id="never both",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A plan that waits for its stage, or whose stage is made elsewhere, passes."""
    assert judge(UsagePlanBeforeStage, text) == []


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        pytest.param(plan("{ApiId: a, Stage: v1}"), "0/Stage", '"v1"', id="literal"),
        pytest.param(
            plan("{ApiId: a, Stage: !Ref Name}", "!Ref Name"), "0/Stage", '{"Ref": "Name"}', id="parameter"
        ),
        pytest.param(
            plan("{ApiId: a, Stage: !Sub '${Name}'}", "!Sub '${Name}'"),
            "0/Stage",
            '{"Fn::Sub": "${Name}"}',
            id="Sub of a parameter",
        ),
        pytest.param(
            plan("!If [Switched, {ApiId: a, Stage: v1}, !Ref AWS::NoValue]"),
            "0/Fn::If/1/Stage",
            '"v1"',
            id="first branch",
        ),
        pytest.param(
            plan("!If [Switched, !Ref AWS::NoValue, {ApiId: a, Stage: v1}]"),
            "0/Fn::If/2/Stage",
            '"v1"',
            id="second branch",
        ),
        pytest.param(
            plan("{ApiId: a, Stage: v1}", of_stage="Condition: Switched,"), "0/Stage", '"v1"', id="condition"
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, value: str) -> None:
    """A stage that is named by a text alone is found there."""
    assert judge(UsagePlanBeforeStage, text) == [
        (f"Resources/Plan/Properties/ApiStages/{path}", message(value))
    ]

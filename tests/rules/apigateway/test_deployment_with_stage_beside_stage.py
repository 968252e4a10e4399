"""W9073 on deployments with and without a stage of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import DeploymentWithStageBesideStage

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Name: {Type: String, Default: v1}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
Resources:
"""
STAGE = (
    "  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: a, DeploymentId: !Ref Made, "
    "StageName: v1}}\n"
)


def deployment(properties: str, stage: str = STAGE) -> str:
    """Return a template with a deployment of these properties and a stage."""
    return (
        f"{HEAD}{stage}  Made: {{Type: AWS::ApiGateway::Deployment, Properties: {{RestApiId: a, "
        f"{properties}}}}}\n"
    )


def message(name: str) -> str:
    """Return what the rule says about a deployment with this stage name."""
    return (
        f'StageName is {name}: the deployment makes a stage of that name beside Stage ("v1"). Under the '
        "same name it fails, under another it is open to everybody without the settings of that stage. "
        "Leave StageName and StageDescription out."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(deployment("Description: x"), id="no name"),
        pytest.param(deployment("StageName: !Ref AWS::NoValue"), id="NoValue"),
        pytest.param(deployment("StageName: v1", stage=""), id="no stage"),
        pytest.param(
            deployment("StageName: v1", STAGE.replace("!Ref Made", "abc123")),
            id="stage of another deployment",
        ),
        pytest.param(
            deployment(
                "StageName: !If [Switched, !Ref AWS::NoValue, v1]",
                STAGE.replace("Type", "Condition: Switched, Type"),
            ),
            id="name only where there is no stage",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """Either the deployment or the stage resource makes the stage: both pass."""
    assert judge(DeploymentWithStageBesideStage, text) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("prod", '"prod"', id="another name"),
        pytest.param("v1", '"v1"', id="the same name"),
        pytest.param("!Ref Name", '{"Ref": "Name"}', id="parameter default"),
        pytest.param("!Sub '${Name}'", '{"Fn::Sub": "${Name}"}', id="Sub"),
        pytest.param("!ImportValue n", '{"Fn::ImportValue": "n"}', id="import"),
        pytest.param(
            "!If [Switched, prod, !Ref AWS::NoValue]",
            '{"Fn::If": ["Switched", "prod", {"Ref": "AWS::NoValue"}]}',
            id="first branch",
        ),
        pytest.param(
            "!If [Switched, !Ref AWS::NoValue, prod]",
            '{"Fn::If": ["Switched", {"Ref": "AWS::NoValue"}, "prod"]}',
            id="second branch",
        ),
    ],
)
def test_warns(judge: Judge, name: str, shown: str) -> None:
    """A stage name on the deployment of a declared stage is found there."""
    assert judge(DeploymentWithStageBesideStage, deployment(f"StageName: {name}")) == [
        ("Resources/Made/Properties/StageName", message(shown))
    ]

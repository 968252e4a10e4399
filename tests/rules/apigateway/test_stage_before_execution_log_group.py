"""E9088 on stages that wait, and do not wait, for the log group of their execution log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import StageBeforeExecutionLogGroup

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
  Api: {Type: AWS::ApiGateway::RestApi}
"""
LOG = "!Sub 'API-Gateway-Execution-Logs_${Api}/v1'"


def stage(group: str, attributes: str = "", name: str = "v1", of_group: str = "") -> str:
    """Return a template with a log group of this name and a stage."""
    return (
        f"{HEAD}  Group: {{Type: AWS::Logs::LogGroup, {of_group} Properties: {{LogGroupName: {group}}}}}\n"
        f"  Stage: {{Type: AWS::ApiGateway::Stage, {attributes} Properties: {{RestApiId: !Ref Api, "
        f"StageName: {name}}}}}\n"
    )


def message(given: str) -> str:
    """Return what the rule says about a stage with this DependsOn."""
    return (
        f"DependsOn is {given}, and the stage does not wait for Group, the log group of its execution log: "
        "API Gateway may make the group first, and Group fails. Add DependsOn: Group."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(stage(LOG, "DependsOn: Group,"), id="DependsOn"),
        pytest.param(stage(LOG, "DependsOn: [Api, Group],"), id="list"),
        pytest.param(stage("!Sub '/aws/apigateway/${Api}'"), id="another group"),
        pytest.param(stage("!Sub 'API-Gateway-Execution-Logs_${Api}/v2'"), id="another stage"),
        pytest.param(stage("!ImportValue log"), id="name that only AWS knows"),
        pytest.param(stage(LOG, "Condition: Switched,", of_group="Condition: Unswitched,"), id="never both"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A stage that waits for its log group, or has none in the template, passes."""
    assert judge(StageBeforeExecutionLogGroup, text) == []


@pytest.mark.parametrize(
    ("text", "path", "given"),
    [
        pytest.param(stage(LOG), "", "missing", id="no DependsOn"),
        pytest.param(stage(LOG, "DependsOn: Api,"), "/DependsOn", '"Api"', id="DependsOn something else"),
        pytest.param(
            stage("!Sub ['API-Gateway-Execution-Logs_${A}/v1', {A: !Ref Api}]"), "", "missing", id="variable"
        ),
        pytest.param(
            stage("!Join ['', [API-Gateway-Execution-Logs_, !Ref Api, /v1]]"), "", "missing", id="Join"
        ),
        pytest.param(
            stage("!Sub 'API-Gateway-Execution-Logs_${Api}/${Name}'", name="!Ref Name"),
            "",
            "missing",
            id="stage name from a parameter",
        ),
        pytest.param(stage(LOG, of_group="Condition: Switched,"), "", "missing", id="condition"),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, given: str) -> None:
    """A stage that may be made before its log group is found, however the name is written."""
    assert judge(StageBeforeExecutionLogGroup, text) == [(f"Resources/Stage{path}", message(given))]

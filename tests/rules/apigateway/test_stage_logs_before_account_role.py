"""E9070 on stages that log before, and after, the account has its logging role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import StageLogsBeforeAccountRole

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Level: {Type: String, Default: INFO}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
"""
ACCOUNT = "  Account: {Type: AWS::ApiGateway::Account}\n"
CONDITIONAL = "  Account: {Type: AWS::ApiGateway::Account, Condition: Switched}\n"
LOGS = "MethodSettings: [{ResourcePath: /*, HttpMethod: '*', LoggingLevel: INFO}]"


def stage(properties: str, attributes: str = "", account: str = ACCOUNT) -> str:
    """Return a template with a stage of these properties and an account setting."""
    return (
        f"{HEAD}{account}  Stage: {{Type: AWS::ApiGateway::Stage, {attributes} "
        f"Properties: {{RestApiId: api, {properties}}}}}\n"
    )


def message(name: str, value: str) -> str:
    """Return what the rule says about the property that makes the stage log."""
    return (
        f"{name} is {value}, and the stage does not wait for Account, which sets the role that it logs "
        "with: API Gateway refuses the stage if it comes first. Add DependsOn: Account, or refer to it by "
        "Fn::If if it has a Condition."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(stage(LOGS, "DependsOn: Account,"), id="DependsOn"),
        pytest.param(stage(f"{LOGS}, Description: !Ref Account"), id="Ref"),
        pytest.param(stage(f"{LOGS}, Description: !Sub 'by ${{Account}}'"), id="Sub"),
        pytest.param(
            stage(f"{LOGS}, Description: !If [Switched, !Ref Account, none]", account=CONDITIONAL),
            id="reference in the branch in which the account is set",
        ),
        pytest.param(
            stage(LOGS, "DependsOn: Group,", ACCOUNT + "  Group: {Type: X::Y::Z, DependsOn: Account}\n"),
            id="through another resource",
        ),
        pytest.param(stage(LOGS, account=""), id="account set elsewhere"),
        pytest.param(stage(LOGS, "Condition: Unswitched,", CONDITIONAL), id="never both"),
        pytest.param(stage(LOGS.replace("INFO", "'OFF'")), id="logs nothing"),
        pytest.param(stage("StageName: v1"), id="no settings"),
        pytest.param(
            stage(LOGS.replace("INFO", "!If [Switched, 'OFF', !Ref AWS::NoValue]")), id="off in both"
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A stage that does not log, or waits for the account's role, passes."""
    assert judge(StageLogsBeforeAccountRole, text) == []


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        pytest.param(
            stage(LOGS), "MethodSettings/0/LoggingLevel", message("LoggingLevel", '"INFO"'), id="literal"
        ),
        pytest.param(
            stage(LOGS.replace("INFO", "!Ref Level")),
            "MethodSettings/0/LoggingLevel",
            message("LoggingLevel", '"INFO"'),
            id="parameter default",
        ),
        pytest.param(
            stage(LOGS.replace("INFO", "!Sub '${Level}'")),
            "MethodSettings/0/LoggingLevel",
            message("LoggingLevel", '"INFO"'),
            id="Sub",
        ),
        pytest.param(
            stage(LOGS.replace("INFO", "!If [Switched, ERROR, 'OFF']")),
            "MethodSettings/0/LoggingLevel/Fn::If/1",
            message("LoggingLevel", '"ERROR"'),
            id="first branch",
        ),
        pytest.param(
            stage(LOGS.replace("INFO", "!If [Switched, !Ref AWS::NoValue, ERROR]")),
            "MethodSettings/0/LoggingLevel/Fn::If/2",
            message("LoggingLevel", '"ERROR"'),
            id="second branch",
        ),
        pytest.param(
            stage("AccessLogSetting: {DestinationArn: !ImportValue logs}"),
            "AccessLogSetting/DestinationArn",
            message("DestinationArn", '{"Fn::ImportValue": "logs"}'),
            id="access log",
        ),
        pytest.param(
            stage(LOGS, account=CONDITIONAL),
            "MethodSettings/0/LoggingLevel",
            message("LoggingLevel", '"INFO"'),
            id="account with a condition",
        ),
        pytest.param(
            stage(LOGS, "Condition: Switched,", CONDITIONAL),
            "MethodSettings/0/LoggingLevel",
            message("LoggingLevel", '"INFO"'),
            id="both under the same condition",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, expected: str) -> None:
    """A stage that logs and may be made before the account setting is found in what makes it log."""
    assert judge(StageLogsBeforeAccountRole, text) == [(f"Resources/Stage/Properties/{path}", expected)]

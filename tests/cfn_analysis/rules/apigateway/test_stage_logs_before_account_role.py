"""Stages that log before, and after, the account has its logging role."""

from ..harness import frame, row

HEAD = """
Parameters:
  Level: {Type: String, Default: INFO}
Resources:
"""

ACCOUNT = "  Account: {Type: AWS::ApiGateway::Account}\n"
CONDITIONAL = "  Account: {Type: AWS::ApiGateway::Account, Condition: Switched}\n"
LOGS = "MethodSettings: [{ResourcePath: /*, HttpMethod: '*', LoggingLevel: INFO}]"

stage = frame(
    f"{HEAD}<account={ACCOUNT}>  Stage: {{Type: AWS::ApiGateway::Stage, <attributes=> "
    "Properties: {RestApiId: api, <properties>}}\n"
)

message = frame(
    "<name> is <value>, and the stage does not wait for Account, which sets the role that it logs "
    "with: API Gateway refuses the stage if it comes first. Add DependsOn: Account, or refer to it by "
    "Fn::If if it has a Condition."
)

case = row("<text>", "Resources/Stage/Properties/<path>", "<expected>")

GOOD = {
    "DependsOn": stage(LOGS, attributes="DependsOn: Account,"),
    "Ref": stage(f"{LOGS}, Description: !Ref Account"),
    "Sub": stage(f"{LOGS}, Description: !Sub 'by ${{Account}}'"),
    "reference in the branch in which the account is set": stage(
        f"{LOGS}, Description: !If [Switched, !Ref Account, none]", account=CONDITIONAL
    ),
    "through another resource": stage(
        LOGS,
        attributes="DependsOn: Group,",
        account=ACCOUNT + "  Group: {Type: X::Y::Z, DependsOn: Account}\n",
    ),
    "account set elsewhere": stage(LOGS, account=""),
    "never both": stage(LOGS, attributes="Condition: NotSwitched,", account=CONDITIONAL),
    "logs nothing": stage(LOGS.replace("INFO", "'OFF'")),
    "no settings": stage("StageName: v1"),
    "off in both": stage(LOGS.replace("INFO", "!If [Switched, 'OFF', !Ref AWS::NoValue]")),
}

BAD = {
    "literal": case(stage(LOGS), "MethodSettings/0/LoggingLevel", message("LoggingLevel", '"INFO"')),
    "parameter default": case(
        stage(LOGS.replace("INFO", "!Ref Level")),
        "MethodSettings/0/LoggingLevel",
        message("LoggingLevel", '"INFO"'),
    ),
    "Sub": case(
        stage(LOGS.replace("INFO", "!Sub '${Level}'")),
        "MethodSettings/0/LoggingLevel",
        message("LoggingLevel", '"INFO"'),
    ),
    "first branch": case(
        stage(LOGS.replace("INFO", "!If [Switched, ERROR, 'OFF']")),
        "MethodSettings/0/LoggingLevel/Fn::If/1",
        message("LoggingLevel", '"ERROR"'),
    ),
    "second branch": case(
        stage(LOGS.replace("INFO", "!If [Switched, !Ref AWS::NoValue, ERROR]")),
        "MethodSettings/0/LoggingLevel/Fn::If/2",
        message("LoggingLevel", '"ERROR"'),
    ),
    "access log": case(
        stage("AccessLogSetting: {DestinationArn: !ImportValue logs}"),
        "AccessLogSetting/DestinationArn",
        message("DestinationArn", '{"Fn::ImportValue": "logs"}'),
    ),
    "account with a condition": case(
        stage(LOGS, account=CONDITIONAL), "MethodSettings/0/LoggingLevel", message("LoggingLevel", '"INFO"')
    ),
    "both under the same condition": case(
        stage(LOGS, attributes="Condition: Switched,", account=CONDITIONAL),
        "MethodSettings/0/LoggingLevel",
        message("LoggingLevel", '"INFO"'),
    ),
}

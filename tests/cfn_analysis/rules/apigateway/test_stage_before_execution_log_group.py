"""Stages that wait, and do not wait, for the log group of their execution log."""

from ..harness import frame, row

LOG = "!Sub 'API-Gateway-Execution-Logs_${Api}/v1'"

stage = frame("""
Parameters:
  Name: {Type: String, Default: v1}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Group: {Type: AWS::Logs::LogGroup, <of_group=> Properties: {LogGroupName: <group>}}
  Stage: {Type: AWS::ApiGateway::Stage, <attributes=> Properties: {RestApiId: !Ref Api, StageName: <name=v1>}}
""")

message = frame(
    "DependsOn is <given>, and the stage does not wait for Group, the log group of its execution log: "
    "API Gateway may create the group first, and Group fails. Add DependsOn: Group."
)

case = row("<text>", "Resources/Stage<path>", message("<given>"))

GOOD = {
    "DependsOn": stage(LOG, attributes="DependsOn: Group,"),
    "list": stage(LOG, attributes="DependsOn: [Api, Group],"),
    "another group": stage("!Sub '/aws/apigateway/${Api}'"),
    "another stage": stage("!Sub 'API-Gateway-Execution-Logs_${Api}/v2'"),
    "name that only AWS knows": stage("!ImportValue log"),
    "never both": stage(LOG, attributes="Condition: Switched,", of_group="Condition: NotSwitched,"),
}

BAD = {
    "no DependsOn": case(stage(LOG), "", "missing"),
    "DependsOn something else": case(stage(LOG, attributes="DependsOn: Api,"), "/DependsOn", '"Api"'),
    "variable": case(stage("!Sub ['API-Gateway-Execution-Logs_${A}/v1', {A: !Ref Api}]"), "", "missing"),
    "Join": case(stage("!Join ['', [API-Gateway-Execution-Logs_, !Ref Api, /v1]]"), "", "missing"),
    "stage name from a parameter": case(
        stage("!Sub 'API-Gateway-Execution-Logs_${Api}/${Name}'", name="!Ref Name"), "", "missing"
    ),
    "condition": case(stage(LOG, of_group="Condition: Switched,"), "", "missing"),
}

"""What is the stages of an API."""

from ..harness import frame

template = frame("""
Parameters:
  Any: {Type: String}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: <stage=v1>}}
  One: <resource>
""")

permission = frame(
    "{Type: AWS::Lambda::Permission, Properties: {SourceArn: !Sub "
    "'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:<arn>'}}"
)

plan = frame(
    "{Type: AWS::ApiGateway::UsagePlan, Properties: {ApiStages: [{ApiId: <api=!Ref Api>, Stage: <stage>}]}}"
)

alarm = frame(
    "{Type: AWS::CloudWatch::Alarm, Properties: {Namespace: AWS/ApiGateway, MetricName: Count, "
    "Dimensions: [{Name: ApiName, Value: orders}, {Name: Stage, Value: <stage>}]}}"
)

GOOD = {
    "stage of the console": template(permission("${Api}/test-invoke-stage/GET/a")),
    "plan": template(plan("v1")),
    "stage by parameter": template(plan("v2"), "!Ref Any"),
    "another API": template(plan("v2", "!ImportValue api")),
    "permission": template(permission("${Api}/v1/GET/a")),
    "any stage": template(permission("${Api}/*/GET/a")),
    "authorizer": template(permission("${Api}/authorizers/a")),
    "alarm on the stage": template(alarm("!Ref Stage")).replace(
        "::RestApi}", "::RestApi, Properties: {Name: orders}}"
    ),
    "alarm on another API": template(alarm("v2")).replace(
        "::RestApi}", "::RestApi, Properties: {Name: pets}}"
    ),
}

BAD = {
    "plan": (
        template(plan("v2")),
        "Resources/One/Properties/ApiStages/0/Stage",
        "Stage is the stage v2, but Api has only v1. Use one of them.",
    ),
    "permission": (
        template(permission("${Api}/prod/GET/a")),
        "Resources/One/Properties/SourceArn",
        "SourceArn is the stage prod, but Api has only v1. Use one of them.",
    ),
    "base path": (
        template("{Type: AWS::ApiGateway::BasePathMapping, Properties: {RestApiId: !Ref Api, Stage: v2}}"),
        "Resources/One/Properties/Stage",
        "Stage is the stage v2, but Api has only v1. Use one of them.",
    ),
    "alarm": (
        template(alarm("v2")).replace("::RestApi}", "::RestApi, Properties: {Name: orders}}"),
        "Resources/One/Properties/Dimensions",
        "Dimensions is the stage v2, but Api has only v1. Use one of them.",
    ),
}

"""Deployments with and without a stage of their own."""

from ..harness import frame, row

HEAD = """
Parameters:
  Name: {Type: String, Default: v1}
Resources:
"""

STAGE = (
    "  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: a, DeploymentId: !Ref Made, "
    "StageName: v1}}\n"
)

deployment = frame(
    f"{HEAD}<stage={STAGE}>  Made: {{Type: AWS::ApiGateway::Deployment, Properties: {{RestApiId: a, "
    "<properties>}}\n"
)

message = frame(
    'StageName is <name>: the deployment creates a stage of that name beside Stage ("v1"). Under the '
    "same name it fails, under another it is open to anyone without the settings of that stage. "
    "Leave StageName and StageDescription out."
)

case = row(deployment("StageName: <name>"), "Resources/Made/Properties/StageName", message("<shown>"))

GOOD = {
    "no name": deployment("Description: x"),
    "NoValue": deployment("StageName: !Ref AWS::NoValue"),
    "no stage": deployment("StageName: v1", stage=""),
    "stage of another deployment": deployment("StageName: v1", STAGE.replace("!Ref Made", "abc123")),
    "name only where there is no stage": deployment(
        "StageName: !If [Switched, !Ref AWS::NoValue, v1]", STAGE.replace("Type", "Condition: Switched, Type")
    ),
}

BAD = {
    "another name": case("prod", '"prod"'),
    "the same name": case("v1", '"v1"'),
    "parameter default": case("!Ref Name", '{"Ref": "Name"}'),
    "Sub": case("!Sub '${Name}'", '{"Fn::Sub": "${Name}"}'),
    "import": case("!ImportValue n", '{"Fn::ImportValue": "n"}'),
    "first branch": case(
        "!If [Switched, prod, !Ref AWS::NoValue]", '{"Fn::If": ["Switched", "prod", {"Ref": "AWS::NoValue"}]}'
    ),
    "second branch": case(
        "!If [Switched, !Ref AWS::NoValue, prod]", '{"Fn::If": ["Switched", {"Ref": "AWS::NoValue"}, "prod"]}'
    ),
}

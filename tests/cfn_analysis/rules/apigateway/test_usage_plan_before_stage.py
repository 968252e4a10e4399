"""Usage plans that wait, and do not wait, for their stage."""

from ..harness import frame, row

plan = frame("""
Parameters:
  Name: {Type: String, Default: v1}
Resources:
  Stage: {Type: AWS::ApiGateway::Stage, <of_stage=> Properties: {RestApiId: a, StageName: <name=v1>}}
  Plan: {Type: AWS::ApiGateway::UsagePlan, <attributes=> Properties: {ApiStages: [<used>]}}
""")

message = frame(
    "Stage is <value>, which is the name of Stage, and the plan does not wait for it: created first, it "
    "fails. Write !Ref Stage."
)

case = row("<text>", "Resources/Plan/Properties/ApiStages/<path>", message("<value>"))

GOOD = {
    "reference": plan("{ApiId: a, Stage: !Ref Stage}"),
    "Sub": plan("{ApiId: a, Stage: !Sub '${Stage}'}"),
    "DependsOn": plan("{ApiId: a, Stage: v1}", attributes="DependsOn: Stage,"),
    "another stage": plan("{ApiId: a, Stage: v2}"),
    "another API": plan("{ApiId: b, Stage: v1}"),
    "never both": plan(
        "{ApiId: a, Stage: v1}", attributes="Condition: Switched,", of_stage="Condition: NotSwitched,"
    ),
}

BAD = {
    "literal": case(plan("{ApiId: a, Stage: v1}"), "0/Stage", '"v1"'),
    "parameter": case(plan("{ApiId: a, Stage: !Ref Name}", name="!Ref Name"), "0/Stage", '{"Ref": "Name"}'),
    "Sub of a parameter": case(
        plan("{ApiId: a, Stage: !Sub '${Name}'}", name="!Sub '${Name}'"), "0/Stage", '{"Fn::Sub": "${Name}"}'
    ),
    "first branch": case(
        plan("!If [Switched, {ApiId: a, Stage: v1}, !Ref AWS::NoValue]"), "0/Fn::If/1/Stage", '"v1"'
    ),
    "second branch": case(
        plan("!If [Switched, !Ref AWS::NoValue, {ApiId: a, Stage: v1}]"), "0/Fn::If/2/Stage", '"v1"'
    ),
    "condition": case(plan("{ApiId: a, Stage: v1}", of_stage="Condition: Switched,"), "0/Stage", '"v1"'),
}

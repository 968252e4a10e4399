"""Rules of EventBridge with functions."""

from ..harness import frame, row

template = frame("""
  F: {Type: AWS::Lambda::Function}
  Other: {Type: AWS::Lambda::Function}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F}}
  Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Id: a, Arn: <arn=!GetAtt F.Arn>}]}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {Action: lambda:InvokeFunction, <permission>}}
""")

case = row(
    "<text>",
    "Resources/Rule/Properties/Targets/0",
    "The target is F, and no AWS::Lambda::Permission allows events.amazonaws.com to call it: every "
    "event is lost. Add one.",
)

GOOD = {
    "allowed": template("FunctionName: !Ref F, Principal: events.amazonaws.com"),
    "alias": template("FunctionName: !Ref Live, Principal: events.amazonaws.com", "!Ref Live"),
    "by name": template("FunctionName: own, Principal: events.amazonaws.com"),
    "by an ARN that is put together": template(
        "FunctionName: !Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:own', "
        "Principal: events.amazonaws.com"
    ),
    "another template": template("FunctionName: !Ref Other, Principal: a", "!ImportValue function"),
}

BAD = {
    "another service": case(template("FunctionName: !Ref F, Principal: sns.amazonaws.com")),
    "another function": case(template("FunctionName: !Ref Other, Principal: events.amazonaws.com")),
}

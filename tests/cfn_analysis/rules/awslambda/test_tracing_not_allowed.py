"""Functions that are traced."""

from ..harness import frame

template = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: <arns=[]>
      Policies:
        - PolicyDocument: {Statement: [{Effect: Allow, Action: <actions>, Resource: '*'}]}
  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn, TracingConfig: {Mode: <mode=Active>}}}
""")

GOOD = {
    "managed": template("logs:*", "[arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess]"),
    "own": template("['xray:Put*']"),
    "passed through": template("logs:*", mode="PassThrough"),
}

BAD = {
    "nothing": (
        template("logs:*"),
        "Resources/F/Properties/TracingConfig",
        "Role does not allow xray:PutTraceSegments and xray:PutTelemetryRecords: the function has no "
        "traces. Allow it.",
    ),
}

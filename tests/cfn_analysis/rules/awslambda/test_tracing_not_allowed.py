"""Functions that are traced."""


def template(actions: str, arns: str = "[]", mode: str = "Active") -> str:
    """Return a template with a function and its role."""
    return f"""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: {arns}
      Policies:
        - PolicyDocument: {{Statement: [{{Effect: Allow, Action: {actions}, Resource: '*'}}]}}
  F: {{Type: AWS::Lambda::Function, Properties: {{Role: !GetAtt Role.Arn, TracingConfig: {{Mode: {mode}}}}}}}
"""


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

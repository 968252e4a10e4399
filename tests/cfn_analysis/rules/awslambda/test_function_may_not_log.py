"""Functions and their logs."""

from ..harness import frame

template = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: <arns=[]>
      Policies:
        - PolicyDocument: {Statement: [{Effect: Allow, Action: <actions>, Resource: '*'}]}
  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
""")

GOOD = {
    "managed": template("s3:*", "[arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]"),
    "own": template("[logs:CreateLogStream, logs:PutLogEvents]"),
}

BAD = {
    "nothing": (
        template("s3:*"),
        "Resources/F/Properties/Role",
        "Role does not allow logs:CreateLogStream and logs:PutLogEvents: the function has no log. Allow it.",
    ),
    "one of two": (
        template("logs:CreateLogStream"),
        "Resources/F/Properties/Role",
        "Role does not allow logs:PutLogEvents: the function has no log. Allow it.",
    ),
}

"""Flow logs and their roles."""

from ..harness import frame

template = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument: {Statement: [{Effect: Allow, Action: <actions>, Resource: '*'}]}
  Log: {Type: AWS::EC2::FlowLog, Properties: {DeliverLogsPermissionArn: !GetAtt Role.Arn}}
""")

GOOD = {
    "allowed": template("[logs:CreateLogStream, logs:PutLogEvents, logs:DescribeLogGroups]"),
}

BAD = {
    "nothing": (
        template("s3:*"),
        "Resources/Log/Properties/DeliverLogsPermissionArn",
        "Role does not allow logs:CreateLogStream and logs:PutLogEvents: the flow log stays empty. Allow it.",
    ),
    "one of two": (
        template("[logs:PutLogEvents]"),
        "Resources/Log/Properties/DeliverLogsPermissionArn",
        "Role does not allow logs:CreateLogStream: the flow log stays empty. Allow it.",
    ),
}

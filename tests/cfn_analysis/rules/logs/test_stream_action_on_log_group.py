"""Resources of actions on log streams."""

from ..harness import frame

role = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{PolicyDocument: {Statement: [{Effect: Allow, <statement>}]}}]
""")

ARN = "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/own/log"


GOOD = {
    "streams": role(f"Action: logs:PutLogEvents, Resource: !Sub '{ARN}:*'"),
    "ARN of the group": role("Action: logs:PutLogEvents, Resource: !GetAtt Group.Arn"),
    "pattern": role(f"Action: logs:PutLogEvents, Resource: !Sub '{ARN}*'"),
    "action on groups": role(f"Action: logs:PutRetentionPolicy, Resource: !Sub '{ARN}'"),
    "both": role(f"Action: logs:PutLogEvents, Resource: [!Sub '{ARN}', !Sub '{ARN}:*']"),
}

BAD = {
    "group": (
        role(f"Action: logs:PutLogEvents, Resource: !Sub '{ARN}'"),
        "Resources/Role/Properties/Policies/0/PolicyDocument/Statement/0/Resource",
        "Resource is arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/own/log, a log group, and "
        "logs:PutLogEvents applies to log streams: it is never allowed. Add :* to the ARN.",
    ),
    "among others": (
        role(f"Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: [!Sub '{ARN}']"),
        "Resources/Role/Properties/Policies/0/PolicyDocument/Statement/0/Resource",
        "Resource is arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/own/log, a log group, and "
        "logs:PutLogEvents applies to log streams: it is never allowed. Add :* to the ARN.",
    ),
}

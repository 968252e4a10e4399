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

with_group = frame("""
Resources:
  Group: {Type: AWS::Logs::LogGroup}
  OtherGroup: {Type: AWS::Logs::LogGroup}
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: <arns=[]>
      Policies:
        - PolicyDocument:
            Statement:
              - {Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: <resource>}
  F:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Role.Arn, LoggingConfig: {LogGroup: !Ref Group}}
""")

GOOD = {
    "managed": template("s3:*", "[arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]"),
    "own": template("[logs:CreateLogStream, logs:PutLogEvents]"),
    "its group": with_group("!GetAtt Group.Arn"),
    "both groups": with_group("[!GetAtt OtherGroup.Arn, !GetAtt Group.Arn]"),
    "every group": with_group("'*'"),
    "a pattern": with_group("!Sub 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*'"),
    "managed, with a group": with_group(
        "!GetAtt OtherGroup.Arn", "[arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]"
    ),
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
    "the group of another function": (
        with_group("!GetAtt OtherGroup.Arn"),
        "Resources/F/Properties/Role",
        "Role does not allow logs:CreateLogStream and logs:PutLogEvents on Group, its log group: the "
        "function has no log. Allow it.",
    ),
}

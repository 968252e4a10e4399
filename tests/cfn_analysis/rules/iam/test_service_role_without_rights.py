"""Roles that services take, and what they may do."""

from ..harness import frame

template = frame("""
  Role: {Type: AWS::IAM::Role, Properties: {<policies>}}
  Machine: {Type: AWS::StepFunctions::StateMachine}
  One: {<resource>}
""")


def allowing(*actions: str) -> str:
    """Return the policies of a role that allows these actions."""
    listed = "', '".join(actions)
    statement = f"{{Effect: Allow, Action: ['{listed}'], Resource: '*'}}"
    return f"Policies: [{{PolicyDocument: {{Statement: [{statement}]}}}}]"


proxy = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Policies:
        - PolicyName: Secret
          PolicyDocument: {Statement: {Effect: Allow, Action: <action>, Resource: '*'}}
  Proxy: {Type: AWS::RDS::DBProxy, Properties: {RoleArn: !GetAtt Role.Arn, <authentication>}}
""")

ACCOUNT = "Type: AWS::ApiGateway::Account, Properties: {CloudWatchRoleArn: !GetAtt Role.Arn}"
MONITORED = "Type: AWS::RDS::DBInstance, Properties: {MonitoringRoleArn: !GetAtt Role.Arn}"
RULE = "Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !Ref Machine, RoleArn: !GetAtt Role.Arn}]}"


GOOD = {
    "all": template(resource=ACCOUNT, policies=allowing("logs:*")),
    "managed policy": template(
        resource=MONITORED,
        policies="ManagedPolicyArns: "
        "['arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole']",
    ),
    "monitoring": template(resource=MONITORED, policies=allowing("logs:Create*", "logs:Put*")),
    "target": template(resource=RULE, policies=allowing("states:StartExecution")),
    "proxy": proxy("secretsmanager:GetSecretValue", "Auth: [{SecretArn: '*'}]"),
    "proxy that logs in by IAM": proxy("rds-db:connect", "DefaultAuthScheme: IAM_AUTH"),
}

BAD = {
    "policy for functions": (
        template(
            resource=ACCOUNT,
            policies="ManagedPolicyArns: "
            "['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']",
        ),
        "Resources/One/Properties/CloudWatchRoleArn",
        "Role does not allow logs:DescribeLogGroups and logs:DescribeLogStreams and logs:GetLogEvents "
        "and logs:FilterLogEvents, which the service needs. Allow it.",
    ),
    "no events": (
        template(resource=MONITORED, policies=allowing("logs:CreateLogGroup", "logs:PutRetentionPolicy")),
        "Resources/One/Properties/MonitoringRoleArn",
        "Role does not allow logs:CreateLogStream and logs:PutLogEvents, which the service needs. Allow it.",
    ),
    "no execution": (
        template(resource=RULE, policies=allowing("states:DescribeExecution")),
        "Resources/One/Properties/Targets/0/RoleArn",
        "Role does not allow states:StartExecution, which the service needs. Allow it.",
    ),
    "proxy": (
        proxy("secretsmanager:DescribeSecret", "Auth: [{SecretArn: '*'}]"),
        "Resources/Proxy/Properties/RoleArn",
        "Role does not allow secretsmanager:GetSecretValue, which the service needs. Allow it.",
    ),
}

"""Sources that policies name."""

from ..harness import frame

role = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: <service>.amazonaws.com}
            Action: sts:AssumeRole
            Condition: {<operator=ArnLike>: {aws:SourceArn: !Sub '<arn>'}}
""")

permission = frame("""
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: own, Principal: <service>.amazonaws.com, SourceArn: !Sub '<arn>'}
""")

HERE = "${AWS::Region}:${AWS::AccountId}"


PATH = "Resources/Permission/Properties/SourceArn"

GOOD = {
    "flow log": role("vpc-flow-logs", f"arn:aws:ec2:{HERE}:vpc-flow-log/*"),
    "instance": role("monitoring.rds", f"arn:aws:rds:{HERE}:db:*"),
    "API": permission("apigateway", f"arn:aws:execute-api:{HERE}:a/*"),
    "any": role("monitoring.rds", f"arn:aws:rds:{HERE}:*"),
    "a service that is not listed": role("ec2", f"arn:aws:iam:{HERE}:a"),
    "all but": role("vpc-flow-logs", f"arn:aws:ec2:{HERE}:vpc/*", "ArnNotLike"),
    "the account of API Gateway": role("apigateway", f"arn:aws:apigateway:{HERE}:/account"),
}

BAD = {
    "VPC": (
        role("vpc-flow-logs", f"arn:aws:ec2:{HERE}:vpc/*"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/ArnLike/aws:SourceArn",
        'aws:SourceArn is "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:vpc/*", and '
        "vpc-flow-logs acts for an ARN of ec2:vpc-flow-log: the condition is never met, and the "
        "service is refused.",
    ),
    "cluster": (
        role("monitoring.rds", f"arn:aws:rds:{HERE}:cluster:*"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/ArnLike/aws:SourceArn",
        'aws:SourceArn is "arn:aws:rds:${AWS::Region}:${AWS::AccountId}:cluster:*", and '
        "monitoring.rds acts for an ARN of rds:db: the condition is never met, and the service is refused.",
    ),
    "control plane": (
        permission("apigateway", f"arn:aws:apigateway:{HERE}:/restapis/a/*"),
        'SourceArn is "arn:aws:apigateway:${AWS::Region}:${AWS::AccountId}:/restapis/a/*", and '
        "apigateway acts for an ARN of execute-api: the condition is never met, and the service is refused.",
    ),
    "topic for S3": (
        permission("s3", f"arn:aws:sns:{HERE}:own"),
        'SourceArn is "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:own", and s3 acts for an ARN '
        "of s3: the condition is never met, and the service is refused.",
    ),
    "event bus": (
        permission("events", f"arn:aws:events:{HERE}:event-bus/default"),
        'SourceArn is "arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/default", and events acts '
        "for an ARN of events:rule: the condition is never met, and the service is refused.",
    ),
}

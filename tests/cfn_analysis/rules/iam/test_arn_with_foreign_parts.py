"""ARNs in policies."""

from ..harness import frame

policy = frame("""
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: '*', Resource: <resource>, Condition: <condition={}>}
""")

PATH = "Resources/One/Properties/PolicyDocument/Statement/Resource"

GOOD = {
    "beginnings": """
  Users: {Type: AWS::Cognito::UserPool}
  Table: {Type: AWS::DynamoDB::Table}
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: '*',
        Resource: ['arn:aws:rds-db:eu-west-1:123456789012:dbuser:a/b',
        'arn:aws:dynamodb:eu-west-1:123456789012:table/a',
        'arn:aws:lambda:eu-west-1:123456789012:function:a', 'arn:aws:iam::123456789012:role/a']}}}
""",
    "bucket": policy("['arn:aws:s3:::a', '*', !Sub 'arn:${AWS::Partition}:s3:::a/*']"),
    "role": policy("!Sub 'arn:aws:iam::${AWS::AccountId}:role/a'"),
    "function": policy("!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:a'"),
    "anything": policy("'arn:aws:s3:*:*:a'"),
    "access point": policy("!Sub 'arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/a'"),
    "another service": policy("'arn:aws:apigateway:eu-west-1::/restapis'"),
    "secret": policy(
        "[!Sub 'arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:own-??????', "
        "!Sub 'arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${AWS::StackName}']"
    ),
    "whole ARN of a secret": policy(
        "!Sub 'arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:own/database-a1B2c3'"
    ),
    "secret before and after it is created": policy(
        "['arn:aws:secretsmanager:eu-west-1:*:secret:own', "
        "'arn:aws:secretsmanager:eu-west-1:*:secret:own-??????']"
    ),
}

BAD = {
    "slash of a secret": (
        """
  Users: {Type: AWS::Cognito::UserPool}
  Table: {Type: AWS::DynamoDB::Table}
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: '*',
        Resource: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret/a-??????'}}}
""",
        "Resources/One/Properties/PolicyDocument/Statement/Resource",
        'Resource is "arn:aws:secretsmanager:eu-west-1:123456789012:secret/a-??????", but its last part '
        'begins with "secret:": it never matches.',
    ),
    "user of a database": (
        """
  Users: {Type: AWS::Cognito::UserPool}
  Table: {Type: AWS::DynamoDB::Table}
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: '*',
        Resource: 'arn:aws:rds-db:eu-west-1:123456789012:db-user:a/b'}}}
""",
        "Resources/One/Properties/PolicyDocument/Statement/Resource",
        'Resource is "arn:aws:rds-db:eu-west-1:123456789012:db-user:a/b", but its last part begins with '
        '"dbuser:": it never matches.',
    ),
    "bucket": (
        policy("!Sub 'arn:aws:s3:${AWS::Region}:${AWS::AccountId}:a'"),
        'Resource is "arn:aws:s3:${AWS::Region}:${AWS::AccountId}:a", but an ARN of s3 has no '
        "region: it never matches.",
    ),
    "role": (
        policy("!Sub 'arn:aws:iam:${AWS::Region}:${AWS::AccountId}:role/a'"),
        'Resource is "arn:aws:iam:${AWS::Region}:${AWS::AccountId}:role/a", but an ARN of iam '
        "has no region: it never matches.",
    ),
    "function": (
        policy("'arn:aws:lambda:::function:a'"),
        'Resource is "arn:aws:lambda:::function:a", but an ARN of lambda has a region: it never matches.',
    ),
    "condition": (
        policy(
            "'*'", "{ArnLike: {aws:SourceArn: !Sub 'arn:aws:cloudfront:::distribution/${AWS::StackName}'}}"
        ),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/ArnLike/aws:SourceArn",
        'aws:SourceArn is "arn:aws:cloudfront:::distribution/${AWS::StackName}", but an ARN of '
        "cloudfront has an account: it never matches.",
    ),
    "name of a secret": (
        policy("!Sub 'arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:own/database'"),
        "Resource is "
        '"arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:own/database", but an '
        "ARN of a secret ends with six random characters, NAME-??????: it never matches.",
    ),
}

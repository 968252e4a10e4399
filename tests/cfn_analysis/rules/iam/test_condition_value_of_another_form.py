"""Values of conditions."""

from ..harness import frame

role = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: <effect=Allow>, Condition: {<condition>}}]}
""")

GOOD = {
    "account": role("StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}"),
    "number": role("StringEquals: {aws:SourceAccount: 123456789012}"),
    "ARN": role("ArnLike: {aws:SourceArn: !Sub 'arn:aws:s3:::${AWS::StackName}-*'}"),
    "VPC": role("StringNotEquals: {aws:SourceVpc: vpc-0123}", "Deny"),
    "whether there is one": role("'Null': {aws:SourceVpc: 'false'}"),
    "meant for no one": role("StringEquals: {aws:SourceArn: none}"),
    "boolean": role("Bool: {aws:SecureTransport: false}", "Deny"),
    "office and VPC": role("IpAddress: {aws:SourceIp: [10.0.0.0/8, 203.0.113.0/24]}"),
    "service with its region": role(
        "StringEquals: {kms:ViaService: !Sub 'sqs.${AWS::Region}.amazonaws.com'}"
    ),
}

BAD = {
    "account as an organization": (
        """
  Users: {Type: AWS::Cognito::UserPool}
  Table: {Type: AWS::DynamoDB::Table}
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow,
        Condition: {StringEquals: {'aws:ResourceOrgID': !Ref AWS::AccountId}}}}}
""",
        "Resources/One/Properties/PolicyDocument/Statement/Condition/StringEquals/aws:ResourceOrgID",
        'aws:ResourceOrgID is compared with "${AWS::AccountId}", and is always an ID of an organization, '
        "o-....",
    ),
    "user pool": (
        """
  Users: {Type: AWS::Cognito::UserPool}
  Table: {Type: AWS::DynamoDB::Table}
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow,
        Condition: {StringEquals: {'cognito-identity.amazonaws.com:aud': !Ref Users}}}}}
""",
        "Resources/One/Properties/PolicyDocument/Statement/Condition/StringEquals/cognito-identity.amazonaws.com:aud",
        'cognito-identity.amazonaws.com:aud is compared with {"Ref": "Users"}, and is always an ID of an '
        "identity pool.",
    ),
    "ARN of an account": (
        role("StringEquals: {aws:SourceAccount: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/StringEquals/aws:SourceAccount",
        'aws:SourceAccount is compared with "arn:aws:iam::${AWS::AccountId}:root", and is '
        "always an account ID of 12 digits.",
    ),
    "account instead of an ARN": (
        role("ArnLike: {aws:SourceArn: '123456789012'}"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/ArnLike/aws:SourceArn",
        'aws:SourceArn is compared with "123456789012", and is always an ARN.',
    ),
    "endpoint instead of a VPC": (
        role("StringNotEquals: {aws:SourceVpc: vpce-0123}", "Deny"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/StringNotEquals/aws:SourceVpc",
        'aws:SourceVpc is compared with "vpce-0123", and is always an ID of a VPC, vpc-....',
    ),
    "yes": (
        role("Bool: {aws:SecureTransport: 'yes'}"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/Bool/aws:SecureTransport",
        'aws:SecureTransport is compared with "yes", and is always true or false.',
    ),
    "private addresses": (
        role("IpAddress: {aws:SourceIp: [10.2.0.0/16, 192.168.0.1]}"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/IpAddress/aws:SourceIp",
        "aws:SourceIp is compared with private addresses only, and is always a public one. Compare "
        "aws:VpcSourceIp, beside aws:SourceVpc, for requests through a VPC endpoint.",
    ),
    "service without its region": (
        role("StringEquals: {kms:ViaService: sqs.amazonaws.com}"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Condition/StringEquals/kms:ViaService",
        'kms:ViaService is compared with "sqs.amazonaws.com", and is always a service with its region, '
        "SERVICE.REGION.amazonaws.com.",
    ),
}

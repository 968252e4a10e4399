"""Values of conditions."""


def role(condition: str, effect: str = "Allow") -> str:
    """Return a template with a role and a condition."""
    return f"""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {{Statement: [{{Effect: {effect}, Condition: {{{condition}}}}}]}}
"""


GOOD = {
    "account": role("StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}"),
    "number": role("StringEquals: {aws:SourceAccount: 123456789012}"),
    "ARN": role("ArnLike: {aws:SourceArn: !Sub 'arn:aws:s3:::${AWS::StackName}-*'}"),
    "VPC": role("StringNotEquals: {aws:SourceVpc: vpc-0123}", "Deny"),
    "whether there is one": role("'Null': {aws:SourceVpc: 'false'}"),
    "meant for no one": role("StringEquals: {aws:SourceArn: none}"),
    "boolean": role("Bool: {aws:SecureTransport: false}", "Deny"),
}

BAD = {
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
}

"""Roles and who may assume them."""

from ..harness import frame

role = frame(
    "  One:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n"
    "        Statement: {Effect: Allow, Action: sts:AssumeRole, <statement>}\n"
)

GOOD = {
    "service": role("Principal: {Service: lambda.amazonaws.com}"),
    "account": role("Principal: {AWS: !Ref AWS::AccountId}"),
    "organization": role("Principal: {AWS: '*'}, Condition: {StringEquals: {aws:PrincipalOrgID: o-1}}"),
}

BAD = {
    "anyone": (
        role("Principal: {AWS: '*'}"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal",
        "Principal is '*' and there is no Condition: every AWS account can assume the role. Specify "
        "an account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
    ),
    "star": (
        role("Principal: '*'"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal",
        "Principal is '*' and there is no Condition: every AWS account can assume the role. Specify "
        "an account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
    ),
    "in a list": (
        role("Principal: {AWS: [!Ref AWS::AccountId, '*']}"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal",
        "Principal is '*' and there is no Condition: every AWS account can assume the role. Specify "
        "an account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
    ),
}

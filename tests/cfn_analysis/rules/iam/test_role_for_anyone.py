"""Roles and who may assume them."""

from ..harness import frame, row

role = frame(
    "  One:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n"
    "        Statement: {Effect: Allow, Action: sts:AssumeRole, <statement>}\n"
)

case = row(
    "<text>",
    "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal",
    "Principal is '*' and there is no Condition: every AWS account can assume the role. Specify an "
    "account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
)

GOOD = {
    "service": role("Principal: {Service: lambda.amazonaws.com}"),
    "account": role("Principal: {AWS: !Ref AWS::AccountId}"),
    "organization": role("Principal: {AWS: '*'}, Condition: {StringEquals: {aws:PrincipalOrgID: o-1}}"),
}

BAD = {
    "anyone": case(role("Principal: {AWS: '*'}")),
    "star": case(role("Principal: '*'")),
    "in a list": case(role("Principal: {AWS: [!Ref AWS::AccountId, '*']}")),
}

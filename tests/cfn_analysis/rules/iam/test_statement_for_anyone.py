"""Roles and policies that are open to anyone."""

from ..harness import frame, row

role_role = frame(
    "  One:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n"
    "        Statement: {Effect: Allow, Action: sts:AssumeRole, <statement>}\n"
)

case_role = row(
    "<text>",
    "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal",
    "Principal is '*' and there is no Condition: every AWS account can assume the role. Specify an "
    "account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
)

GOOD_ROLE = {
    "service": role_role("Principal: {Service: lambda.amazonaws.com}"),
    "account": role_role("Principal: {AWS: !Ref AWS::AccountId}"),
    "organization": role_role("Principal: {AWS: '*'}, Condition: {StringEquals: {aws:PrincipalOrgID: o-1}}"),
}

BAD_ROLE = {
    "anyone": case_role(role_role("Principal: {AWS: '*'}")),
    "star": case_role(role_role("Principal: '*'")),
    "in a list": case_role(role_role("Principal: {AWS: [!Ref AWS::AccountId, '*']}")),
}

PROVIDER_GITHUB = "!Sub 'arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com'"
SUB_GITHUB = "token.actions.githubusercontent.com:sub"

role_github = frame(f"""
  One:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: sts:AssumeRoleWithWebIdentity
            Principal: {{Federated: <provider={PROVIDER_GITHUB}>}}
            Condition: <condition>
""")

GOOD_GITHUB = {
    "repository": role_github(f"{{StringLike: {{'{SUB_GITHUB}': 'repo:owner/name:*'}}}}"),
    "parameter": role_github(f"{{StringLike: {{'{SUB_GITHUB}': !ImportValue subject}}}}"),
    "another provider": role_github("{StringEquals: {'accounts.google.com:aud': x}}", "accounts.google.com"),
}

BAD_GITHUB = {
    "audience only": (
        role_github("{StringEquals: {'token.actions.githubusercontent.com:aud': sts.amazonaws.com}}"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/0",
        "Condition does not restrict token.actions.githubusercontent.com:sub: the workflows of every "
        "repository on GitHub can assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
    ),
    "any subject": (
        role_github(f"{{StringLike: {{'{SUB_GITHUB}': '*'}}}}"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/0",
        "Condition does not restrict token.actions.githubusercontent.com:sub: the workflows of every "
        "repository on GitHub can assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
    ),
}

policy_others = frame(
    "  One:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: b\n"
    "      PolicyDocument: {Statement: [{Action: s3:GetObject, Resource: '*', <statement>}]}\n"
)

GOOD_OTHERS = {
    "principal": policy_others("Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}"),
    "denied": policy_others("Effect: Deny, NotPrincipal: {AWS: !Ref AWS::AccountId}"),
}

BAD_OTHERS = {
    "allowed": (
        policy_others("Effect: Allow, NotPrincipal: {AWS: !Ref AWS::AccountId}"),
        "Resources/One/Properties/PolicyDocument/Statement/0/NotPrincipal",
        "NotPrincipal with Effect: Allow allows everyone except those in it, also anonymous "
        "callers. Write Principal, or Effect: Deny.",
    ),
}

GOOD = {**GOOD_ROLE, **GOOD_GITHUB, **GOOD_OTHERS}
BAD = {**BAD_ROLE, **BAD_GITHUB, **BAD_OTHERS}

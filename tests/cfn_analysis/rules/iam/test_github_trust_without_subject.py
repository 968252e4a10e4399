"""Roles for GitHub Actions."""

from ..harness import frame

PROVIDER = "!Sub 'arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com'"
SUB = "token.actions.githubusercontent.com:sub"

role = frame(f"""
  One:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: sts:AssumeRoleWithWebIdentity
            Principal: {{Federated: <provider={PROVIDER}>}}
            Condition: <condition>
""")

GOOD = {
    "repository": role(f"{{StringLike: {{'{SUB}': 'repo:owner/name:*'}}}}"),
    "parameter": role(f"{{StringLike: {{'{SUB}': !ImportValue subject}}}}"),
    "another provider": role("{StringEquals: {'accounts.google.com:aud': x}}", "accounts.google.com"),
}

BAD = {
    "audience only": (
        role("{StringEquals: {'token.actions.githubusercontent.com:aud': sts.amazonaws.com}}"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/0",
        "Condition does not restrict token.actions.githubusercontent.com:sub: the workflows of every "
        "repository on GitHub can assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
    ),
    "any subject": (
        role(f"{{StringLike: {{'{SUB}': '*'}}}}"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/0",
        "Condition does not restrict token.actions.githubusercontent.com:sub: the workflows of every "
        "repository on GitHub can assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
    ),
}

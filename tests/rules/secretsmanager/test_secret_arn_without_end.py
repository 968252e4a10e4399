"""ARNs of secrets in policies."""


def role(statement: str) -> str:
    """Return a role with a statement."""
    return f"""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{{PolicyDocument: {{Statement: [{{Effect: Allow, {statement}}}]}}}}]
"""


ARN = "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret"


GOOD = {
    "random end": role(f"Action: secretsmanager:GetSecretValue, Resource: !Sub '{ARN}:own/database-??????'"),
    "any end": role(f"Action: secretsmanager:GetSecretValue, Resource: !Sub '{ARN}:own/*'"),
    "whole ARN": role(f"Action: secretsmanager:GetSecretValue, Resource: !Sub '{ARN}:own-a1B2c3'"),
    "parameter": role(f"Action: secretsmanager:GetSecretValue, Resource: !Sub '{ARN}:${{AWS::StackName}}'"),
}

BAD = {
    "name": (
        role(f"Action: secretsmanager:GetSecretValue, Resource: !Sub '{ARN}:own/database'"),
        "Resources/Role/Properties/Policies/0/PolicyDocument/Statement/0/Resource",
        "Resource is arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:own/database, "
        "and the ARN of a secret ends with a hyphen and six random characters: it matches none. "
        "Write "
        "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:own/database-??????.",
    ),
}

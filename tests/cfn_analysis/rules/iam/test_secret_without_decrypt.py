"""Good and broken roles that read secrets."""

from ..harness import row

HEAD = """
Parameters:
  Any: {Type: String}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
          - {Effect: Allow, Principal: {Service: logs.amazonaws.com}, Action: "kms:Decrypt", Resource: "*"}
  OpenKey:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: ["kms:Decrypt"], Resource: "*"}]
  OtherKey: {Type: AWS::KMS::Key}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: !GetAtt Key.Arn}}
  ByKeyId: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: !Ref Key}}
  Open: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: !GetAtt OpenKey.Arn}}
  Default: {Type: AWS::SecretsManager::Secret}
"""

READ = "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref Secret}"
DECRYPT = "{Effect: Allow, Action: 'kms:Decrypt', Resource: !GetAtt Key.Arn}"


def role(*statements: str, more: str = "") -> str:
    """Return a template with a role that has these statements."""
    return (
        f"{HEAD}  Role: {{Type: AWS::IAM::Role, Properties: {{Policies: [{{PolicyName: a, PolicyDocument: "
        f"{{Statement: [{', '.join(statements)}]}}}}]{more}}}}}\n"
    )


PATH = "Resources/Role/Properties"

case = row(
    "<text>",
    "Resources/Role/Properties",
    "The role can read <found>, but not use its key Key: every GetSecretValue fails. Allow kms:Decrypt "
    "on Key.",
)

GOOD = {
    "key of the secret": role(READ, DECRYPT),
    "wildcards": role(READ, "{Effect: Allow, Action: 'kms:*', Resource: '*'}"),
    "AWS's key": role(READ.replace("Secret}", "Default}")),
    "key whose policy lets anyone decrypt": role(READ.replace("Secret}", "Open}")),
    "secret of another template": role(READ.replace("!Ref Secret", "!ImportValue secret")),
    "secret of a parameter": role(READ.replace("!Ref Secret", "!Ref Any")),
    "does not read the value": role(READ.replace("GetSecretValue", "DescribeSecret")),
    "managed policy that is not known": role(
        READ, more=", ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']"
    ),
    "both branches": role(
        f"!If [Prod, {READ}, !Ref AWS::NoValue]", f"!If [Prod, {DECRYPT}, !Ref AWS::NoValue]"
    ),
}

BAD = {
    "no decrypt": case(role(READ), "Secret"),
    "Sub": case(role(READ.replace("!Ref Secret", "[!Sub '${Secret}']")), "Secret"),
    "key by its ID": case(role(READ.replace("Secret}", "ByKeyId}")), "ByKeyId"),
    "another key": case(role(READ, DECRYPT.replace("Key.Arn", "OtherKey.Arn")), "Secret"),
    "another action": case(role(READ, DECRYPT.replace("Decrypt", "Encrypt")), "Secret"),
    "decrypt in one branch": case(
        role(READ, f"!If [Prod, {DECRYPT}, !Ref AWS::NoValue]"), "Secret when Prod is false"
    ),
    "read in one branch": case(role(f"!If [Prod, {READ}, !Ref AWS::NoValue]"), "Secret when Prod is true"),
}

"""Policies of keys."""

from ..harness import frame

key = frame("""
  Key:
    Type: AWS::KMS::Key
    Properties: {KeyPolicy: {Statement: [{Effect: Allow, Resource: '*', <statement>}]}}
""")

ROOT = "Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}"

GOOD = {
    "root": key(f"{ROOT}, Action: kms:*"),
    "some actions": key(f"{ROOT}, Action: ['kms:Put*', 'kms:Describe*']"),
    "statements of a macro": """
  Key:
    Type: AWS::KMS::Key
    Properties: {KeyPolicy: {Statement: {Fn::Transform: {Name: Merge, Parameters: {Files: admin.json}}}}}
""",
    "function": key("Principal: {AWS: !ImportValue admin}, Action: kms:*"),
}

BAD = {
    "service only": (
        key("Principal: {Service: logs.amazonaws.com}, Action: kms:*"),
        "Resources/Key/Properties/KeyPolicy",
        "KeyPolicy allows no one kms:PutKeyPolicy: KMS refuses the key. Allow the account's root kms:*.",
    ),
    "use only": (
        key(f"{ROOT}, Action: [kms:Encrypt, kms:Decrypt]"),
        "Resources/Key/Properties/KeyPolicy",
        "KeyPolicy allows no one kms:PutKeyPolicy: KMS refuses the key. Allow the account's root kms:*.",
    ),
}

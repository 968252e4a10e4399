"""E9054 on good and broken roles that read secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import SecretWithoutDecrypt

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
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


def message(secret: str = "Secret", when: str = "") -> str:
    """Return what is said about a secret."""
    return (
        f"The role may read {secret}{when}, but not use its key Key: every GetSecretValue fails. Allow "
        "kms:Decrypt on Key."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(role(READ, DECRYPT), id="key of the secret"),
        pytest.param(role(READ, "{Effect: Allow, Action: 'kms:*', Resource: '*'}"), id="wildcards"),
        pytest.param(role(READ, DECRYPT.replace("!GetAtt Key.Arn", "!Sub '${Key.Arn}'")), id="Sub"),
        pytest.param(role(READ.replace("Secret}", "Default}")), id="AWS's key"),
        pytest.param(role(READ.replace("Secret}", "Open}")), id="key whose policy lets everybody decrypt"),
        pytest.param(
            role(READ.replace("!Ref Secret", "!ImportValue secret")), id="secret of another template"
        ),
        pytest.param(role(READ.replace("!Ref Secret", "!Ref Any")), id="secret of a parameter"),
        pytest.param(role(READ.replace("GetSecretValue", "DescribeSecret")), id="does not read the value"),
        pytest.param(
            role(READ, more=", ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']"),
            id="managed policy that is not known",
        ),
        pytest.param(
            role(f"!If [Prod, {READ}, !Ref AWS::NoValue]", f"!If [Prod, {DECRYPT}, !Ref AWS::NoValue]"),
            id="both branches",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A role that may decrypt what it reads, or may for all we know, passes."""
    assert judge(SecretWithoutDecrypt, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(role(READ), message(), id="no decrypt"),
        pytest.param(role(READ.replace("!Ref Secret", "[!Sub '${Secret}']")), message(), id="Sub"),
        pytest.param(role(READ.replace("Secret}", "ByKeyId}")), message("ByKeyId"), id="key by its ID"),
        pytest.param(role(READ, DECRYPT.replace("Key.Arn", "OtherKey.Arn")), message(), id="another key"),
        pytest.param(role(READ, DECRYPT.replace("Decrypt", "Encrypt")), message(), id="another action"),
        pytest.param(
            role(READ, f"!If [Prod, {DECRYPT}, !Ref AWS::NoValue]"),
            message(when=" when Prod is false"),
            id="decrypt in one branch",
        ),
        pytest.param(
            role(f"!If [Prod, {READ}, !Ref AWS::NoValue]"),
            message(when=" when Prod is true"),
            id="read in one branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, expected: str) -> None:
    """A role that reads what it may not decrypt is found."""
    assert judge(SecretWithoutDecrypt, text) == [("Resources/Role/Properties", expected)]

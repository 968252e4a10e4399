"""E9052 on good and broken log groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import LogGroupKeyWithoutArn

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
  Key: {Type: AWS::KMS::Key}
  Replica: {Type: AWS::KMS::ReplicaKey}
  Alias: {Type: AWS::KMS::Alias}
"""

ID = "that is the ID of a key, and only its ARN will do. Write GetAtt {}.Arn."
ALIAS = "that is an alias' name, and only a key's ARN will do. Write GetAtt of its Arn."


def log_group(key: str) -> str:
    """Return a template with one log group under this key."""
    return f"{HEAD}  Logs: {{Type: AWS::Logs::LogGroup, Properties: {{KmsKeyId: {key}}}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(log_group("!GetAtt Key.Arn"), id="GetAtt"),
        pytest.param(log_group("!Sub '${Key.Arn}'"), id="Sub"),
        pytest.param(log_group("!Sub 'arn:aws:kms:${AWS::Region}:1:key/${Key}'"), id="ARN around the ID"),
        pytest.param(log_group("!ImportValue key"), id="import"),
        pytest.param(log_group("!Ref Any"), id="parameter"),
        pytest.param(log_group("!If [Prod, !GetAtt Key.Arn, !Ref AWS::NoValue]"), id="both branches"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """An ARN passes, and what may be one."""
    assert judge(LogGroupKeyWithoutArn, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(log_group("!Ref Key"), f'KmsKeyId is {{"Ref": "Key"}}: {ID.format("Key")}', id="Ref"),
        pytest.param(
            log_group("!Ref Replica"),
            f'KmsKeyId is {{"Ref": "Replica"}}: {ID.format("Replica")}',
            id="replica",
        ),
        pytest.param(
            log_group("!GetAtt Key.KeyId"),
            f'KmsKeyId is {{"Fn::GetAtt": ["Key", "KeyId"]}}: {ID.format("Key")}',
            id="GetAtt KeyId",
        ),
        pytest.param(
            log_group("!Sub '${Key}'"), f'KmsKeyId is {{"Fn::Sub": "${{Key}}"}}: {ID.format("Key")}', id="Sub"
        ),
        pytest.param(log_group("!Ref Alias"), f'KmsKeyId is {{"Ref": "Alias"}}: {ALIAS}', id="alias"),
        pytest.param(
            log_group("!If [Prod, !Ref Key, !GetAtt Key.Arn]"),
            f'KmsKeyId is {{"Ref": "Key"}} when Prod is true: {ID.format("Key")}',
            id="one branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, message: str) -> None:
    """A reference that is no ARN is found."""
    assert judge(LogGroupKeyWithoutArn, text) == [("Resources/Logs/Properties/KmsKeyId", message)]

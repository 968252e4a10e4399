"""W9090 on the logging role of an account, kept or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AccountRoleDeleted

if TYPE_CHECKING:
    from tests.rules.conftest import Judge


def account(attributes: str, reference: str = "!GetAtt Role.Arn") -> str:
    """Return a template with an account setting and a role with these attributes."""
    return (
        "Transform: AWS::LanguageExtensions\n"
        "Parameters:\n"
        "  Policy: {Type: String, Default: Delete}\n"
        "  Kept: {Type: String, Default: Retain}\n"
        "Resources:\n"
        f"  Account: {{Type: AWS::ApiGateway::Account, Properties: {{CloudWatchRoleArn: {reference}}}}}\n"
        f"  Role: {{Type: AWS::IAM::Role, {attributes} Properties: {{AssumeRolePolicyDocument: {{}}}}}}\n"
    )


def message(found: str) -> str:
    """Return what the rule says about a role with this DeletionPolicy."""
    return (
        f"DeletionPolicy is {found} on the role that Account gives to all APIs of the account: when the "
        "stack goes, none of them can log. Set DeletionPolicy: RetainExceptOnCreate, and "
        "UpdateReplacePolicy: Retain."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(account("DeletionPolicy: Retain,"), id="Retain"),
        pytest.param(account("DeletionPolicy: RetainExceptOnCreate,"), id="RetainExceptOnCreate"),
        pytest.param(account("DeletionPolicy: !Ref Kept,"), id="parameter default"),
        pytest.param(account("", "!ImportValue role"), id="role of another stack"),
        pytest.param(account("", "arn:aws:iam::123456789012:role/x"), id="literal role"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A role that stays, or belongs to somebody else, passes."""
    assert judge(AccountRoleDeleted, text) == []


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        pytest.param(account(""), "", "missing", id="no policy"),
        pytest.param(account("DeletionPolicy: Delete,"), "/DeletionPolicy", '"Delete"', id="literal"),
        pytest.param(
            account("DeletionPolicy: !Ref Policy,"),
            "/DeletionPolicy",
            '{"Ref": "Policy"}',
            id="parameter default",
        ),
        pytest.param(account("", "!Sub '${Role.Arn}'"), "", "missing", id="role by Sub"),
    ],
)
def test_warns(judge: Judge, text: str, path: str, found: str) -> None:
    """A role that is deleted with its stack is found."""
    assert judge(AccountRoleDeleted, text) == [(f"Resources/Role{path}", message(found))]

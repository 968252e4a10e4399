"""Policy documents and the statements that several of them share."""

from __future__ import annotations

from awacs.aws import Action, Bool, Condition, Deny, PolicyDocument, Principal, Statement
from troposphere import Sub

from csr_templates.stacks.parts.names import Value


def document(*statements: Statement) -> PolicyDocument:
    """Return a policy document of the current policy language version."""
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))


def account_root() -> Principal:
    """Return the account itself as a principal: whoever an IAM policy of this account admits."""
    return Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))


def deny_without_tls(service: str, resources: list[Value], *actions: str) -> Statement:
    """Return a statement that refuses every request to ``service`` (such as ``s3``) that is not encrypted.

    ``actions`` are for services that refuse ``*`` in the policy of a resource.
    """
    return Statement(
        Sid="DenyWithoutTLS",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[Action(service, action) for action in actions or ["*"]],
        Resource=resources,
        Condition=Condition(Bool("aws:SecureTransport", "false")),
    )

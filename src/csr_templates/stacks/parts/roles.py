"""Roles that an AWS service assumes."""

from __future__ import annotations

from awacs.aws import Allow, ArnLike, Condition, ConditionElement, Principal, Statement, StringEquals
from awacs.sts import AssumeRole
from troposphere import Ref
from troposphere.iam import Policy, Role

from csr_templates.stacks.parts.names import Value
from csr_templates.stacks.parts.policies import document
from csr_templates.stacks.parts.tags import tags


def service_role(
    title: str, what: str, Description: str, service: str, policy: Policy, SourceArn: Value | None = None
) -> Role:
    """Return a role that one AWS service may assume, for resources of this account alone.

    Without the source conditions the service could be led by another account to act with this role (the
    confused deputy problem, https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).

    Args:
        title: logical ID; the role has no other name, so that it can be replaced.
        what: last part of the ``Name`` tag.
        Description: what the role is for.
        service: principal, such as ``vpc-flow-logs.amazonaws.com``.
        policy: the inline policy. Inline, so that the role never exists without its rights.
        SourceArn: pattern of the ARNs for which the service may assume the role; without it, any resource of
            the account.
    """
    source: list[ConditionElement] = [StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))]
    if SourceArn is not None:
        source.append(ArnLike("aws:SourceArn", SourceArn))
    return Role(
        title,
        Description=Description,
        AssumeRolePolicyDocument=document(
            Statement(
                Effect=Allow,
                Principal=Principal("Service", service),
                Action=[AssumeRole],
                Condition=Condition(source),
            )
        ),
        Policies=[policy],
        Tags=tags(what),
    )

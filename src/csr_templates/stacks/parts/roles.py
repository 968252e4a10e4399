"""Roles for AWS services."""

import awacs.sts
from awacs import aws
from troposphere import Ref, iam

from csr_templates.stacks.parts import names, policies


def service_role(
    title: str,
    what: str,
    Description: str,
    service: str,
    policy: iam.Policy,
    PermissionsBoundary: names.Value,
    SourceArn: names.Value | None = None,
) -> iam.Role:
    """Return a role that one AWS service can assume, only for resources of this account.

    Without the source conditions, another account could make the service act with this role (the
    confused deputy problem, https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).

    Args:
        title: logical ID; the role has no other name, so that it can be replaced.
        what: last part of the ``Name`` tag.
        Description: the purpose of the role.
        service: principal, such as ``vpc-flow-logs.amazonaws.com``.
        policy: the inline policy; inline, so that the role always has its permissions.
        PermissionsBoundary: ARN of the managed policy that limits the role, or ``NoValue``.
        SourceArn: pattern of the ARNs for which the service may assume the role; without it, any resource of
            the account.
    """
    source: list[aws.ConditionElement] = [aws.StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))]
    if SourceArn is not None:
        source.append(aws.ArnLike("aws:SourceArn", SourceArn))
    return iam.Role(
        title,
        Description=Description,
        AssumeRolePolicyDocument=policies.document(
            aws.Statement(
                Effect=aws.Allow,
                Principal=aws.Principal("Service", service),
                Action=[awacs.sts.AssumeRole],
                Condition=aws.Condition(source),
            )
        ),
        Policies=[policy],
        PermissionsBoundary=PermissionsBoundary,
        Tags=names.tags(what),
    )

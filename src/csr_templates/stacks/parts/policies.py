"""Policy documents and their common statements."""

from awacs import aws
from troposphere import Ref, Sub

from csr_templates.stacks.parts import names


def document(*statements: aws.Statement) -> aws.PolicyDocument:
    """Return a policy document of the current policy language version."""
    return aws.PolicyDocument(Version="2012-10-17", Statement=list(statements))


def account_root() -> aws.Principal:
    """Return the account as a principal, for callers that IAM policies of the account allow."""
    return aws.Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))


def deny_without_tls(service: str, resources: list[names.Value], *actions: str) -> aws.Statement:
    """Return a statement that denies unencrypted requests to ``service`` (such as ``s3``).

    ``actions`` are for services that do not accept ``*`` in a resource policy.
    """
    return aws.Statement(
        Sid="DenyWithoutTLS",
        Effect=aws.Deny,
        Principal=aws.Principal("*"),
        Action=[aws.Action(service, action) for action in actions or ["*"]],
        Resource=resources,
        Condition=aws.Condition(aws.Bool("aws:SecureTransport", "false")),
    )


def allow_alarms(*actions: aws.Action) -> aws.Statement:
    """Return a statement that allows these actions to this environment's alarms in this region."""
    alarms = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:" + f"{names.PREFIX}-*"
    return aws.Statement(
        Sid="CloudWatchAlarms",
        Effect=aws.Allow,
        Principal=aws.Principal("Service", "cloudwatch.amazonaws.com"),
        Action=list(actions),
        Resource=["*"],
        Condition=aws.Condition(
            [
                aws.StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
                aws.ArnLike("aws:SourceArn", Sub(alarms)),
            ]
        ),
    )


def allow_database_events(*actions: aws.Action, sources: list[names.Value] | None = None) -> aws.Statement:
    """Return a statement that allows these actions to RDS when it sends events of this account.

    Args:
        actions: the allowed actions.
        sources: patterns of the ARNs of the event sources; None if they are not known.
    """
    conditions: list[aws.ConditionElement] = [aws.StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))]
    if sources is not None:
        conditions.append(aws.ArnLike("aws:SourceArn", sources))
    return aws.Statement(
        Sid="DatabaseEvents",
        Effect=aws.Allow,
        Principal=aws.Principal("Service", "events.rds.amazonaws.com"),
        Action=list(actions),
        Resource=["*"],
        Condition=aws.Condition(conditions),
    )

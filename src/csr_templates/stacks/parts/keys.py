"""KMS keys, and the statements that let an AWS service use one.

Key policies name the account root and service principals, never a role or an alarm of the stack: that role's
policy names the key, and CloudFormation refuses the circle. The root statement hands the decision on to IAM
policies, so RDS, Lambda and Secrets Manager use a key with the rights of whoever calls them.
"""

from __future__ import annotations

from awacs.aws import Action, Allow, ArnLike, Condition, Principal, Statement, StringEquals
from awacs.kms import Decrypt
from troposphere import Ref, Retain, RetainExceptOnCreate, Sub
from troposphere.kms import Key

from csr_templates.stacks.parts.names import PREFIX, Value
from csr_templates.stacks.parts.policies import account_root, document
from csr_templates.stacks.parts.tags import tags


def key(title: str, what: str, Description: str, *statements: Statement) -> Key:
    """Return a rotated symmetric key that the account may use, and the services of ``statements``."""
    root = Statement(
        Sid="Account",
        Effect=Allow,
        Principal=account_root(),
        Action=[Action("kms", "*")],
        Resource=["*"],
    )
    return Key(
        title,
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        Description=Description,
        EnableKeyRotation=True,
        PendingWindowInDays=30,  # the longest time to notice that a deleted key is still needed
        KeyPolicy=document(root, *statements),
        Tags=tags(what),
    )


def for_log_groups(names: list[str]) -> Statement:
    """Return the statement that lets CloudWatch Logs encrypt the log groups of these names.

    A name may hold wildcards. The key must be in the region of the log groups.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    log_group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
    patterns: list[Value] = [Sub(log_group + name) for name in names]
    return Statement(
        Sid="CloudWatchLogs",
        Effect=Allow,
        Principal=Principal("Service", Sub("logs.${AWS::Region}.amazonaws.com")),
        Action=[
            Action("kms", "Encrypt*"),
            Action("kms", "Decrypt*"),
            Action("kms", "ReEncrypt*"),
            Action("kms", "GenerateDataKey*"),
            Action("kms", "Describe*"),
        ],
        Resource=["*"],
        Condition=Condition(ArnLike("kms:EncryptionContext:aws:logs:arn", patterns)),
    )


def for_alarms() -> Statement:
    """Return the statement that lets this environment's alarms publish to topics encrypted with the key.

    CloudWatch cannot use the key ``alias/aws/sns``, whose policy nobody can edit: an alarm on such a topic
    stays silent, and only its history tells.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    return Statement(
        Sid="CloudWatchAlarms",
        Effect=Allow,
        Principal=Principal("Service", "cloudwatch.amazonaws.com"),
        Action=[Decrypt, Action("kms", "GenerateDataKey*")],
        Resource=["*"],
        Condition=Condition(
            [
                StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
                ArnLike("aws:SourceArn", alarm_arns()),
            ]
        ),
    )


def alarm_arns() -> Sub:
    """Return the pattern that the ARNs of this environment's alarms in this region match."""
    return Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:" + f"{PREFIX}-*")

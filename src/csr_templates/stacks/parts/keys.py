"""KMS keys, and the statements that allow AWS services to use them.

Key policies contain the account root and service principals, never a role or an alarm of the stack: the
policy of the role refers to the key, and CloudFormation does not allow the circular dependency. The root
statement delegates to IAM policies, so RDS, Lambda and Secrets Manager use a key with the permissions of
their callers.
"""

import awacs.kms
from awacs import aws
from troposphere import Retain, RetainExceptOnCreate, Sub, kms

from csr_templates.stacks.parts import names, policies


def key(title: str, what: str, Description: str, *statements: aws.Statement) -> kms.Key:
    """Return a rotated symmetric key that the account may use, and the services of ``statements``.

    KMS creates a key only if its caller may change the key policy afterwards. The service role may do that
    only after KMS considers the tags of the key, so the check is bypassed. CloudFormation bypasses it also
    in later changes of the key policy, so a build requires the root statement.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key
    https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
    """
    root = aws.Statement(
        Sid="Account",
        Effect=aws.Allow,
        Principal=policies.account_root(),
        Action=[awacs.kms.Action("*")],
        Resource=["*"],
    )
    return kms.Key(
        title,
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        BypassPolicyLockoutSafetyCheck=True,
        Description=Description,
        EnableKeyRotation=True,
        PendingWindowInDays=30,  # the maximum time to find that a deleted key is still needed
        KeyPolicy=policies.document(root, *statements),
        Tags=names.tags(what),
    )


def for_log_groups(*log_groups: str) -> aws.Statement:
    """Return the statement that allows CloudWatch Logs to encrypt log groups with these names.

    A name can contain wildcards. The key must be in the region of the log groups.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
    return aws.Statement(
        Sid="CloudWatchLogs",
        Effect=aws.Allow,
        Principal=aws.Principal("Service", Sub("logs.${AWS::Region}.amazonaws.com")),
        Action=[
            awacs.kms.Action("Encrypt*"),
            awacs.kms.Action("Decrypt*"),
            awacs.kms.Action("ReEncrypt*"),
            awacs.kms.Action("GenerateDataKey*"),
            awacs.kms.Action("Describe*"),
        ],
        Resource=["*"],
        Condition=aws.Condition(
            aws.ArnLike("kms:EncryptionContext:aws:logs:arn", [Sub(arn + name) for name in log_groups])
        ),
    )


def for_alarms() -> aws.Statement:
    """Return the statement that allows alarms of this environment to publish to topics with the key.

    CloudWatch cannot use the key ``alias/aws/sns``, whose policy cannot be edited: messages of an alarm to
    such a topic are lost, and only the alarm history shows why.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    return policies.allow_alarms(awacs.kms.Decrypt, awacs.kms.Action("GenerateDataKey*"))


def for_database_events() -> aws.Statement:
    """Return the statement that allows RDS to send events to topics encrypted with the key.

    AWS documents conditions on the database only for topics, not for keys.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    return policies.allow_database_events(awacs.kms.Decrypt, awacs.kms.Action("GenerateDataKey*"))

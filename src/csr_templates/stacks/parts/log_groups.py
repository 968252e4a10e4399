"""Log groups."""

from troposphere import Retain, RetainExceptOnCreate, logs

from csr_templates.stacks.parts import names


def log_group(
    title: str, LogGroupName: names.Value, KmsKeyId: names.Value, RetentionInDays: names.Value
) -> logs.LogGroup:
    """Return an encrypted log group that is retained when the stack is deleted.

    It does not have a condition: a retained log group with a fixed name could not be created again when its
    condition becomes false and true again.

    Args:
        title: logical ID.
        LogGroupName: the name that the writing service uses.
        KmsKeyId: ARN of the key; CloudWatch Logs refuses a bare key ID.
        RetentionInDays: retention of its events.
    """
    return logs.LogGroup(
        title,
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        LogGroupName=LogGroupName,
        KmsKeyId=KmsKeyId,
        RetentionInDays=RetentionInDays,
        Tags=names.tags(),
    )

"""What a failed first create leaves."""

from __future__ import annotations

from csr_templates.operating import waiting, words
from csr_templates.operating.aws import Aws


def delete_failed_create(aws: Aws, stack: str) -> None:
    """Delete an empty stack whose first create failed and was rolled back.

    Args:
        stack: name of the stack, such as api.

    Calls: cloudformation:DeleteStack.
    Takes: a minute.
    Way back: none; deploy the stack again.
    """
    failed = aws.environment.stack(stack)
    description = aws.require_stack(failed, "ROLLBACK_COMPLETE")
    stack_id = description["StackId"]
    aws.confirm(failed.deployed, f"This deletes the empty stack {failed.deployed}.")
    aws.client("cloudformation", failed.region).delete_stack(StackName=stack_id)
    status = waiting.for_stack(aws, failed, "ROLLBACK_COMPLETE", stack_id=stack_id)
    waiting.require(status, "DELETE_COMPLETE", failed, aws)
    words.say(f"{failed.deployed} is deleted.")

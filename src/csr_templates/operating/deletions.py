"""Deletions of stacks: their permissions, their end, and what they leave."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from csr_templates.operating import clusters, waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.clusters import ABSENT, CLUSTER
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import WrongInput

_POLICIES: Final = "DeletePolicies"
_DELETING: Final = "DELETE_IN_PROGRESS"
_ATTACHED: Final = "attached"
_NO_STACK: Final = "no bootstrap stack"


def show_delete_policies(aws: Aws) -> None:
    """Show whether the service roles of the stacks have their delete policies.

    What is not attached is marked with !, because a deletion would fail.

    Calls: cloudformation:DescribeStacks.
    Takes: a second or two.
    """
    answers = aws.in_parallel(
        {stack.name: partial(_delete_policies, aws, stack) for stack in aws.environment.stacks}
    )
    rows = []
    for name, policies in answers.items():
        rows.append((words.mark(is_fine=policies == _ATTACHED), name, str(policies)))
    words.table(("", "stack", "delete policies"), rows, indent="")


def show_leftovers(aws: Aws) -> None:
    """Show all resources with the tags of the environment, as after a deletion.

    AWS may list a deleted resource for some time.

    Calls: resourcegroupstaggingapi:GetResources.
    Takes: seconds.
    """
    for region in aws.environment.regions:
        answer = aws.attempt(partial(_tagged, aws, region))
        if isinstance(answer, Unknown):
            words.say(f"{words.WRONG} {region}: {answer}")
            continue
        words.say(f"{region}: {len(answer) or 'none'}")
        for arn in answer:
            words.say(f"  {arn}")


def finish_deletion(aws: Aws, stack: str, *logical_ids: str) -> None:
    """Delete a stack in DELETE_FAILED again.

    The cluster, if it is left, gets a snapshot first, and then loses its deletion protection. Its automated
    backups are kept.

    Args:
        stack: name of the stack, such as network.
        logical_ids: resources to retain because they still cannot be deleted.

    Example: finish-deletion network
    Calls: rds:DescribeDBClusters, rds:CreateDBClusterSnapshot, rds:DescribeDBClusterSnapshots,
        rds:ModifyDBCluster, cloudformation:DeleteStack.
    Takes: minutes; with the cluster up to an hour.
    Way back: recover the stack (recovery.md).
    """
    failed = aws.environment.stack(stack)
    for logical_id in logical_ids:
        if logical_id not in failed.resources:
            raise WrongInput(f"The stack {stack} has no resource {logical_id}.")
    if aws.status(failed) in ("", waiting.DELETED):
        words.say(f"Now the stack {failed.deployed} does not exist: it is deleted already.")
        return
    if aws.status(failed) == _DELETING:
        words.say(f"The stack {failed.deployed} is being deleted already.")
        _wait_deleted(aws, failed, _DELETING, aws.require_stack(failed)["StackId"])
        return
    description = aws.require_stack(failed, "DELETE_FAILED")
    cluster = _remaining_cluster(aws, failed, logical_ids)
    retained = ""
    retain: dict[str, list[str]] = {}
    if logical_ids:
        retained = f" It retains: {', '.join(logical_ids)}."
        retain["RetainResources"] = list(logical_ids)
    if cluster:
        aws.confirm(
            cluster, f"This deletes {failed.deployed} and {cluster}, after a snapshot of it.{retained}"
        )
        again = aws.command("finish-deletion", stack)
        clusters.create_snapshot(aws, cluster, "before-delete", again, is_needed=True)
        clusters.unprotect(aws, cluster)
    else:
        aws.confirm(failed.deployed, f"This deletes {failed.deployed}.{retained}")
    stack_id = description["StackId"]
    aws.client("cloudformation", failed.region).delete_stack(StackName=stack_id, **retain)
    _wait_deleted(aws, failed, "DELETE_FAILED", stack_id)


def _wait_deleted(aws: Aws, stack: Stack, before: str, stack_id: str) -> None:
    status = waiting.for_stack(aws, stack, before, stack_id=stack_id)
    waiting.require(status, waiting.DELETED, stack, aws)
    words.say(f"Now {stack.deployed} is deleted.")


def _delete_policies(aws: Aws, stack: Stack) -> str:
    """Return the deployed value of the parameter of a bootstrap stack."""
    description = aws.describe(stack._replace(deployed=f"deploy-{stack.deployed}"))
    if description is None:
        return _NO_STACK
    for parameter in description.get("Parameters", []):
        if parameter["ParameterKey"] == _POLICIES:
            return str(parameter["ParameterValue"])
    return f"no parameter {_POLICIES}"


def _tagged(aws: Aws, region: str) -> list[str]:
    client = aws.client("resourcegroupstaggingapi", region)
    filters = [
        {"Key": "Project", "Values": [aws.environment.project]},
        {"Key": "Environment", "Values": [aws.environment.name]},
    ]
    answer = aws.all_pages(client, "GetResources", TagFilters=filters)
    return sorted(resource["ResourceARN"] for resource in answer["ResourceTagMappingList"])


def _remaining_cluster(aws: Aws, stack: Stack, retained: Sequence[str]) -> str:
    """Return the identifier of the cluster that is deleted with a stack; empty if there is none."""
    if CLUSTER not in stack.resources or CLUSTER in retained:
        return ""
    cluster = aws.name(CLUSTER)
    if clusters.status(aws, cluster) == ABSENT:
        return ""
    return cluster

"""What protects a stack after its first create."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csr_templates.operating import words
from csr_templates.operating.aws import Aws
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop


def protect(aws: Aws, *stacks: str) -> None:
    """Protect stacks against deletion and replacement, and empty the default security group.

    It sets termination protection and the stack policy of the output folder. For the stack of the VPC, it
    also removes all rules from the default security group, which nothing uses.

    Args:
        stacks: names of the stacks; without one, all stacks.

    Example: protect network
    Calls: cloudformation:UpdateTerminationProtection, cloudformation:SetStackPolicy,
        ec2:DescribeSecurityGroups, ec2:RevokeSecurityGroupIngress, ec2:RevokeSecurityGroupEgress.
    Takes: seconds.
    Way back: an administrator changes the stack policy for one update (hand-over.md).
    """
    names = stacks or [stack.name for stack in aws.environment.stacks]
    protected = [aws.environment.stack(name) for name in names]
    for stack in protected:
        aws.require_stack(stack)
    for stack in protected:
        words.say(f"Protects {stack.deployed}.")
        client = aws.client("cloudformation", stack.region)
        client.update_termination_protection(StackName=stack.deployed, EnableTerminationProtection=True)
        client.set_stack_policy(StackName=stack.deployed, StackPolicyBody=stack.policy.read_text("utf-8"))
        if "VPC" in stack.resources:
            _close_default_group(aws, stack)
    if not aws.is_dry_run:
        for stack in protected:
            _require_protected(aws, stack)


def _require_protected(aws: Aws, stack: Stack) -> None:
    """Check that a stack is protected.

    Raises:
        Stop: it is not.
    """
    description = aws.describe(stack)
    if not description or not description.get("EnableTerminationProtection"):
        raise Stop(f"{stack.deployed} has no termination protection. Repeat the command.")
    words.say(f"Now {stack.deployed} has termination protection and the stack policy of {stack.policy.name}.")


def _close_default_group(aws: Aws, stack: Stack) -> None:
    """Remove the rules of the default security group, which CloudFormation cannot change.

    Raises:
        Stop: it still has rules.
    """
    client = aws.client("ec2", stack.region)
    vpc = aws.output("VPC", "VPCId")
    group = _default_group(aws, client, vpc)
    if group["IpPermissions"]:
        client.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        client.revoke_security_group_egress(
            GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"]
        )
    if aws.is_dry_run:
        return
    (now,) = client.describe_security_groups(GroupIds=[group["GroupId"]])["SecurityGroups"]
    if now["IpPermissions"] or now["IpPermissionsEgress"]:
        raise Stop(f"The default security group {group['GroupId']} still has rules. Repeat the command.")
    words.say(f"The default security group {group['GroupId']} has no rules.")


def _default_group(aws: Aws, client: Any, vpc: str) -> Mapping[str, Any]:
    filters = [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [vpc]}]
    (group,) = aws.all_pages(client, "DescribeSecurityGroups", Filters=filters)["SecurityGroups"]
    description: Mapping[str, Any] = group
    return description

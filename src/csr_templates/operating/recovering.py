"""The recovery of a deleted database stack around its restore, and the end of the recovery of any stack."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from csr_templates.account import errors
from csr_templates.naming import RESTORED
from csr_templates.operating import (
    clusters,
    protection,
    secret_checks,
    state,
    waiting,
    words,
)
from csr_templates.operating.aws import Aws
from csr_templates.operating.clusters import AVAILABLE, CLUSTER
from csr_templates.operating.problems import Stop
from csr_templates.operating.waiting import Duration, Sight

_DELETING: Final = "deleting"
_DELETION: Final = Duration("5 to 15 minutes", 3600)
_LAST_TIER: Final = 15
_ADMINISTERED: Final = ("IMPORT_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
_BEFORE_RESTORE: Final = "recovery/database-before-restore.yaml"
_CAPABILITY: Final = "CAPABILITY_NAMED_IAM"


def deploy_before_restore(aws: Aws) -> None:
    """Deploy the groups that the restore of a deleted database needs, after its import.

    It creates security groups, subnet group and parameter group, and changes nothing that exists.

    Calls: cloudformation:ListStackResources, cloudformation:GetTemplateSummary, s3:PutObject,
        cloudformation:UpdateStack.
    Takes: a minute or two.
    Way back: not needed; the stack keeps them.
    """
    stack = clusters.stack(aws)
    if _is_owned(aws):
        raise Stop("The cluster belongs to the stack: skip this deploy.")
    status = aws.require_stack(stack, *_ADMINISTERED)["StackStatus"]
    template = aws.environment.folder / _BEFORE_RESTORE
    client = aws.client("cloudformation", stack.region)
    summary = client.get_template_summary(TemplateBody=template.read_text("utf-8"))
    parameter_names = [parameter["ParameterKey"] for parameter in summary["Parameters"]]
    bucket = f"{aws.environment.prefix}-artifacts-{aws.identity.account}-{stack.region}"
    key = f"{stack.name}/{template.name}"
    words.say(f"Deploys {template.name} to {stack.deployed}.")
    with template.open("rb") as body:
        aws.client("s3", stack.region).put_object(Bucket=bucket, Key=key, Body=body)
    partition = aws.identity.arn.split(":")[1]
    update_stack = partial(
        client.update_stack,
        StackName=stack.deployed,
        TemplateURL=f"https://{bucket}.s3.{stack.region}.amazonaws.com/{key}",
        Parameters=[
            {"ParameterKey": name, "ParameterValue": stack.parameters[name]} for name in parameter_names
        ],
        Capabilities=[_CAPABILITY],
        RoleARN=f"arn:{partition}:iam::{aws.identity.account}:role/deploy-{stack.deployed}-service",
        Tags=clusters.tags(aws),
    )
    if not _starts(aws, update_stack):
        words.say("The stack has the groups already.")
        return
    status = waiting.for_stack(aws, stack, status)
    waiting.require(status, "UPDATE_COMPLETE", stack, aws)
    words.say(f"The stack {stack.name} is {status}.")


def add_check_instance(aws: Aws) -> None:
    """Complete the cluster restored as the original, and give it an instance to check the data.

    The instance does not belong to the stack; remove-check-instance deletes it after the import.

    Calls: rds:DescribeDBClusters, rds:ModifyDBCluster, rds:CreateDBInstance, rds:DescribeDBInstances.
    Takes: up to an hour, with the restore.
    Way back: delete-wrong-restore.
    """
    cluster = aws.name(CLUSTER)
    instance = _check_instance(aws)
    again = aws.command("add-check-instance")
    description = clusters.describe(aws, cluster)
    if description is None:
        raise Stop(f"The cluster {cluster} does not exist. Restore it first.")
    present = clusters.members(aws, cluster)
    if present and present != [instance]:
        raise Stop(f"{cluster} has instances already, so the data can be checked: {', '.join(present)}.")
    if description["Status"] != AVAILABLE:
        clusters.wait_available(aws, cluster, again)
    clusters.complete(aws, cluster)
    if not present:
        words.say(f"Creates the instance {instance}.")
        clusters.client(aws).create_db_instance(
            DBClusterIdentifier=cluster,
            DBInstanceIdentifier=instance,
            DBInstanceClass=clusters.setting(aws, "DatabaseInstanceClass"),
            Engine=clusters.ENGINE,
            PromotionTier=_LAST_TIER,
            AutoMinorVersionUpgrade=False,
            PubliclyAccessible=False,
            Tags=clusters.tags(aws),
        )
    clusters.wait_instance(aws, instance, again)


def remove_check_instance(aws: Aws) -> None:
    """Fail over to the first instance of the stack, and delete that of add-check-instance.

    The failover notifies the critical topic.

    Calls: cloudformation:DescribeStackResource, rds:DescribeDBClusters, rds:FailoverDBCluster,
        rds:DeleteDBInstance, rds:DescribeDBInstances.
    Takes: 5 to 15 minutes.
    Way back: not needed.
    """
    cluster = aws.name(CLUSTER)
    instance = _check_instance(aws)
    first = aws.physical_id("DatabaseInstance1")
    description = clusters.describe(aws, cluster)
    present = clusters.members(aws, cluster)
    if instance not in present:
        words.say(f"Now {cluster} has no instance {instance}: it is removed already.")
        return
    if first not in present:
        raise Stop(f"{cluster} has no instance {first}. Deploy {clusters.stack(aws).name} first.")
    aws.confirm(instance, f"This makes {first} the writer, and deletes the instance {instance}.")
    rds = clusters.client(aws)
    if clusters.writer_of(description) != first:
        words.say(f"Fails over to {first}. This notifies the critical topic.")
        rds.failover_db_cluster(DBClusterIdentifier=cluster, TargetDBInstanceIdentifier=first)
        again = aws.command("remove-check-instance")
        clusters.wait_for_writer(aws, cluster, lambda writer: writer == first, again)
    words.say(f"Deletes the instance {instance}.")
    if clusters.instance_status(aws, instance) != _DELETING:
        rds.delete_db_instance(DBInstanceIdentifier=instance, SkipFinalSnapshot=True)
    look = partial(_deleted, aws, instance)
    again = aws.command("show-database")
    waiting.for_effect(aws, f"the deletion of {instance}", look, _DELETION, again)


def delete_wrong_restore(aws: Aws) -> None:
    """Delete the cluster restored as the original, without a snapshot, to restore another one.

    It must not belong to the stack or be older than it, and have no other instance than that of
    add-check-instance.

    Calls: cloudformation:ListStackResources, rds:DescribeDBClusters, rds:DescribeDBInstances,
        rds:DeleteDBInstance, rds:ModifyDBCluster, rds:DeleteDBCluster.
    Takes: 10 minutes.
    Way back: restore-cluster original.
    """
    cluster = aws.name(CLUSTER)
    again = aws.command("delete-wrong-restore")
    if _is_owned(aws):
        raise Stop("The cluster belongs to the stack. Do not delete it.")
    description = clusters.describe(aws, cluster)
    if description is None:
        words.say(f"Now the cluster {cluster} does not exist: it is deleted already.")
        return
    for instance in clusters.members(aws, cluster):
        if instance != _check_instance(aws):
            raise Stop(f"{cluster} has another instance than that of add-check-instance: {instance}.")
    created = description["ClusterCreateTime"]
    since = aws.require_stack(clusters.stack(aws))["CreationTime"]
    if created <= since:  # a restore follows the import that creates the stack
        raise Stop(
            f"{cluster} was created at {words.in_jst(created)}, not after the stack "
            f"({words.in_jst(since)}): it is not a restore, and may be the only data."
        )
    aws.confirm(cluster, f"This deletes the cluster {cluster} without a snapshot.")
    if description["Status"] != "deleting":
        clusters.delete_instances(aws, cluster, again)
        clusters.delete_cluster(aws, cluster, has_snapshot=False)
    clusters.wait_deleted(aws, cluster, again)


def end_recovery(aws: Aws, stack: str) -> None:
    """Protect a recovered stack, and compare it with its template and its earlier secrets.

    Args:
        stack: name of the stack, such as api.

    Example: end-recovery database
    Calls: cloudformation:UpdateTerminationProtection, cloudformation:SetStackPolicy,
        ec2:DescribeSecurityGroups, ec2:RevokeSecurityGroupIngress, ec2:RevokeSecurityGroupEgress,
        cloudformation:DetectStackDrift, cloudformation:DescribeStackDriftDetectionStatus,
        cloudformation:DescribeStackResourceDrifts, secretsmanager:GetSecretValue,
        secretsmanager:ListSecretVersionIds.
    Takes: minutes.
    Way back: not needed.
    """
    recovered = aws.environment.stack(stack)
    aws.require_idle(recovered)
    protection.protect(aws, stack)
    problems = []
    # A resource that cannot be compared says nothing about the secrets.
    for compare in (
        partial(state.find_drift, aws, stack),
        partial(secret_checks.require_unchanged, aws, recovered),
    ):
        try:
            compare()
        except Stop as problem:
            problems.append(str(problem))
    problems += aws.unknown
    if problems:
        raise Stop(" ".join(problems))


def _deleted(aws: Aws, instance: str) -> Sight:
    now = clusters.instance_status(aws, instance)
    return Sight(f"the instance {instance} is {now}", is_there=now == clusters.ABSENT)


def _check_instance(aws: Aws) -> str:
    return aws.environment.prefix + RESTORED


def _is_owned(aws: Aws) -> bool:
    """Return whether the cluster belongs to the stack."""
    stack = clusters.stack(aws)
    aws.require_stack(stack)
    client = aws.client("cloudformation", stack.region)
    resources = aws.all_pages(client, "ListStackResources", StackName=stack.deployed)
    return any(
        resource["LogicalResourceId"] == CLUSTER and resource["ResourceStatus"] != "DELETE_COMPLETE"
        for resource in resources["StackResourceSummaries"]
    )


def _starts(aws: Aws, update: partial[Any]) -> bool:
    """Start an update, and return whether it changes anything."""
    try:
        update()
    except errors.call_errors() as error:
        if "No updates are to be performed" not in errors.failure(error).message:
            raise
        return False
    return True

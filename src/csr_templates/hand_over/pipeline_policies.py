"""Permissions of the pipeline role for one stack: calls of CloudFormation, templates and packages.

It does not have the permissions on resources that the service role has, and can pass that role only to
CloudFormation. A user of the role who can change a template controls the service role, within its policies.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cfn_analysis.model import data_files
from cfn_analysis.model.api_keys import accepted_keys, sent_keys
from csr_templates.hand_over.deploy_policies import OWN_ACCOUNT
from csr_templates.hand_over.policy_documents import allow, deny, in_documents
from csr_templates.hand_over.policy_patterns import ACCOUNT, ENVIRONMENT, PREFIX, PROJECT, Patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cfn_analysis.model.built_stack import BuiltStack, Document

STACK: Final = data_files.words(Path(__file__).with_name("stack_actions.txt"))
"""Actions of CloudFormation on a stack, except deleting it.

The permission to set a stack policy or termination protection includes removing them: it is one action.
"""

ANY_STACK: Final = ("cloudformation:DescribeStackDriftDetectionStatus", "cloudformation:ValidateTemplate")
"""Actions of CloudFormation without a stack, for which IAM accepts only ``*``."""

CHANGE_SET: Final = ("cloudformation:DescribeEvents", "cloudformation:TagResource")
"""Actions for which IAM can require the change set, whose ARN does not contain the stack, as the resource.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html"""

QUOTAS: Final = ("cloudwatch:GetMetricData", "ec2:DescribeSecurityGroups")
GLOBAL_QUOTAS: Final = ("iam:GetAccountSummary",)
"""Actions with which CloudFormation compares a change set with the quotas; without them, it skips the checks.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html"""

TRIGGER_ALARMS: Final = ("cloudwatch:DescribeAlarms",)
"""Reads which alarms of the rollback triggers exist or fire. IAM evaluates it as access to all alarms."""

_BUCKET: Final = f"arn:aws:s3:::{PREFIX}"


def pipeline_policies(
    stack: BuiltStack, stacks: Sequence[BuiltStack]
) -> tuple[list[Document], list[Document]]:
    """Return the policies of a stack's pipeline role: for everyday deploys, and for deleting the stack.

    Raises:
        PolicyError: one statement is longer than a policy document can be.
    """
    everyday = [
        *_allow_on_stack(stack, "Stack", STACK),
        # An imported resource belongs to the stack, independent of its tags.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security_iam_id-based-policy-examples.html
        *deny(
            "NoImports",
            ["cloudformation:*"],
            ["*"],
            **{"ForAnyValue:StringLike": {"cloudformation:ImportResourceTypes": "*"}},
        ),
        *allow("AnyStack", ANY_STACK, ["*"]),
        *allow(
            "ChangeSets",
            CHANGE_SET,
            [f"arn:aws:cloudformation:{stack.region}:*:changeSet/*"],
            StringEqualsIfExists=OWN_ACCOUNT,
        ),
        *allow("Quotas", QUOTAS, ["*"], StringEquals={"aws:RequestedRegion": stack.region}),
        *allow("GlobalQuotas", GLOBAL_QUOTAS, ["*"]),
        *allow("TriggerAlarms", TRIGGER_ALARMS, ["*"], StringEquals={"aws:RequestedRegion": stack.region}),
        *_stacks_read(stack, stacks),
        *allow(
            "PassServiceRole",
            ["iam:PassRole"],
            [f"arn:aws:iam::*:role/{role_name(PROJECT, ENVIRONMENT, stack.name, 'service')}"],
            StringEquals={"iam:PassedToService": "cloudformation.amazonaws.com"},
            StringEqualsIfExists=OWN_ACCOUNT,
        ),
        # CloudFormation reads the template with the permissions of its caller. The AWS CLI first checks
        # whether the object exists. Without s3:ListBucket, S3 returns 403 if it does not, and the CLI uploads
        # it as after a 404 (awscli/customizations/s3uploader.py).
        *allow(
            "Artifacts",
            ["s3:GetObject", "s3:PutObject"],
            [f"{_BUCKET}artifacts-{ACCOUNT}-{stack.region}/{stack.name}/*"],
            StringEqualsIfExists=OWN_ACCOUNT,
        ),
        *_package(stack),
        *_snapshot(stack),
        *_origin_key(stack, stacks),
    ]
    name = f"{stack.name} (pipeline)"
    return in_documents(name, everyday), in_documents(name, _allow_on_stack(stack, "Delete", ["DeleteStack"]))


def role_name(project: str, environment: str, stack: str, kind: str) -> str:
    """Return the name of a stack's ``pipeline`` or ``service`` role.

    It does not start with the project, so that the policies of service roles do not match it.
    """
    return f"deploy-{project}-{environment}-{stack}-{kind}"


def _allow_on_stack(stack: BuiltStack, sid: str, actions: list[str] | tuple[str, ...]) -> Iterator[Document]:
    arn = f"arn:aws:cloudformation:{stack.region}:*:stack/{PREFIX}{stack.name}/*"
    yield from allow(
        sid, [f"cloudformation:{action}" for action in actions], [arn], StringEqualsIfExists=OWN_ACCOUNT
    )


def _stacks_read(stack: BuiltStack, stacks: Sequence[BuiltStack]) -> Iterator[Document]:
    """Allow reading the descriptions of the other stacks.

    A deploy reads the outputs of some, and which key CloudFront sends. ``csr-operate`` describes all of them
    before any command.
    """
    regions = {another.name: another.region for another in stacks if another.name != stack.name}
    regions |= dict.fromkeys(stack.reads_from, "*")  # the region that frontend reads from is a parameter
    arns = [f"arn:aws:cloudformation:{region}:*:stack/{PREFIX}{name}/*" for name, region in regions.items()]
    if arns:
        yield from allow(
            "StacksRead", ["cloudformation:DescribeStacks"], arns, StringEqualsIfExists=OWN_ACCOUNT
        )


def _package(stack: BuiltStack) -> Iterator[Document]:
    """Allow uploading the deployment package of a function, or copying a version of it onto itself.

    The copy gives the package a new version ID, which a deploy needs if a rolled-back deploy has left a
    Lambda version. Reading the source by its version needs ``s3:GetObjectVersion``.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    """
    functions = _of_type(stack, "AWS::Lambda::Function")
    if not functions:
        return
    packages = f"{_BUCKET}lambda-deployments-{ACCOUNT}/*"
    actions = ["s3:GetObjectVersion", "s3:PutObject"]
    yield from allow("Package", actions, [packages], StringEqualsIfExists=OWN_ACCOUNT)
    patterns = Patterns(stack)
    arns: list[str] = []
    for function in functions:
        names = patterns.name(function, "FunctionName")
        arns += [f"arn:aws:lambda:{stack.region}:*:function:{name}" for name in names]
    list_versions = ["lambda:ListVersionsByFunction"]
    yield from allow("LambdaVersions", list_versions, arns, StringEqualsIfExists=OWN_ACCOUNT)


def _snapshot(stack: BuiltStack) -> Iterator[Document]:
    """Allow creating a snapshot of a database cluster before a deploy.

    The cluster copies its tags to its snapshots, and RDS authorizes these tags as ``rds:AddTagsToResource``
    on the new snapshot. It is allowed without a condition on tags, because it is not documented whether the
    copied tags are in the request.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
    https://github.com/awslabs/aurora-snapshot-tool/issues/32
    """
    patterns = Patterns(stack)
    clusters: list[str] = []
    for cluster in _of_type(stack, "AWS::RDS::DBCluster"):
        names = patterns.name(cluster, "DBClusterIdentifier")
        clusters += [f"arn:aws:rds:{stack.region}:*:cluster:{name}" for name in names]
    if not clusters:
        return
    snapshots = f"arn:aws:rds:{stack.region}:*:cluster-snapshot:{PREFIX}before-deploy-*"
    actions = ["rds:CreateDBClusterSnapshot", "rds:DescribeDBClusterSnapshots"]
    yield from allow("Snapshot", actions, [*clusters, snapshots], StringEqualsIfExists=OWN_ACCOUNT)
    tag = ["rds:AddTagsToResource"]
    yield from allow("SnapshotTags", tag, [snapshots], StringEqualsIfExists=OWN_ACCOUNT)


def _origin_key(stack: BuiltStack, stacks: Sequence[BuiltStack]) -> Iterator[Document]:
    """Allow the check that the replica of the key of CloudFront has the newest version.

    No secret value is read.
    """
    keys = sent_keys(stack)
    if not keys:
        return
    regions = {api.region for api in stacks if accepted_keys(api)} | {stack.region}
    names = set().union(*keys.secrets.values())
    arns: list[str] = []
    for region in regions:
        arns += [f"arn:aws:secretsmanager:{region}:*:secret:{PREFIX}{name}-??????" for name in names]
    actions = ["secretsmanager:ListSecretVersionIds"]
    yield from allow("OriginKey", actions, arns, StringEqualsIfExists=OWN_ACCOUNT)


def _of_type(stack: BuiltStack, type_name: str) -> list[str]:
    return [name for name, resource in stack.resources.items() if resource["Type"] == type_name]

"""Permissions of the pipeline role for one stack: calls of CloudFormation, templates and packages.

It does not have the permissions on resources that the service role has, and can pass that role only to
CloudFormation. A user of the role who can change a template controls the service role, within its policies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csr_templates.hand_over.deploy_policies import OWN_ACCOUNT
from csr_templates.hand_over.policy_documents import allow, deny, in_documents
from csr_templates.hand_over.policy_patterns import ACCOUNT, ENVIRONMENT, PREFIX, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfn_analysis.model.built_stack import BuiltStack, Document

STACK: Final = (
    "CancelUpdateStack",
    "ContinueUpdateRollback",
    "CreateChangeSet",
    "CreateStack",
    "DeleteChangeSet",
    "DescribeChangeSet",
    "DescribeChangeSetHooks",
    "DescribeEvents",
    "DescribeStackEvents",
    "DescribeStackResource",
    "DescribeStackResourceDrifts",
    "DescribeStackResources",
    "DescribeStacks",
    "DetectStackDrift",
    "DetectStackResourceDrift",
    "ExecuteChangeSet",
    "GetStackPolicy",
    "GetTemplate",
    "GetTemplateSummary",
    "ListChangeSets",
    "ListStackResources",
    "RollbackStack",
    "SetStackPolicy",
    "TagResource",
    "UntagResource",
    "UpdateStack",
    "UpdateTerminationProtection",
)
"""Actions of CloudFormation on a stack, except deleting it.

The permission to set a stack policy or termination protection includes removing them: it is one action.
"""

ANY_STACK: Final = ("cloudformation:DescribeStackDriftDetectionStatus", "cloudformation:ValidateTemplate")
"""Actions of CloudFormation without a stack, for which IAM accepts only ``*``."""

QUOTAS: Final = ("cloudwatch:GetMetricData", "ec2:DescribeSecurityGroups")
GLOBAL_QUOTAS: Final = ("iam:GetAccountSummary",)
"""Actions with which CloudFormation compares a change set with the quotas; without them, it skips the checks.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html"""

_BUCKET: Final = f"arn:aws:s3:::{PREFIX}"

BESIDE: Final = (
    ("AWS::Lambda::Function", "Package", ("s3:PutObject",), (f"{_BUCKET}lambda-deployments-{ACCOUNT}/*",)),
    (
        "AWS::RDS::DBCluster",
        "Snapshot",
        ("rds:CreateDBClusterSnapshot", "rds:DescribeDBClusterSnapshots"),
        (
            f"arn:aws:rds:<region>:*:cluster:{PREFIX}aurora-cluster",
            f"arn:aws:rds:<region>:*:cluster-snapshot:{PREFIX}before-deploy-*",
        ),
    ),
    # For the check that the API accepts the key of CloudFront: the parameters of the other stack, and
    # whether the replica of the secret has the newest version. No secret value is read.
    (
        "AWS::ApiGateway::ApiKey",
        "OriginKey",
        ("cloudformation:DescribeStacks",),
        (f"arn:aws:cloudformation:us-east-1:*:stack/{PREFIX}frontend/*",),
    ),
    (
        "AWS::CloudFront::Distribution",
        "OriginKey",
        ("secretsmanager:ListSecretVersionIds",),
        tuple(
            f"arn:aws:secretsmanager:{region}:*:secret:{PREFIX}origin-api-key-{key}-??????"
            for region in ("ap-northeast-1", "<region>")
            for key in "ab"
        ),
    ),
)
"""Other permissions for the commands in the documentation: resource type of the stack, Sid, actions, ARNs."""


def pipeline_policies(stack: BuiltStack) -> tuple[list[Document], list[Document]]:
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
        *allow("Quotas", QUOTAS, ["*"], StringEquals={"aws:RequestedRegion": stack.region}),
        *allow("GlobalQuotas", GLOBAL_QUOTAS, ["*"]),
        *_stacks_read(stack),
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
        *_beside(stack),
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


def _stacks_read(stack: BuiltStack) -> Iterator[Document]:
    """Allow reading the outputs of the stacks that this stack reads from."""
    if arns := [f"arn:aws:cloudformation:*:*:stack/{PREFIX}{name}/*" for name in stack.reads_from]:
        yield from allow(
            "StacksRead", ["cloudformation:DescribeStacks"], arns, StringEqualsIfExists=OWN_ACCOUNT
        )


def _beside(stack: BuiltStack) -> Iterator[Document]:
    types = {resource["Type"] for resource in stack.resources.values()}
    for type_name, sid, actions, arns in BESIDE:
        if type_name in types:
            filled = [arn.replace("<region>", stack.region) for arn in arns]
            yield from allow(sid, actions, filled, StringEqualsIfExists=OWN_ACCOUNT)

"""The rights of the pipeline's role for one stack: what it asks of CloudFormation, and the files it moves.

It has none of the rights on resources that the service role has, and hands that role to nobody but
CloudFormation. Who may use it and write a template decides what the service role does, within its policies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csr_templates.hand_over.deploy_policies import OWN_ACCOUNT
from csr_templates.hand_over.policy_documents import allow, deny, in_documents
from csr_templates.hand_over.policy_patterns import ACCOUNT, ENVIRONMENT, PREFIX, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csr_templates.cloudformation.built_stack import BuiltStack, Document

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
"""What CloudFormation is asked to do with a stack, short of deleting it.

Who may set a stack policy or switch on termination protection may undo both: IAM sees no difference.
"""

ANY_STACK: Final = ("cloudformation:DescribeStackDriftDetectionStatus", "cloudformation:ValidateTemplate")
"""What CloudFormation is asked without the name of a stack, so that IAM accepts only ``*``."""

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
    # Whether the API accepts the key that CloudFront sends: what the other stack is deployed with, and
    # whether the replica of the secret has the newest version. Nothing here reads a value.
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
"""What the pages' commands do besides: type of the stack that they belong to, Sid, actions, ARNs."""


def pipeline_policies(stack: BuiltStack) -> tuple[list[Document], list[Document]]:
    """Return the policies of a stack's pipeline role: for everyday deploys, and for deleting the stack.

    Raises:
        PolicyError: one statement alone is longer than a document may be.
    """
    everyday = [
        *_stack(stack, "Stack", STACK),
        # A resource that was imported is the stack's, whatever its tags.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security_iam_id-based-policy-examples.html
        *deny(
            "NoImports",
            ["cloudformation:*"],
            ["*"],
            **{"ForAnyValue:StringLike": {"cloudformation:ImportResourceTypes": "*"}},
        ),
        *allow("AnyStack", ANY_STACK, ["*"]),
        *_stacks_read(stack),
        *allow(
            "PassServiceRole",
            ["iam:PassRole"],
            [f"arn:aws:iam::*:role/{role_name(PROJECT, ENVIRONMENT, stack.name, 'service')}"],
            StringEquals={"iam:PassedToService": "cloudformation.amazonaws.com"},
            StringEqualsIfExists=OWN_ACCOUNT,
        ),
        # CloudFormation reads the template with the rights of its caller. The AWS CLI looks first whether
        # the object is there. Without s3:ListBucket, S3 answers 403 if it is not, and the CLI uploads it as
        # after a 404 (awscli/customizations/s3uploader.py).
        *allow(
            "Artifacts",
            ["s3:GetObject", "s3:PutObject"],
            [f"{_BUCKET}artifacts-{ACCOUNT}-{stack.region}/{stack.name}/*"],
            StringEqualsIfExists=OWN_ACCOUNT,
        ),
        *_beside(stack),
    ]
    name = f"{stack.name} (pipeline)"
    return in_documents(name, everyday), in_documents(name, _stack(stack, "Delete", ["DeleteStack"]))


def role_name(project: str, environment: str, stack: str, kind: str) -> str:
    """Return the name of a stack's ``pipeline`` or ``service`` role.

    It does not start with the project: no service role reaches it by a name.
    """
    return f"deploy-{project}-{environment}-{stack}-{kind}"


def _stack(stack: BuiltStack, sid: str, actions: list[str] | tuple[str, ...]) -> Iterator[Document]:
    arn = f"arn:aws:cloudformation:{stack.region}:*:stack/{PREFIX}{stack.name}/*"
    yield from allow(
        sid, [f"cloudformation:{action}" for action in actions], [arn], StringEqualsIfExists=OWN_ACCOUNT
    )


def _stacks_read(stack: BuiltStack) -> Iterator[Document]:
    """Allow seeing the outputs of the stacks that this one reads from."""
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

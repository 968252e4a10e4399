"""Facts about AWS for the deploy policies that are not in the schemas: ARNs, tags and corrections.

A new resource type in the templates needs a line in ``deploy_scopes.txt``, unless a line of its service
covers its actions.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cfn_analysis.model.data_files import document, table
from csr_templates.hand_over.policy_documents import PolicyError

FACTS: Final = "src/csr_templates/hand_over/deploy_scopes"
"""Path of this module and of the text file beside it, without the ending, for messages."""


class Scope(NamedTuple):
    """The ARN and the tags of the resources of a type.

    Attributes:
        type: the resource type; ``*`` for resources of all stacks.
        arn: ``{region}`` is the region of the stack, ``{Name}`` the name property of the resource. Without
            this property in the template, CloudFormation generates the name: stack, logical ID and a random
            part.
        tags: the tags that identify a resource with a random ID: ``environment`` for Project and Environment;
            ``name`` for Name too, because several stacks have such resources; ``""`` if the ARN contains a
            name, or if AWS does not support tags.
    """

    type: str
    arn: str
    tags: str = ""


def _rows(name: str) -> list[list[str]]:
    """Return the words of each line of a text file beside this module, without the comments."""
    return [row.split() for row in table(Path(__file__).with_name(f"{name}.txt"))]


SCOPES: Final = tuple(Scope(*row) for row in _rows("deploy_scopes"))

CREATES: Final = tuple((action, type_name, arn) for action, type_name, arn in _rows("creating_actions"))
"""Actions that create a resource with a random ID: action, type, and the ARN that IAM evaluates then.

The request must have the stack's tags, because the resource does not have tags yet. According to the schemas,
the handlers of these types pass the tags with the creation (``tagOnCreate``).
"""

TAGS_ON_CREATION: Final = (
    # "permission in an IAM policy that isn't restricted to particular KMS keys"
    # https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
    ("kms:TagResource", "AWS::KMS::Key", "*"),
    ("apigateway:PUT", "AWS::ApiGateway::RestApi", "arn:aws:apigateway:{region}::/tags/*"),
    ("cloudfront:TagResource", "AWS::CloudFront::Distribution", "arn:aws:cloudfront::*:distribution/*"),
    ("logs:TagResource", "AWS::Logs::Delivery", "arn:aws:logs:{region}:*:delivery:*"),
    ("logs:TagResource", "AWS::Logs::LogGroup", "arn:aws:logs:{region}:*:log-group:{LogGroupName}"),
    ("logs:TagResource", "AWS::Logs::LogGroup", "arn:aws:logs:{region}:*:log-group:{LogGroupName}:*"),
)
"""Actions that tag a resource with a random ID when it is created: action, type and ARN.

Unlike EC2, these services do not tell IAM whether a resource is being created. So the request must have the
stack's tags, and resources with other values are denied. Resources without tags could be tagged, but a
handler tags only resources that its stack created or imported, and the pipeline role cannot import.
"""

CREATION_TAGS_OF_EC2: Final = "ec2:CreateTags"
"""EC2 sends to IAM the action that creates the tagged resource.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html"""

BESIDE: Final = {
    "ec2:AllocateAddress": "arn:aws:ec2:{region}:*:ipv4pool-ec2/*",  # AWS's addresses
    # A rule without tags. IAM also evaluates its group.
    "ec2:AuthorizeSecurityGroupEgress": "arn:aws:ec2:{region}:*:security-group-rule/*",
    "ec2:AuthorizeSecurityGroupIngress": "arn:aws:ec2:{region}:*:security-group-rule/*",
    # The subnet returns to the VPC's default network ACL. IAM also evaluates the subnet.
    "ec2:ReplaceNetworkAclAssociation": "arn:aws:ec2:{region}:*:network-acl/*",
    # AWS managed rule groups. IAM also evaluates the web ACL.
    "wafv2:CreateWebACL": "arn:aws:wafv2:{region}:*:global/managedruleset/*",
    "wafv2:UpdateWebACL": "arn:aws:wafv2:{region}:*:global/managedruleset/*",
}
"""Resources of an action without the stack's tags, in addition to a resource with them."""

ARNS: Final = {
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_logs.html
    "logs:DeleteDeliverySource": ("arn:${Partition}:logs:${Region}:${Account}:delivery-source:*",),
}
"""ARN formats missing in cfn-lint's copy of the list of actions."""

INSIDE: Final = {
    "ec2:CreateSecurityGroup": "arn:aws:ec2:{region}:*:vpc/*",
    "ec2:DescribeVpcAttribute": "arn:aws:ec2:{region}:*:vpc/*",
}
"""Actions on resources of the environment, possibly of another stack: action, ARN."""

FROM_CREATION: Final = frozenset(
    {
        "kms:DescribeKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
    }
)
"""Actions of a handler on KMS right after creating a key. Tags of a key take up to five minutes to affect
authorization, so these and ``KEY_USE`` are denied only for keys with other values.
https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html"""

REMOVES: Final = {
    "apigateway:DELETE": (
        "arn:aws:apigateway:{region}::/apikeys/*",  # OriginKeys determines which keys exist
        "arn:aws:apigateway:{region}::/restapis/*/deployments/*",
        "arn:aws:apigateway:{region}::/restapis/*/gatewayresponses/*",
        "arn:aws:apigateway:{region}::/restapis/*/requestvalidators/*",
        "arn:aws:apigateway:{region}::/restapis/*/resources/*",
        "arn:aws:apigateway:{region}::/tags/*",  # an update, or its rollback, removes tags
        "arn:aws:apigateway:{region}::/usageplans/*/keys/*",
    ),
}
"""ARNs of parts that updates remove with the action that also deletes the whole resource.

An API key is such a part: an update may remove it from its usage plan, which has the same effect.
"""

GLOBAL: Final = frozenset({"cloudfront", "iam", "route53"})
"""Global services: a condition on the region of a request has no effect for them."""

LOOK_UPS: Final = re.compile("rds:Describe.*|cloudwatch:DescribeAlarms")
"""Actions of handlers that list resources, which IAM evaluates as access to all of them."""

LOOKED_UP: Final = frozenset({"ec2"})
"""Services that a handler reads from although the stack has no resource in them: the VPC of a function."""

FORGOTTEN: Final = (
    # Lambda deletes the network interfaces some time after the function. CloudFormation waits for this before
    # it deletes their subnets and security groups, if it is allowed to describe them.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-vpcconfig.html
    ("AWS::EC2::SecurityGroup", "", ("ec2:DescribeNetworkInterfaces",)),
    ("AWS::EC2::Subnet", "", ("ec2:DescribeNetworkInterfaces",)),
    # The service of the logs needs a separate permission; the schema contains those of other services.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    ("AWS::Logs::DeliverySource", "", ("cloudfront:AllowVendedLogDeliveryForResource",)),
    # These two use a key with the permissions of the caller.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html
    ("AWS::SecretsManager::Secret", "KmsKeyId", ("kms:Decrypt", "kms:GenerateDataKey")),
    ("AWS::RDS::DBCluster", "KmsKeyId", ("kms:CreateGrant", "kms:DescribeKey")),
    # Its private DNS name is a hosted zone of AWS, which EC2 associates with the VPC on behalf of the caller.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_ec2.html
    ("AWS::EC2::VPCEndpoint", "PrivateDnsEnabled", ("route53:AssociateVPCWithHostedZone",)),
)
"""Actions missing in the schemas: type, property that needs them (``""`` for all), actions."""

PARAMETERS: Final = {
    "AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",
}
"""Type of a parameter -> the action with which CloudFormation resolves the value.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html"""

PACKAGES: Final = (
    ("AWS::Lambda::Function", ("s3:GetObject", "s3:GetObjectVersion"), "lambda-deployments-{account}/*"),
)
"""Objects of another stack's bucket that creating a resource reads: type, actions, name after the prefix."""

LOG_WRITES: Final = ("s3:PutObject", "s3:PutObjectAcl")
"""Actions that the caller needs on the bucket for the access logs of another bucket.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-loggingconfig.html"""

OF_AWS: Final = frozenset({"route53:AssociateVPCWithHostedZone"})
"""Actions on resources of AWS with an ID that is not known before the deploy."""

OPTIONAL: Final[Mapping[str, Mapping[str, Sequence[str]]]] = document(
    Path(__file__).with_name("optional_actions.json")
)
"""Type -> property -> actions only for this property; they count only if a template sets it. In place of a
property, a sentence is the reason why no template needs the actions."""

OBJECTS: Final = frozenset({"s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObjectAcl"})
"""Actions in the schemas that are not allowed: a stack creates buckets, but does not manage their objects.
Exceptions: ``LOG_WRITES`` and ``PACKAGES``."""

KEY_USE: Final = frozenset({"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"})
"""Actions that are allowed only through a service of ``KEY_USERS`` on behalf of the caller."""

KEY_USERS: Final = {
    "AWS::Lambda::Function": "lambda",
    "AWS::RDS::DBCluster": "rds",
    "AWS::RDS::DBInstance": "rds",
    "AWS::SecretsManager::Secret": "secretsmanager",
}

SERVICE_LINKED: Final = (
    ("AWS::ApiGateway::RestApi", "ops.apigateway.amazonaws.com"),
    ("AWS::EC2::FlowLog", "delivery.logs.amazonaws.com"),
    ("AWS::RDS::", "rds.amazonaws.com"),
    ("AWS::WAFv2::LoggingConfiguration", "wafv2.amazonaws.com"),
)
"""Services that create a service-linked role with the first resource of these types in an account.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html"""


class DeployTables(NamedTuple):
    """The tables for one stack: those of this module, and what its project adds to them.

    Attributes:
        scopes: see ``SCOPES``.
        forgotten: see ``FORGOTTEN``.
        service_linked: see ``SERVICE_LINKED``.
        parameters: see ``PARAMETERS``.
    """

    scopes: tuple[Scope, ...]
    forgotten: tuple[tuple[str, str, tuple[str, ...]], ...]
    service_linked: tuple[tuple[str, str], ...]
    parameters: Mapping[str, str]


def facts(
    scopes: Iterable[str] = (),
    forgotten: Iterable[tuple[str, str, tuple[str, ...]]] = (),
    service_linked: Iterable[tuple[str, str]] = (),
    parameters: Mapping[str, str] | None = None,
) -> DeployTables:
    """Return the tables with further rows; a scope is a line as in the text file.

    Raises:
        PolicyError: a line is not a scope.
    """
    return DeployTables(
        (*SCOPES, *(_scope(line) for line in scopes)),
        (*FORGOTTEN, *forgotten),
        (*SERVICE_LINKED, *service_linked),
        {**PARAMETERS, **(parameters or {})},
    )


def _scope(line: str) -> Scope:
    for name in re.findall(r"(?<!\{)\{([a-z]\w*)\}", line):
        if name not in ("region", "stack"):
            raise PolicyError(
                f"Nothing fills in {{{name}}} of the scope {line!r}. Allowed: {{region}}, {{stack}} and the "
                "name property of the type, such as {TableName}."
            )
    match line.split():
        case [type_name, arn] if arn.startswith("arn:"):
            return Scope(type_name, arn)
        case [type_name, arn, "environment" | "name" as tags] if arn.startswith("arn:"):
            return Scope(type_name, arn, tags)
    raise PolicyError(
        f"The scope {line!r} is not a type and an ARN, separated by a space. If tags identify the resource, "
        "the word environment or name follows."
    )


def best_arn(type_name: str, formats: Collection[str]) -> str:
    """Return the format of ARNs that most likely is that of a type."""
    words = type_name.strip("*").lower().split("::")

    def distance(arn: str) -> tuple[bool, bool, str]:
        return arn.split(":")[2] not in words, words[-1] not in arn.replace("-", ""), arn

    return min(formats, key=distance)


def example(type_name: str, arn: str) -> str:
    """Return the line of a type in the text file, with a format of ARNs, and what to adapt in it."""
    arn = arn.replace("${Partition}", "aws").replace("${Region}", "{region}")
    arn = re.sub(r"\$\{\w+\}", "*", arn)
    return (
        f'"{type_name} {arn}". Write {{Name}} instead of the last * if Name is the property with its name, '
        "or add the word environment if its ID is random."
    )

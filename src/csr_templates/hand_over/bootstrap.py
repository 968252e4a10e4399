"""Bootstrap templates, which an administrator deploys once for each environment before the stacks.

Each template creates the two roles of a stack with the policies of the set; the first template of a region
also creates the artifact bucket. The policies read project and environment from the tags of the role. The
trust policies do not allow session tags, which would override them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import value_at
from cfn_analysis.model.resource_names import longest_name, name_path
from csr_templates.hand_over.manifest import role_policy_files
from csr_templates.hand_over.pipeline_policies import role_name
from csr_templates.naming import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cfn_analysis.model.built_stack import BuiltStack, Document

_RANDOM: Final = 13  # hyphen and random part of a name that CloudFormation generates
_BUCKET_LIMIT: Final = 63
_ACCOUNT_LENGTH: Final = 12


def firsts(stacks: Iterable[BuiltStack]) -> set[str]:
    """Return the names of the first stack of each region in deploy order."""
    found: dict[str, str] = {}
    for stack in stacks:
        found.setdefault(stack.region, stack.name)
    return set(found.values())


def bootstrap(stack: BuiltStack, *, with_bucket: bool) -> dict[str, Any]:
    """Return the template, as a plain dict, that creates the roles of a stack.

    Args:
        stack: with its policies.
        with_bucket: whether it also creates the artifact bucket of its region.
    """
    types = {resource["Type"] for resource in stack.resources.values()}
    makes_roles, has_domain = "AWS::IAM::Role" in types, "AWS::Route53::RecordSet" in types
    template: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Roles that deploy the {stack.name} stack"
        + (", and the bucket for templates" if with_bucket else ""),
        "Parameters": _parameters(stack, makes_roles=makes_roles, has_domain=has_domain),
        "Rules": _RULES,
        "Conditions": {
            "UsesOidc": _given("OidcProviderArn"),
            "MayDelete": {"Fn::Equals": [{"Ref": "DeletePolicies"}, "attached"]},
            **({"HasBoundary": _given("PermissionsBoundaryArn")} if makes_roles else {}),
            **({"HasDomain": _given("CustomDomainName")} if has_domain else {}),
        },
        "Resources": {
            **(_bucket() if with_bucket else {}),
            **_roles(stack, makes_roles=makes_roles, has_domain=has_domain),
            **_policies(stack),
        },
        "Outputs": {
            "PipelineRoleArn": _output("Role that the pipeline assumes.", "PipelineRole"),
            "ServiceRoleArn": _output("Role to pass to CloudFormation with --role-arn.", "ServiceRole"),
        },
    }
    if with_bucket:
        template["Outputs"]["ArtifactBucketName"] = {
            "Description": "Bucket to pass to the AWS CLI with --s3-bucket.",
            "Value": {"Ref": "ArtifactBucket"},
        }
    return template


def longest_project(stack: BuiltStack) -> int:
    """Return the maximum length of ProjectName for which the names in the policies are correct.

    If a generated name is too long for its service, CloudFormation shortens stack name and logical ID in an
    undocumented way, and the policies would not match.
    """
    declared: int = stack.parameters.get("ProjectName", {}).get("MaxLength", _BUCKET_LIMIT)
    environment = max(map(len, _environments(stack)))
    fixed = environment + len(f"--{stack.name}-")
    lengths = [declared, _BUCKET_LIMIT - environment - _ACCOUNT_LENGTH - len(f"--artifacts--{stack.region}")]
    for logical_id, resource in stack.resources.items():
        limit = longest_name(resource["Type"], stack.region)
        if limit and not value_at(resource.get("Properties", {}), name_path(resource["Type"], stack.region)):
            lengths.append(limit - _RANDOM - fixed - len(logical_id))
    return min(lengths)


def _environments(stack: BuiltStack) -> Sequence[str]:
    declared = stack.parameters.get("Environment", {})
    names: list[str] = declared.get("AllowedValues", ["production"])
    return names


def _parameters(stack: BuiltStack, *, makes_roles: bool, has_domain: bool) -> dict[str, Any]:
    declared = stack.parameters
    length = longest_project(stack)
    text = {"Type": "String"}
    open_text = {**text, "Default": ""}
    parameters: dict[str, Any] = {
        "ProjectName": {
            **text,
            "Description": "ProjectName of the stack. Cannot be changed after creation.",
            "Default": declared.get("ProjectName", {}).get("Default", "project"),
            "AllowedPattern": "(?!deploy(-|$))[a-z][a-z0-9]*(-[a-z0-9]+)*",
            "MaxLength": length,
            "ConstraintDescription": (
                "must start with a lowercase letter, contain only lowercase letters, digits and single "
                f"hyphens, not be deploy or start with deploy-, and be at most {length} characters long"
            ),
        },
        "Environment": {
            **text,
            "Description": "Environment of the stack. Cannot be changed after creation.",
            "AllowedValues": list(_environments(stack)),
        },
        "PipelinePrincipalArn": {
            **open_text,
            "Description": "ARN of the role that can assume the pipeline's role; empty with OIDC.",
            "AllowedPattern": "(arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+)?",
            "ConstraintDescription": "must be the ARN of a role, without wildcards, or empty",
        },
        "OidcProviderArn": {
            **open_text,
            "Description": "ARN of the OIDC provider whose tokens can assume the pipeline's role, or empty.",
            "AllowedPattern": "(arn:aws:iam::[0-9]{12}:oidc-provider/[A-Za-z0-9._/-]+)?",
            "ConstraintDescription": "must be the ARN of an OIDC provider, or empty",
        },
        "OidcSubject": {
            **open_text,
            "Description": (
                "Claim sub that a token must have, in full, such as repo:OWNER/NAME:environment:prod for "
                "GitHub Actions."
            ),
            "AllowedPattern": '[^"*?$\\\\]*',
            "ConstraintDescription": "must not contain wildcards, quotation marks, backslashes or dollar "
            "signs",
        },
        "OidcAudience": {
            **text,
            "Default": "sts.amazonaws.com",
            "Description": "Claim aud that a token must have.",
            "AllowedPattern": '[^"*?$\\\\]+',
            "ConstraintDescription": "must not contain wildcards, quotation marks, backslashes or dollar "
            "signs",
        },
        "DeletePolicies": {
            **text,
            "Default": "attached",
            "AllowedValues": ["attached", "detached"],
            "Description": (
                "Whether the roles can delete: attached for the first deploy and while resources are removed."
            ),
        },
    }
    if makes_roles:
        parameters["PermissionsBoundaryArn"] = {
            **open_text,
            "Description": (
                "Permissions boundary that every role of the stack must have, the same as the stack's "
                "PermissionsBoundaryArn; empty for none."
            ),
            "AllowedPattern": "(arn:aws:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=.@_/-]+)?",
            "ConstraintDescription": "must be the ARN of a managed policy, or empty",
        }
    if has_domain:
        parameters["CustomDomainName"] = {
            **open_text,
            "Description": "CustomDomainName of the stack, whose records it can change; empty for none.",
        }
        parameters["HostedZoneId"] = {
            **open_text,
            "Description": "HostedZoneId of the stack; empty without a domain.",
            "AllowedPattern": "(Z[A-Z0-9]+)?",
            "ConstraintDescription": "must be the ID of a hosted zone, or empty",
        }
    return parameters


def _given(parameter: str) -> dict[str, Any]:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}


def _empty(parameter: str) -> dict[str, Any]:
    return {"Fn::Equals": [{"Ref": parameter}, ""]}


_RULES: Final[dict[str, Any]] = {
    "OneOfTwoPrincipals": {
        "Assertions": [
            {
                "Assert": {
                    "Fn::Or": [
                        {"Fn::And": [_given("PipelinePrincipalArn"), _empty("OidcProviderArn")]},
                        {"Fn::And": [_empty("PipelinePrincipalArn"), _given("OidcProviderArn")]},
                    ]
                },
                "AssertDescription": "Give either PipelinePrincipalArn or OidcProviderArn.",
            }
        ]
    },
    "OidcNeedsSubject": {
        "RuleCondition": _given("OidcProviderArn"),
        "Assertions": [
            {
                "Assert": _given("OidcSubject"),
                "AssertDescription": "OidcProviderArn needs OidcSubject: without it, every token is "
                "accepted.",
            }
        ],
    },
}


def _output(description: str, role: str) -> dict[str, Any]:
    return {"Description": description, "Value": {"Fn::GetAtt": [role, "Arn"]}}


def _roles(stack: BuiltStack, *, makes_roles: bool, has_domain: bool) -> dict[str, Any]:
    tags: list[Any] = [
        {"Key": "Environment", "Value": {"Ref": "Environment"}},
        {"Key": "Project", "Value": {"Ref": "ProjectName"}},
    ]
    conditional = []
    if makes_roles:
        conditional.append(("HasBoundary", "PermissionsBoundary", "PermissionsBoundaryArn"))
    if has_domain:
        conditional += [
            ("HasDomain", "CustomDomainName", "CustomDomainName"),
            ("HasDomain", "HostedZoneId", "HostedZoneId"),
        ]
    more = [
        {"Fn::If": [condition, {"Key": key, "Value": {"Ref": value}}, {"Ref": "AWS::NoValue"}]}
        for condition, key, value in conditional
    ]
    by_role = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Ref": "PipelinePrincipalArn"}},
        "Action": "sts:AssumeRole",
    }
    by_cloudformation = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudformation.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    return {
        "PipelineRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": _role_name(stack, "pipeline"),
                "Description": f"Role of the pipeline that deploys the {stack.name} stack",
                "AssumeRolePolicyDocument": {"Fn::If": ["UsesOidc", _by_token(), _trust(by_role)]},
                "Tags": tags,
            },
        },
        "ServiceRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": _role_name(stack, "service"),
                "Description": f"Role with which CloudFormation deploys the {stack.name} stack",
                "AssumeRolePolicyDocument": _trust(by_cloudformation),
                "Tags": tags + more,
            },
        },
    }


def _role_name(stack: BuiltStack, kind: str) -> dict[str, str]:
    return {"Fn::Sub": role_name("${ProjectName}", "${Environment}", stack.name, kind)}


def _trust(statement: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _by_token() -> dict[str, Any]:
    """Return the trust policy for tokens, as text, because a key of it contains the provider."""
    provider = "${Provider}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": "${OidcProviderArn}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{provider}:aud": "${OidcAudience}", f"{provider}:sub": "${OidcSubject}"}
        },
    }
    parts = {"Fn::Split": [":oidc-provider/", {"Ref": "OidcProviderArn"}]}
    return {"Fn::Sub": [json.dumps(_trust(statement)), {"Provider": {"Fn::Select": [1, parts]}}]}


def _policies(stack: BuiltStack) -> dict[str, Any]:
    """Return the managed policies: the policy documents of the set, attached to their roles."""
    resources = {}
    for key, documents in role_policy_files(stack).items():
        role = "PipelineRole" if key.startswith("pipeline") else "ServiceRole"
        for number, (path, document) in enumerate(documents.items(), 1):
            name = path.rpartition("/")[2].removesuffix(".json")
            resource = {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "ManagedPolicyName": {"Fn::Sub": f"deploy-{PREFIX}{name}"},
                    "PolicyDocument": document,
                    "Roles": [{"Ref": role}],
                },
            }
            if "Delete" in key:
                resource["Condition"] = "MayDelete"
            logical_id = f"{key[0].upper()}{key[1:].removesuffix('Policies')}Policy{number}"
            resources[logical_id] = resource
    return resources


def _bucket() -> dict[str, Any]:
    name = f"{PREFIX}artifacts-${{AWS::AccountId}}-${{AWS::Region}}"
    return {
        "ArtifactBucket": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "BucketName": {"Fn::Sub": name},
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                    ]
                },
                "LifecycleConfiguration": {
                    "Rules": [
                        {
                            "Id": "ExpireOldVersions",
                            "Status": "Enabled",
                            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
                        }
                    ]
                },
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
                "VersioningConfiguration": {"Status": "Enabled"},
                "Tags": [
                    {"Key": "Environment", "Value": {"Ref": "Environment"}},
                    {"Key": "Name", "Value": {"Fn::Sub": f"{PREFIX}artifacts"}},
                    {"Key": "Project", "Value": {"Ref": "ProjectName"}},
                ],
            },
        },
        "ArtifactBucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "Bucket": {"Ref": "ArtifactBucket"},
                "PolicyDocument": _trust(
                    {
                        "Sid": "TlsOnly",
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": [
                            {"Fn::GetAtt": ["ArtifactBucket", "Arn"]},
                            {"Fn::Sub": "${ArtifactBucket.Arn}/*"},
                        ],
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ),
            },
        },
    }

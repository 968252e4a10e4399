"""Bootstrap stacks, which an administrator deploys once for each environment before the stacks.

Each one creates the two roles that deploy a stack, with their policies; the first one of a region also
creates the artifact bucket. The policies read project and environment from the tags of the role. The trust
policies do not allow session tags, which would override them.
"""

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import awacs.sts
from awacs import aws
from troposphere import (
    And,
    Equals,
    If,
    Not,
    NoValue,
    Or,
    Output,
    Parameter,
    Ref,
    Select,
    Split,
    Sub,
    Tags,
    iam,
    s3,
)

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import value_at
from cfn_analysis.model.resource_names import longest_name, name_path
from csr_templates.stacks.parts import buckets, names, policies
from csr_templates.stacks.parts.parameters import project_name
from csr_templates.stacks.parts.template import StackTemplate

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
GITHUB_REPOSITORY: Final = "token.actions.githubusercontent.com:repository_id"
GITLAB_PROJECT: Final = "gitlab.com:project_id"
GITLAB_PROTECTED: Final = "gitlab.com:ref_protected"

_RANDOM: Final = 13  # hyphen and random part of a name that CloudFormation generates
_BUCKET_LIMIT: Final = 63
_ACCOUNT_LENGTH: Final = 12


def build(stack: BuiltStack, *, pipeline: str, service: str, with_bucket: bool) -> StackTemplate:
    """Return the template that creates the roles of a stack; the calls below are its table of contents.

    The names of the roles are texts for Sub.
    """
    description = f"Roles that deploy the {stack.name} stack"
    if with_bucket:
        description += ", and the bucket for templates"
    t = StackTemplate(description)
    add_parameters(t, stack)
    add_rules(t)
    add_conditions(t)
    tags = add_optional_parameters(t, stack)
    if with_bucket:
        add_artifact_bucket(t)
    roles = add_roles(t, stack, pipeline, service, tags)
    add_policies(t, stack, pipeline, service, roles)
    return t


def longest_project(stack: BuiltStack) -> int:
    """Return the maximum length of ProjectName for which the names in the policies are correct.

    If a generated name is too long for its service, CloudFormation shortens stack name and logical ID in an
    undocumented way, and the policies would not match.
    """
    declared: int = stack.parameters.get("ProjectName", {}).get("MaxLength", _BUCKET_LIMIT)
    environment = max(len(name) for name in _environments(stack))
    fixed = environment + len(f"--{stack.name}-")
    lengths = [declared, _BUCKET_LIMIT - environment - _ACCOUNT_LENGTH - len(f"--artifacts--{stack.region}")]
    for logical_id, resource in stack.resources.items():
        limit = longest_name(resource["Type"], stack.region)
        if limit and not value_at(resource.get("Properties", {}), name_path(resource["Type"], stack.region)):
            lengths.append(limit - _RANDOM - fixed - len(logical_id))
    return min(lengths)


def _environments(stack: BuiltStack) -> Sequence[str]:
    names: list[str] = stack.parameters.get("Environment", {}).get("AllowedValues", ["production"])
    return names


def add_parameters(t: StackTemplate, stack: BuiltStack) -> None:
    """Add the parameters that every bootstrap stack has."""
    production = stack.default("Environment") or _environments(stack)[-1]
    project, length = project_name(), longest_project(stack)
    project.Description = "ProjectName of the stack. Cannot be changed after creation."
    project.Default = stack.parameters.get("ProjectName", {}).get("Default", "project")
    # Otherwise, a pipeline of project deploy-shop could change the bootstrap stack of project shop.
    project.AllowedPattern = f"(?!deploy(-|$)){project.AllowedPattern}"
    project.MaxLength = length
    project.ConstraintDescription = (
        "must start with a lowercase letter, contain only lowercase letters, digits and single hyphens, not "
        f"be deploy or start with deploy-, and be at most {length} characters long"
    )
    t.add_parameter(project)
    t.add_parameter(
        Parameter(
            "Environment",
            Type="String",
            AllowedValues=list(_environments(stack)),
            Description="Environment of the stack. Cannot be changed after creation.",
        )
    )
    t.add_parameter(
        Parameter(
            "PipelinePrincipalArn",
            Type="String",
            Default="",
            AllowedPattern="(arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+)?",
            Description="ARN of the role that can assume the pipeline's role; empty with OIDC.",
            ConstraintDescription="must be the ARN of a role, without wildcards, or empty",
        )
    )
    t.add_parameter(
        Parameter(
            "OidcProviderArn",
            Type="String",
            Default="",
            AllowedPattern="(arn:aws:iam::[0-9]{12}:oidc-provider/[A-Za-z0-9._/-]+)?",
            Description="ARN of the OIDC provider whose tokens can assume the pipeline's role, or empty.",
            ConstraintDescription="must be the ARN of an OIDC provider, or empty",
        )
    )
    # Texts of the trust policy, without what ends a text, is a wildcard, or starts a variable.
    character = '[^"*?$\\\\]'
    must = "must not contain wildcards, quotation marks, backslashes or dollar signs"
    t.add_parameter(
        Parameter(
            "OidcSubject",
            Type="String",
            Default="",
            # Everyone who can open a pull request would deploy.
            AllowedPattern=f"(?!.*:pull_request(:|$)){character}*",
            # https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
            Description=(
                "Claim sub that a token must have, in full. For GitHub Actions, "
                f"repo:OWNER/NAME:environment:{production}, or "
                f"repo:OWNER@ID/NAME@ID:environment:{production} in repositories that were created or "
                "renamed since 2026-07-15."
            ),
            ConstraintDescription=f"{must}, and must not be that of pull requests (:pull_request)",
        )
    )
    t.add_parameter(
        Parameter(
            "OidcAudience",
            Type="String",
            Default="sts.amazonaws.com",
            AllowedPattern=f"{character}+",
            Description="Claim aud that a token must have.",
            ConstraintDescription=must,
        )
    )
    for title, claim, repository in (
        ("GitHubRepositoryId", GITHUB_REPOSITORY, "GitHub repository"),
        ("GitLabProjectId", GITLAB_PROJECT, "gitlab.com project"),
    ):
        t.add_parameter(
            Parameter(
                title,
                Type="String",
                Default="",
                AllowedPattern="[0-9]*",
                Description=(
                    f"ID of the {repository} (claim {claim.rpartition(':')[2]}) whose tokens are accepted. "
                    "Another one can get its name, but not its ID. Empty to check only OidcSubject."
                ),
                ConstraintDescription="must be the number of a repository or project, or empty",
            )
        )
    t.add_parameter(
        Parameter(
            "DeletePolicies",
            Type="String",
            Default="attached",
            AllowedValues=["attached", "detached"],
            Description=(
                "Whether the roles can delete: attached for the first deploy and while resources are removed."
            ),
        )
    )


def add_rules(t: StackTemplate) -> None:
    """Add the rules about who can assume the pipeline's role: exactly one principal."""
    by_role, by_token = Ref("PipelinePrincipalArn"), Ref("OidcProviderArn")
    t.add_rule(
        "OneOfTwoPrincipals",
        {
            "Assertions": [
                {
                    "Assert": Or(
                        And(Not(Equals(by_role, "")), Equals(by_token, "")),
                        And(Equals(by_role, ""), Not(Equals(by_token, ""))),
                    ),
                    "AssertDescription": "Specify either PipelinePrincipalArn or OidcProviderArn.",
                }
            ]
        },
    )
    t.add_rule(
        "OidcNeedsSubject",
        {
            "RuleCondition": Not(Equals(by_token, "")),
            "Assertions": [
                {
                    "Assert": Not(Equals(Ref("OidcSubject"), "")),
                    "AssertDescription": "OidcProviderArn needs OidcSubject: without it, every token is "
                    "accepted.",
                }
            ],
        },
    )
    by_github, by_gitlab = Ref("GitHubRepositoryId"), Ref("GitLabProjectId")
    t.add_rule(
        "RepositoryOfTheTokens",
        {
            "Assertions": [
                {
                    "Assert": Or(Equals(by_github, ""), Equals(by_gitlab, "")),
                    "AssertDescription": "Specify only one of GitHubRepositoryId and GitLabProjectId: "
                    "no token has both.",
                },
                {
                    "Assert": Or(
                        Not(Equals(by_token, "")), And(Equals(by_github, ""), Equals(by_gitlab, ""))
                    ),
                    "AssertDescription": "GitHubRepositoryId and GitLabProjectId need OidcProviderArn: "
                    "without it, they have no effect.",
                },
            ]
        },
    )


def add_conditions(t: StackTemplate) -> None:
    """Add the conditions on the parameters that every bootstrap stack has."""
    t.add_condition("UsesOidc", Not(Equals(Ref("OidcProviderArn"), "")))
    t.add_condition("ChecksGitHubRepository", Not(Equals(Ref("GitHubRepositoryId"), "")))
    t.add_condition("ChecksGitLabProject", Not(Equals(Ref("GitLabProjectId"), "")))
    gitlab = Sub("arn:aws:iam::${AWS::AccountId}:oidc-provider/gitlab.com")
    t.add_condition("UsesGitLabCom", Equals(Ref("OidcProviderArn"), gitlab))
    t.add_condition("MayDelete", Equals(Ref("DeletePolicies"), "attached"))


def add_optional_parameters(t: StackTemplate, stack: BuiltStack) -> list[If]:
    """Add the parameters for roles and for a domain of the stack, and return their tags of its role."""
    types = {resource["Type"] for resource in stack.resources.values()}
    tags = []
    if "AWS::IAM::Role" in types:
        boundary = t.add_parameter(
            Parameter(
                "PermissionsBoundaryArn",
                Type="String",
                Default="",
                AllowedPattern="(arn:aws:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=.@_/-]+)?",
                Description=(
                    "Permissions boundary that every role of the stack must have, the same as the stack's "
                    "PermissionsBoundaryArn; empty for none."
                ),
                ConstraintDescription="must be the ARN of a managed policy, or empty",
            )
        )
        t.add_condition("HasBoundary", Not(Equals(boundary.Ref(), "")))
        tags.append(_tag_if("HasBoundary", "PermissionsBoundary", boundary))
    if "AWS::Route53::RecordSet" in types:
        domain = t.add_parameter(
            Parameter(
                "CustomDomainName",
                Type="String",
                Default="",
                Description="CustomDomainName of the stack, whose records it can change; empty for none.",
            )
        )
        zone = t.add_parameter(
            Parameter(
                "HostedZoneId",
                Type="String",
                Default="",
                AllowedPattern="(Z[A-Z0-9]+)?",
                Description="HostedZoneId of the stack; empty without a domain.",
                ConstraintDescription="must be the ID of a hosted zone, or empty",
            )
        )
        t.add_condition("HasDomain", Not(Equals(domain.Ref(), "")))
        tags += [
            _tag_if("HasDomain", "CustomDomainName", domain),
            _tag_if("HasDomain", "HostedZoneId", zone),
        ]
    return tags


def _tag_if(condition: str, key: str, parameter: Parameter) -> If:
    return If(condition, {"Key": key, "Value": parameter.Ref()}, NoValue)


def add_artifact_bucket(t: StackTemplate) -> None:
    """Add the bucket for the templates of a region, with its policy and an output."""
    t.section("Artifact bucket")
    bucket = t.add_resource(
        buckets.private_bucket(
            "ArtifactBucket",
            names.name("artifacts-${AWS::AccountId}-${AWS::Region}"),
            s3.LifecycleRule(
                Id="ExpireOldTemplates",
                Status="Enabled",
                # The AWS CLI names a template by its hash, so it is never overwritten. CloudFormation keeps
                # the templates of its stacks.
                ExpirationInDays=365,
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=90),
            ),
        )
    )
    t.add_resource(buckets.bucket_policy("ArtifactBucketPolicy", bucket.Ref()))
    t.add_output(
        Output(
            "ArtifactBucketName",
            Description="Bucket to pass to the AWS CLI with --s3-bucket.",
            Value=bucket.Ref(),
        )
    )


class Roles(NamedTuple):
    """The roles that deploy a stack."""

    pipeline: iam.Role
    service: iam.Role


def add_roles(t: StackTemplate, stack: BuiltStack, pipeline: str, service: str, tags: Sequence[If]) -> Roles:
    """Add the roles of the pipeline and of CloudFormation, each with an output."""
    t.section("Roles")
    by_role = aws.Statement(
        Effect=aws.Allow,
        Principal=aws.Principal("AWS", Ref("PipelinePrincipalArn")),
        Action=[awacs.sts.AssumeRole],
    )
    by_cloudformation = aws.Statement(
        Effect=aws.Allow,
        Principal=aws.Principal("Service", "cloudformation.amazonaws.com"),
        Action=[awacs.sts.AssumeRole],
        Condition=aws.Condition(aws.StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))),
    )
    roles = Roles(
        pipeline=t.add_resource(
            iam.Role(
                "PipelineRole",
                RoleName=Sub(pipeline),
                Description=f"Role of the pipeline that deploys the {stack.name} stack",
                AssumeRolePolicyDocument=If("UsesOidc", _by_token(), policies.document(by_role)),
                Tags=names.tags(),
            )
        ),
        service=t.add_resource(
            iam.Role(
                "ServiceRole",
                RoleName=Sub(service),
                Description=f"Role with which CloudFormation deploys the {stack.name} stack",
                AssumeRolePolicyDocument=policies.document(by_cloudformation),
                Tags=names.tags() + Tags(*tags),
            )
        ),
    )
    t.add_output(
        Output(
            "PipelineRoleArn",
            Description="Role that the pipeline assumes.",
            Value=roles.pipeline.GetAtt("Arn"),
        )
    )
    t.add_output(
        Output(
            "ServiceRoleArn",
            Description="Role to pass to CloudFormation with --role-arn.",
            Value=roles.service.GetAtt("Arn"),
        )
    )
    return roles


def _by_token() -> Sub:
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
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    subject = '"${OidcSubject}"'  # the last condition, unless others follow
    parts = Split(":oidc-provider/", Ref("OidcProviderArn"))
    return Sub(
        text.replace(subject, f"{subject}${{Repository}}${{Project}}${{Protected}}"),
        Provider=Select(1, parts),
        Repository=If(
            "ChecksGitHubRepository", Sub(f', "{GITHUB_REPOSITORY}": "${{GitHubRepositoryId}}"'), ""
        ),
        Project=If("ChecksGitLabProject", Sub(f', "{GITLAB_PROJECT}": "${{GitLabProjectId}}"'), ""),
        # A subject contains the name of the branch, but not whether only some users can push to it.
        Protected=If("UsesGitLabCom", f', "{GITLAB_PROTECTED}": "true"', ""),
    )


def add_policies(t: StackTemplate, stack: BuiltStack, pipeline: str, service: str, roles: Roles) -> None:
    """Add the managed policies of the roles; those for deleting are attached only on request."""
    t.section("Policies")
    documents = stack.policies
    for title, name, role, policy_documents, condition in (
        ("PipelinePolicy", pipeline, roles.pipeline, documents.pipeline, ""),
        ("ServicePolicy", service, roles.service, documents.service, ""),
        (
            "PipelineDeletePolicy",
            f"{pipeline}-delete",
            roles.pipeline,
            documents.pipeline_delete,
            "MayDelete",
        ),
        ("ServiceDeletePolicy", f"{service}-delete", roles.service, documents.service_delete, "MayDelete"),
    ):
        for number, document in enumerate(policy_documents, 1):
            attributes: dict[str, Any] = {}
            if condition:
                attributes["Condition"] = condition
            policy_name = name
            if len(policy_documents) > 1:
                policy_name = f"{name}-{number}"
            t.add_resource(
                iam.ManagedPolicy(
                    f"{title}{number}",
                    ManagedPolicyName=Sub(policy_name),
                    PolicyDocument=document,
                    Roles=[role.Ref()],
                    **attributes,
                )
            )

"""Bootstrap templates: two roles with the policies of the set, and a bucket in each region."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.linting import runner as linting
from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import failed_assertions, resolve
from csr_templates import STACKS
from csr_templates.assembly.files import Assembly
from csr_templates.stacks.bootstrap import build, longest_project

ROOT = Path(__file__).resolve().parents[3]
ROLE = "arn:aws:iam::123456789012:role/ci"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
SUBJECT = "repo:shop/shop:environment:prod"
BY_ROLE = {"Environment": "prod", "PipelinePrincipalArn": ROLE}
WITHOUT_TOKEN = (
    "GitHubRepositoryId and GitLabProjectId need OidcProviderArn: without it, they have no effect."
)
BY_TOKEN = {"Environment": "prod", "OidcProviderArn": PROVIDER, "OidcSubject": SUBJECT}
each_stack = pytest.mark.parametrize("name", [stack.name for stack in STACKS])


@pytest.fixture(scope="module")
def bootstraps(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Stack -> its bootstrap template, as loaded from YAML."""
    return {
        stack.name: load(assembly.files[f"bootstrap/{stack.name}.yaml"].decode()) for stack in assembly.stacks
    }


def resources(template: dict[str, Any], values: dict[str, str], region: str = "us-east-1") -> dict[str, Any]:
    """Return the resources after a deploy with these values."""
    existing: dict[str, Any] = resolve(template, values, region=region)["Resources"]
    return existing


@each_stack
def test_is_clean_and_fits_inline(assembly: Assembly, name: str) -> None:
    """cfn-lint and our rules have no findings.

    The template is small enough to be deployed without a bucket.
    """
    text = assembly.files[f"bootstrap/{name}.yaml"]
    region = next(stack.region for stack in STACKS if stack.name == name)

    assert linting.lint(text.decode(), region) == []
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    assert len(text) <= 51_200, (
        "CloudFormation accepts a longer template only from a bucket, but docs/hand-over.md passes it with "
        "--template-body. Use --template-url there, or move resources to another stack."
    )


@each_stack
@pytest.mark.parametrize("delete", ["attached", "detached"])
def test_roles_have_the_policies_of_the_stack(
    assembly: Assembly, bootstraps: dict[str, dict[str, Any]], name: str, delete: str
) -> None:
    """Each role has the policies of its stack. Policies for deletion are attached only if requested."""
    policies = next(stack.policies for stack in assembly.stacks if stack.name == name)
    created = resources(bootstraps[name], {**BY_ROLE, "DeletePolicies": delete}).values()
    for role, everyday, deleting in (
        ("PipelineRole", policies.pipeline, policies.pipeline_delete),
        ("ServiceRole", policies.service, policies.service_delete),
    ):
        policies_in_stack = [
            resource["Properties"] for resource in created if resource["Type"] == "AWS::IAM::ManagedPolicy"
        ]
        attached = [policy for policy in policies_in_stack if policy["Roles"] == [{"Ref": role}]]
        documents = [*everyday]
        if delete == "attached":
            documents += deleting
        assert [policy["PolicyDocument"] for policy in attached] == documents
        names = [policy["ManagedPolicyName"] for policy in attached]
        start = f"deploy-csr-lambda-api-prod-{name}-{role.removesuffix('Role').lower()}"
        assert len(set(names)) == len(names)
        assert [re.fullmatch(rf"{start}(-delete)?(-\d)?", policy) for policy in names].count(None) == 0
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        assert len(attached) <= 10


@each_stack
def test_only_cloudformation_of_this_account_assumes_the_service_role(
    bootstraps: dict[str, dict[str, Any]], name: str
) -> None:
    """No user and no other service can assume the role."""
    role = resources(bootstraps[name], BY_ROLE)["ServiceRole"]["Properties"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert role["RoleName"] == f"deploy-csr-lambda-api-prod-{name}-service"
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "cloudformation.amazonaws.com"},
        "Action": ["sts:AssumeRole"],
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
    }


@each_stack
def test_the_trust_policy_of_the_pipeline_role(bootstraps: dict[str, dict[str, Any]], name: str) -> None:
    """The trusted principal is one role, or tokens of one provider with one subject.

    Session tags are not allowed.
    """
    by_role, by_token = (
        resources(bootstraps[name], values)["PipelineRole"]["Properties"]["AssumeRolePolicyDocument"]
        for values in (BY_ROLE, BY_TOKEN)
    )
    (token,) = json.loads(by_token)["Statement"]

    assert by_role["Statement"] == [
        {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": ["sts:AssumeRole"]}
    ]
    assert token == {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": SUBJECT,
            }
        },
    }


@each_stack
@pytest.mark.parametrize(
    ("values", "conditions"),
    [
        ({"GitHubRepositoryId": "74"}, {"token.actions.githubusercontent.com:repository_id": "74"}),
        ({"GitLabProjectId": "20"}, {"gitlab.com:project_id": "20"}),
    ],
    ids=["GitHub", "GitLab"],
)
def test_the_repository_of_a_token(
    bootstraps: dict[str, dict[str, Any]], name: str, values: dict[str, str], conditions: dict[str, str]
) -> None:
    """With its ID, tokens of another repository with the same name are rejected."""
    role = resources(bootstraps[name], {**BY_TOKEN, **values})["PipelineRole"]["Properties"]
    (statement,) = json.loads(role["AssumeRolePolicyDocument"])["Statement"]

    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": SUBJECT,
            **conditions,
        }
    }


@each_stack
def test_tokens_of_gitlab_are_those_of_protected_branches(
    bootstraps: dict[str, dict[str, Any]], name: str
) -> None:
    """The subject does not say whether the branch is protected, and so only some users can push to it."""
    provider = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
    subject = "project_path:shop/shop:ref_type:branch:ref:main"
    values = {**BY_TOKEN, "OidcProviderArn": provider, "OidcSubject": subject, "GitLabProjectId": "20"}
    template = resolve(bootstraps[name], values, region="us-east-1", account="123456789012")
    role = template["Resources"]["PipelineRole"]["Properties"]
    (statement,) = json.loads(role["AssumeRolePolicyDocument"])["Statement"]

    assert statement["Condition"]["StringEquals"] == {
        "gitlab.com:aud": "sts.amazonaws.com",
        "gitlab.com:sub": subject,
        "gitlab.com:project_id": "20",
        "gitlab.com:ref_protected": "true",
    }


@each_stack
@pytest.mark.parametrize(
    ("values", "broken"),
    [
        (BY_ROLE, []),
        (BY_TOKEN, []),
        ({"Environment": "prod"}, ["Specify either PipelinePrincipalArn or OidcProviderArn."]),
        ({**BY_TOKEN, **BY_ROLE}, ["Specify either PipelinePrincipalArn or OidcProviderArn."]),
        (
            {"Environment": "prod", "OidcProviderArn": PROVIDER},
            ["OidcProviderArn needs OidcSubject: without it, every token is accepted."],
        ),
        ({**BY_TOKEN, "GitHubRepositoryId": "74"}, []),
        ({**BY_TOKEN, "GitLabProjectId": "20"}, []),
        (
            {**BY_TOKEN, "GitHubRepositoryId": "74", "GitLabProjectId": "20"},
            ["Specify only one of GitHubRepositoryId and GitLabProjectId: no token has both."],
        ),
        ({**BY_ROLE, "GitHubRepositoryId": "74"}, [WITHOUT_TOKEN]),
        ({**BY_ROLE, "GitLabProjectId": "20"}, [WITHOUT_TOKEN]),
    ],
    ids=[
        "role",
        "token",
        "nobody",
        "both",
        "every token",
        "GitHub",
        "GitLab",
        "both IDs",
        "GitHub without token",
        "GitLab without token",
    ],
)
def test_requires_exactly_one_principal(
    bootstraps: dict[str, dict[str, Any]], name: str, values: dict[str, str], broken: list[str]
) -> None:
    """A rule rejects a role that anyone or no one could assume."""
    assert failed_assertions(bootstraps[name], values) == broken


def tags(template: dict[str, Any], role: str, **values: str) -> dict[str, str]:
    """Return the tags of a role."""
    pairs = resources(template, {**BY_ROLE, **values})[role]["Properties"]["Tags"]
    return {tag["Key"]: tag["Value"] for tag in pairs}


@each_stack
def test_roles_have_the_tags_that_the_policies_use(
    assembly: Assembly, bootstraps: dict[str, dict[str, Any]], name: str
) -> None:
    """Each tag of the role that a policy uses exists if its parameter has a value."""
    stack = next(stack for stack in assembly.stacks if stack.name == name)
    optional = {
        "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/PowerUserAccess"},
        "HostedZoneId": {"HostedZoneId": "Z1", "CustomDomainName": "example.com"},
        "CustomDomainName": {"HostedZoneId": "Z1", "CustomDomainName": "example.com"},
    }
    for role, documents in (
        ("PipelineRole", [stack.policies.pipeline, stack.policies.pipeline_delete]),
        ("ServiceRole", [stack.policies.service, stack.policies.service_delete]),
    ):
        used = set(re.findall(r"aws:PrincipalTag/(\w+)", json.dumps(documents)))
        values: dict[str, str] = {}
        for tag in used & set(optional):
            values |= optional[tag]

        assert set(tags(bootstraps[name], role, **values)) == used
        assert set(tags(bootstraps[name], role)) == {"Project", "Environment"}


def test_first_stack_of_a_region_creates_its_bucket(
    built: dict[str, BuiltStack], bootstraps: dict[str, dict[str, Any]]
) -> None:
    """The bucket is private, encrypted, versioned and retained, and requires TLS."""
    for name, template in bootstraps.items():
        created = resources(template, BY_ROLE, built[name].region)
        assert ("ArtifactBucket" in created) == (name in ("network", "frontend"))
        if "ArtifactBucket" in created:
            bucket = created["ArtifactBucket"]
            properties = bucket["Properties"]
            assert (
                properties["BucketName"] == f"csr-lambda-api-prod-artifacts-123456789012-{built[name].region}"
            )
            assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
            assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
            rules = {rule["Id"]: rule for rule in properties["LifecycleConfiguration"]["Rules"]}
            # Without the first one, no version would become noncurrent.
            assert {"ExpirationInDays", "NoncurrentVersionExpiration"} <= set(rules["ExpireOldTemplates"])
            assert bucket["UpdateReplacePolicy"] == "Retain"
            (statement,) = created["ArtifactBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
            assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
            assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@each_stack
def test_project_is_short_enough_for_generated_names(built: dict[str, BuiltStack], name: str) -> None:
    """With the longest values, CloudFormation does not shorten the names of roles and instances."""
    stack = built[name]
    project = "p" * longest_project(stack)
    longest = max(stack.parameters["Environment"]["AllowedValues"], key=len)
    for logical_id, resource in stack.resources.items():
        limit = {"AWS::IAM::Role": 64, "AWS::RDS::DBInstance": 63}.get(resource["Type"])
        if limit:
            assert len(f"{project}-{longest}-{name}-{logical_id}-0AbCdEfGhIjK") <= limit
    assert len(f"{project}-{longest}-artifacts-123456789012-{stack.region}") <= 63
    assert longest_project(stack) >= len("csr-lambda-api")


@pytest.mark.parametrize(("properties", "longest"), [({}, 5), ({"QueueName": "letters"}, 19)])
def test_every_generated_name_limits_the_project(properties: dict[str, str], longest: int) -> None:
    """A generated name of 80 characters, or otherwise the name of the artifact bucket."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": properties}
    stack = BuiltStack("site", "site.yaml", "us-east-1", {"Resources": {"Q" * 45: queue}})

    assert len(f"{'p' * 5}-production-site-{'Q' * 45}-0AbCdEfGhIjK") == 80
    assert longest_project(stack) == longest


def test_a_project_cannot_have_the_name_of_a_bootstrap() -> None:
    """Otherwise, a pipeline of project deploy-shop could change the bootstrap stack of project shop."""
    stack = BuiltStack("site", "site.yaml", "us-east-1", {"Resources": {}})
    template = build(stack, pipeline="deploy", service="service", with_bucket=False)
    pattern = template.parameters["ProjectName"].AllowedPattern

    assert re.fullmatch(pattern, "shop")
    assert re.fullmatch(pattern, "deployer")
    assert not re.fullmatch(pattern, "deploy-shop")
    assert not re.fullmatch(pattern, "deploy")


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        (
            "PipelinePrincipalArn",
            ROLE,
            ["arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:root", "*"],
        ),
        (
            "OidcProviderArn",
            PROVIDER,
            ["arn:aws:iam::123456789012:oidc-provider/*", PROVIDER[:-1] + "?", "*"],
        ),
        ("OidcSubject", SUBJECT, ["repo:OWNER/*", 'a", "b', "${aws:username}", "a\\b"]),
        (
            "OidcSubject",
            "repo:OWNER/pull_request:environment:prod",
            ["repo:OWNER/NAME:pull_request", "repo:OWNER/NAME:event_name:pull_request:actor:a"],
        ),
        ("OidcAudience", "sts.amazonaws.com", ["*", ""]),
        ("GitHubRepositoryId", "74", ["*", "octo/repo", '74"', "${aws:username}"]),
        ("GitLabProjectId", "20", ["*", "group/project"]),
        (
            "PermissionsBoundaryArn",
            "arn:aws:iam::123456789012:policy/limits",
            ["arn:aws:iam::*:policy/x", "*"],
        ),
    ],
)
def test_trust_policies_have_no_wildcards(
    bootstraps: dict[str, dict[str, Any]], parameter: str, good: str, bad: list[str]
) -> None:
    """Characters that would end a text in the trust policy, or start a variable, are rejected too."""
    pattern = bootstraps["network"]["Parameters"][parameter]["AllowedPattern"]

    assert re.fullmatch(pattern, good)
    assert [text for text in bad if re.fullmatch(pattern, text)] == []

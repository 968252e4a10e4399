from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.access_properties import grants, parsed, policies
from cfn_analysis.model.references import as_list
from cfn_analysis.rules.support.documents import (
    POLICIES,
    TRUST,
    conditions,
    documents,
    each,
    open_to_anyone,
    principals,
    texts,
)
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import Path

RESOURCE = "Resources/*"
GITHUB = "token.actions.githubusercontent.com"
# Public by purpose, as websites, APIs and function URLs are, or checked by another rule, as roles are. The
# policy of a VPC endpoint only limits. A domain of OpenSearch in a VPC is open to its security groups only.
NOT_CHECKED = {
    "AWS::ApiGateway::DomainNameV2",
    "AWS::ApiGateway::RestApi",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECR::PublicRepository",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::S3::AccessPoint",
    "AWS::S3::BucketPolicy",
    "AWS::Serverless::Api",
}
# Properties that limit a grant to everyone.
LIMITS = {"Condition", "OrganizationId"}
MESSAGE = (
    "{} is '*' and there is no Condition: anyone can do this, from any account. Specify an account or a "
    "service, or add a condition."
)


class StatementForAnyone(Rule):
    """Role or resource that is open to anyone, or statement that allows more than its author sees.

    A trust policy with Principal '*' allows every AWS account to assume the role unless a condition limits
    it. All GitHub repositories get tokens of one issuer, and only the subject, GITHUB-ISSUER:sub, identifies
    the repository. In the policy of a queue, topic or key, Principal '*' also means callers without an
    account. NotPrincipal with Effect: Allow allows all others, including anonymous callers. Specify the
    account, the organization, an external ID or the subject repo:OWNER/NAME:ref:refs/heads/BRANCH.

    NotAction with Effect: Allow and Resource '*' allows every action that it does not list, also future ones.
    A principal that may pass every role to any service can get the permissions of any role. List the actions
    or the roles, or add a condition on iam:PassedToService. For administrators it can be intended.
    """

    id = "E9643"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    finding_class = "rights"
    looks_at = (*POLICIES, TRUST, RESOURCE)

    def findings(self, validator: Validator, part: Any) -> Findings:
        place = validator.context.path.path
        if len(place) == RESOURCE.count("/") + 1:
            yield from _open_resource(part)
            return
        is_trust = place[-1] == "AssumeRolePolicyDocument"
        for statement, path in documents(part):
            if statement.get("Effect") != "Allow":
                continue
            yield from _excluding(statement, path)
            if is_trust:
                yield from _trusting(statement, path)
            else:
                yield from _too_broad(statement, path)


def _excluding(statement: Any, path: Path) -> Findings:
    """Yield a statement for everyone except some."""
    if "NotPrincipal" in statement:
        yield RuleFinding(
            (*path, "NotPrincipal"),
            "NotPrincipal with Effect: Allow allows everyone except those in it, also anonymous callers. "
            "Write Principal, or Effect: Deny.",
        )


def _trusting(statement: Any, path: Path) -> Findings:
    """Yield a statement by which any account, or any repository, can assume a role."""
    if "Condition" not in statement and "*" in principals(statement, "AWS"):
        yield RuleFinding(
            (*path, "Principal"),
            "Principal is '*' and there is no Condition: every AWS account can assume the role. Specify an "
            "account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
        )
    if not any(GITHUB in name for name in principals(statement, "Federated")):
        return
    subjects = [value for _, key, value, _ in conditions(statement) if key.lower() == f"{GITHUB}:sub"]
    wide = {"*", "repo:*", "repo:*/*:*", "repo:*:*"}
    if all(wide & set(texts(subject)) for subject in subjects):
        yield RuleFinding(
            path,
            f"Condition does not restrict {GITHUB}:sub: the workflows of every repository on GitHub can "
            "assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
        )


def _too_broad(statement: Any, path: Path) -> Findings:
    """Yield what a statement allows on all resources without naming it."""
    if "*" not in texts(statement.get("Resource")):
        return
    if "NotAction" in statement and "Condition" not in statement:
        yield RuleFinding(
            (*path, "NotAction"),
            "NotAction with Effect: Allow and Resource '*' allows every other action of every service. Write "
            "Action, or Effect: Deny.",
        )
    actions = {action.lower() for action in texts(statement.get("Action"))}
    if actions & {"iam:passrole", "iam:pass*"} and not any(conditions(statement)):
        yield RuleFinding(
            (*path, "Resource"),
            "iam:PassRole is allowed on '*', to any service: name the roles, or add a condition on "
            "iam:PassedToService.",
        )


def _open_resource(resource: Any) -> Findings:
    """Yield the policies and properties of a resource that let anyone use it."""
    resource_type, properties = str(resource.get("Type")), resource.get("Properties")
    if resource_type in NOT_CHECKED or (isinstance(properties, dict) and "VPCOptions" in properties):
        return
    for path, written_policy in policies(properties, ("Properties",)):
        for policy, policy_path in each(written_policy, *path):
            for finding_path in _open_statements(policy, policy_path):
                yield RuleFinding(finding_path, MESSAGE.format("Principal"))
    for grant in grants(resource_type, properties, ("Properties",)):
        if "*" in as_list(grant.value[grant.key]) and not LIMITS & set(grant.value):
            yield RuleFinding((*grant.place, grant.key), MESSAGE.format(grant.key))


def _open_statements(policy: Any, place: Path) -> Iterator[Path]:
    """Yield the path of the Principal of each open statement, or of the policy if it is JSON."""
    document = parsed(policy)
    if isinstance(document, dict):
        for path in open_to_anyone(document):
            yield (*place, *path, "Principal") if document is policy else place

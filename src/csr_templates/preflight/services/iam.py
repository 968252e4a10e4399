"""Roles: the deploy roles, and the service-linked roles of AWS services."""

from collections.abc import Iterator
from typing import Final

from csr_templates.hand_over.pipeline_policies import role_name
from csr_templates.preflight import remedies
from csr_templates.preflight.calls import GLOBAL
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed, warned
from csr_templates.preflight.services import cloudformation_calls, iam_calls

# Type -> service-linked role. The service roles of the bootstrap templates can create them.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
# https://docs.aws.amazon.com/waf/latest/developerguide/using-service-linked-roles.html
_LINKED: Final = {
    "AWS::RDS::DBCluster": ("AWSServiceRoleForRDS", "rds.amazonaws.com"),
    "AWS::ApiGateway::RestApi": ("AWSServiceRoleForAPIGateway", "ops.apigateway.amazonaws.com"),
    "AWS::WAFv2::LoggingConfiguration": ("AWSServiceRoleForWAFV2Logging", "wafv2.amazonaws.com"),
}


def _roles(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack in environment.chosen:
        for kind in ("pipeline", "service"):
            yield Subject(role_name(environment.project, environment.name, stack.name, kind), stack)


def _judge_role(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    stack = subject.stack
    bootstrap = f"deploy-{stack.deployed_name}"
    if lookup(iam_calls.role.query(subject.id)) is None:
        template = remedies.file_of(environment, f"bootstrap/{stack.name}.yaml")
        return failed(
            f"The role {subject.id} does not exist.",
            f"An administrator deploys {template} with the block of docs/hand-over.md, Permissions.",
        )
    owners = lookup(cloudformation_calls.stack_of.query(stack.region, subject.id)) or []
    if bootstrap in [owner["StackName"] for owner in owners]:
        return passed(f"The role {subject.id} belongs to {bootstrap}.")
    return warned(
        f"The role {subject.id} exists outside of {bootstrap}: its policies may differ, and the bootstrap "
        "template could not create it.",
        "Compare its policies with the bootstrap template, or delete the role and deploy the template.",
    )


def _linked_roles(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for type_name, (role, service) in _LINKED.items():
        for stack, _, _ in environment.of_type(type_name):
            yield Subject(role, stack, service)
            break


def _judge_linked_role(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    if lookup(iam_calls.role.query(subject.id)):
        return passed(f"The service-linked role {subject.id} exists.")
    return warned(
        f"The service-linked role {subject.id} does not exist yet. The first deploy creates it if permitted.",
        "To create it now: "
        f"{remedies.aws('iam create-service-linked-role', GLOBAL, aws_service_name=subject.about)}",
    )


BEFORE_DEPLOY: Final = (
    Check(
        "deploy-roles",
        "The pipeline role and the service role of each stack exist",
        _roles,
        _judge_role,
    ),
    Check(
        "service-linked-roles",
        "The service-linked roles of RDS, API Gateway and WAF exist",
        _linked_roles,
        _judge_linked_role,
    ),
)

"""The account: whether it is the intended one, and whether the regions are enabled."""

from collections.abc import Iterator
from typing import Final

from csr_templates.preflight import deployed, remedies
from csr_templates.preflight.calls import GLOBAL
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed, warned
from csr_templates.preflight.services import cloudformation_calls, ec2_calls, iam_calls, sts_calls

_ARNS: Final = ("CertificateArn", "PermissionsBoundaryArn")
"""Parameters that contain the account of the resources they refer to."""
CORRECT_ACCOUNT: Final = "Use the profile of that account, or correct the parameter."


def _account(environment: ResolvedEnvironment) -> Iterator[Subject]:
    if environment.chosen:
        yield Subject(environment.account, environment.chosen[0])


def account_of_parameters(environment: ResolvedEnvironment) -> str | None:
    """Return the sentence about a parameter with another account than the caller's; None if there is none."""
    for stack in environment.chosen:
        for name in _ARNS:
            account = _account_of_arn(stack.values.get(name, ""))
            if account not in ("", "aws", environment.account):
                return (
                    f"{name} of {environment.name} is in account {account}, but the caller is in account "
                    f"{environment.account}."
                )
    return None


def _account_of_arn(arn: str) -> str:
    """Return the account in an ARN; empty for a text that is not one."""
    parts = arn.split(":")  # arn:aws:acm:REGION:ACCOUNT:certificate/ID
    if len(parts) <= 4:
        return ""
    return parts[4]


def _judge_account(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    if sentence := account_of_parameters(environment):
        return failed(sentence, CORRECT_ACCOUNT)
    stack_queries = [
        cloudformation_calls.stack.query(stack.region, stack.deployed_name) for stack in environment.stacks
    ]
    role_queries = [
        iam_calls.role.query(f"deploy-{stack.deployed_name}-service") for stack in environment.chosen
    ]
    lookup.all((*stack_queries, *role_queries))  # together, because each round of calls takes time
    for query in stack_queries:
        if lookup(query):
            return passed(f"Account {environment.account} contains stacks of {environment.name}.", query)
    for query in role_queries:
        if lookup(query):
            return passed(
                f"Account {environment.account} contains deploy roles of {environment.name}, and no stacks.",
                query,
            )
    if environment.stated_account:  # the command has stopped at another account
        return passed(
            f"Account {environment.account} is the one of {environment.name}, which has no stacks yet."
        )
    caller = lookup(sts_calls.identity.query())
    question = deployed.question_of_account(environment, caller["Arn"])
    return warned(
        f"{deployed.none_exists(environment)}.{question}",
        "Before the first deploy, make sure that this is the intended account.",
    )


def _regions(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for region in environment.regions:
        yield Subject(region, next(stack for stack in environment.chosen if stack.region == region))


def _judge_region(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    # us-east-1 is enabled in every account, so the call for the others goes there.
    regions = lookup(ec2_calls.regions.query(GLOBAL))
    statuses = {region["RegionName"]: region.get("OptInStatus") for region in regions}
    status = statuses.get(subject.id)
    if status in ("opt-in-not-required", "opted-in"):
        return passed(f"{subject.id} is enabled for the account.")
    return failed(
        f"{subject.id} is not enabled for the account: {status or 'AWS does not list the region'}.",
        "Deploy to another region, or enable the region: "
        f"{remedies.aws('account enable-region', GLOBAL, region_name=subject.id)}",
    )


BEFORE_DEPLOY: Final = (
    Check(
        "account",
        "The account is the one in the parameters. Without `AccountId`, it contains stacks of the "
        "environment",
        _account,
        _judge_account,
    ),
    Check(
        "regions",
        "The regions of the stacks are enabled for the account",
        _regions,
        _judge_region,
    ),
)

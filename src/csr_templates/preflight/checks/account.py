"""The account: whether it is the intended one, and whether the regions are enabled."""

from collections.abc import Iterator

from csr_templates.preflight import calls
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

_ARNS = ("CertificateArn", "PermissionsBoundaryArn")
"""Parameters that contain the account of the resources they refer to."""
WRONG_ACCOUNT = "Use the profile of that account, or correct the parameter."


def _account(needs: Needs) -> Iterator[Subject]:
    if needs.chosen:
        yield Subject(needs.account, needs.chosen[0])


def wrong_account(needs: Needs) -> str | None:
    """Return the sentence about a parameter with another account than the one of the caller."""
    for stack in needs.chosen:
        for name in _ARNS:
            account = next(iter(stack.values.get(name, "").split(":")[4:]), "")
            if account not in ("", "aws", needs.account):
                return (
                    f"{name} of {needs.environment} is in account {account}, but the caller is in account "
                    f"{needs.account}."
                )
    return None


def _judge_account(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    if sentence := wrong_account(needs):
        return failed(sentence, WRONG_ACCOUNT)
    roles = (calls.role(f"deploy-{stack.deployed}-service") for stack in needs.chosen)
    stacks = (calls.stack(stack.region, stack.deployed) for stack in needs.stacks)
    if any(lookup.all((*roles, *stacks))):
        return passed(f"Account {needs.account} contains stacks of {needs.environment}.")
    if needs.stated_account:  # the command has stopped at another account
        return passed(f"Account {needs.account} is the one of {needs.environment}, which has no stacks yet.")
    who = lookup(calls.identity())
    return warned(
        f"Account {needs.account} does not contain stacks of {needs.environment} yet, so it may be the wrong "
        f"account. The caller is {who['Arn']}.",
        "Before the first deploy, make sure that this is the intended account.",
    )


def _regions(needs: Needs) -> Iterator[Subject]:
    for region in needs.regions:
        yield Subject(region, next(stack for stack in needs.chosen if stack.region == region))


def _judge_region(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    # us-east-1 is enabled in every account, so the call for the others goes there.
    found = {
        region["RegionName"]: region.get("OptInStatus") for region in lookup(calls.regions(calls.GLOBAL))
    }
    status = found.get(subject.id)
    if status in ("opt-in-not-required", "opted-in"):
        return passed(f"{subject.id} is enabled for the account.")
    return failed(
        f"{subject.id} is not enabled for the account: {status or 'AWS does not list the region'}.",
        "Enable the region in the account settings, or deploy to another region.",
    )


CHECKS = (
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

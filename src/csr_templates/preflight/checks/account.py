"""The account itself: is it the one that is meant, and may it use the regions."""

from __future__ import annotations

from collections.abc import Iterator

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

_ARNS = ("CertificateArn", "PermissionsBoundaryArn")
"""Parameters that name the account of what they lead to."""


def _account(needs: Needs) -> Iterator[Subject]:
    if needs.chosen:
        yield Subject(needs.account, needs.chosen[0])


def _judge_account(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    for stack in needs.chosen:
        for name in _ARNS:
            arn = stack.values.get(name, "")
            if arn and arn.split(":")[4] not in (needs.account, "aws"):
                return failed(
                    f"{name} of {needs.environment} is in account {arn.split(':')[4]}, and this is "
                    f"{needs.account}.",
                    "Use the profile of the other account, or correct the parameter.",
                )
    roles = [f"deploy-{stack.deployed}-service" for stack in needs.chosen]
    lookup.expect(
        [*map(calls.role, roles), *(calls.stack(stack.region, stack.deployed) for stack in needs.stacks)]
    )
    is_known = any(lookup(calls.role(role)) for role in roles)
    if is_known or any(deployed.description(lookup, stack) for stack in needs.stacks):
        return passed(f"Account {needs.account} holds parts of {needs.environment} already.")
    who = lookup(calls.identity())
    return warned(
        f"Account {needs.account} holds nothing of {needs.environment} yet, so nothing tells that it is the "
        f"right one. The caller is {who['Arn']}.",
        "Make sure that it is, before the first deploy.",
    )


def _regions(needs: Needs) -> Iterator[Subject]:
    for region in needs.regions:
        yield Subject(region, next(stack for stack in needs.chosen if stack.region == region))


def _judge_region(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    # us-east-1 is enabled in every account, so it can be asked for the others.
    found = {one["RegionName"]: one.get("OptInStatus") for one in lookup(calls.regions(calls.GLOBAL))}
    status = found.get(subject.id)
    if status in ("opt-in-not-required", "opted-in"):
        return passed(f"The account may use {subject.id}.")
    return failed(
        f"The account may not use {subject.id}: {status or 'AWS does not list the region'}.",
        "Enable the region in the settings of the account, or deploy to another one.",
    )


CHECKS = (
    Check(
        "account",
        "The account is the one that the parameters name, and holds parts of the environment",
        _account,
        _judge_account,
    ),
    Check("regions", "The account may use the regions of the stacks", _regions, _judge_region),
)

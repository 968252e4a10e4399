"""Quotas: existing and new resources, compared with the limit of the account."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from csr_templates.preflight import deployed, remedies
from csr_templates.preflight.calls import GLOBAL, ApiCall
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed
from csr_templates.preflight.services import service_quotas_calls


class Quota(NamedTuple):
    """A quota from Service Quotas or from the AWS documentation.

    Attributes:
        id: its ID for ``--ignore``.
        type: the resource type that counts.
        used: the call that lists the existing resources.
        documented: the value in the AWS documentation.
        code: codes of the service and the quota in Service Quotas; empty if it does not list the quota.
        noun: the name of the counted resources, if it is not the ID without hyphens.
        counts: returns whether a resource of the answer counts.
    """

    id: str
    type: str
    used: ApiCall
    documented: int
    code: str = ""
    noun: str = ""
    counts: Callable[[Any], bool] = lambda resource: True

    @property
    def text(self) -> str:
        """The name of the counted resources in sentences."""
        return self.noun or self.id.replace("-", " ")

    @property
    def is_global(self) -> bool:
        """Whether it applies to the account, not to each region."""
        return bool(self.used.region)

    def listing(self, region: str) -> Query:
        """Return the call that lists the existing resources of the account, or of a region."""
        if self.is_global:
            return self.used.query()
        return self.used.query(region)


def check(name: str, summary: str, quotas: Sequence[Quota]) -> Check:
    """Return the check that the quotas are sufficient for the new resources."""

    def subjects(environment: ResolvedEnvironment) -> Iterator[Subject]:
        for quota in quotas:
            yield from _subjects_of_quota(quota, environment)

    return Check(name, summary, subjects, _judge)


def _subjects_of_quota(quota: Quota, environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield the quota once for each region; for one region, or a global quota, without the region."""
    first_stacks: dict[str, EnvironmentStack] = {}
    for stack, _, _ in environment.of_type(quota.type):
        region = stack.region
        if quota.is_global:
            region = ""
        first_stacks.setdefault(region, stack)
    for region, stack in first_stacks.items():
        subject_id = quota.id
        if len(first_stacks) > 1:
            subject_id = f"{quota.id}-{region}"
        yield Subject(subject_id, stack, (quota, region))


def _judge(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    quota, region = subject.about
    new = 0
    for stack, _ in deployed.new(lookup, environment, quota.type):
        if quota.is_global or stack.region == region:
            new += 1
    return result(lookup, quota, region or GLOBAL, new)


def result(lookup: Lookup, quota: Quota, region: str, new: int) -> Result:
    """Return the result about a quota for a number of new resources."""
    if not new:
        return passed(f"No new resource counts toward the quota of {quota.text}.")
    limit, source = _limit(lookup, quota, region)
    used = sum(quota.counts(resource) for resource in lookup(quota.listing(region)))
    remedy = "Request a quota increase from AWS Support, or delete unused resources."
    if quota.code:
        service, code = quota.code.split()
        increase = remedies.quota_increase(region, service, code, used + new)
        remedy = f"Delete unused resources, or request a quota increase: {increase}"
    return of_limit(quota.text, used, new, limit, source, remedy)


def of_limit(
    noun: str,
    used: int,
    new: int,
    limit: int,
    source: str,
    remedy: str = "Request a quota increase in Service Quotas, or delete unused resources.",
) -> Result:
    """Return the result about a number of new resources under a limit."""
    sentence = f"{noun}: {used:,} used and {new:,} new, of {limit:,} ({source})"
    if used + new <= limit:
        return passed(f"{sentence}.")
    return failed(f"{sentence}: {used + new - limit:,} too many.", remedy)


def _limit(lookup: Lookup, quota: Quota, region: str) -> tuple[int, str]:
    """Return the value of a quota and its source."""
    if quota.code:
        service, code = quota.code.split()
        applied = lookup(service_quotas_calls.applied_quota.query(region, service, code))
        if applied is not None:
            return int(applied["Value"]), "Service Quotas"
        default = lookup(service_quotas_calls.default_quota.query(region, service, code))
        if default is not None:
            return int(default["Value"]), "AWS's default in Service Quotas"
    return quota.documented, "AWS's documented default"

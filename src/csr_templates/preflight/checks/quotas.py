"""Quotas: existing and new resources, compared with the limit of the account."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.calls import Call
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed


class Quota(NamedTuple):
    """A quota from Service Quotas or from the AWS documentation.

    Attributes:
        id: its ID for ``--ignore``.
        type: the resource type that counts.
        used: the call that lists the existing resources.
        documented: the value in the AWS documentation.
        code: codes of the service and the quota in Service Quotas; empty if it does not list the quota.
        noun: the name of the counted resources, if it is not the ID without hyphens.
        counts: returns whether an item of the answer counts.
    """

    id: str
    type: str
    used: Call
    documented: int
    code: str = ""
    noun: str = ""
    counts: Callable[[Any], bool] = lambda item: True

    @property
    def text(self) -> str:
        """The name of the counted resources in sentences."""
        return self.noun or self.id.replace("-", " ")

    @property
    def is_global(self) -> bool:
        """Whether it applies to the account, not to each region."""
        return bool(self.used.region)


def check(name: str, summary: str, quotas: Sequence[Quota]) -> Check:
    """Return the check that the quotas are sufficient for the new resources."""

    def subjects(needs: Needs) -> Iterator[Subject]:
        for quota in quotas:
            first: dict[str, StackNeeds] = {}
            for stack, _, _ in needs.of_type(quota.type):
                first.setdefault("" if quota.is_global else stack.region, stack)
            for region, stack in first.items():
                several = len(first) > 1
                yield Subject(f"{quota.id}-{region}" if several else quota.id, stack, (quota, region))

    def wanted(subject: Subject, needs: Needs, lookup: Lookup) -> int:
        quota, region = subject.about
        return sum(
            quota.is_global or stack.region == region for stack, _ in deployed.new(lookup, needs, quota.type)
        )

    def judge(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
        quota, region = subject.about
        return verdict(lookup, quota, region or calls.GLOBAL, wanted(subject, needs, lookup))

    return Check(name, summary, subjects, judge)


def verdict(lookup: Lookup, quota: Quota, region: str, wanted: int) -> Verdict:
    """Return the verdict on a quota for some new resources."""
    if not wanted:
        return passed(f"No new resource counts towards the quota of {quota.text}.")
    limit, source = _limit(lookup, quota, region)
    used = sum(map(quota.counts, lookup(quota.used() if quota.is_global else quota.used(region))))
    which = f"Service Quotas, {quota.code}" if quota.code else "AWS Support"
    return room(quota.text, used, wanted, limit, source, which)


def room(
    noun: str, used: int, wanted: int, limit: int, source: str, which: str = "Service Quotas"
) -> Verdict:
    """Return the verdict on some new resources under a limit."""
    sentence = f"{noun}: {used:,} used and {wanted:,} new, of {limit:,} ({source})"
    if used + wanted <= limit:
        return passed(f"{sentence}.")
    return failed(
        f"{sentence}: {used + wanted - limit:,} too many.",
        f"Request a quota increase ({which}), or delete unused resources.",
    )


def _limit(lookup: Lookup, quota: Quota, region: str) -> tuple[int, str]:
    """Return the value of a quota and its source."""
    if quota.code:
        applied = lookup(calls.quota(region, *quota.code.split()))
        if applied is not None:
            return int(applied["Value"]), "Service Quotas"
        default = lookup(calls.default_quota(region, *quota.code.split()))
        if default is not None:
            return int(default["Value"]), "AWS's default in Service Quotas"
    return quota.documented, "AWS's documented default"

"""Quotas: what is there and what would be new, compared with what the account may have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed


class Quota(NamedTuple):
    """A quota of Service Quotas or of AWS's documents.

    Attributes:
        id: what ``--ignore`` calls it.
        noun: what a sentence calls what counts.
        types: what counts.
        used: the call that lists what is there.
        documented: the value in AWS's documents.
        service: code of the service in Service Quotas.
        code: code of the quota; empty where Service Quotas does not have it.
        is_global: whether it holds for the account and not for each region.
        counts: which items of the answer count.
    """

    id: str
    noun: str
    types: tuple[str, ...]
    used: Callable[[str], Query]
    documented: int
    service: str = ""
    code: str = ""
    is_global: bool = False
    counts: Callable[[Any], bool] = lambda item: True


def check(name: str, summary: str, quotas: Sequence[Quota]) -> Check:
    """Return the check that the quotas leave room for what would be new."""

    def subjects(needs: Needs) -> Iterator[Subject]:
        for quota in quotas:
            first: dict[str, StackNeeds] = {}
            for stack, _, _ in needs.of_type(*quota.types):
                first.setdefault("" if quota.is_global else stack.region, stack)
            for region, stack in first.items():
                several = len(first) > 1
                yield Subject(f"{quota.id}-{region}" if several else quota.id, stack, (quota, region))

    def judge(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
        quota: Quota
        quota, region = subject.about
        wanted = [
            logical_id
            for stack, logical_id in deployed.new(lookup, needs, *quota.types)
            if quota.is_global or stack.region == region
        ]
        return verdict(lookup, quota, region or calls.GLOBAL, len(wanted))

    return Check(name, summary, subjects, judge)


def verdict(lookup: Lookup, quota: Quota, region: str, wanted: int) -> Verdict:
    """Return whether a quota leaves room for some more."""
    if not wanted:
        return passed(f"Nothing new counts to the quota of {quota.noun}.")
    used_query = quota.used(region)
    lookup.expect([used_query, *([calls.quota(region, quota.service, quota.code)] if quota.code else [])])
    limit, source = _limit(lookup, quota, region)
    used = sum(map(quota.counts, lookup(used_query)))
    which = f"Service Quotas, {quota.service} {quota.code}" if quota.code else "AWS Support"
    return room(quota.noun, used, wanted, limit, source, which)


def room(
    noun: str, used: int, wanted: int, limit: int, source: str, which: str = "Service Quotas"
) -> Verdict:
    """Return whether there is room for some more under a limit.

    Args:
        noun: what counts.
        used: how many there are.
        wanted: how many would be new.
        limit: how many there may be.
        source: where the limit is from.
        which: where it can be raised.
    """
    sentence = f"{noun}: {used:,} used and {wanted:,} new, of {limit:,} ({source})"
    if used + wanted <= limit:
        return passed(f"{sentence}.")
    return failed(
        f"{sentence}: {used + wanted - limit:,} too many.",
        f"Have the quota raised ({which}), or delete what is not needed.",
    )


def _limit(lookup: Lookup, quota: Quota, region: str) -> tuple[int, str]:
    """Return a quota and where it is from."""
    if quota.code:
        applied = lookup(calls.quota(region, quota.service, quota.code))
        if applied is not None:
            return int(applied["Value"]), "Service Quotas"
        default = lookup(calls.default_quota(region, quota.service, quota.code))
        if default is not None:
            return int(default["Value"]), "AWS's default in Service Quotas"
    return quota.documented, "AWS's documented default"

"""CloudFront: names and quotas of the account, and the domain, which only one distribution can have."""

from collections.abc import Iterator
from typing import Any, Final

from csr_templates.preflight import deployed, edge_calls
from csr_templates.preflight.checks import names, quotas
from csr_templates.preflight.checks.names import Kind
from csr_templates.preflight.checks.quotas import Quota
from csr_templates.preflight.facts import Lookup, NoAnswerError
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

_DISTRIBUTION = "AWS::CloudFront::Distribution"
_FUNCTION = "AWS::CloudFront::Function"
_CACHE_POLICY = "AWS::CloudFront::CachePolicy"
_HEADERS_POLICY = "AWS::CloudFront::ResponseHeadersPolicy"
_ACCESS_CONTROL = "AWS::CloudFront::OriginAccessControl"

# The quota codes of the last two are not documented.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
_QUOTAS = (
    Quota("distributions", _DISTRIBUTION, edge_calls.distributions, 200, "cloudfront L-24B04930"),
    Quota("cache-policies", _CACHE_POLICY, edge_calls.cache_policies, 20, "cloudfront L-7D134442"),
    Quota(
        "response-headers-policies", _HEADERS_POLICY, edge_calls.headers_policies, 20, "cloudfront L-CF0D4FC5"
    ),
    Quota("functions", _FUNCTION, edge_calls.cloudfront_functions, 100, noun="CloudFront Functions"),
    Quota("origin-access-controls", _ACCESS_CONTROL, edge_calls.access_controls, 100),
)

_FIND: Final = "If the domain was used with CloudFront before, find the distribution."


def _aliases(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type(_DISTRIBUTION):
        for alias in properties.get("DistributionConfig", {}).get("Aliases", []):
            yield Subject(str(alias), stack, logical_id)


def _judge_alias(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    alias = subject.id
    ours = deployed.physical_id(lookup, subject.stack, subject.about)
    holders = _holders(alias, lookup)
    remedy = (
        "Remove it from that distribution first, or move it: aws cloudfront associate-alias "
        "(https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html)."
    )
    if others := [holder for holder in holders if holder != ours]:
        return failed(
            f"{alias} is already an alias of the distribution {others[0]}, so the deploy would fail.", remedy
        )
    if ours in holders:
        return passed(f"{alias} is an alias of the distribution of {subject.stack.deployed}.")
    if ours is None:
        return warned(
            f"No distribution of this account has the alias {alias}. AWS shows whether another account uses "
            "it only after the distribution exists.",
            _FIND,
        )
    try:
        found = lookup(edge_calls.conflicting_aliases(ours, alias))
    except NoAnswerError as error:
        if error.code != "InvalidArgument":
            raise
        return warned(
            f"No distribution of this account has the alias {alias}. AWS shows whether another account uses "
            "it only after a certificate for it is attached to the distribution.",
            _FIND,
        )
    conflicting = [taken for taken in found if not ours.endswith(taken["DistributionId"].lstrip("*"))]
    for one in conflicting:
        if one["Alias"].lower() == alias.lower():
            return failed(f"{alias} is already {_of(one)}, so the deploy would fail.", remedy)
    if conflicting:
        one = conflicting[0]
        return warned(
            f"{one['Alias']}, which overlaps with {alias}, is {_of(one)}. CloudFront uses the more specific "
            "alias for a request.",
            "Check that this is intended.",
        )
    return passed(f"No distribution in any account has the alias {alias}.")


def _holders(alias: str, lookup: Lookup) -> list[str]:
    """Return the IDs of the distributions of the account with an alias."""
    return [
        distribution["Id"]
        for distribution in lookup(edge_calls.distributions())
        if alias in distribution.get("Aliases", {}).get("Items", [])
    ]


def _of(conflict: dict[str, Any]) -> str:
    return f"an alias of the distribution {conflict['DistributionId']} in account {conflict['AccountId']}"


CHECKS = (
    names.check(
        "cloudfront-names",
        "The names of CloudFront Functions, policies and origin access controls are available, or used by "
        "the stack",
        (
            Kind(_FUNCTION, "CloudFront Function", lambda *_: edge_calls.cloudfront_functions(), "Name"),
            Kind(
                _CACHE_POLICY,
                "cache policy",
                lambda *_: edge_calls.cache_policies(),
                "CachePolicy.CachePolicyConfig.Name",
            ),
            Kind(
                _HEADERS_POLICY,
                "response headers policy",
                lambda *_: edge_calls.headers_policies(),
                "ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name",
            ),
            Kind(_ACCESS_CONTROL, "origin access control", lambda *_: edge_calls.access_controls(), "Name"),
        ),
    ),
    quotas.check(
        "cloudfront-quotas", "The quotas of CloudFront are sufficient for the new resources", _QUOTAS
    ),
    Check(
        "domain-alias",
        "No other distribution, in this or another account, has the custom domain as an alias",
        _aliases,
        _judge_alias,
    ),
)

"""The API calls for distributions and their policies, and the keys that are kept of each answer.

GetDistribution returns origin keys in clear. They never become facts: ``hidden.digest`` replaces them.
"""

from collections.abc import Mapping
from typing import Any, Final

from csr_templates.preflight import hidden
from csr_templates.preflight.calls import GlobalCall

_CUSTOM: Final = (("Type", "custom"),)

distributions = GlobalCall("cloudfront ListDistributions", path="DistributionList.Items", keep="Id Aliases")
"""The distributions of the account; their origin headers are not kept."""

conflicting_aliases = GlobalCall(
    "cloudfront ListConflictingAliases",
    "DistributionId Alias",
    path="ConflictingAliasesList.Items",
    keep="Alias DistributionId AccountId",
)
"""The distributions of all accounts with an equal or overlapping alias.

AWS hides the first characters of all IDs. It rejects the call (InvalidArgument) if the certificate of the
distribution does not cover the alias.
"""

functions = GlobalCall(
    "cloudfront ListFunctions", path="FunctionList.Items", keep="Name", fixed=(("Stage", "DEVELOPMENT"),)
)
"""The CloudFront Functions of the account, in the stage DEVELOPMENT."""

cache_policies = GlobalCall(
    "cloudfront ListCachePolicies", path="CachePolicyList.Items", keep="CachePolicy", fixed=_CUSTOM
)
"""The cache policies of the account."""

headers_policies = GlobalCall(
    "cloudfront ListResponseHeadersPolicies",
    path="ResponseHeadersPolicyList.Items",
    keep="ResponseHeadersPolicy",
    fixed=_CUSTOM,
)
"""The response headers policies of the account."""

access_controls = GlobalCall(
    "cloudfront ListOriginAccessControls", path="OriginAccessControlList.Items", keep="Id Name"
)
"""The origin access controls of the account."""


def _reduced_distribution(answer: Mapping[str, Any]) -> dict[str, Any]:
    config = answer["DistributionConfig"]
    return {
        "Status": answer["Status"],
        "DomainName": answer["DomainName"],
        "Enabled": config["Enabled"],
        "Aliases": config.get("Aliases", {}).get("Items", []),
        "WebACLId": config.get("WebACLId", ""),
        "Origins": [_reduced_origin(origin) for origin in config["Origins"]["Items"]],
    }


def _reduced_origin(origin: Mapping[str, Any]) -> dict[str, Any]:
    """Return an origin; the values of its headers are hidden, because one is an API key."""
    headers = origin.get("CustomHeaders", {}).get("Items", [])
    return {
        "Id": origin["Id"],
        "DomainName": origin["DomainName"],
        "Headers": {header["HeaderName"].lower(): hidden.digest(header["HeaderValue"]) for header in headers},
    }


distribution = GlobalCall(
    "cloudfront GetDistribution",
    "Id",
    path="Distribution",
    absent="NoSuchDistribution",
    reduce=_reduced_distribution,
    cli_query="Distribution.[Status, "
    "DistributionConfig.[Enabled, WebACLId, Origins.Items[].[Id, DomainName]]]",
)
"""A distribution with its origins; absent if it does not exist. The values of headers are hidden."""

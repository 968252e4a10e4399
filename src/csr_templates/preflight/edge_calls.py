"""The API calls for CloudFront, WAF, the certificate and the domain, and the keys kept of each answer."""

from functools import partial
from typing import Any

from csr_templates.preflight.calls import GLOBAL, Call
from csr_templates.preflight.facts import Query

_EdgeCall = partial(Call, region=GLOBAL)
_CUSTOM = (("Type", "custom"),)

distributions = _EdgeCall("cloudfront ListDistributions", path="DistributionList.Items", keep="Id Aliases")
"""The distributions of the account; their origin headers are not kept."""

conflicting_aliases = _EdgeCall(
    "cloudfront ListConflictingAliases",
    "DistributionId Alias",
    path="ConflictingAliasesList.Items",
    keep="Alias DistributionId AccountId",
)
"""The distributions of all accounts with an equal or overlapping alias.

AWS hides the first characters of all IDs. It rejects the call (InvalidArgument) if the certificate of the
distribution does not cover the alias.
"""

cloudfront_functions = _EdgeCall(
    "cloudfront ListFunctions", path="FunctionList.Items", keep="Name", fixed=(("Stage", "DEVELOPMENT"),)
)
"""The CloudFront Functions of the account, in the stage DEVELOPMENT."""

cache_policies = _EdgeCall(
    "cloudfront ListCachePolicies", path="CachePolicyList.Items", keep="CachePolicy", fixed=_CUSTOM
)
"""The cache policies of the account."""

headers_policies = _EdgeCall(
    "cloudfront ListResponseHeadersPolicies",
    path="ResponseHeadersPolicyList.Items",
    keep="ResponseHeadersPolicy",
    fixed=_CUSTOM,
)
"""The response headers policies of the account."""

access_controls = _EdgeCall(
    "cloudfront ListOriginAccessControls", path="OriginAccessControlList.Items", keep="Id Name"
)
"""The origin access controls of the account."""

web_acls = _EdgeCall("wafv2 ListWebACLs", path="WebACLs", keep="Name", fixed=(("Scope", "CLOUDFRONT"),))
"""The web ACLs for CloudFront."""


def capacity(rules: Any) -> Query:
    """The web ACL capacity units (WCU) of rules."""
    parameters = (("Scope", "CLOUDFRONT"), ("Rules", rules))
    return Query("wafv2", "CheckCapacity", GLOBAL, parameters, keep=("Capacity",))


certificate = _EdgeCall(
    "acm DescribeCertificate",
    "CertificateArn",
    path="Certificate",
    keep="Status DomainName SubjectAlternativeNames NotAfter",
    absent="ResourceNotFoundException",
)
"""A certificate; absent if it does not exist."""

hosted_zone = _EdgeCall(
    "route53 GetHostedZone", "Id", path="HostedZone", keep="Name Config", absent="NoSuchHostedZone"
)
"""A hosted zone; absent if it does not exist."""

records = _EdgeCall(
    "route53 ListResourceRecordSets",
    "HostedZoneId StartRecordName",
    path="ResourceRecordSets",
    keep="Name Type",
    absent="NoSuchHostedZone",
    fixed=(("MaxItems", "10"),),
)
"""The records of a zone that start at a name, as many as one name can have."""

health_checks = _EdgeCall(
    "route53 GetAccountLimit", keep="Limit Count", fixed=(("Type", "MAX_HEALTH_CHECKS_BY_OWNER"),)
)
"""The number of Route 53 health checks and its limit."""

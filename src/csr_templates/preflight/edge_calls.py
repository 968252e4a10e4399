"""The API calls for CloudFront, WAF, the certificate and the domain, and the keys kept of each answer."""

from typing import Any

from csr_templates.preflight.calls import GLOBAL, Call
from csr_templates.preflight.facts import Query

distributions = Call(
    "cloudfront ListDistributions", path="DistributionList.Items", keep="Id Aliases", region=GLOBAL
)
"""The distributions of the account; their origin headers are not kept."""

conflicting_aliases = Call(
    "cloudfront ListConflictingAliases",
    "DistributionId Alias",
    path="ConflictingAliasesList.Items",
    keep="Alias DistributionId AccountId",
    region=GLOBAL,
)
"""The distributions of all accounts with an equal or overlapping alias.

AWS hides the first characters of all IDs. It rejects the call (InvalidArgument) if the certificate of the
distribution does not cover the alias.
"""

cloudfront_functions = Call(
    "cloudfront ListFunctions",
    path="FunctionList.Items",
    keep="Name",
    fixed=(("Stage", "DEVELOPMENT"),),
    region=GLOBAL,
)
"""The CloudFront Functions of the account, in the stage DEVELOPMENT."""

cache_policies = Call(
    "cloudfront ListCachePolicies",
    path="CachePolicyList.Items",
    keep="CachePolicy",
    fixed=(("Type", "custom"),),
    region=GLOBAL,
)
"""The cache policies of the account."""

headers_policies = Call(
    "cloudfront ListResponseHeadersPolicies",
    path="ResponseHeadersPolicyList.Items",
    keep="ResponseHeadersPolicy",
    fixed=(("Type", "custom"),),
    region=GLOBAL,
)
"""The response headers policies of the account."""

access_controls = Call(
    "cloudfront ListOriginAccessControls", path="OriginAccessControlList.Items", keep="Id Name", region=GLOBAL
)
"""The origin access controls of the account."""

web_acls = Call(
    "wafv2 ListWebACLs", path="WebACLs", keep="Name", fixed=(("Scope", "CLOUDFRONT"),), region=GLOBAL
)
"""The web ACLs for CloudFront."""


def capacity(rules: Any) -> Query:
    """The web ACL capacity units (WCU) of rules."""
    parameters = (("Scope", "CLOUDFRONT"), ("Rules", rules))
    return Query("wafv2", "CheckCapacity", GLOBAL, parameters, keep=("Capacity",))


certificate = Call(
    "acm DescribeCertificate",
    "CertificateArn",
    path="Certificate",
    keep="Status DomainName SubjectAlternativeNames NotAfter",
    absent="ResourceNotFoundException",
    region=GLOBAL,
)
"""A certificate; absent if it does not exist."""

hosted_zone = Call(
    "route53 GetHostedZone",
    "Id",
    path="HostedZone",
    keep="Name Config",
    absent="NoSuchHostedZone",
    region=GLOBAL,
)
"""A hosted zone; absent if it does not exist."""

records = Call(
    "route53 ListResourceRecordSets",
    "HostedZoneId StartRecordName",
    path="ResourceRecordSets",
    keep="Name Type",
    absent="NoSuchHostedZone",
    fixed=(("MaxItems", "10"),),
    region=GLOBAL,
)
"""The records of a zone that start at a name, as many as one name can have."""

health_checks = Call(
    "route53 GetAccountLimit",
    keep="Limit Count",
    fixed=(("Type", "MAX_HEALTH_CHECKS_BY_OWNER"),),
    region=GLOBAL,
)
"""The number of Route 53 health checks and its limit."""

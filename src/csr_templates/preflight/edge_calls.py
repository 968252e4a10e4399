"""The API calls for CloudFront, WAF, the certificate and the domain, and the keys kept of each answer."""

from functools import cache
from typing import Any

from csr_templates.preflight.calls import GLOBAL, query
from csr_templates.preflight.facts import Query


@cache
def distributions() -> Query:
    """The distributions of the account; their origin headers are not kept."""
    return query("cloudfront", "ListDistributions", GLOBAL, "DistributionList.Items", ("Id", "Aliases"))


@cache
def conflicting_aliases(distribution: str, alias: str) -> Query:
    """The distributions of all accounts with an equal or overlapping alias.

    AWS hides the first characters of all IDs. It rejects the call (InvalidArgument) if the certificate of the
    distribution does not cover the alias.
    """
    return query(
        "cloudfront",
        "ListConflictingAliases",
        GLOBAL,
        "ConflictingAliasesList.Items",
        ("Alias", "DistributionId", "AccountId"),
        DistributionId=distribution,
        Alias=alias,
    )


@cache
def cloudfront_functions() -> Query:
    """The CloudFront Functions of the account, in the stage DEVELOPMENT."""
    return query("cloudfront", "ListFunctions", GLOBAL, "FunctionList.Items", ("Name",), Stage="DEVELOPMENT")


@cache
def cache_policies() -> Query:
    """The cache policies of the account."""
    return query(
        "cloudfront", "ListCachePolicies", GLOBAL, "CachePolicyList.Items", ("CachePolicy",), Type="custom"
    )


@cache
def headers_policies() -> Query:
    """The response headers policies of the account."""
    return query(
        "cloudfront",
        "ListResponseHeadersPolicies",
        GLOBAL,
        "ResponseHeadersPolicyList.Items",
        ("ResponseHeadersPolicy",),
        Type="custom",
    )


@cache
def access_controls() -> Query:
    """The origin access controls of the account."""
    return query(
        "cloudfront", "ListOriginAccessControls", GLOBAL, "OriginAccessControlList.Items", ("Id", "Name")
    )


@cache
def web_acls() -> Query:
    """The web ACLs for CloudFront."""
    return query("wafv2", "ListWebACLs", GLOBAL, "WebACLs", ("Name",), Scope="CLOUDFRONT")


def capacity(rules: Any) -> Query:
    """The web ACL capacity units (WCU) of rules."""
    return query("wafv2", "CheckCapacity", GLOBAL, keep=("Capacity",), Scope="CLOUDFRONT", Rules=rules)


@cache
def certificate(arn: str) -> Query:
    """A certificate; absent if it does not exist."""
    return query(
        "acm",
        "DescribeCertificate",
        GLOBAL,
        "Certificate",
        ("Status", "DomainName", "SubjectAlternativeNames", "NotAfter"),
        ("ResourceNotFoundException",),
        CertificateArn=arn,
    )


@cache
def hosted_zone(zone: str) -> Query:
    """A hosted zone; absent if it does not exist."""
    return query(
        "route53", "GetHostedZone", GLOBAL, "HostedZone", ("Name", "Config"), ("NoSuchHostedZone",), Id=zone
    )


@cache
def records(zone: str, name: str) -> Query:
    """The records of a zone that start at a name, as many as one name can have."""
    return query(
        "route53",
        "ListResourceRecordSets",
        GLOBAL,
        "ResourceRecordSets",
        ("Name", "Type"),
        ("NoSuchHostedZone",),
        HostedZoneId=zone,
        StartRecordName=name,
        MaxItems="10",
    )


@cache
def health_checks() -> Query:
    """The number of Route 53 health checks and its limit."""
    return query(
        "route53", "GetAccountLimit", GLOBAL, keep=("Limit", "Count"), Type="MAX_HEALTH_CHECKS_BY_OWNER"
    )

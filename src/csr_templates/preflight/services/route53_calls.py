"""The API calls for the hosted zone, its records and health checks, and the keys kept of each answer."""

from csr_templates.preflight.calls import GlobalCall

hosted_zone = GlobalCall(
    "route53 GetHostedZone", "Id", path="HostedZone", keep="Name Config", absent="NoSuchHostedZone"
)
"""A hosted zone; absent if it does not exist."""

records = GlobalCall(
    "route53 ListResourceRecordSets",
    "HostedZoneId StartRecordName",
    path="ResourceRecordSets",
    keep="Name Type AliasTarget",
    absent="NoSuchHostedZone",
    fixed=(("MaxItems", "10"),),
)
"""The records of a zone that start at a name, as many as one name can have."""

health_checks = GlobalCall(
    "route53 GetAccountLimit", keep="Limit Count", fixed=(("Type", "MAX_HEALTH_CHECKS_BY_OWNER"),)
)
"""The number of Route 53 health checks and its limit."""

health_check = GlobalCall(
    "route53 GetHealthCheck",
    "HealthCheckId",
    path="HealthCheck.HealthCheckConfig",
    keep="Disabled Inverted FullyQualifiedDomainName",
    absent="NoSuchHealthCheck",
)
"""The settings of a health check; absent if it does not exist."""

"""The API calls for the database, and the keys that are kept of each answer."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from csr_templates.preflight.calls import ApiCall
from csr_templates.preflight.facts import Query

quotas = ApiCall("rds DescribeAccountAttributes", path="AccountQuotas", keep="AccountQuotaName Used Max")
"""The quotas of RDS in the account, and their usage."""


def _without_pending_values(databases: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return clusters or instances with the names of their pending values only: one can be a password."""
    reduced = []
    for database in databases:
        names = sorted(database.get("PendingModifiedValues") or {})
        reduced.append({**database, "PendingModifiedValues": names})
    return reduced


cluster = ApiCall(
    "rds DescribeDBClusters",
    "DBClusterIdentifier",
    path="DBClusters",
    keep="DBClusterIdentifier Status EngineVersion DBClusterMembers DeletionProtection "
    "BackupRetentionPeriod DBClusterParameterGroup EnabledCloudwatchLogsExports PendingModifiedValues",
    reduce=_without_pending_values,
    absent="DBClusterNotFoundFault",
)
"""A cluster; absent if it does not exist."""


@cache
def instances(region: str, cluster_identifier: str) -> Query:
    """The instances of a cluster."""
    filters = ({"Name": "db-cluster-id", "Values": [cluster_identifier]},)
    keep = (
        *("DBInstanceIdentifier", "DBInstanceStatus", "PromotionTier", "AvailabilityZone"),
        *("DBParameterGroups", "DBInstanceClass", "PendingModifiedValues"),
    )
    return Query(
        "rds",
        "DescribeDBInstances",
        region,
        (("Filters", filters),),
        "DBInstances",
        keep,
        reduce=_without_pending_values,
    )


snapshots = ApiCall(
    "rds DescribeDBClusterSnapshots",
    "DBClusterIdentifier",
    path="DBClusterSnapshots",
    keep="DBClusterSnapshotIdentifier SnapshotCreateTime Status",
)
"""The automated and manual snapshots of a cluster."""

engine_versions = ApiCall(
    "rds DescribeDBEngineVersions",
    "Engine EngineVersion",
    path="DBEngineVersions",
    keep="EngineVersion Status ValidUpgradeTarget",
    fixed=(("IncludeAll", True),),
)
"""A version of an engine, also if it is deprecated."""

major_version = ApiCall(
    "rds DescribeDBMajorEngineVersions",
    "Engine MajorEngineVersion",
    path="DBMajorEngineVersions",
    keep="MajorEngineVersion SupportedEngineLifecycles",
)
"""A major version of an engine, with the dates of its support."""

orderable = ApiCall(
    "rds DescribeOrderableDBInstanceOptions",
    "Engine EngineVersion DBInstanceClass",
    path="OrderableDBInstanceOptions",
    keep="AvailabilityZones SupportsPerformanceInsights SupportsEnhancedMonitoring",
    fixed=(("Vpc", True),),
)
"""The availability zones and features of an instance class for an engine version."""

event_subscription = ApiCall(
    "rds DescribeEventSubscriptions",
    "SubscriptionName",
    path="EventSubscriptionsList",
    keep="Status Enabled SnsTopicArn EventCategoriesList SourceIdsList",
    absent="SubscriptionNotFound",
)
"""An event subscription; absent if it does not exist."""

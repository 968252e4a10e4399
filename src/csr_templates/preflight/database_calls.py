"""The API calls for the database, and the keys that are kept of each answer."""

from functools import cache

from csr_templates.preflight.calls import query
from csr_templates.preflight.facts import Query


@cache
def database_quotas(region: str) -> Query:
    """The quotas of RDS in the account, and their usage."""
    keep = ("AccountQuotaName", "Used", "Max")
    return query("rds", "DescribeAccountAttributes", region, "AccountQuotas", keep)


@cache
def cluster(region: str, identifier: str) -> Query:
    """A cluster; absent if it does not exist."""
    return query(
        "rds",
        "DescribeDBClusters",
        region,
        "DBClusters",
        ("DBClusterIdentifier", "Status", "EngineVersion", "DBClusterMembers"),
        ("DBClusterNotFoundFault",),
        DBClusterIdentifier=identifier,
    )


@cache
def instances(region: str, cluster_identifier: str) -> Query:
    """The instances of a cluster."""
    return query(
        "rds",
        "DescribeDBInstances",
        region,
        "DBInstances",
        (
            "DBInstanceIdentifier",
            "DBInstanceStatus",
            "PromotionTier",
            "AvailabilityZone",
            "DBParameterGroups",
        ),
        Filters=({"Name": "db-cluster-id", "Values": [cluster_identifier]},),
    )


@cache
def snapshots(region: str, cluster_identifier: str) -> Query:
    """The automated and manual snapshots of a cluster."""
    return query(
        "rds",
        "DescribeDBClusterSnapshots",
        region,
        "DBClusterSnapshots",
        ("DBClusterSnapshotIdentifier", "SnapshotCreateTime", "Status"),
        DBClusterIdentifier=cluster_identifier,
    )


@cache
def engine_versions(region: str, engine: str, version: str) -> Query:
    """A version of an engine, also if it is deprecated."""
    return query(
        "rds",
        "DescribeDBEngineVersions",
        region,
        "DBEngineVersions",
        ("EngineVersion", "Status", "ValidUpgradeTarget"),
        Engine=engine,
        EngineVersion=version,
        IncludeAll=True,
    )


@cache
def major_version(region: str, engine: str, major: str) -> Query:
    """A major version of an engine, with the dates of its support."""
    return query(
        "rds",
        "DescribeDBMajorEngineVersions",
        region,
        "DBMajorEngineVersions",
        ("MajorEngineVersion", "SupportedEngineLifecycles"),
        Engine=engine,
        MajorEngineVersion=major,
    )


@cache
def orderable(region: str, engine: str, version: str, instance_class: str) -> Query:
    """The availability zones and features of an instance class for an engine version."""
    return query(
        "rds",
        "DescribeOrderableDBInstanceOptions",
        region,
        "OrderableDBInstanceOptions",
        ("AvailabilityZones", "SupportsPerformanceInsights", "SupportsEnhancedMonitoring"),
        Engine=engine,
        EngineVersion=version,
        DBInstanceClass=instance_class,
        Vpc=True,
    )

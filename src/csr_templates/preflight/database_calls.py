"""The calls about the database: what is read, and what is kept of the answer."""

from __future__ import annotations

from functools import cache

from csr_templates.preflight.calls import query
from csr_templates.preflight.facts import Query


@cache
def database_quotas(region: str) -> Query:
    """What RDS limits in the account, and how much of it is used."""
    keep = ("AccountQuotaName", "Used", "Max")
    return query("rds", "DescribeAccountAttributes", region, "AccountQuotas", keep)


@cache
def cluster(region: str, identifier: str) -> Query:
    """A cluster; absent if there is none."""
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
        ("DBInstanceIdentifier", "DBInstanceStatus", "PromotionTier", "DBParameterGroups"),
        Filters=({"Name": "db-cluster-id", "Values": [cluster_identifier]},),
    )


@cache
def snapshots(region: str, cluster_identifier: str) -> Query:
    """The snapshots of a cluster, automated and manual ones."""
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
    """A version of an engine, deprecated or not."""
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
def orderable(region: str, engine: str, version: str, instance_class: str) -> Query:
    """Where an instance class is offered for a version, and with what."""
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

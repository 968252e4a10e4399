"""The cluster and its instances."""

from __future__ import annotations

from typing import Any

from csr_templates.operating.problems import Stop


def require_available(rds: Any, cluster: str) -> None:
    """Check that a cluster and all its instances are available.

    Args:
        rds: boto3's client.
        cluster: identifier of the cluster.

    Raises:
        Stop: one of them is not available.
    """
    (description,) = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
    if description["Status"] != "available":
        raise Stop(f"The cluster {cluster} is {description['Status']}, not available.")
    filters = [{"Name": "db-cluster-id", "Values": [cluster]}]
    for instance in rds.describe_db_instances(Filters=filters)["DBInstances"]:
        if instance["DBInstanceStatus"] != "available":
            raise Stop(
                f"The instance {instance['DBInstanceIdentifier']} is {instance['DBInstanceStatus']}, not "
                "available."
            )

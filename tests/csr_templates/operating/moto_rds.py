"""What moto's RDS does differently from AWS."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from .stacks import ACCOUNT

_ENDPOINT: Final = "only-in-the-mock"


def backend(region: str) -> Any:
    """Return the objects of moto; its import takes a while."""
    from moto.rds.models import rds_backends

    return rds_backends[ACCOUNT][region]


def before(operation: str, region: str, parameters: Mapping[str, Any]) -> None:
    """Let the instances of a cluster follow its new name, which moto forgets."""
    renamed = parameters.get("NewDBClusterIdentifier")
    if operation != "ModifyDBCluster" or not renamed:
        return
    for instance in backend(region).databases.values():
        if instance.db_cluster_identifier == parameters["DBClusterIdentifier"]:
            instance.db_cluster_identifier = renamed


def restores_backups(restore: Callable[..., Any]) -> Callable[..., Any]:
    """Let moto restore the backup of a deleted cluster, as that of another one."""

    def restored(
        self: Any,
        db_cluster_identifier: str,
        source_db_cluster_identifier: str | None = None,
        source_db_cluster_resource_id: str | None = None,
        **others: Any,
    ) -> Any:
        assert source_db_cluster_identifier or source_db_cluster_resource_id
        return restore(self, db_cluster_identifier, source_db_cluster_identifier, **others)

    return restored


def share_endpoint(region: str) -> None:
    """Give all clusters the part of their endpoint that is the same in a region of an account."""
    for cluster in backend(region).clusters.values():
        cluster.url_identifier = _ENDPOINT


def set_creation(region: str, cluster: str, moment: datetime) -> None:
    """Set when a cluster was created."""
    description = backend(region).clusters[cluster]
    description.created = description.cluster_create_time = moment
    description.earliest_restorable_time = moment


def set_status(region: str, name: str, status: str) -> None:
    """Set the status of a cluster or an instance."""
    objects = backend(region)
    objects = objects.clusters if name in objects.clusters else objects.databases
    objects[name].status = status

"""The database: its writer, the zones and states of its instances, and parameters that are not in effect."""

from collections.abc import Mapping
from typing import Any, Final

from csr_templates.preflight import database_calls
from csr_templates.preflight.checks.rds import waiting_parameters, writer_verdict
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import PASS, Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource

_CLUSTER, _INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
_START = "Start it, or wait until it is available, then run verify again."
_WORKING: Final = frozenset(
    {
        "backing-up",
        "configuring-enhanced-monitoring",
        "configuring-iam-database-auth",
        "configuring-log-exports",
        "modifying",
        "resetting-master-credentials",
        "storage-optimization",
        "update-iam-db-auth",
    }
)
"""States of a cluster or an instance, besides ``available``, in which it accepts connections.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html
"""
_WAIT: Final = "Wait until it is available. If it does not become available, read the events of the database."


def _cluster(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the cluster; empty if it does not exist."""
    clusters = lookup(database_calls.cluster(resource.region, resource.physical_id))
    return clusters[0] if clusters else {}


def _judge_writer(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    name, cluster = resource.physical_id, _cluster(resource, lookup)
    if not cluster:
        return failed(f"The cluster {name} does not exist.", "Recover it (docs/recovery.md).")
    advice = "The function does not need another one."
    if cluster["Status"] not in _WORKING:
        return writer_verdict(cluster, advice)
    verdict = writer_verdict({**cluster, "Status": "available"}, advice)
    if verdict.status != PASS:
        return verdict
    return warned(f"The cluster {name} is {cluster['Status']}, and works.", _WAIT)


def _judge_pending(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    instances = lookup(database_calls.instances(resource.region, resource.physical_id))
    waiting = waiting_parameters(_cluster(resource, lookup), instances)
    if waiting:
        return failed(
            f"Some parameters are not in effect before a restart: {', '.join(waiting)}.",
            "Restart the instances, the reader first (docs/changes.md).",
        )
    return passed(f"The parameters of all instances of {resource.physical_id} are in effect.")


def _of_cluster(resource: DeployedResource, lookup: Lookup) -> Query | None:
    """Return the call for the instances of the cluster of an instance."""
    match resource.properties.get("DBClusterIdentifier"):
        case {"Ref": str(logical_id)} if cluster := resources.find(lookup, resource.stack, logical_id):
            return database_calls.instances(resource.region, cluster.physical_id)
    return None


def _judge_instance(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    call, name = _of_cluster(resource, lookup), resource.physical_id
    found = {instance["DBInstanceIdentifier"]: instance for instance in (lookup(call) if call else [])}
    if name not in found:
        return failed(
            f"The instance {name} does not exist.",
            "Find its deletion in CloudTrail (docs/recovery.md, An instance is missing).",
        )
    instance = found[name]
    status = instance["DBInstanceStatus"]
    if status not in ("available", *_WORKING):
        return failed(f"The instance {name} is {status}.", _START)
    zone = needs.known(resource.stack, resource.properties.get("AvailabilityZone"))
    if isinstance(zone, str) and instance.get("AvailabilityZone") != zone:
        return failed(
            f"The instance {name} is in {instance.get('AvailabilityZone')} instead of {zone}.",
            "An instance cannot be moved. Replace it (docs/recovery.md, An instance is missing).",
        )
    if status != "available":
        return warned(f"The instance {name} is {status}, and works.", _WAIT)
    return passed(f"The instance {name} is available, in {instance.get('AvailabilityZone')}.")


CHECKS: tuple[Check, ...] = (
    resources.check(
        "writer",
        "Each cluster is available, and its first instance is the writer",
        _CLUSTER,
        _judge_writer,
    ),
    resources.check(
        "pending-reboot",
        "No database parameter waits for a restart",
        _CLUSTER,
        _judge_pending,
    ),
    resources.check(
        "instances",
        "Each instance of a cluster is available, in the zone of the template",
        _INSTANCE,
        _judge_instance,
    ),
)

"""The replicas of secrets in other regions."""

from collections.abc import Mapping
from typing import Any

from csr_templates.preflight import calls
from csr_templates.preflight.checks.secretsmanager import REPLICATE
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource


def _current(secret: Mapping[str, Any]) -> str | None:
    """Return the ID of the version with the current value."""
    versions = secret.get("VersionIdsToStages", {})
    return next((version for version, stages in versions.items() if "AWSCURRENT" in stages), None)


def _judge(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    name = resource.properties["Name"]
    regions = [resource.region, *(replica["Region"] for replica in resource.properties["ReplicaRegions"])]
    primary, *replicas = lookup.all(calls.secret(region, name) for region in regions)
    if primary is None:
        return failed(f"The secret {name} does not exist.", "Restore it, or recover it (docs/recovery.md).")
    states = {replica["Region"]: replica["Status"] for replica in primary.get("ReplicationStatus", [])}
    for region, replica in zip(regions[1:], replicas, strict=True):
        state = states.get(region, "missing") if replica is not None else "missing"
        if state != "InSync":
            return failed(f"The replica of {name} in {region} is {state}.", REPLICATE)
        if _current(replica) != _current(primary):
            return failed(
                f"The replica of {name} in {region} has another version than in {resource.region}.",
                f"Wait a minute, then run verify again. {REPLICATE}",
            )
    return passed(f"The replicas of {name} are in sync.")


CHECKS: tuple[Check, ...] = (
    resources.check(
        "replicas",
        "The replicas of secrets are in sync, and have the same version",
        "AWS::SecretsManager::Secret",
        _judge,
        where=lambda properties: bool(properties.get("ReplicaRegions")) and "Name" in properties,
    ),
)

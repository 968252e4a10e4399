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
    if gone := _gone(resource, primary):
        return gone
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


def _judge_existence(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    name = resource.properties["Name"]
    gone = _gone(resource, lookup(calls.secret(resource.region, name)))
    return gone or passed(f"The secret {name} exists.")


def _gone(resource: DeployedResource, secret: Mapping[str, Any] | None) -> Verdict | None:
    """Return the verdict for a secret that does not exist or will be deleted; None for another one."""
    name = resource.properties["Name"]
    if secret is None:
        return failed(f"The secret {name} does not exist.", "Restore it, or recover it (docs/recovery.md).")
    if deleted := secret.get("DeletedDate"):
        return failed(
            f"The secret {name} is scheduled for deletion since {deleted}, and its value cannot be read.",
            f"Cancel the deletion: aws secretsmanager restore-secret --region {resource.region} --secret-id "
            f"{name}",
        )
    return None


CHECKS: tuple[Check, ...] = (
    resources.check(
        "secrets",
        "Each secret without replicas exists, and is not scheduled for deletion",
        "AWS::SecretsManager::Secret",
        _judge_existence,
        where=lambda properties: "Name" in properties and not properties.get("ReplicaRegions"),
    ),
    resources.check(
        "replicas",
        "The replicas of secrets are in sync, and have the same version",
        "AWS::SecretsManager::Secret",
        _judge,
        where=lambda properties: bool(properties.get("ReplicaRegions")) and "Name" in properties,
    ),
)

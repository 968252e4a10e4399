"""Secrets: names in use, also by secrets scheduled for deletion, and the replicas in other regions."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from csr_templates.preflight import deployed, deployed_resources, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.fixed_names import LEFT_BEHIND
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed
from csr_templates.preflight.services import secretsmanager_calls

_SECRET: Final = "AWS::SecretsManager::Secret"


def replicate(name: str, region: str, replica_region: str, environment: ResolvedEnvironment) -> str:
    """Return the remedy for a missing replica; ``csr-operate`` waits for that of an origin key."""
    command = remedies.aws(
        "secretsmanager replicate-secret-to-regions",
        region,
        "--force-overwrite-replica-secret",
        secret_id=name,
        add_replica_regions=f"Region={replica_region}",
    )
    key = name.removeprefix(f"{environment.prefix}origin-api-key-")
    if key != name:
        command = remedies.csr_operate(environment, "replicate-origin-key", key)
    return f"Replicate the secret again: {command}"


# ---- Before a deploy ----


class _SecretInRegion(NamedTuple):
    """A secret of a template, or its replica in another region."""

    logical_id: str
    region: str
    is_replica: bool


def _secrets(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(_SECRET):
        name = properties.get("Name")
        if not isinstance(name, str):
            continue
        yield Subject(name, stack, _SecretInRegion(logical_id, stack.region, is_replica=False))
        for replica in properties.get("ReplicaRegions", []):
            region = replica["Region"]
            yield Subject(f"{name}@{region}", stack, _SecretInRegion(logical_id, region, is_replica=True))


def _judge_name(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    secret: _SecretInRegion = subject.about
    name, region = subject.id.partition("@")[0], secret.region
    belongs_to_stack = deployed.physical_id(lookup, subject.stack, secret.logical_id) is not None
    existing = _existing(name, region, environment, lookup)
    if existing and existing.get("DeletedDate"):
        return failed(
            f"The secret {name} in {region} is scheduled for deletion (DeletedDate "
            f"{existing['DeletedDate']}): its name cannot be used until it is deleted.",
            "Delete it immediately (delete-secret --force-delete-without-recovery), or import it after this: "
            f"{_restore(name, region)}",
        )
    if existing is None and belongs_to_stack:
        return _lost(subject, name, environment)
    if existing is None:
        return passed(f"The name of the secret {name} in {region} is available.")
    if belongs_to_stack and (not secret.is_replica or existing.get("PrimaryRegion", region) != region):
        return passed(f"The secret {name} in {region} belongs to {subject.stack.deployed_name}.")
    return failed(
        f"The secret {name} in {region} exists outside of {subject.stack.deployed_name}: creating it would "
        "fail.",
        LEFT_BEHIND,
    )


def _existing(
    name: str, region: str, environment: ResolvedEnvironment, lookup: Lookup
) -> Mapping[str, Any] | None:
    """Return the secret or replica with a name in a region; None if there is none."""
    secrets = lookup(secretsmanager_calls.secrets(region, environment.prefix))
    return {secret["Name"]: secret for secret in secrets}.get(name)


def _restore(name: str, region: str) -> str:
    return remedies.aws("secretsmanager restore-secret", region, secret_id=name)


def _lost(subject: Subject, name: str, environment: ResolvedEnvironment) -> Result:
    """Return the result for a secret of a deployed stack that does not exist any more."""
    secret: _SecretInRegion = subject.about
    if not secret.is_replica:
        return failed(
            f"The secret {name} in {secret.region} belongs to {subject.stack.deployed_name}, but does not "
            "exist.",
            "Recover it (docs/recovery.md). This shows its deletion: "
            f"{remedies.deletion_in_cloudtrail(name, secret.region)}",
        )
    return failed(
        f"The secret {name} belongs to {subject.stack.deployed_name}, but does not have a replica in "
        f"{secret.region}: a stack that reads it there cannot be deployed.",
        # ListSecrets is eventually consistent.
        "If it was created in the last five minutes, run preflight again. "
        f"{replicate(name, subject.stack.region, secret.region, environment)}",
    )


# ---- After a deploy ----


def _judge_existence(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name = resource.properties["Name"]
    secret = lookup(secretsmanager_calls.secret.query(resource.region, name))
    unusable = _unusable(resource, secret)
    if unusable:
        return unusable
    return passed(f"The secret {secret['Name']} exists.")


def _judge_replicas(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name = resource.properties["Name"]
    replica_regions = [replica["Region"] for replica in resource.properties["ReplicaRegions"]]
    calls = [
        secretsmanager_calls.secret.query(region, name) for region in (resource.region, *replica_regions)
    ]
    primary, *replicas = lookup.all(calls)
    if unusable := _unusable(resource, primary):
        return unusable
    states = {replica["Region"]: replica["Status"] for replica in primary.get("ReplicationStatus", [])}
    for region, replica in zip(replica_regions, replicas, strict=True):
        state = "missing"
        if replica is not None:
            state = states.get(region, "missing")
        if state != "InSync":
            return failed(
                f"The replica of {name} in {region} is {state}.",
                replicate(name, resource.region, region, environment),
            )
        if _current_version(replica) != _current_version(primary):
            return failed(
                f"The replica of {name} in {region} has another version than in {resource.region}.",
                "Wait a minute, then run verify again. "
                f"{replicate(name, resource.region, region, environment)}",
            )
    return passed(f"The replicas of {name} are in sync.")


def _current_version(secret: Mapping[str, Any]) -> str | None:
    """Return the ID of the version with the current value."""
    for version, stages in secret.get("VersionIdsToStages", {}).items():
        if "AWSCURRENT" in stages:
            return str(version)
    return None


def _unusable(resource: DeployedResource, secret: Mapping[str, Any] | None) -> Result | None:
    """Return the result for a secret that does not exist or will be deleted; None for another one."""
    name = resource.properties["Name"]
    if secret is None:
        return failed(
            f"The secret {name} does not exist.",
            "Recover it (docs/recovery.md). This shows its deletion: "
            f"{remedies.deletion_in_cloudtrail(name, resource.region)}",
        )
    if deleted := secret.get("DeletedDate"):
        return failed(
            f"The secret {name} is scheduled for deletion since {deleted}, and its value cannot be read.",
            f"Cancel the deletion: {_restore(name, resource.region)}",
        )
    return None


BEFORE_DEPLOY: Final = (
    Check(
        "secret-names",
        "The names of the secrets and replicas are available, or used by the stack; none is missing or "
        "scheduled for deletion",
        _secrets,
        _judge_name,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "secrets",
        "Each secret without replicas exists, and is not scheduled for deletion",
        _SECRET,
        _judge_existence,
        where=lambda properties: "Name" in properties and not properties.get("ReplicaRegions"),
    ),
    deployed_resources.check(
        "replicas",
        "The replicas of secrets are in sync, and have the same version",
        _SECRET,
        _judge_replicas,
        where=lambda properties: bool(properties.get("ReplicaRegions")) and "Name" in properties,
    ),
)

"""Secrets: names in use, also by secrets scheduled for deletion."""

from collections.abc import Iterator
from typing import Final

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.checks.names import LEFT_BEHIND
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed

REPLICATE: Final = "Replicate the secret again (docs/recovery.md, Frontend)."
"""The correction of a missing replica."""


def _secrets(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type("AWS::SecretsManager::Secret"):
        if isinstance(name := properties.get("Name"), str):
            yield Subject(name, stack, (logical_id, stack.region, False))
            for replica in properties.get("ReplicaRegions", []):
                yield Subject(f"{name}@{replica['Region']}", stack, (logical_id, replica["Region"], True))


def _judge(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    logical_id, region, is_replica = subject.about
    name = subject.id.partition("@")[0]
    where = f"the secret {name} in {region}"
    ours = deployed.physical_id(lookup, subject.stack, logical_id)
    found = {secret["Name"]: secret for secret in lookup(calls.secrets(region, needs.prefix))}.get(name)
    if found and found.get("DeletedDate"):
        return failed(
            f"{where[0].upper()}{where[1:]} is scheduled for deletion (DeletedDate {found['DeletedDate']}): "
            "its name cannot be used until it is deleted.",
            f"Restore it (aws secretsmanager restore-secret --region {region} --secret-id {name}) and import "
            "it, or delete it immediately with --force-delete-without-recovery.",
        )
    if found is None:
        if ours and not is_replica:
            return failed(
                f"{where[0].upper()}{where[1:]} belongs to {subject.stack.deployed}, but does not exist.",
                "Restore it, or find its deletion in CloudTrail.",
            )
        if ours:
            return failed(
                f"The secret {name} belongs to {subject.stack.deployed}, but does not have a replica in "
                f"{region}: a stack that reads it there cannot be deployed.",
                # ListSecrets is eventually consistent.
                f"If it was created in the last five minutes, run preflight again. {REPLICATE}",
            )
        return passed(f"The name of {where} is available.")
    if ours and (not is_replica or found.get("PrimaryRegion", region) != region):
        return passed(f"{where[0].upper()}{where[1:]} belongs to {subject.stack.deployed}.")
    return failed(
        f"{where[0].upper()}{where[1:]} exists outside of {subject.stack.deployed}: creating it would fail.",
        LEFT_BEHIND,
    )


CHECKS = (
    Check(
        "secret-names",
        "The names of the secrets and replicas are available, or used by the stack; none is missing or "
        "scheduled for deletion",
        _secrets,
        _judge,
    ),
)

"""The hosted zone of the custom domain, its records, and the quota of health checks."""

from collections.abc import Iterator

from csr_templates.preflight import deployed, edge_calls
from csr_templates.preflight.checks import quotas
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed

_RECORD = "AWS::Route53::RecordSet"
_CHECK = "AWS::Route53::HealthCheck"


def _zones(needs: Needs) -> Iterator[Subject]:
    seen = set()
    for stack, _, properties in needs.of_type(_RECORD):
        subject = Subject(str(properties["HostedZoneId"]), stack, str(properties["Name"]))
        if subject.id not in seen:
            seen.add(subject.id)
            yield subject


def _judge_zone(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    found = lookup(edge_calls.hosted_zone(subject.id))
    if found is None:
        return failed(
            f"The account does not have the hosted zone {subject.id}.",
            "Correct HostedZoneId, or use the account of the zone.",
        )
    zone, domain = found["Name"].rstrip(".").lower(), subject.about.rstrip(".").lower()
    if found.get("Config", {}).get("PrivateZone"):
        return failed(
            f"The hosted zone {subject.id} ({zone}) is private.", "Use the public hosted zone of the domain."
        )
    if domain != zone and not domain.endswith(f".{zone}"):
        return failed(
            f"The hosted zone {subject.id} is for {zone}, which does not include {domain}.",
            "Correct HostedZoneId.",
        )
    return passed(f"The hosted zone {zone} includes {domain}.")


def _records(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type(_RECORD):
        yield Subject(f"{properties['Name']}:{properties['Type']}", stack, (logical_id, properties))


def _judge_record(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    logical_id, properties = subject.about
    if deployed.physical_id(lookup, subject.stack, logical_id):
        return passed(f"The record {subject.id} belongs to {subject.stack.deployed}.")
    name, kind = str(properties["Name"]).rstrip(".").lower(), properties["Type"]
    found = lookup(_records_of(subject)) or []
    types = {record["Type"] for record in found if record["Name"].rstrip(".").lower() == name}
    if taken := types & {kind, "CNAME"}:
        return failed(
            f"The zone has a record {name} of type {' and '.join(sorted(taken))} outside of "
            f"{subject.stack.deployed}: creating it would fail.",
            "Delete it immediately before the deploy, or import it into the stack.",
        )
    return passed(f"The zone does not have a record {subject.id}.")


def _records_of(subject: Subject) -> Query:
    properties = subject.about[1]
    return edge_calls.records(str(properties["HostedZoneId"]), str(properties["Name"]))


def _health_checks(needs: Needs) -> Iterator[Subject]:
    for stack, _, _ in needs.of_type(_CHECK):
        yield Subject("health-checks", stack)
        break


def _judge_health_checks(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    wanted = len(deployed.new(lookup, needs, _CHECK))
    if not wanted:
        return passed("No new resource counts towards the quota of health checks.")
    found = lookup(edge_calls.health_checks())
    return quotas.room("health checks", found["Count"], wanted, found["Limit"]["Value"], "Route 53")


CHECKS = (
    Check(
        "hosted-zone",
        "The hosted zone is public and includes the custom domain",
        _zones,
        _judge_zone,
    ),
    Check(
        "domain-records",
        "The records of the domain are available, or belong to the stack",
        _records,
        _judge_record,
    ),
    Check(
        "health-check-quota",
        "The quota of Route 53 health checks is sufficient for the new resources",
        _health_checks,
        _judge_health_checks,
    ),
)

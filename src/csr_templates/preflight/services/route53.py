"""The hosted zone of the custom domain, its records, and the quota of health checks."""

from collections.abc import Iterator
from typing import Final

from csr_templates.preflight import deployed, quotas
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, TemplateResource, failed, passed
from csr_templates.preflight.services import route53_calls

_RECORD: Final = "AWS::Route53::RecordSet"
_HEALTH_CHECK: Final = "AWS::Route53::HealthCheck"


def _zones(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield each hosted zone once, with the first name in it."""
    zones = set()
    for stack, _, properties in environment.of_type(_RECORD):
        zone = str(properties["HostedZoneId"])
        if zone not in zones:
            zones.add(zone)
            yield Subject(zone, stack, str(properties["Name"]))


def _judge_zone(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    hosted_zone = lookup(route53_calls.hosted_zone.query(subject.id))
    if hosted_zone is None:
        return failed(
            f"The account does not have the hosted zone {subject.id}.",
            "Correct HostedZoneId, or use the account of the zone.",
        )
    zone, domain = _normalized(hosted_zone["Name"]), _normalized(subject.about)
    if hosted_zone.get("Config", {}).get("PrivateZone"):
        return failed(
            f"The hosted zone {subject.id} ({zone}) is private.", "Use the public hosted zone of the domain."
        )
    if domain != zone and not domain.endswith(f".{zone}"):
        return failed(
            f"The hosted zone {subject.id} is for {zone}, which does not include {domain}.",
            "Correct HostedZoneId.",
        )
    return passed(f"The hosted zone {zone} includes {domain}.")


def _records(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(_RECORD):
        record = TemplateResource(logical_id, properties)
        yield Subject(f"{properties['Name']}:{properties['Type']}", stack, record)


def _judge_record(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    own_record: TemplateResource = subject.about
    logical_id, properties = own_record
    if deployed.physical_id(lookup, subject.stack, logical_id):
        return passed(f"The record {subject.id} belongs to {subject.stack.deployed_name}.")
    zone, name = str(properties["HostedZoneId"]), str(properties["Name"])
    domain = _normalized(name)
    records = lookup(route53_calls.records.query(zone, name)) or []
    types = {record["Type"] for record in records if _normalized(record["Name"]) == domain}
    conflicting = types & {properties["Type"], "CNAME"}
    if properties["Type"] == "CNAME":
        conflicting = types
    if conflicting:
        return failed(
            f"The zone has a record {domain} of type {' and '.join(sorted(conflicting))} outside of "
            f"{subject.stack.deployed_name}: creating it would fail.",
            "Delete it immediately before the deploy, or import it into the stack.",
        )
    return passed(f"The zone does not have a record {subject.id}.")


def _normalized(domain: str) -> str:
    return domain.rstrip(".").lower()


def _health_checks(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield the quota, with the first stack that has a health check."""
    first = next(iter(environment.of_type(_HEALTH_CHECK)), None)
    if first is not None:
        stack, _, _ = first
        yield Subject("health-checks", stack)


def _judge_health_checks(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    new = len(deployed.new(lookup, environment, _HEALTH_CHECK))
    if not new:
        return passed("No new resource counts toward the quota of health checks.")
    quota = lookup(route53_calls.health_checks.query())
    return quotas.of_limit("health checks", quota["Count"], new, quota["Limit"]["Value"], "Route 53")


BEFORE_DEPLOY: Final = (
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

"""The hosted zone of the custom domain, its records, and the health checks."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from csr_templates.preflight import deployed, deployed_resources, quotas, remedies
from csr_templates.preflight.calls import GLOBAL
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import (
    Check,
    Result,
    SkippedError,
    Subject,
    TemplateResource,
    failed,
    passed,
)
from csr_templates.preflight.services import cloudfront, route53_calls

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


# ---- After a deploy ----


def _distribution_of(properties: Mapping[str, Any]) -> str | None:
    """Return the logical ID of the distribution to which a record points; None for another record."""
    match properties.get("AliasTarget", {}).get("DNSName"):
        case {"Fn::GetAtt": [str(logical_id), "DomainName"]}:
            return logical_id
    return None


def _judge_deployed_record(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    properties = resource.properties
    distribution = deployed_resources.find(lookup, resource.stack, _distribution_of(properties) or "")
    if distribution is None:
        raise SkippedError  # as the check of the distribution says
    expected = cloudfront.existing_distribution(distribution, lookup)["DomainName"]
    zone, name, kind = str(properties["HostedZoneId"]), str(properties["Name"]), properties["Type"]
    query = route53_calls.records.query(zone, name)
    targets = [
        _normalized(record.get("AliasTarget", {}).get("DNSName", "another kind of target"))
        for record in lookup(query) or []
        if (_normalized(record["Name"]), record["Type"]) == (_normalized(name), kind)
    ]
    remedy = f"Set it as the template defines it: {_upsert(zone, properties, expected)}"
    if not targets:
        return failed(f"The zone {zone} does not have the record {name} of type {kind}.", remedy, query)
    if _normalized(expected) not in targets:
        return failed(
            f"The record {name} of type {kind} points to {targets[0]} instead of {expected}.", remedy, query
        )
    return passed(f"The record {name} of type {kind} points to {expected}.", query)


def _upsert(zone: str, properties: Mapping[str, Any], domain: str) -> str:
    record = {
        "Name": properties["Name"],
        "Type": properties["Type"],
        "AliasTarget": {
            "HostedZoneId": properties["AliasTarget"]["HostedZoneId"],
            "DNSName": domain,
            "EvaluateTargetHealth": False,
        },
    }
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    return remedies.aws(
        "route53 change-resource-record-sets", GLOBAL, hosted_zone_id=zone, change_batch=json.dumps(batch)
    )


def _judge_health_check(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    """Judge a health check. A disabled one is always healthy.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    """
    name, identifier = resource.logical_id, resource.physical_id
    config = lookup(route53_calls.health_check.query(identifier))
    if config is None:
        return failed(f"The health check {name} ({identifier}) does not exist.", resource.drift)
    expected = resource.properties["HealthCheckConfig"]
    for setting, meaning in (("Disabled", "requests nothing"), ("Inverted", "takes a failure for a success")):
        if config[setting] and not expected.get(setting):
            option = f"--no-{setting.lower()}"
            change = remedies.aws("route53 update-health-check", GLOBAL, option, health_check_id=identifier)
            return failed(
                f"The health check {name} is {setting.lower()}: it {meaning}, and its alarm does not fire.",
                f"Change it back: {change}",
            )
    domain = deployed_resources.in_account(
        expected.get("FullyQualifiedDomainName"), resource.stack, environment, lookup
    )
    if isinstance(domain, str) and config.get("FullyQualifiedDomainName") != domain:
        return failed(
            f"The health check {name} requests {config.get('FullyQualifiedDomainName')} instead of {domain}.",
            resource.drift,
        )
    return passed(f"The health check {name} is enabled.")


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
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "records",
        "The records of the domain point to the distribution",
        _RECORD,
        _judge_deployed_record,
        where=lambda properties: _distribution_of(properties) is not None,
    ),
    deployed_resources.check(
        "health-checks",
        "Each health check is enabled, not inverted, and requests the domain of the template",
        _HEALTH_CHECK,
        _judge_health_check,
    ),
)

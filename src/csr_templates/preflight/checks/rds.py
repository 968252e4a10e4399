"""The database: its name, quotas, engine version, instance class, and its status before a deploy."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from csr_templates.preflight import database_calls, deployed
from csr_templates.preflight.checks import names, quotas
from csr_templates.preflight.checks.names import Kind
from csr_templates.preflight.facts import Lookup, moment
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

_CLUSTER, _INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
_VERSION = "DatabaseEngineVersion"
_OLDEST_SNAPSHOT = timedelta(hours=25)  # automated snapshots are taken daily
_STANDARD_SUPPORT = "open-source-rds-standard-support"
_NOTICE = timedelta(days=365)  # time to plan an upgrade to another major version
_QUOTAS = {
    "DBClusters": (_CLUSTER,),
    "DBInstances": (_INSTANCE,),
    "EventSubscriptions": ("AWS::RDS::EventSubscription",),
    "DBSubnetGroups": ("AWS::RDS::DBSubnetGroup",),
    "DBClusterParameterGroups": ("AWS::RDS::DBClusterParameterGroup",),
    "DBParameterGroups": ("AWS::RDS::DBParameterGroup",),
}
"""Name of an RDS quota -> resource types that count.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html"""


def _quotas(needs: Needs) -> Iterator[Subject]:
    for name, types in _QUOTAS.items():
        for stack, _, _ in needs.of_type(*types):
            yield Subject(name, stack, types)
            break


def _judge_quota(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    wanted = len(deployed.new(lookup, needs, *subject.about))
    if not wanted:
        return passed(f"No new resource counts towards the quota {subject.id}.")
    found = {
        quota["AccountQuotaName"]: quota
        for quota in lookup(database_calls.database_quotas(subject.stack.region))
    }
    if subject.id not in found:
        return warned(f"RDS does not return the quota {subject.id}.", "Check the quota in Service Quotas.")
    quota = found[subject.id]
    return quotas.room(subject.id, quota["Used"], wanted, quota["Max"], "RDS")


def _clusters(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type(_CLUSTER):
        yield Subject(str(properties["DBClusterIdentifier"]), stack, (logical_id, properties))


def _cluster(subject: Subject, lookup: Lookup) -> dict[str, Any] | None:
    """Return the cluster of the stack."""
    if not deployed.physical_id(lookup, subject.stack, subject.about[0]):
        return None
    found = lookup(database_calls.cluster(subject.stack.region, subject.id))
    return found[0] if found else None


def _not_yet(subject: Subject) -> Verdict:
    return warned(
        f"The cluster {subject.id} does not exist yet.", "No action is needed before the first deploy."
    )


def _judge_version(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    properties = subject.about[1]
    engine, version, region = properties["Engine"], properties["EngineVersion"], subject.stack.region
    there = _cluster(subject, lookup)
    now = there["EngineVersion"] if there else version
    if _is_changed_outside(subject, lookup, now):
        return warned(
            f"The version of the cluster was changed to {now} outside of {subject.stack.deployed}. The "
            f"deploy does not change it, because {_VERSION} ({version}) is the same as in the last deploy.",
            f"Set {_VERSION} to {now}.",
        )
    found = lookup(database_calls.engine_versions(region, engine, version))
    if not found:
        return failed(
            f"{engine} {version} is not available in {region}.", "Choose another DatabaseEngineVersion."
        )
    if found[0].get("Status") == "deprecated":
        sentence = f"{engine} {version} is deprecated."
        if now == version and there:
            return warned(sentence, "Plan an upgrade (docs/changes.md).")
        return failed(sentence, "Choose another DatabaseEngineVersion.")
    if now != version:
        from_now = lookup(database_calls.engine_versions(region, engine, now))
        targets = [
            target["EngineVersion"] for item in from_now for target in item.get("ValidUpgradeTarget", [])
        ]
        if version not in targets:
            return failed(
                f"The cluster has version {now}, which cannot be upgraded to {version}.",
                f"Set {_VERSION} to {' or '.join([now, *targets])}.",
            )
        return warned(
            f"The deploy upgrades the cluster from {now} to {version}, which interrupts it.",
            "Follow docs/changes.md (A new engine version).",
        )
    return passed(f"{engine} {version} is available and not deprecated.")


def _is_changed_outside(subject: Subject, lookup: Lookup, now: str) -> bool:
    """Return whether the cluster has another version than the last deploy and the next one."""
    version: str = subject.about[1]["EngineVersion"]
    return now != version and version == deployed.parameter(lookup, subject.stack, _VERSION)


def _judge_support(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    engine, major = _major_version(subject)
    there = _cluster(subject, lookup)
    ends = [
        moment(lifecycle["LifecycleSupportEndDate"])
        for version in lookup(database_calls.major_version(subject.stack.region, engine, major))
        for lifecycle in version["SupportedEngineLifecycles"]
        if lifecycle["LifecycleSupportName"] == _STANDARD_SUPPORT
    ]
    what = f"the standard support of {engine} {major}"
    if not ends:
        return warned(
            f"RDS does not return the end of {what}.", "Check it in the release calendar of Aurora."
        )
    end, remedy = (
        max(ends),
        "Plan the upgrade to another major version (docs/changes.md, A new engine version).",
    )
    if lookup.facts.now > end and not there:
        return failed(
            f"The cluster cannot be created: {what} ended on {end:%Y-%m-%d}, and the template disables "
            "Extended Support.",
            "Choose another DatabaseEngineVersion.",
        )
    if lookup.facts.now > end - _NOTICE:
        return warned(f"The end of {what} is {end:%Y-%m-%d}. After that, AWS upgrades the cluster.", remedy)
    return passed(f"The end of {what} is {end:%Y-%m-%d}.")


def _major_version(subject: Subject) -> tuple[str, str]:
    """Return engine and major version."""
    properties = subject.about[1]
    return properties["Engine"], ".".join(properties["EngineVersion"].split(".")[:2])


def _instances(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type(_INSTANCE):
        yield Subject(logical_id, stack, properties)


def _judge_class(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    properties, region = subject.about, subject.stack.region
    zone = needs.known(subject.stack, properties.get("AvailabilityZone"))
    engine, version, instance_class = _wanted_class(subject)
    offers = lookup(database_calls.orderable(region, engine, version, instance_class))
    what = f"{instance_class} for {engine} {version}"
    if not offers:
        return failed(f"{what} is not available in {region}.", "Choose another DatabaseInstanceClass.")
    fitting = [offer for offer in offers if zone in {place["Name"] for place in offer["AvailabilityZones"]}]
    if not fitting:
        places = sorted({place["Name"] for offer in offers for place in offer["AvailabilityZones"]})
        return failed(
            f"{what} is available in {', '.join(places)}, not in {zone}.",
            "Choose another DatabaseInstanceClass, or other Availability Zones for the network stack.",
        )
    if properties.get("EnablePerformanceInsights") is True and not any(
        offer.get("SupportsPerformanceInsights") for offer in fitting
    ):
        return failed(
            f"{what} does not support Performance Insights.", "Choose another DatabaseInstanceClass."
        )
    if properties.get("MonitoringInterval") and not any(
        offer.get("SupportsEnhancedMonitoring") for offer in fitting
    ):
        return failed(
            f"{what} does not support Enhanced Monitoring.", "Choose another DatabaseInstanceClass."
        )
    return passed(f"{what} is available in {zone}, with all features that the template enables.")


def _wanted_class(subject: Subject) -> tuple[str, str, str]:
    """Return engine, version and class of an instance."""
    ((_, cluster),) = subject.stack.of_type(_CLUSTER)
    return cluster["Engine"], cluster["EngineVersion"], subject.about["DBInstanceClass"]


def waiting_parameters(cluster: Mapping[str, Any], instances: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the instances of a cluster with parameters that take effect at the next restart."""
    waiting = [
        f"{member['DBInstanceIdentifier']} (cluster parameters: {member['DBClusterParameterGroupStatus']})"
        for member in cluster.get("DBClusterMembers", [])
        if member.get("DBClusterParameterGroupStatus", "in-sync") != "in-sync"
    ]
    for instance in instances:
        waiting += [
            f"{instance['DBInstanceIdentifier']} ({group['DBParameterGroupName']}: "
            f"{group['ParameterApplyStatus']})"
            for group in instance.get("DBParameterGroups", [])
            if group.get("ParameterApplyStatus", "in-sync") != "in-sync"
        ]
    return waiting


def _judge_pending(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    there = _cluster(subject, lookup)
    if there is None:
        return _not_yet(subject)
    waiting = waiting_parameters(there, lookup(database_calls.instances(subject.stack.region, subject.id)))
    if waiting:
        return warned(
            f"Some parameters take effect at the next restart: {', '.join(waiting)}. A deploy that restarts "
            "an instance applies them.",
            "Restart the instances before the deploy (docs/changes.md), or expect the change with it.",
        )
    return passed("The parameters of all instances are in effect.")


def _judge_writer(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    there = _cluster(subject, lookup)
    if there is None:
        return _not_yet(subject)
    return writer_verdict(
        there,
        subject.stack.region,
        "The deploy does not need another one: with this writer, a restart of both instances causes one "
        "failover instead of two (docs/changes.md, Another instance class).",
    )


def writer_verdict(cluster: Mapping[str, Any], region: str, advice: str) -> Verdict:
    """Judge the state and the writer of a cluster."""
    name, members = cluster["DBClusterIdentifier"], cluster.get("DBClusterMembers", [])
    events = f"aws rds describe-events --region {region} --source-type db-cluster --source-identifier {name}"
    if cluster["Status"] == "stopped":
        return failed(
            f"The cluster {name} is stopped.",
            f"Start it: aws rds start-db-cluster --region {region} --db-cluster-identifier {name}",
        )
    if cluster["Status"] != "available":
        return failed(f"The cluster {name} is {cluster['Status']}.", "Wait until it is available.")
    writers = [member for member in members if member["IsClusterWriter"]]
    if not writers:
        return failed(
            f"The cluster {name} does not have a writer instance.",
            f"See the events of the cluster: {events}",
        )
    writer = writers[0]
    first = min(member.get("PromotionTier", 0) for member in members)
    if writer.get("PromotionTier", 0) > first:
        return warned(
            f"The writer is {writer['DBInstanceIdentifier']}, not the first instance: a failover occurred.",
            f"{advice} If no one caused the failover, find its reason in the events of the cluster: {events}",
        )
    return passed(f"The writer is {writer['DBInstanceIdentifier']}, the first instance.")


def _judge_snapshot(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    if not _cluster(subject, lookup):
        return _not_yet(subject)
    found = lookup(database_calls.snapshots(subject.stack.region, subject.id))
    times = [snapshot["SnapshotCreateTime"] for snapshot in found if snapshot["Status"] == "available"]
    take = "Take a snapshot first (docs/hand-over.md, A snapshot before a database change)."
    if not times:
        return warned(f"The cluster {subject.id} does not have a snapshot.", take)
    age = lookup.facts.now - max(map(moment, times))
    sentence = f"The newest snapshot of {subject.id} is from {max(times)}"
    if age > _OLDEST_SNAPSHOT:
        return warned(f"{sentence}, {age.days} days and {age.seconds // 3600} hours old.", take)
    return passed(f"{sentence}.")


CHECKS = (
    names.check(
        "cluster-name",
        "The identifier of the cluster is available, or used by the stack",
        (
            Kind(
                _CLUSTER,
                "cluster",
                lambda stack, _, name: database_calls.cluster(stack.region, name),
                "DBClusterIdentifier",
            ),
        ),
    ),
    Check(
        "database-quotas",
        "The quotas of RDS are sufficient for the new resources",
        _quotas,
        _judge_quota,
    ),
    Check(
        "engine-version",
        "The engine version is available, not deprecated, and an upgrade target of the deployed version",
        _clusters,
        _judge_version,
    ),
    Check(
        "engine-support",
        "The standard support of the major engine version does not end within one year",
        _clusters,
        _judge_support,
    ),
    Check(
        "instance-class",
        "The instance class is available for the version in the zone of each instance, with its monitoring",
        _instances,
        _judge_class,
    ),
    Check(
        "pending-reboot",
        "No database parameter is pending a restart",
        _clusters,
        _judge_pending,
    ),
    Check(
        "writer",
        "The cluster is available, and its first instance is the writer",
        _clusters,
        _judge_writer,
    ),
    Check(
        "newest-snapshot",
        "The newest snapshot of the cluster is at most one day old",
        _clusters,
        _judge_snapshot,
    ),
)

from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.metrics import Metric, metrics
from cfn_analysis.rules.support.references import find_resource, single_reference, sub_text
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import conditional_properties, scenarios
from cfn_analysis.rules.support.values import existing, of_type, values

# Resources that send data continuously, also without traffic: namespace -> identifying dimensions, the widest
# first.
ALIVE = {
    "AWS/CertificateManager": ("CertificateArn",),
    "AWS/DocDB": ("DBClusterIdentifier", "DBInstanceIdentifier"),
    "AWS/ElastiCache": ("ReplicationGroupId", "CacheClusterId"),
    "AWS/Neptune": ("DBClusterIdentifier", "DBInstanceIdentifier"),
    "AWS/RDS": ("DBClusterIdentifier", "DBInstanceIdentifier"),
    "AWS/Route53": ("HealthCheckId",),
}


class DataStopsUnnoticed(Rule):
    """Alarms that do not notify when the resource stops sending data.

    A database, a cache, a health check or a certificate sends data as long as it works. If it fails, it stops
    sending data, and an alarm with TreatMissingData notBreaching or ignore, or without
    InsufficientDataActions, does not notify anyone. One alarm on each resource is sufficient: set
    TreatMissingData to breaching, for example on the number of samples (SampleCount) of a metric.
    """

    id = "W9608"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html"
    finding_class = "alarms"

    def findings(self, validator: Validator, resources: Any) -> Iterator[RuleFinding]:
        quiet: dict[tuple[str, str], tuple[str, Any]] = {}
        noticed: set[tuple[str, str]] = set()
        for alarm, resource, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
            for decided, case in scenarios(validator, conditional_properties(resource)):
                # An alarm that exists only in some environments counts for all.
                if not isinstance(decided, dict):
                    continue
                for metric in metrics(case, decided):
                    for thing in _things(metric):
                        if _notices(case, decided):
                            noticed.add(thing)
                        else:
                            quiet.setdefault(thing, (alarm, properties))
        for thing, (alarm, properties) in quiet.items():
            if thing not in noticed:
                namespace, name = thing
                yield RuleFinding(
                    (alarm, "Properties", *existing(properties, ("TreatMissingData",))),
                    f"No alarm notifies when {name} ({namespace}) stops sending data: it can fail without an "
                    "alarm. Set TreatMissingData to breaching on one of its alarms, or notify a topic with "
                    "InsufficientDataActions.",
                )


def _things(metric: Metric) -> Iterator[tuple[str, str]]:
    """Yield namespace and name of the resource of a metric; nothing if its data depend on traffic."""
    for dimension in ALIVE.get(metric.namespace or "", ()):
        name = sub_text((metric.dimensions or {}).get(dimension))
        if name is not None:
            yield str(metric.namespace), _cluster(metric.case, name)
            return


def _cluster(case: Validator, name: str) -> str:
    """Return the name of the cluster of an instance of the template, otherwise the same name."""
    _, instance = find_resource(
        case,
        single_reference({"Fn::Sub": name})[0],
        "AWS::RDS::DBInstance",
        "AWS::DocDB::DBInstance",
        "AWS::Neptune::DBInstance",
    )
    if instance:
        return sub_text(instance.get("DBClusterIdentifier")) or name
    return name


def _notices(case: Validator, properties: Any) -> bool:
    """Return whether an alarm notifies when data are missing, as far as it is known."""
    if properties.get("ActionsEnabled") is False:
        return False
    treated = [value for value, _ in values(case, properties.get("TreatMissingData", "missing"))]
    if all(value in ("notBreaching", "ignore") for value in treated):
        return False
    return treated != ["missing"] or bool(properties.get("InsufficientDataActions"))

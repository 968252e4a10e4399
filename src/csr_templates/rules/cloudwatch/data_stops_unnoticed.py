"""Some alarm notices that what it watches is dead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csr_templates.rules.support.metrics import metrics
from csr_templates.rules.support.references import find_resource, single_reference, sub_text
from csr_templates.rules.support.rule import Fault, Rule, Validator
from csr_templates.rules.support.scenarios import conditional_properties, scenarios
from csr_templates.rules.support.values import existing, of_type, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csr_templates.rules.support.metrics import Metric

# What sends data all the time that it is alive, also without any traffic: namespace -> what tells it from
# others, the widest first.
ALIVE = {
    "AWS/CertificateManager": ("CertificateArn",),
    "AWS/DocDB": ("DBClusterIdentifier", "DBInstanceIdentifier"),
    "AWS/ElastiCache": ("ReplicationGroupId", "CacheClusterId"),
    "AWS/Neptune": ("DBClusterIdentifier", "DBInstanceIdentifier"),
    "AWS/RDS": ("DBClusterIdentifier", "DBInstanceIdentifier"),
    "AWS/Route53": ("HealthCheckId",),
}


class DataStopsUnnoticed(Rule):
    """Alarms that stay quiet when what they watch is dead.

    A database, a cache, a health check or a certificate sends data as long as it is alive. When it is dead
    the data stop, and an alarm with TreatMissingData notBreaching or ignore, or without
    InsufficientDataActions, notifies no one. One alarm on each is enough: set TreatMissingData to breaching,
    for example on the number of samples (SampleCount) of a metric.
    """

    id = "W9608"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html"
    tags = ["resources", "cloudwatch", "alarm"]
    fault_class = "alarms"

    def faults(self, validator: Validator, resources: Any) -> Iterator[Fault]:
        quiet: dict[tuple[str, str], tuple[str, Any]] = {}
        noticed: set[tuple[str, str]] = set()
        for alarm, resource, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
            for found, case in scenarios(validator, conditional_properties(resource)):
                # An alarm that exists in some environments only was meant so: it counts everywhere.
                for metric in metrics(case, found) if isinstance(found, dict) else ():
                    for thing in _things(metric):
                        if _notices(case, found):
                            noticed.add(thing)
                        else:
                            quiet.setdefault(thing, (alarm, properties))
        for thing, (alarm, properties) in quiet.items():
            if thing not in noticed:
                namespace, name = thing
                yield Fault(
                    (alarm, "Properties", *existing(properties, ("TreatMissingData",))),
                    f"No alarm notices when the data of {name} ({namespace}) stop: it can be dead, and all "
                    "alarms on it stay quiet. Set TreatMissingData to breaching on one of them, or notify a "
                    "topic with InsufficientDataActions.",
                )


def _things(metric: Metric) -> Iterator[tuple[str, str]]:
    """Yield namespace and name of what a metric is about; nothing if its data depend on traffic."""
    for dimension in ALIVE.get(metric.namespace or "", ()):
        name = sub_text((metric.dimensions or {}).get(dimension))
        if name is not None:
            yield str(metric.namespace), _cluster(metric.case, name)
            return


def _cluster(case: Validator, name: str) -> str:
    """Return the name of the cluster that an instance of the template belongs to, else the same name."""
    _, instance = find_resource(
        case,
        single_reference({"Fn::Sub": name})[0],
        "AWS::RDS::DBInstance",
        "AWS::DocDB::DBInstance",
        "AWS::Neptune::DBInstance",
    )
    return sub_text(instance.get("DBClusterIdentifier")) or name if instance else name


def _notices(case: Validator, properties: Any) -> bool:
    """Return whether an alarm does something when data are missing, as far as the template tells."""
    if properties.get("ActionsEnabled") is False:
        return False
    treated = [value for value, _ in values(case, properties.get("TreatMissingData", "missing"))]
    if all(value in ("notBreaching", "ignore") for value in treated):
        return False
    return treated != ["missing"] or bool(properties.get("InsufficientDataActions"))

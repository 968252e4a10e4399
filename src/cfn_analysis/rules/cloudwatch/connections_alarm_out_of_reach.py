import math
import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER, INSTANCE, UNKNOWN, aurora_mysql, members, setting
from cfn_analysis.rules.support.references import find_resource, single_reference, target
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import (
    assumed_values,
    is_possible,
    number,
    only_value,
    scenarios,
    when,
)
from cfn_analysis.rules.support.values import mappings, show, values

# Default of max_connections in Aurora MySQL for each class.
OF_T_CLASSES = {
    "db.t2.small": 45,
    "db.t2.medium": 90,
    "db.t3.small": 45,
    "db.t3.medium": 90,
    "db.t3.large": 135,
    "db.t4g.medium": 90,
    "db.t4g.large": 135,
}
OF_R_SIZES = {
    "large": 1000,
    "xlarge": 2000,
    "2xlarge": 3000,
    "4xlarge": 4000,
    "8xlarge": 5000,
    "12xlarge": 6000,
    "16xlarge": 6000,
    "24xlarge": 7000,
    "32xlarge": 7000,
    "48xlarge": 8000,
}

MESSAGE = (
    "Threshold is {threshold} and ComparisonOperator is {operator}{when}, but an instance accepts at most "
    "{limit} connections ({source}): the alarm never fires. Increase max_connections in the parameter group "
    "of the instances, or lower the threshold."
)


class ConnectionsAlarmOutOfReach(Rule):
    """Connections alarm above what the database allows.

    Aurora MySQL refuses connections above max_connections: by default 90 on db.t3.medium and db.t4g.medium,
    135 on their large ones, 1000 on a large R class. An alarm with a higher threshold stays OK while clients
    get 'Too many connections'. Set max_connections in a parameter group as far as the memory allows, and the
    threshold clearly below it.
    """

    id = "E9607"
    source_url = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html"
    )
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")
    first_only = True

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        if properties.get("MetricName") != "DatabaseConnections":
            return
        watched, cluster = _watched(validator, properties)
        if not watched or not any(aurora_mysql(validator, cluster)):
            return
        together = {"alarm": properties, "cluster": cluster, "members": watched}
        for plain, case in scenarios(validator, together):
            for message in _out_of_reach(validator, case, plain):
                yield RuleFinding(("Threshold",), message)


def _watched(validator: Validator, properties: Any) -> tuple[dict[str, Any], Any]:
    """Return the instances in the alarm's dimensions, and their cluster."""
    for dimension in mappings(properties.get("Dimensions")):
        name = dimension.get("Name")
        if name == "DBClusterIdentifier":
            cluster_id, cluster = target(validator, dimension.get("Value"), CLUSTER)
            return members(validator, cluster_id), cluster
        if name == "DBInstanceIdentifier":
            instance_id, instance = target(validator, dimension.get("Value"), INSTANCE)
            cluster_id, _ = single_reference(instance.get("DBClusterIdentifier"))
            _, cluster = find_resource(validator, cluster_id, CLUSTER)
            return {instance_id: instance} if cluster else {}, cluster
    return {}, {}


def _out_of_reach(validator: Validator, case: Validator, plain: Any) -> Iterator[str]:
    alarm, operator = plain["alarm"], only_value(case, plain["alarm"].get("ComparisonOperator"))
    of_one_instance = only_value(case, alarm.get("Statistic")) in ("Average", "Maximum", "Minimum")
    if not plain["members"] or not (of_one_instance or "ExtendedStatistic" in alarm):
        return
    for value, threshold_case in values(case, alarm.get("Threshold")):
        threshold = number(value)
        if threshold is None or operator not in ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold"):
            continue
        for limit, source, limit_case in _highest(
            threshold_case, plain["cluster"], list(plain["members"].values())
        ):
            beyond = threshold >= limit if operator == "GreaterThanThreshold" else threshold > limit
            if beyond and is_possible(limit_case):
                yield MESSAGE.format(
                    threshold=f"{threshold:g}",
                    operator=operator,
                    when=when(validator, [limit_case]),
                    limit=int(limit),
                    source=source,
                )


def _highest(case: Validator, cluster: Any, instances: list[Any]) -> Iterator[tuple[float, str, Validator]]:
    """Yield, for each case, the highest limit of the instances and its source."""
    if not instances:
        yield 0, "", case
        return
    for limit, source, limit_case in _limits(case, cluster, instances[0]):
        if limit == math.inf:
            yield limit, source, limit_case
            continue
        for next_limit, next_source, next_case in _highest(limit_case, cluster, instances[1:]):
            yield (*max((limit, source), (next_limit, next_source)), next_case)


def _limits(case: Validator, cluster: Any, instance: Any) -> Iterator[tuple[float, str, Validator]]:
    """Yield the limit of an instance in each case; infinity if it is not known."""
    configured = setting(case, "max_connections", cluster, instance)
    if configured is UNKNOWN:
        yield math.inf, "", case
    elif configured is not None:
        for value, value_case in values(case, configured):
            limit = number(value)
            yield math.inf if limit is None else limit, f"max_connections is {show(configured)}", value_case
    else:
        for instance_class, value_case in assumed_values(case, instance.get("DBInstanceClass")):
            yield _default(str(instance_class)), f"the default of {instance_class}", value_case


def _default(instance_class: str) -> float:
    size = re.fullmatch(r"db\.r[3-8]\w*\.(\w+)", instance_class)
    if size:
        return OF_R_SIZES.get(size[1], math.inf)
    return OF_T_CLASSES.get(instance_class, math.inf)

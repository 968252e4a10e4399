from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import REGIONS

from cfn_analysis.model.references import entries, value_at
from cfn_analysis.rules.support.aurora import CLUSTER, INSTANCE, members
from cfn_analysis.rules.support.dimensions import DimensionSets, is_missing, sets_of, sets_text
from cfn_analysis.rules.support.metrics import Metric, metrics
from cfn_analysis.rules.support.references import single_reference, sub_text, target
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, scenarios, state
from cfn_analysis.rules.support.values import of_type, show, values
from cfn_analysis.rules.support.words import rows

MINUTE = 60  # seconds between two values of the metrics of AWS
WEB_ACL = "AWS::WAFv2::WebACL"
METRIC_NAME = ("VisibilityConfig", "MetricName")

# Dimension -> wrong references, by type and attribute (none for Ref), and the correct value.
REFERENCES: dict[tuple[str, str], list[tuple[str, tuple[str, ...], str]]] = {}
for columns, right in (line.split(": ", 1) for line in rows(__file__)):
    namespace, dimension, kind, *attributes = columns.split()
    wrong = (f"AWS::{kind}", tuple(name.removeprefix("Ref") for name in attributes), right)
    REFERENCES.setdefault((namespace, dimension), []).append(wrong)

# Metrics of RDS that instances of Aurora do not have, whose storage is the cluster's, and what they have.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
NOT_OF_AURORA = {
    "FreeStorageSpace": "FreeLocalStorage or AuroraVolumeBytesLeftTotal",
    "ReplicaLag": "AuroraReplicaLag",
}


class AlarmOnMissingMetric(Rule):
    """Alarm on a metric that does not exist.

    A metric is its namespace, its name and exactly its dimensions. With one dimension more or less, or an ID
    where the service reports a name, the alarm watches a metric that no service writes: it deploys, never has
    data and never fires; and only metrics of your own can have a Period of less than a minute. Use a set of
    dimensions that the service reports, with the values that it reports.
    """

    id = "E9601"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        for metric in metrics(validator, properties):
            if metric.dimensions is None:
                continue
            sets = _sets(metric)
            if sets:
                yield from _period_findings(metric, properties)
            if sets and is_missing(metric.namespace, sets, metric.dimensions):
                yield RuleFinding(
                    metric.path("Dimensions"),
                    f"Dimensions are {' and '.join(sorted(metric.dimensions)) or 'none'}{{when}}: "
                    f"{metric.namespace} has no metric {metric.name or ''} with these, and the alarm never "
                    f"has data. Use {sets_text(sets)}.",
                    metric.case,
                )
                continue
            for name, value in metric.dimensions.items():
                for problem, case in _wrong_values(metric, name, value):
                    yield RuleFinding(metric.path("Dimensions"), f"Dimension {name} {problem}", case)
            if sets and metric.namespace == "AWS/WAFV2":
                yield from _web_acl_findings(metric)
            elif sets and metric.namespace == "AWS/RDS":
                yield from _aurora_findings(metric)


def _period_findings(metric: Metric, properties: Any) -> Iterator[RuleFinding]:
    """Yield a finding if an alarm reads a metric of AWS more often than it is written."""
    if metric.steps:
        return
    period = only_value(metric.case, properties.get("Period"))
    if (number(period) or MINUTE) < MINUTE:
        yield RuleFinding(
            ("Period",),
            f"Period is {period}{{when}}, and {metric.namespace} writes once a minute: the alarm has "
            "no data in between. Use 60 or a multiple of it.",
            metric.case,
        )


def _sets(metric: Metric) -> DimensionSets:
    """Return the sets of dimensions that can be right; for a web ACL of the template its scope decides."""
    sets = sets_of(metric.namespace, metric.name)
    scope = _scope(metric) if metric.namespace == "AWS/WAFV2" else ""
    if not scope:
        return sets
    return tuple(names for names in sets if ("Region" in names) == (scope == "REGIONAL"))


def _scope(metric: Metric) -> str:
    """Return the scope of the web ACL of the template with this metric name; empty if there is none."""
    name = sub_text((metric.dimensions or {}).get("WebACL"))
    for _, _, properties in of_type(metric.case.cfn.template.get("Resources", {}), WEB_ACL):
        if name and sub_text(value_at(properties, METRIC_NAME)) == name:
            return str(only_value(metric.case, properties.get("Scope")) or "")
    return ""


def _web_acl_findings(metric: Metric) -> Iterator[RuleFinding]:
    """Yield why a web ACL of the template does not write a metric: under that name, or at all."""
    name = sub_text((metric.dimensions or {}).get("WebACL"))
    acls = {
        sub_text(value_at(properties, METRIC_NAME)): (logical_id, properties)
        for logical_id, _, properties in of_type(metric.case.cfn.template.get("Resources", {}), WEB_ACL)
    }
    if name is None or None in acls:
        return
    if name in acls:
        logical_id, properties = acls[name]
        if str(value_at(properties, ("VisibilityConfig", "CloudWatchMetricsEnabled"))).lower() == "false":
            yield RuleFinding(
                metric.path("Dimensions"),
                f"Dimension WebACL is {name}{{when}}, and VisibilityConfig of {logical_id} has "
                "CloudWatchMetricsEnabled: false: the alarm never has data. Set it to true.",
                metric.case,
            )
        return
    for metric_name, (logical_id, properties) in acls.items():
        if sub_text(properties.get("Name")) == name:
            yield RuleFinding(
                metric.path("Dimensions"),
                f"Dimension WebACL is {name}{{when}}, the Name of {logical_id}, whose metrics are called "
                f"{metric_name} by its VisibilityConfig: the alarm never has data. Use the same MetricName.",
                metric.case,
            )


def _aurora_findings(metric: Metric) -> Iterator[RuleFinding]:
    """Yield why a cluster of Aurora of the template does not write a metric."""
    cluster = _aurora_cluster(metric)
    if cluster and metric.name in NOT_OF_AURORA:
        yield RuleFinding(
            metric.path("MetricName"),
            f"MetricName is {metric.name}{{when}}, which Aurora does not have: the alarm never has data. Use "
            f"{NOT_OF_AURORA[metric.name]}.",
            metric.case,
        )
    scaled = "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::RDS::GlobalCluster"
    resources = metric.case.cfn.template.get("Resources", {})
    role = only_value(metric.case, (metric.dimensions or {}).get("Role"))
    if not cluster or role != "READER" or any(of_type(resources, *scaled)):
        return
    instances = members(metric.case, cluster)
    if len(instances) < 2:
        return
    for alive, case in scenarios(metric.case, instances):
        if len(alive) == 1:
            yield RuleFinding(
                metric.path("Dimensions"),
                f"Dimension Role is READER{{when}}, where {cluster} has only the instance {min(alive)}: the "
                "alarm never has data. Give the alarm the condition of the reader.",
                case,
            )


def _aurora_cluster(metric: Metric) -> str:
    """Return the cluster of Aurora of the template that a metric is about, also by an instance of it."""
    for dimension in ("DBClusterIdentifier", "DBInstanceIdentifier"):
        value = (metric.dimensions or {}).get(dimension)
        logical_id, properties = target(metric.case, value, CLUSTER, INSTANCE)
        if not logical_id or not str(only_value(metric.case, properties.get("Engine"))).startswith("aurora"):
            continue
        if dimension == "DBClusterIdentifier":
            return logical_id
        return target(metric.case, properties.get("DBClusterIdentifier"), CLUSTER)[0]
    return ""


def _wrong_values(metric: Metric, name: str, value: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the problems of the value of a dimension."""
    yield from _wrong_references(metric, name, value)
    allowed = _allowed(str(metric.namespace), name)
    for possible, case in values(metric.case, value):
        if not isinstance(possible, str):
            continue
        if possible == "WRITER" and name == "Role" and str(metric.name).startswith("AuroraReplicaLag"):
            yield "is WRITER{when}, and only readers have a lag: the alarm never has data. Use READER.", case
        if isinstance(value, str) and name == "Rule" and _is_of_no_rule(metric, value):
            yield (
                f"is {value}{{when}}, which no rule of the template has as MetricName: no data arrives.",
                case,
            )
        if allowed and possible not in allowed[0]:
            yield (
                f"{state(case, case, value, possible)}{{when}}: {metric.namespace} reports {allowed[1]} "
                "there, and the alarm never has data.",
                case,
            )
            return  # one finding for a parameter is sufficient


def _wrong_references(metric: Metric, name: str, value: Any) -> Iterator[tuple[str, Validator]]:
    """Yield why the value of a dimension is another identifier of a resource than the one reported."""
    if (sub_text(value) or "").startswith("arn:") and not name.endswith("Arn"):
        yield (
            f"is {show(value)}{{when}}, an ARN, and {metric.namespace} reports an ID or a name there: the "
            "alarm never has data.",
            metric.case,
        )
    logical_id, attribute = single_reference(value)
    resource = metric.case.context.resources.get(logical_id)
    if not resource:
        return
    for kind, attributes, right in REFERENCES.get((str(metric.namespace), name), []):
        if resource.type == kind and attribute in attributes:
            yield (
                f"is {show(value)}{{when}}, which is another name of {logical_id} than {metric.namespace} "
                f"reports: the alarm never has data. Use {right.format(logical_id)}.",
                metric.case,
            )


def _is_of_no_rule(metric: Metric, rule: str) -> bool:
    """Return whether no rule of the web ACLs of the template has a metric name, as far as it is known."""
    if metric.namespace != "AWS/WAFV2" or rule in ("ALL", "Default_Action"):
        return False
    if {"ManagedRuleGroup", "RuleGroup"} & set(metric.dimensions or {}):
        return False
    names: list[Any] = []
    for _, _, properties in of_type(metric.case.cfn.template["Resources"], WEB_ACL):
        names += [name for _, name in entries(properties.get("Rules"), "MetricName")]
    return bool(names) and all(isinstance(name, str) and name != rule for name in names)


def _allowed(namespace: str, name: str) -> tuple[tuple[str, ...], str] | None:
    if (namespace, name) == ("AWS/CloudFront", "Region"):
        return ("Global",), "only Global"
    if (namespace, name) == ("AWS/WAFV2", "Region"):
        return tuple(REGIONS), "the name of a region"
    if (namespace, name) == ("AWS/RDS", "Role"):
        return ("WRITER", "READER"), "WRITER or READER"
    return None

from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import REGIONS

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.aurora import CLUSTER, INSTANCE, members
from cfn_analysis.rules.support.dimensions import Sets, is_missing, sets_of, sets_text
from cfn_analysis.rules.support.metrics import Metric, metrics
from cfn_analysis.rules.support.references import single_reference, sub_text, target
from cfn_analysis.rules.support.rule import Finding, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, scenarios, state
from cfn_analysis.rules.support.values import of_type, show, values
from cfn_analysis.rules.support.words import rows

MINUTE = 60  # seconds between two values of the metrics of AWS

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

    def findings(self, validator: Validator, properties: Any) -> Iterator[Finding]:
        for metric in metrics(validator, properties):
            sets = _sets(metric)
            if metric.dimensions is None:
                continue
            path = metric.path("Dimensions")
            for name, value in metric.dimensions.items() if not sets else ():
                for problem, case in _wrong_values(metric, name, value):
                    yield Finding(path, f"Dimension {name} {problem}", case)
            if not sets:
                continue
            period = None if metric.steps else only_value(metric.case, properties.get("Period"))
            if (number(period) or MINUTE) < MINUTE:
                yield Finding(
                    ("Period",),
                    f"Period is {period}{{when}}, and {metric.namespace} writes once a minute: the alarm has "
                    "no data in between. Use 60 or a multiple of it.",
                    metric.case,
                )
            if is_missing(metric.namespace, sets, metric.dimensions):
                yield Finding(
                    path,
                    f"Dimensions are {' and '.join(sorted(metric.dimensions)) or 'none'}{{when}}: "
                    f"{metric.namespace} has no metric {metric.name or ''} with these, and the alarm never "
                    f"has data. Use {sets_text(sets)}.",
                    metric.case,
                )
                continue
            for name, value in metric.dimensions.items():
                for problem, case in _wrong_values(metric, name, value):
                    yield Finding(path, f"Dimension {name} {problem}", case)
            if metric.namespace == "AWS/WAFV2":
                yield from _web_acl_findings(metric)
            elif metric.namespace == "AWS/RDS":
                yield from _aurora_findings(metric)


def _sets(metric: Metric) -> Sets:
    """Return the sets of dimensions that can be right; for a web ACL of the template its scope decides."""
    sets = sets_of(metric.namespace, metric.name)
    scope = _scope(metric) if metric.namespace == "AWS/WAFV2" else ""
    return tuple(known for known in sets if not scope or ("Region" in known) == (scope == "REGIONAL"))


def _scope(metric: Metric) -> str:
    """Return the scope of the web ACL of the template with this metric name; empty if there is none."""
    wanted = sub_text((metric.dimensions or {}).get("WebACL"))
    for _, _, properties in of_type(metric.case.cfn.template.get("Resources", {}), "AWS::WAFv2::WebACL"):
        named = value_at(properties, ("VisibilityConfig", "MetricName"))
        if wanted and sub_text(named) == wanted:
            return str(only_value(metric.case, properties.get("Scope")) or "")
    return ""


def _web_acl_findings(metric: Metric) -> Iterator[Finding]:
    """Yield why a web ACL of the template does not write a metric: under that name, or at all."""
    wanted = sub_text((metric.dimensions or {}).get("WebACL"))
    named = {}
    for logical_id, _, properties in of_type(
        metric.case.cfn.template.get("Resources", {}), "AWS::WAFv2::WebACL"
    ):
        written, enabled = (
            value_at(properties, ("VisibilityConfig", name))
            for name in ("MetricName", "CloudWatchMetricsEnabled")
        )
        named[sub_text(written)] = logical_id, str(enabled).lower() == "false", properties
    if wanted is None or None in named:
        return
    if wanted in named and named[wanted][1]:
        yield Finding(
            metric.path("Dimensions"),
            f"Dimension WebACL is {wanted}{{when}}, and VisibilityConfig of {named[wanted][0]} has "
            "CloudWatchMetricsEnabled: false: the alarm never has data. Set it to true.",
            metric.case,
        )
    for written, (logical_id, _, properties) in named.items():
        if wanted not in named and sub_text(properties.get("Name")) == wanted:
            yield Finding(
                metric.path("Dimensions"),
                f"Dimension WebACL is {wanted}{{when}}, the Name of {logical_id}, whose metrics are called "
                f"{written} by its VisibilityConfig: the alarm never has data. Use the same MetricName.",
                metric.case,
            )


def _aurora_findings(metric: Metric) -> Iterator[Finding]:
    """Yield why a cluster of Aurora of the template does not write a metric."""
    cluster = _aurora_cluster(metric)
    if cluster and metric.name in NOT_OF_AURORA:
        yield Finding(
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
    for alive, case in scenarios(metric.case, instances) if len(instances) > 1 else ():
        if len(alive) == 1:
            yield Finding(
                metric.path("Dimensions"),
                f"Dimension Role is READER{{when}}, where {cluster} has only the instance {min(alive)}: the "
                "alarm never has data. Give the alarm the condition of the reader.",
                case,
            )


def _aurora_cluster(metric: Metric) -> str:
    """Return the cluster of Aurora of the template that a metric is about, also by an instance of it."""
    for dimension in ("DBClusterIdentifier", "DBInstanceIdentifier"):
        logical_id, found = target(metric.case, (metric.dimensions or {}).get(dimension), CLUSTER, INSTANCE)
        if logical_id and str(only_value(metric.case, found.get("Engine"))).startswith("aurora"):
            owner = target(metric.case, found.get("DBClusterIdentifier"), CLUSTER)[0]
            return logical_id if dimension == "DBClusterIdentifier" else owner
    return ""


def _wrong_values(metric: Metric, name: str, value: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the problems of the value of a dimension."""
    logical_id, attribute = single_reference(value)
    if (sub_text(value) or "").startswith("arn:") and not name.endswith("Arn"):
        yield (
            f"is {show(value)}{{when}}, an ARN, and {metric.namespace} reports an ID or a name there: the "
            "alarm never has data.",
            metric.case,
        )
    resource = metric.case.context.resources.get(logical_id)
    for kind, attributes, right in REFERENCES.get((str(metric.namespace), name), []):
        if resource and resource.type == kind and attribute in attributes:
            yield (
                f"is {show(value)}{{when}}, which is another name of {logical_id} than {metric.namespace} "
                f"reports: the alarm never has data. Use {right.format(logical_id)}.",
                metric.case,
            )
    for known, case in values(metric.case, value):
        allowed = _allowed(str(metric.namespace), name)
        if known == "WRITER" and name == "Role" and str(metric.name).startswith("AuroraReplicaLag"):
            yield "is WRITER{when}, and only readers have a lag: the alarm never has data. Use READER.", case
        rules = show(
            [acl for _, acl, _ in of_type(metric.case.cfn.template["Resources"], "AWS::WAFv2::WebACL")]
        )
        named = isinstance(known, str) and known not in ("ALL", "Default_Action") and show(known) not in rules
        if (metric.namespace, name) == ("AWS/WAFV2", "Rule") and named and rules != "[]":
            groups = {"ManagedRuleGroup", "RuleGroup"} & set(metric.dimensions or {})
            if not groups and isinstance(value, str):
                yield (
                    f"is {known}{{when}}, which no rule of the template has as MetricName: no data arrives.",
                    case,
                )
        if isinstance(known, str) and allowed and known not in allowed[0]:
            yield (
                f"{state(case, case, value, known)}{{when}}: {metric.namespace} reports {allowed[1]} there, "
                "and the alarm never has data.",
                case,
            )
            return  # one finding for a parameter is sufficient


def _allowed(namespace: str, name: str) -> tuple[tuple[str, ...], str] | None:
    if (namespace, name) == ("AWS/CloudFront", "Region"):
        return ("Global",), "only Global"
    if (namespace, name) == ("AWS/WAFV2", "Region"):
        return tuple(REGIONS), "the name of a region"
    if (namespace, name) == ("AWS/RDS", "Role"):
        return ("WRITER", "READER"), "WRITER or READER"
    return None

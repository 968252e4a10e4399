"""The metric that an alarm watches exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.helpers import REGIONS

from csr_templates.rules.support.metrics import metrics
from csr_templates.rules.support.references import single_reference, sub_text
from csr_templates.rules.support.rule import Fault, Rule, Validator, properties_of
from csr_templates.rules.support.scenarios import only_value, state
from csr_templates.rules.support.values import of_type, show, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csr_templates.rules.support.metrics import Metric

# The sets of dimensions that a service reports its metrics by, the most useful first.
SETS: dict[str, tuple[tuple[str, ...], ...]] = {
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    "AWS/CloudFront": (("DistributionId", "Region"), ("FunctionName", "Region")),
    # https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
    "AWS/WAFV2": (
        ("Rule", "WebACL"),
        ("Region", "Rule", "WebACL"),
        ("RuleGroup", "WebACL"),
        ("Region", "RuleGroup", "WebACL"),
        ("Rule", "RuleGroup"),
        ("Region", "Rule", "RuleGroup"),
    ),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    "AWS/ApiGateway": (
        ("ApiName",),
        ("ApiName", "Stage"),
        ("ApiName", "Method", "Resource", "Stage"),
        ("ApiId",),
        ("ApiId", "Stage"),
        ("ApiId", "Method", "Resource", "Stage"),
        ("ApiId", "Route"),
        ("ApiId", "Route", "Stage"),
    ),
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/dimensions.html
    "AWS/RDS": (
        ("DBInstanceIdentifier",),
        ("DBClusterIdentifier",),
        ("DBClusterIdentifier", "Role"),
        ("DBClusterIdentifier", "EngineName"),
        ("DbClusterIdentifier", "EngineName"),
        ("DBClusterIdentifier", "SourceRegion"),
        ("DBInstanceIdentifier", "SourceRegion"),
        ("DatabaseClass",),
        ("EngineName",),
        ("SourceRegion",),
        (),
    ),
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    "AWS/Lambda": (
        ("FunctionName",),
        ("FunctionName", "Resource"),
        ("ExecutedVersion", "FunctionName", "Resource"),
        (),
    ),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    "AWS/SQS": (("QueueName",),),
}

# Of these services the sets are all there are.
COMPLETE = ("AWS/SQS",)

# The others report by more dimensions than those. A set is known to be none if it is made of the service's
# own names above and of these, which belong to other services.
FOREIGN = {
    "ApiId",
    "ApiName",
    "DBClusterIdentifier",
    "DBInstanceIdentifier",
    "DistributionId",
    "FunctionName",
    "QueueName",
    "Region",
    "Stage",
    "WebACL",
}

# Dimension -> wrong references, by type and attribute (none for Ref), and the correct value.
REFERENCES: dict[tuple[str, str], list[tuple[str, tuple[str, ...], str]]] = {
    ("AWS/ApiGateway", "ApiName"): [
        ("AWS::ApiGateway::RestApi", ("", "RestApiId", "RootResourceId"), "the API's name, as in its Name")
    ],
    ("AWS/SQS", "QueueName"): [
        ("AWS::SQS::Queue", ("", "Arn", "QueueUrl"), "the queue's name: !GetAtt {}.QueueName")
    ],
    ("AWS/Lambda", "FunctionName"): [
        ("AWS::Lambda::Function", ("Arn",), "the function's name: !Ref {}"),
        ("AWS::Lambda::Alias", ("", "AliasArn"), "the function's name, and the alias by Resource"),
        ("AWS::Lambda::Version", ("", "FunctionArn"), "the function's name, and the version by Resource"),
    ],
    ("AWS/RDS", "DBClusterIdentifier"): [
        ("AWS::RDS::DBCluster", ("DBClusterArn", "DBClusterResourceId", "Endpoint.Address"), "!Ref {}"),
        ("AWS::RDS::DBInstance", ("",), "the cluster's identifier"),
    ],
    ("AWS/RDS", "DBInstanceIdentifier"): [
        ("AWS::RDS::DBInstance", ("DBInstanceArn", "DbiResourceId", "Endpoint.Address"), "!Ref {}"),
        ("AWS::RDS::DBCluster", ("",), "the instance's identifier"),
    ],
    ("AWS/CloudFront", "DistributionId"): [
        ("AWS::CloudFront::Distribution", ("DomainName",), "the distribution's ID: !Ref {}")
    ],
    ("AWS/WAFV2", "WebACL"): [
        ("AWS::WAFv2::WebACL", ("", "Arn", "Id"), "the web ACL's VisibilityConfig.MetricName")
    ],
}


class AlarmOnMissingMetric(Rule):
    """Alarm on a metric that does not exist.

    A metric is its namespace, its name and exactly its dimensions. With one dimension more or less, or an ID
    where the service reports a name, the alarm watches a metric that no service writes: it deploys, never has
    data and never fires. Use a set of dimensions that the service reports, with the values that it reports.
    """

    id = "E9601"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html"
    tags = ["resources", "cloudwatch", "alarm"]
    fault_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def faults(self, validator: Validator, properties: Any) -> Iterator[Fault]:
        for metric in metrics(validator, properties):
            if metric.namespace not in SETS or metric.dimensions is None:
                continue
            path = metric.path("Dimensions")
            sets = _sets(metric)
            names = tuple(sorted(metric.dimensions))
            if names not in (tuple(sorted(known)) for known in sets):
                if metric.namespace in COMPLETE or _is_known(metric.namespace, names):
                    yield Fault(
                        path,
                        f"Dimensions are {' and '.join(names) or 'none'}{{when}}: {metric.namespace} has no "
                        f"metric {metric.name or ''} with these, and the alarm never has data. Use "
                        f"{_sets_text(sets)}.",
                        metric.case,
                    )
                continue
            for name, value in metric.dimensions.items():
                for problem, case in _wrong_values(metric, name, value):
                    yield Fault(path, f"Dimension {name} {problem}", case)


def _is_known(namespace: str, names: tuple[str, ...]) -> bool:
    """Return whether all names are known, apart from their case."""
    known = FOREIGN.union(*SETS[namespace])
    return {name.lower() for name in names} <= {name.lower() for name in known}


def _sets(metric: Metric) -> tuple[tuple[str, ...], ...]:
    """Return the sets of dimensions that can be right; for a web ACL of the template its scope decides."""
    assert metric.namespace is not None
    sets = SETS[metric.namespace]
    scope = _scope(metric) if metric.namespace == "AWS/WAFV2" else ""
    return tuple(known for known in sets if not scope or ("Region" in known) == (scope == "REGIONAL"))


def _scope(metric: Metric) -> str:
    """Return the scope of the web ACL of the template with this metric name; empty if there is none."""
    wanted = sub_text((metric.dimensions or {}).get("WebACL"))
    for _, _, properties in of_type(metric.case.cfn.template.get("Resources", {}), "AWS::WAFv2::WebACL"):
        visibility = properties.get("VisibilityConfig")
        named = visibility.get("MetricName") if isinstance(visibility, dict) else None
        if wanted and sub_text(named) == wanted:
            return str(only_value(metric.case, properties.get("Scope")) or "")
    return ""


def _sets_text(sets: tuple[tuple[str, ...], ...]) -> str:
    return ", or ".join(" and ".join(names) or "none" for names in sets[:3])


def _wrong_values(metric: Metric, name: str, value: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the problems of the value of a dimension."""
    logical_id, attribute = single_reference(value)
    resource = metric.case.context.resources.get(logical_id)
    for kind, attributes, right in REFERENCES.get((str(metric.namespace), name), []):
        if resource and resource.type == kind and attribute in attributes:
            yield (
                f"is {show(value)}{{when}}, which is another name of {logical_id} than {metric.namespace} "
                f"reports: the alarm never has data. Use {right.format(logical_id)}.",
                metric.case,
            )
    for found, case in values(metric.case, value):
        allowed = _allowed(str(metric.namespace), name)
        if isinstance(found, str) and allowed and found not in allowed[0]:
            yield (
                f"{state(case, case, value, found)}{{when}}: {metric.namespace} reports {allowed[1]} there, "
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

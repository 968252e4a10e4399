from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.metrics import Metric, metrics
from cfn_analysis.rules.support.references import single_reference, sub_text, target
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.values import assume, case_of, of_type, values

ADDITIONAL = {
    "CacheHitRate",
    "OriginLatency",
    *(f"{status}ErrorRate" for status in (401, 403, 404, 502, 503, 504)),
}
NO_PERCENTILE = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
STATUS = ("RealtimeMetricsSubscriptionConfig", "RealtimeMetricsSubscriptionStatus")


class AdditionalMetricWithoutData(Rule):
    """Alarm on a CloudFront metric that is not enabled.

    OriginLatency, CacheHitRate and the error rates of single status codes are additional metrics: CloudFront
    writes them once an AWS::CloudFront::MonitoringSubscription has switched them on for the distribution.
    OriginLatency has only percentiles, no Average. Otherwise the alarm deploys and never has data. Add the
    subscription, and use ExtendedStatistic such as p90 for OriginLatency.
    """

    id = "E9604"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        for metric in metrics(validator, properties):
            if metric.namespace != "AWS/CloudFront" or metric.name not in ADDITIONAL:
                continue
            if metric.name == "OriginLatency" and metric.statistic in NO_PERCENTILE:
                yield RuleFinding(
                    metric.path("Statistic", "Stat"),
                    f"{'Stat' if metric.steps else 'Statistic'} is {metric.statistic}{{when}}: OriginLatency "
                    f"has only percentiles, and the alarm never has data. Use {_percentile(metric)}.",
                    metric.case,
                )
            distribution, _ = target(
                metric.case, (metric.dimensions or {}).get("DistributionId"), "AWS::CloudFront::Distribution"
            )
            if distribution:
                for case in _unsubscribed(metric.case, distribution):
                    yield RuleFinding(
                        metric.path("MetricName"),
                        f"MetricName is {metric.name}, which CloudFront writes for {distribution} only if an "
                        "AWS::CloudFront::MonitoringSubscription enables it, and the template has "
                        f"none{{when}}: the alarm never has data. Add one with DistributionId: !Ref "
                        f"{distribution} and RealtimeMetricsSubscriptionStatus: Enabled.",
                        case,
                    )


def _percentile(metric: Metric) -> str:
    if metric.steps:
        return "Stat: p90"
    return "ExtendedStatistic: p90 in its place"


def _unsubscribed(case: Validator, distribution: str) -> Iterator[Validator]:
    """Yield the cases in which no subscription of the template enables the distribution's metrics."""
    without = [case]
    resources = case.cfn.template["Resources"]
    for _, resource, properties in of_type(resources, "AWS::CloudFront::MonitoringSubscription"):
        if not sub_text(properties.get("DistributionId")):
            return  # it may be this distribution's
        if single_reference(properties.get("DistributionId"))[0] != distribution:
            continue
        earlier, without = without, []
        for earlier_case in earlier:
            without += _gaps(earlier_case, resource, properties)
    yield from without


def _gaps(case: Validator, resource: Any, properties: Any) -> Iterator[Validator]:
    """Yield the cases in which a subscription is missing or disabled."""
    condition = resource.get("Condition")
    if isinstance(condition, str):
        missing = assume(case, {condition: False})
        if missing is not None:
            yield missing
    exists = case_of(case, resource)
    if exists is None:
        return
    for subscription, subscription_case in scenarios(exists, properties.get("MonitoringSubscription")):
        for status, status_case in values(subscription_case, value_at(subscription, STATUS)):
            if status == "Disabled":
                yield status_case

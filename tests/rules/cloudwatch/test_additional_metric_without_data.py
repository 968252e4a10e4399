"""E9017 on alarms of CloudFront's additional metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AdditionalMetricWithoutData

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Mode: {Type: String, Default: Disabled}
  Watched: {Type: String, Default: OriginLatency}
  Other: {Type: String}
Conditions:
  Measured: !Equals [!Ref AWS::AccountId, "111111111111"]
  Served: !Equals [!Ref AWS::StackName, served]
  Both: !And [!Condition Measured, !Condition Served]
Resources:
  Site: {Type: AWS::CloudFront::Distribution, Properties: {}}
"""

DIMENSIONS = "Dimensions: [{Name: DistributionId, Value: !Ref Site}, {Name: Region, Value: Global}]"
UNSUBSCRIBED = (
    "MetricName is {}, which CloudFront writes for Site only where an "
    "AWS::CloudFront::MonitoringSubscription has switched it on, and the template has none{}: the alarm "
    "never has data. Add one with DistributionId: !Ref Site and RealtimeMetricsSubscriptionStatus: Enabled."
)
NO_PERCENTILE = "{} is {}: OriginLatency has percentiles alone, and the alarm never has data. Use {}."


def subscription(status: str = "Enabled", distribution: str = "!Ref Site", attributes: str = "") -> str:
    """Return a resource that switches additional metrics on."""
    return (
        f"  Metrics: {{Type: AWS::CloudFront::MonitoringSubscription, {attributes} Properties: "
        f"{{DistributionId: {distribution}, MonitoringSubscription: {{RealtimeMetricsSubscriptionConfig: "
        f"{{RealtimeMetricsSubscriptionStatus: {status}}}}}}}}}\n"
    )


def alarm(properties: str, *, extra: str = "", attributes: str = "") -> str:
    """Return a template with one alarm on a metric of the distribution."""
    return (
        f"{HEAD}{extra}  High: {{Type: AWS::CloudWatch::Alarm, {attributes} Properties: "
        f"{{Namespace: AWS/CloudFront, {DIMENSIONS}, {properties}}}}}\n"
    )


P90 = "MetricName: OriginLatency, ExtendedStatistic: p90"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(alarm(P90, extra=subscription()), id="percentile"),
        pytest.param(
            alarm("MetricName: CacheHitRate, Statistic: Average", extra=subscription()), id="hit rate"
        ),
        pytest.param(alarm("MetricName: 5xxErrorRate, Statistic: Average"), id="default metric"),
        pytest.param(
            alarm(P90, extra=subscription(attributes="Condition: Measured,"), attributes="Condition: Both,"),
            id="alarm's condition implies the subscription's",
        ),
        pytest.param(
            alarm(P90, extra=subscription(distribution="!ImportValue id")),
            id="subscription of who knows what",
        ),
        pytest.param(alarm(P90, extra=subscription(status="!ImportValue status")), id="unknown status"),
        pytest.param(alarm(P90).replace("!Ref Site", "!Ref Other"), id="distribution of another stack"),
        pytest.param(
            alarm("MetricName: OriginLatency, ExtendedStatistic: !ImportValue a", extra=subscription()),
            id="unknown statistic",
        ),
        pytest.param(alarm(P90).replace("AWS/CloudFront,", "My/Edge,"), id="namespace of one's own"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """An alarm passes whose metric is switched on and has the statistic, or may be."""
    assert judge(AdditionalMetricWithoutData, text) == []


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        pytest.param(
            alarm("MetricName: OriginLatency, Statistic: Average", extra=subscription()),
            "Statistic",
            NO_PERCENTILE.format("Statistic", "Average", "ExtendedStatistic: p90 in its place"),
            id="average",
        ),
        pytest.param(
            alarm("MetricName: !Ref Watched, Statistic: Maximum", extra=subscription()),
            "Statistic",
            NO_PERCENTILE.format("Statistic", "Maximum", "ExtendedStatistic: p90 in its place"),
            id="metric by default",
        ),
        pytest.param(
            alarm(
                "MetricName: OriginLatency, Statistic: !If [Served, Average, !Ref AWS::NoValue], "
                "ExtendedStatistic: !If [Served, !Ref AWS::NoValue, p90]",
                extra=subscription(),
            ),
            "Statistic",
            NO_PERCENTILE.format(
                "Statistic", "Average when Served is true", "ExtendedStatistic: p90 in its place"
            ),
            id="average in one branch",
        ),
        pytest.param(
            alarm(P90), "MetricName", UNSUBSCRIBED.format("OriginLatency", ""), id="no subscription"
        ),
        pytest.param(
            alarm("MetricName: 404ErrorRate, Statistic: Average"),
            "MetricName",
            UNSUBSCRIBED.format("404ErrorRate", ""),
            id="rate of one status",
        ),
        pytest.param(
            alarm("MetricName: !Sub 'Cache${Part}Rate', Statistic: Average").replace(
                "!Sub 'Cache${Part}Rate'", "!Sub ['Cache${Part}Rate', {Part: Hit}]"
            ),
            "MetricName",
            UNSUBSCRIBED.format("CacheHitRate", ""),
            id="metric by Sub",
        ),
        pytest.param(
            alarm(P90, extra=subscription(status="Disabled")),
            "MetricName",
            UNSUBSCRIBED.format("OriginLatency", ""),
            id="switched off",
        ),
        pytest.param(
            alarm(P90, extra=subscription(status="!Ref Mode")),
            "MetricName",
            UNSUBSCRIBED.format("OriginLatency", ""),
            id="switched off by default",
        ),
        pytest.param(
            alarm(P90, extra=subscription(status="!If [Measured, Enabled, Disabled]")),
            "MetricName",
            UNSUBSCRIBED.format("OriginLatency", " when Measured is false"),
            id="switched off in one branch",
        ),
        pytest.param(
            alarm(P90, extra=subscription(attributes="Condition: Measured,")),
            "MetricName",
            UNSUBSCRIBED.format("OriginLatency", " when Measured is false"),
            id="subscription under a condition",
        ),
        pytest.param(
            alarm(P90, extra=subscription(attributes="Condition: Both,"), attributes="Condition: Measured,"),
            "MetricName",
            UNSUBSCRIBED.format("OriginLatency", " when Both is false"),
            id="subscription under a narrower condition",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, message: str) -> None:
    """A metric that is not switched on, or has no such statistic, is found."""
    assert judge(AdditionalMetricWithoutData, text) == [(f"Resources/High/Properties/{path}", message)]


def test_finds_the_statistic_of_an_expression(judge: Judge) -> None:
    """In an expression the statistic is called Stat."""
    text = (
        f"{HEAD}{subscription()}  High: {{Type: AWS::CloudWatch::Alarm, Properties: {{Metrics: [{{Id: m, "
        f"MetricStat: {{Stat: Average, Period: 60, Metric: {{Namespace: AWS/CloudFront, {DIMENSIONS}, "
        "MetricName: OriginLatency}}}]}}\n"
    )

    assert judge(AdditionalMetricWithoutData, text) == [
        (
            "Resources/High/Properties/Metrics/0/MetricStat/Stat",
            NO_PERCENTILE.format("Stat", "Average", "Stat: p90"),
        )
    ]

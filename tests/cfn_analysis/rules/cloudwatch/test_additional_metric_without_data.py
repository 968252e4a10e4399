"""Alarms of CloudFront's additional metrics."""

from ..harness import frame, row

HEAD = """
Parameters:
  Mode: {Type: String, Default: Disabled}
  Watched: {Type: String, Default: OriginLatency}
  Other: {Type: String}
Conditions:
  Both: !And [!Condition Measured, !Condition Served]
Resources:
  Site: {Type: AWS::CloudFront::Distribution, Properties: {}}
"""

DIMENSIONS = "Dimensions: [{Name: DistributionId, Value: !Ref Site}, {Name: Region, Value: Global}]"

UNSUBSCRIBED = (
    "MetricName is {}, which CloudFront writes for Site only if an "
    "AWS::CloudFront::MonitoringSubscription enables it, and the template has none{}: the alarm "
    "never has data. Add one with DistributionId: !Ref Site and RealtimeMetricsSubscriptionStatus: Enabled."
)

NO_PERCENTILE = "{} is {}: OriginLatency has only percentiles, and the alarm never has data. Use {}."

subscription = frame(
    "  Metrics: {Type: AWS::CloudFront::MonitoringSubscription, <attributes=> Properties: "
    "{DistributionId: <distribution=!Ref Site>, MonitoringSubscription: {RealtimeMetricsSubscriptionConfig: "
    "{RealtimeMetricsSubscriptionStatus: <status=Enabled>}}}}\n"
)

alarm = frame(
    f"{HEAD}<extra=>  High: {{Type: AWS::CloudWatch::Alarm, <attributes=> Properties: "
    f"{{Namespace: AWS/CloudFront, {DIMENSIONS}, <properties>}}}}\n"
)

P90 = "MetricName: OriginLatency, ExtendedStatistic: p90"

case = row("<text>", "Resources/High/Properties/<path>", "<message>")

GOOD = {
    "percentile": alarm(P90, extra=subscription()),
    "hit rate": alarm("MetricName: CacheHitRate, Statistic: Average", extra=subscription()),
    "default metric": alarm("MetricName: 5xxErrorRate, Statistic: Average"),
    "alarm's condition implies the subscription's": alarm(
        P90, extra=subscription(attributes="Condition: Measured,"), attributes="Condition: Both,"
    ),
    "subscription of who knows what": alarm(P90, extra=subscription(distribution="!ImportValue id")),
    "unknown status": alarm(P90, extra=subscription(status="!ImportValue status")),
    "distribution of another stack": alarm(P90).replace("!Ref Site", "!Ref Other"),
    "unknown statistic": alarm(
        "MetricName: OriginLatency, ExtendedStatistic: !ImportValue a", extra=subscription()
    ),
    "namespace of the user": alarm(P90).replace("AWS/CloudFront,", "My/Edge,"),
}

BAD = {
    "average": case(
        alarm("MetricName: OriginLatency, Statistic: Average", extra=subscription()),
        "Statistic",
        NO_PERCENTILE.format("Statistic", "Average", "ExtendedStatistic: p90 in its place"),
    ),
    "metric by default": case(
        alarm("MetricName: !Ref Watched, Statistic: Maximum", extra=subscription()),
        "Statistic",
        NO_PERCENTILE.format("Statistic", "Maximum", "ExtendedStatistic: p90 in its place"),
    ),
    "average in one branch": case(
        alarm(
            "MetricName: OriginLatency, Statistic: !If [Served, Average, !Ref AWS::NoValue], "
            "ExtendedStatistic: !If [Served, !Ref AWS::NoValue, p90]",
            extra=subscription(),
        ),
        "Statistic",
        NO_PERCENTILE.format(
            "Statistic", "Average when Served is true", "ExtendedStatistic: p90 in its place"
        ),
    ),
    "no subscription": case(alarm(P90), "MetricName", UNSUBSCRIBED.format("OriginLatency", "")),
    "rate of one status": case(
        alarm("MetricName: 404ErrorRate, Statistic: Average"),
        "MetricName",
        UNSUBSCRIBED.format("404ErrorRate", ""),
    ),
    "metric by Sub": case(
        alarm("MetricName: !Sub 'Cache${Part}Rate', Statistic: Average").replace(
            "!Sub 'Cache${Part}Rate'", "!Sub ['Cache${Part}Rate', {Part: Hit}]"
        ),
        "MetricName",
        UNSUBSCRIBED.format("CacheHitRate", ""),
    ),
    "switched off": case(
        alarm(P90, extra=subscription(status="Disabled")),
        "MetricName",
        UNSUBSCRIBED.format("OriginLatency", ""),
    ),
    "switched off by default": case(
        alarm(P90, extra=subscription(status="!Ref Mode")),
        "MetricName",
        UNSUBSCRIBED.format("OriginLatency", ""),
    ),
    "switched off in one branch": case(
        alarm(P90, extra=subscription(status="!If [Measured, Enabled, Disabled]")),
        "MetricName",
        UNSUBSCRIBED.format("OriginLatency", " when Measured is false"),
    ),
    "subscription under a condition": case(
        alarm(P90, extra=subscription(attributes="Condition: Measured,")),
        "MetricName",
        UNSUBSCRIBED.format("OriginLatency", " when Measured is false"),
    ),
    "subscription under a narrower condition": case(
        alarm(P90, extra=subscription(attributes="Condition: Both,"), attributes="Condition: Measured,"),
        "MetricName",
        UNSUBSCRIBED.format("OriginLatency", " when Both is false"),
    ),
    "finds the statistic of an expression": (
        f"{HEAD}{subscription()}  High: {{Type: AWS::CloudWatch::Alarm, Properties: {{Metrics: [{{Id: m, "
        f"MetricStat: {{Stat: Average, Period: 60, Metric: {{Namespace: AWS/CloudFront, {DIMENSIONS}, "
        "MetricName: OriginLatency}}}]}}\n",
        "Resources/High/Properties/Metrics/0/MetricStat/Stat",
        NO_PERCENTILE.format("Stat", "Average", "Stat: p90"),
    ),
}

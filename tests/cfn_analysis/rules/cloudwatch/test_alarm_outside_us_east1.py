"""Alarms of global services."""

from ..harness import frame, row

MESSAGE = (
    "Namespace is {}, and the stack is for {}: the metric {} exists only in us-east-1, so the alarm never "
    "has data. Move the alarm to a stack in us-east-1."
)

alarm = frame("""
Parameters:
  Watched: {Type: String, Default: AWS/CloudFront}
Conditions:
  InUsEast1: !Equals [!Ref AWS::Region, us-east-1]
Resources:
  High: {Type: AWS::CloudWatch::Alarm, <attributes=> Properties: {<properties>}}
""")

REQUESTS = "Namespace: AWS/CloudFront, MetricName: Requests"

EDGE_WAF = (
    "Namespace: AWS/WAFV2, MetricName: BlockedRequests, "
    "Dimensions: [{Name: Rule, Value: ALL}, {Name: WebACL, Value: a}"
)

case = row(
    alarm("<properties>"),
    "Resources/High/Properties/<path>",
    MESSAGE.format("<namespace>", "ap-northeast-1", "<name>"),
)

EXPIRES = (
    "Namespace: AWS/CertificateManager, MetricName: DaysToExpiry, "
    "Dimensions: [{{Name: CertificateArn, Value: {}}}]"
)
DISTRIBUTION = (
    "  Site: {{Type: AWS::CloudFront::Distribution, Properties: {{DistributionConfig: {{ViewerCertificate: "
    "{{AcmCertificateArn: {}}}}}}}}}\n"
)
HERE = "arn:aws:acm:us-east-1:123456789012:certificate/a"

GOOD = {
    "us-east-1": (alarm(REQUESTS), {"regions": ["us-east-1"]}),
    "China": (alarm(REQUESTS), {"regions": ["cn-north-1"]}),
    "condition on the region": (
        alarm(REQUESTS, "Condition: InUsEast1,"),
        {"regions": ["us-east-1", "eu-west-1"]},
    ),
    "branch for us-east-1": (
        alarm("Namespace: !If [InUsEast1, AWS/CloudFront, AWS/SQS], MetricName: Requests"),
        {"regions": ["eu-west-1"]},
    ),
    "regional service": alarm("Namespace: AWS/SQS, MetricName: Age"),
    "regional web ACL": (
        alarm(f"{EDGE_WAF}, {{Name: Region, Value: eu-west-1}}]"),
        {"regions": ["eu-west-1"]},
    ),
    "unknown": alarm("Namespace: !ImportValue a, MetricName: Requests"),
    "certificate of the region": alarm(EXPIRES.format("!Ref Watched")),
    "certificate of another distribution": alarm(EXPIRES.format("!Ref Watched"))
    + DISTRIBUTION.format("!ImportValue certificate"),
    "certificate in us-east-1": (
        alarm(EXPIRES.format("!Ref Watched")) + DISTRIBUTION.format("!Ref Watched"),
        {"regions": ["us-east-1"]},
    ),
}

BAD = {
    "CloudFront": case(REQUESTS, "Namespace", "AWS/CloudFront", "Requests"),
    "web ACL at the edge": case(f"{EDGE_WAF}]", "Namespace", "AWS/WAFV2", "BlockedRequests"),
    "Route 53": case(
        "Namespace: AWS/Route53, MetricName: HealthCheckStatus",
        "Namespace",
        "AWS/Route53",
        "HealthCheckStatus",
    ),
    "Billing": case(
        "Namespace: AWS/Billing, MetricName: EstimatedCharges", "Namespace", "AWS/Billing", "EstimatedCharges"
    ),
    "certificate of a distribution": (
        alarm(EXPIRES.format("!Ref Watched"))
        + DISTRIBUTION.format("!If [Shared, !Ref Watched, !Ref AWS::NoValue]"),
        "Resources/High/Properties/Namespace",
        MESSAGE.format("AWS/CertificateManager", "ap-northeast-1", "DaysToExpiry"),
    ),
    "certificate by ARN": case(
        EXPIRES.format(f"'{HERE}'"), "Namespace", "AWS/CertificateManager", "DaysToExpiry"
    ),
    "one branch": case(
        "Namespace: !If [Shared, AWS/CloudFront, AWS/SQS], MetricName: Requests",
        "Namespace",
        "AWS/CloudFront when Shared is true",
        "Requests",
    ),
    "expression": case(
        "Metrics: [{Id: m, MetricStat: {Stat: Sum, Period: 60, Metric: {Namespace: AWS/CloudFront, "
        "MetricName: Requests}}}]",
        "Metrics/0/MetricStat/Metric/Namespace",
        "AWS/CloudFront",
        "Requests",
    ),
    "the regions that fail": (
        alarm(REQUESTS),
        "Resources/High/Properties/Namespace",
        MESSAGE.format("AWS/CloudFront", "eu-west-1, us-west-2", "Requests"),
        {"regions": ["eu-west-1", "us-east-1", "us-west-2"]},
    ),
}

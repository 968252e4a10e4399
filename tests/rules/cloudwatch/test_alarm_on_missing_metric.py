"""E9014 on dimensions that services report, and on others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AlarmOnMissingMetric

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Where: {Type: String, Default: Global}
  Elsewhere: {Type: String, Default: CloudFront}
  Watched: {Type: String, Default: AWS/SQS}
  Side: {Type: String, Default: Region}
Conditions:
  Shared: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Edge: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT, VisibilityConfig: {MetricName: edge-waf}}}
  Local: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL, VisibilityConfig: {MetricName: local-waf}}}
  Api: {Type: AWS::ApiGateway::RestApi}
  HttpApi: {Type: AWS::ApiGatewayV2::Api}
  Cluster: {Type: AWS::RDS::DBCluster}
  Instance: {Type: AWS::RDS::DBInstance}
  Function: {Type: AWS::Lambda::Function}
  Alias: {Type: AWS::Lambda::Alias}
  Queue: {Type: AWS::SQS::Queue}
"""


def alarm(properties: str) -> str:
    """Return a template with one alarm of these properties."""
    return f"{HEAD}  High: {{Type: AWS::CloudWatch::Alarm, Properties: {{{properties}}}}}\n"


def watching(namespace: str, name: str, **dimensions: str) -> str:
    """Return a template with one alarm on a metric."""
    listed = ", ".join(f"{{Name: {key}, Value: {value}}}" for key, value in dimensions.items())
    return alarm(f"Namespace: {namespace}, MetricName: {name}, Dimensions: [{listed}]")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            watching("AWS/CloudFront", "5xxErrorRate", DistributionId="!Ref Site", Region="Global"),
            id="CloudFront",
        ),
        pytest.param(
            watching("AWS/CloudFront", "5xxErrorRate", DistributionId="!Ref Site", Region="!Ref Where"),
            id="CloudFront, parameter default",
        ),
        pytest.param(
            watching("AWS/CloudFront", "FunctionThrottles", FunctionName="pages", Region="Global"),
            id="CloudFront Function",
        ),
        pytest.param(
            watching("AWS/WAFV2", "BlockedRequests", WebACL="edge-waf", Rule="ALL"), id="web ACL at the edge"
        ),
        pytest.param(
            watching(
                "AWS/WAFV2", "BlockedRequests", WebACL="local-waf", Rule="ALL", Region="!Ref AWS::Region"
            ),
            id="regional web ACL",
        ),
        pytest.param(
            watching("AWS/WAFV2", "BlockedRequests", WebACL="another", Rule="ALL", Region="eu-west-1"),
            id="web ACL of another stack",
        ),
        pytest.param(
            watching("AWS/WAFV2", "AllowedRequests", WebACL="edge-waf", LabelName="a", LabelNamespace="b"),
            id="web ACL by label",
        ),
        pytest.param(watching("AWS/ApiGateway", "5XXError", ApiName="orders"), id="REST API"),
        pytest.param(watching("AWS/ApiGateway", "5XXError", ApiName="orders", Stage="v1"), id="stage"),
        pytest.param(
            watching("AWS/ApiGateway", "5XXError", ApiName="orders", Stage="v1", Method="GET", Resource="/"),
            id="method",
        ),
        pytest.param(watching("AWS/ApiGateway", "5xx", ApiId="!Ref HttpApi"), id="HTTP API"),
        pytest.param(
            watching("AWS/RDS", "CPUUtilization", DBClusterIdentifier="!Ref Cluster", Role="WRITER"),
            id="role of a cluster",
        ),
        pytest.param(
            watching("AWS/RDS", "CPUUtilization", DBInstanceIdentifier="!Ref Instance"), id="instance"
        ),
        pytest.param(watching("AWS/RDS", "CPUUtilization"), id="all databases"),
        pytest.param(watching("AWS/Lambda", "Errors", FunctionName="!Ref Function"), id="function"),
        pytest.param(
            watching(
                "AWS/Lambda", "Errors", FunctionName="!Ref Function", Resource="!Sub '${Function}:prod'"
            ),
            id="alias of a function",
        ),
        pytest.param(watching("AWS/Lambda", "Throttles"), id="all functions"),
        pytest.param(watching("AWS/Lambda", "OffsetLag", EventSourceMappingUUID="x"), id="event source"),
        pytest.param(
            watching("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="!GetAtt Queue.QueueName"),
            id="queue",
        ),
        pytest.param(watching("My/Service", "Orders", Region="everywhere"), id="namespace of one's own"),
        pytest.param(watching("!ImportValue namespace", "Errors", Region="x"), id="unknown namespace"),
        pytest.param(
            alarm("Namespace: AWS/SQS, MetricName: Age, Dimensions: !FindInMap [A, b, c]"),
            id="dimensions that a function hides",
        ),
        pytest.param(
            alarm(
                "Namespace: AWS/CloudFront, MetricName: Requests, Dimensions: !If [Shared, "
                "[{Name: DistributionId, Value: a}, {Name: Region, Value: Global}], "
                "[{Name: FunctionName, Value: a}, {Name: Region, Value: Global}]]"
            ),
            id="both branches",
        ),
        pytest.param(
            alarm(
                "Metrics: [{Id: m, MetricStat: {Period: 60, Stat: Sum, Metric: {Namespace: AWS/SQS, "
                "MetricName: NumberOfMessagesSent, Dimensions: [{Name: QueueName, Value: a}]}}}, "
                "{Id: e, Expression: m * 2}]"
            ),
            id="expression",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A set of dimensions passes that the service reports, or that may be one of its rarer ones."""
    assert judge(AlarmOnMissingMetric, text) == []


CLOUDFRONT = "Use DistributionId and Region, or FunctionName and Region."
NOBODY = "with these, and the alarm never has data."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            watching("AWS/CloudFront", "5xxErrorRate", DistributionId="!Ref Site"),
            f"Dimensions are DistributionId: AWS/CloudFront has no metric 5xxErrorRate {NOBODY} {CLOUDFRONT}",
            id="CloudFront without Region",
        ),
        pytest.param(
            watching("AWS/CloudFront", "5xxErrorRate", DistributionId="a", Region="Global", Stage="v1"),
            "Dimensions are DistributionId and Region and Stage: AWS/CloudFront has no metric 5xxErrorRate "
            f"{NOBODY} {CLOUDFRONT}",
            id="one too many",
        ),
        pytest.param(
            watching("AWS/CloudFront", "5xxErrorRate", DistributionID="a", Region="Global"),
            f"Dimensions are DistributionID and Region: AWS/CloudFront has no metric 5xxErrorRate {NOBODY} "
            f"{CLOUDFRONT}",
            id="misspelt",
        ),
        pytest.param(
            alarm(
                "Namespace: AWS/CloudFront, MetricName: Requests, Dimensions: [{Name: DistributionId, "
                "Value: a}, !If [Shared, {Name: Region, Value: Global}, !Ref AWS::NoValue]]"
            ),
            "Dimensions are DistributionId when Shared is false: AWS/CloudFront has no metric Requests "
            f"{NOBODY} {CLOUDFRONT}",
            id="dimension of one branch",
        ),
        pytest.param(
            alarm(
                "Namespace: AWS/RDS, MetricName: Commits, Dimensions: "
                "[{Name: DBInstanceIdentifier, Value: a}, {Name: !Ref Side, Value: b}]"
            ),
            f"Dimensions are DBInstanceIdentifier and Region: AWS/RDS has no metric Commits {NOBODY} Use "
            "DBInstanceIdentifier, or DBClusterIdentifier, or DBClusterIdentifier and Role.",
            id="name of a dimension by default",
        ),
        pytest.param(
            watching("AWS/WAFV2", "BlockedRequests", WebACL="edge-waf", Rule="ALL", Region="us-east-1"),
            f"Dimensions are Region and Rule and WebACL: AWS/WAFV2 has no metric BlockedRequests {NOBODY} "
            "Use Rule and WebACL, or RuleGroup and WebACL, or Rule and RuleGroup.",
            id="web ACL at the edge with Region",
        ),
        pytest.param(
            watching("AWS/WAFV2", "BlockedRequests", WebACL="local-waf", Rule="ALL"),
            f"Dimensions are Rule and WebACL: AWS/WAFV2 has no metric BlockedRequests {NOBODY} Use Region "
            "and Rule and WebACL, or Region and RuleGroup and WebACL, or Region and Rule and RuleGroup.",
            id="regional web ACL without Region",
        ),
        pytest.param(
            watching("AWS/WAFV2", "BlockedRequests", WebACL="another"),
            f"Dimensions are WebACL: AWS/WAFV2 has no metric BlockedRequests {NOBODY} Use Rule and WebACL, "
            "or Region and Rule and WebACL, or RuleGroup and WebACL.",
            id="web ACL without Rule",
        ),
        pytest.param(
            watching("AWS/ApiGateway", "Latency", Stage="v1"),
            f"Dimensions are Stage: AWS/ApiGateway has no metric Latency {NOBODY} Use ApiName, or ApiName "
            "and Stage, or ApiName and Method and Resource and Stage.",
            id="stage without API",
        ),
        pytest.param(
            watching("AWS/RDS", "CPUUtilization", DBInstanceIdentifier="a", Role="WRITER"),
            f"Dimensions are DBInstanceIdentifier and Role: AWS/RDS has no metric CPUUtilization {NOBODY} "
            "Use DBInstanceIdentifier, or DBClusterIdentifier, or DBClusterIdentifier and Role.",
            id="role of an instance",
        ),
        pytest.param(
            watching("AWS/Lambda", "Errors", FunctionName="a", ExecutedVersion="3"),
            f"Dimensions are ExecutedVersion and FunctionName: AWS/Lambda has no metric Errors {NOBODY} Use "
            "FunctionName, or FunctionName and Resource, or ExecutedVersion and FunctionName and Resource.",
            id="version without alias",
        ),
        pytest.param(
            watching("AWS/SQS", "NumberOfMessagesSent", Queue="orders"),
            f"Dimensions are Queue: AWS/SQS has no metric NumberOfMessagesSent {NOBODY} Use QueueName.",
            id="unknown dimension of a service with one",
        ),
        pytest.param(
            watching("!Ref Watched", "NumberOfMessagesSent"),
            f"Dimensions are none: AWS/SQS has no metric NumberOfMessagesSent {NOBODY} Use QueueName.",
            id="none, namespace by default",
        ),
        pytest.param(
            watching("AWS/CloudFront", "Requests", DistributionId="a", Region="us-east-1"),
            'Dimension Region is "us-east-1": AWS/CloudFront reports Global alone there, and the alarm '
            "never has data.",
            id="region of CloudFront",
        ),
        pytest.param(
            watching("AWS/CloudFront", "Requests", DistributionId="a", Region="!If [Shared, Global, Local]"),
            'Dimension Region is "Local" when Shared is false: AWS/CloudFront reports Global alone there, '
            "and the alarm never has data.",
            id="value of one branch",
        ),
        pytest.param(
            watching("AWS/WAFV2", "BlockedRequests", WebACL="x", Rule="ALL", Region="!Sub '${Elsewhere}'"),
            'Dimension Region is {"Fn::Sub": "${Elsewhere}"}, which can be "CloudFront": AWS/WAFV2 reports '
            "the name of a region there, and the alarm never has data.",
            id="region of WAF",
        ),
        pytest.param(
            watching("AWS/RDS", "CPUUtilization", DBClusterIdentifier="!Ref Cluster", Role="Writer"),
            'Dimension Role is "Writer": AWS/RDS reports WRITER or READER there, and the alarm never has '
            "data.",
            id="spelling of a role",
        ),
        pytest.param(
            watching("AWS/ApiGateway", "5XXError", ApiName="!Ref Api", Stage="v1"),
            'Dimension ApiName is {"Ref": "Api"}, which is another name of Api than AWS/ApiGateway reports: '
            "the alarm never has data. Use the API's name, as in its Name.",
            id="ID of an API",
        ),
        pytest.param(
            watching("AWS/ApiGateway", "5XXError", ApiName="!Sub '${Api}'"),
            'Dimension ApiName is {"Fn::Sub": "${Api}"}, which is another name of Api than AWS/ApiGateway '
            "reports: the alarm never has data. Use the API's name, as in its Name.",
            id="ID of an API by Sub",
        ),
        pytest.param(
            watching("AWS/SQS", "NumberOfMessagesSent", QueueName="!Ref Queue"),
            'Dimension QueueName is {"Ref": "Queue"}, which is another name of Queue than AWS/SQS reports: '
            "the alarm never has data. Use the queue's name: !GetAtt Queue.QueueName.",
            id="URL of a queue",
        ),
        pytest.param(
            watching("AWS/Lambda", "Errors", FunctionName="!GetAtt Function.Arn"),
            'Dimension FunctionName is {"Fn::GetAtt": ["Function", "Arn"]}, which is another name of '
            "Function than AWS/Lambda reports: the alarm never has data. Use the function's name: !Ref "
            "Function.",
            id="ARN of a function",
        ),
        pytest.param(
            watching("AWS/Lambda", "Errors", FunctionName="!Ref Alias"),
            'Dimension FunctionName is {"Ref": "Alias"}, which is another name of Alias than AWS/Lambda '
            "reports: the alarm never has data. Use the function's name, and the alias by Resource.",
            id="ARN of an alias",
        ),
        pytest.param(
            watching("AWS/RDS", "CPUUtilization", DBInstanceIdentifier="!Ref Cluster"),
            'Dimension DBInstanceIdentifier is {"Ref": "Cluster"}, which is another name of Cluster than '
            "AWS/RDS reports: the alarm never has data. Use the instance's identifier.",
            id="cluster for instance",
        ),
        pytest.param(
            watching("AWS/WAFV2", "BlockedRequests", WebACL="!Ref Edge", Rule="ALL"),
            'Dimension WebACL is {"Ref": "Edge"}, which is another name of Edge than AWS/WAFV2 reports: the '
            "alarm never has data. Use the web ACL's VisibilityConfig.MetricName.",
            id="reference to a web ACL",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, message: str) -> None:
    """Dimensions without a metric, and values that no metric has, are found."""
    assert judge(AlarmOnMissingMetric, text) == [("Resources/High/Properties/Dimensions", message)]


def test_finds_a_metric_of_an_expression(judge: Judge) -> None:
    """A metric of an expression is found at its own place."""
    text = alarm(
        "Metrics: [{Id: e, Expression: m * 2}, {Id: m, MetricStat: {Period: 60, Stat: Sum, Metric: "
        "{Namespace: AWS/SQS, MetricName: NumberOfMessagesSent, Dimensions: [{Name: QueueName, Value: "
        "!GetAtt Queue.Arn}]}}}]"
    )

    assert judge(AlarmOnMissingMetric, text) == [
        (
            "Resources/High/Properties/Metrics/1/MetricStat/Metric/Dimensions",
            'Dimension QueueName is {"Fn::GetAtt": ["Queue", "Arn"]}, which is another name of Queue than '
            "AWS/SQS reports: the alarm never has data. Use the queue's name: !GetAtt Queue.QueueName.",
        )
    ]


def test_reports_missing_dimensions_on_the_alarm(judge: Judge) -> None:
    """Where no dimension is written, the alarm itself is the place."""
    text = alarm("Namespace: AWS/SQS, MetricName: NumberOfMessagesSent")

    assert judge(AlarmOnMissingMetric, text) == [
        (
            "Resources/High/Properties",
            f"Dimensions are none: AWS/SQS has no metric NumberOfMessagesSent {NOBODY} Use QueueName.",
        )
    ]

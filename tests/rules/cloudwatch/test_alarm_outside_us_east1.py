"""E9015 on alarms of global services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AlarmOutsideUsEast1

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Watched: {Type: String, Default: AWS/CloudFront}
Conditions:
  InUsEast1: !Equals [!Ref AWS::Region, us-east-1]
  Shared: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
"""

MESSAGE = (
    "Namespace is {}, and the stack is for {}: the metric {} exists in us-east-1 alone, so the alarm never "
    "has data. Put the alarm into a stack of us-east-1."
)


def alarm(properties: str, attributes: str = "") -> str:
    """Return a template with one alarm of these properties."""
    return f"{HEAD}  High: {{Type: AWS::CloudWatch::Alarm, {attributes} Properties: {{{properties}}}}}\n"


REQUESTS = "Namespace: AWS/CloudFront, MetricName: Requests"
EDGE_WAF = (
    "Namespace: AWS/WAFV2, MetricName: BlockedRequests, "
    "Dimensions: [{Name: Rule, Value: ALL}, {Name: WebACL, Value: a}"
)


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        pytest.param(alarm(REQUESTS), ["us-east-1"], id="us-east-1"),
        pytest.param(alarm(REQUESTS), ["cn-north-1"], id="China"),
        pytest.param(
            alarm(REQUESTS, "Condition: InUsEast1,"), ["us-east-1", "eu-west-1"], id="condition on the region"
        ),
        pytest.param(
            alarm("Namespace: !If [InUsEast1, AWS/CloudFront, AWS/SQS], MetricName: Requests"),
            ["eu-west-1"],
            id="branch for us-east-1",
        ),
        pytest.param(alarm("Namespace: AWS/SQS, MetricName: Age"), ["eu-west-1"], id="regional service"),
        pytest.param(
            alarm(f"{EDGE_WAF}, {{Name: Region, Value: eu-west-1}}]"), ["eu-west-1"], id="regional web ACL"
        ),
        pytest.param(alarm("Namespace: !ImportValue a, MetricName: Requests"), ["eu-west-1"], id="unknown"),
    ],
)
def test_accepts(judge: Judge, text: str, regions: list[str]) -> None:
    """An alarm passes that is where its metric is, or may be."""
    assert judge(AlarmOutsideUsEast1, text, regions=regions) == []


@pytest.mark.parametrize(
    ("properties", "path", "namespace", "name"),
    [
        pytest.param(REQUESTS, "Namespace", "AWS/CloudFront", "Requests", id="CloudFront"),
        pytest.param(f"{EDGE_WAF}]", "Namespace", "AWS/WAFV2", "BlockedRequests", id="web ACL at the edge"),
        pytest.param(
            "Namespace: AWS/Route53, MetricName: HealthCheckStatus",
            "Namespace",
            "AWS/Route53",
            "HealthCheckStatus",
            id="Route 53",
        ),
        pytest.param(
            "Namespace: AWS/Billing, MetricName: EstimatedCharges",
            "Namespace",
            "AWS/Billing",
            "EstimatedCharges",
            id="Billing",
        ),
        pytest.param(
            "Namespace: !Ref Watched, MetricName: Requests",
            "Namespace",
            "AWS/CloudFront",
            "Requests",
            id="parameter default",
        ),
        pytest.param(
            "Namespace: !Sub '${Watched}', MetricName: Requests",
            "Namespace",
            "AWS/CloudFront",
            "Requests",
            id="Sub",
        ),
        pytest.param(
            "Namespace: !If [Shared, AWS/CloudFront, AWS/SQS], MetricName: Requests",
            "Namespace",
            "AWS/CloudFront when Shared is true",
            "Requests",
            id="one branch",
        ),
        pytest.param(
            "Metrics: [{Id: m, MetricStat: {Stat: Sum, Period: 60, Metric: {Namespace: AWS/CloudFront, "
            "MetricName: Requests}}}]",
            "Metrics/0/MetricStat/Metric/Namespace",
            "AWS/CloudFront",
            "Requests",
            id="expression",
        ),
    ],
)
def test_refuses(judge: Judge, properties: str, path: str, namespace: str, name: str) -> None:
    """An alarm in a region that lacks the metric is found, with the metric."""
    assert judge(AlarmOutsideUsEast1, alarm(properties)) == [
        (f"Resources/High/Properties/{path}", MESSAGE.format(namespace, "ap-northeast-1", name))
    ]


def test_names_the_regions_that_fail(judge: Judge) -> None:
    """Of several regions the message names those without the metric."""
    found = judge(AlarmOutsideUsEast1, alarm(REQUESTS), regions=["eu-west-1", "us-east-1", "us-west-2"])

    assert [message for _, message in found] == [
        MESSAGE.format("AWS/CloudFront", "eu-west-1, us-west-2", "Requests")
    ]

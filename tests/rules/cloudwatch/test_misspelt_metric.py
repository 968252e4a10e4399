"""E9028 on names of metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import MisspeltMetric

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Watched: {Type: String, Default: 5XXErrorRate}
  Part: {Type: String, Default: 5XX}
Conditions:
  Rest: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
"""


def alarm(namespace: str, name: str, dimensions: str = "[]") -> str:
    """Return a template with one alarm on a metric."""
    return (
        f"{HEAD}  High: {{Type: AWS::CloudWatch::Alarm, Properties: {{Namespace: {namespace}, MetricName: "
        f"{name}, Dimensions: {dimensions}}}}}\n"
    )


REST = "[{Name: ApiName, Value: orders}]"
HTTP = "[{Name: ApiId, Value: a1b2}]"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(alarm("AWS/CloudFront", "5xxErrorRate"), id="CloudFront"),
        pytest.param(alarm("AWS/CloudFront", "LambdaExecutionError"), id="rarer metric"),
        pytest.param(alarm("AWS/ApiGateway", "5XXError", REST), id="REST API"),
        pytest.param(alarm("AWS/ApiGateway", "5xx", HTTP), id="HTTP API"),
        pytest.param(alarm("AWS/ApiGateway", "ConnectCount", HTTP), id="WebSocket API"),
        pytest.param(alarm("AWS/ApiGateway", "5xx", "!FindInMap [A, b, c]"), id="unknown API"),
        pytest.param(alarm("My/Service", "errors"), id="namespace of one's own"),
        pytest.param(alarm("AWS/SQS", "!ImportValue name"), id="only AWS knows"),
        pytest.param(
            alarm(
                "AWS/ApiGateway",
                "!If [Rest, 5XXError, 5xx]",
                "[{Name: !If [Rest, ApiName, ApiId], Value: orders}]",
            ),
            id="both branches",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A name passes that the service writes, or that may be one of its rarer metrics."""
    assert judge(MisspeltMetric, text) == []


@pytest.mark.parametrize(
    ("text", "found", "right"),
    [
        pytest.param(
            alarm("AWS/CloudFront", "5XXErrorRate"), "5XXErrorRate", "5xxErrorRate", id="CloudFront"
        ),
        pytest.param(alarm("AWS/CloudFront", "!Ref Watched"), "5XXErrorRate", "5xxErrorRate", id="default"),
        pytest.param(
            alarm("AWS/CloudFront", "!Sub '${Part}ErrorRate'"), "5XXErrorRate", "5xxErrorRate", id="Sub"
        ),
        pytest.param(
            alarm("AWS/CloudFront", "!If [Rest, 5XXErrorRate, 5xxErrorRate]"),
            "5XXErrorRate when Rest is true",
            "5xxErrorRate",
            id="one branch",
        ),
        pytest.param(alarm("AWS/RDS", "CpuUtilization"), "CpuUtilization", "CPUUtilization", id="RDS"),
        pytest.param(alarm("AWS/Lambda", "throttles"), "throttles", "Throttles", id="Lambda"),
        pytest.param(
            alarm("AWS/ApiGateway", "5xxError", REST), "5xxError", "5XXError", id="case of a REST API"
        ),
        pytest.param(alarm("AWS/ApiGateway", "5xx", REST), "5xx", "5XXError", id="HTTP's of a REST API"),
        pytest.param(
            alarm("AWS/ApiGateway", "4XXError", HTTP), "4XXError", "4xx", id="REST's of an HTTP API"
        ),
    ],
)
def test_refuses(judge: Judge, text: str, found: str, right: str) -> None:
    """Another spelling than the service's is found."""
    namespace = text.partition("Namespace: ")[2].partition(",")[0]

    assert judge(MisspeltMetric, text) == [
        (
            "Resources/High/Properties/MetricName",
            f"MetricName is {found}: {namespace} writes {right}, and the alarm never has data. Use {right}.",
        )
    ]

"""Names of metrics."""

from ..harness import frame

alarm = frame("""
Parameters:
  Watched: {Type: String, Default: 5XXErrorRate}
  Part: {Type: String, Default: 5XX}
Resources:
  High: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: <namespace>, MetricName: <name>,
      Dimensions: <dimensions=[]>}}
""")

REST = "[{Name: ApiName, Value: orders}]"
HTTP = "[{Name: ApiId, Value: a1b2}]"


def case(text: str, written: str, right: str) -> tuple[str, ...]:
    """Another spelling than the service's is written."""
    namespace = text.partition("Namespace: ")[2].partition(",")[0]
    return (
        text,
        "Resources/High/Properties/MetricName",
        f"MetricName is {written}: {namespace} writes {right}, and the alarm never has data. Use {right}.",
    )


GOOD = {
    "CloudFront": alarm("AWS/CloudFront", "5xxErrorRate"),
    "rarer metric": alarm("AWS/CloudFront", "LambdaExecutionError"),
    "REST API": alarm("AWS/ApiGateway", "5XXError", REST),
    "HTTP API": alarm("AWS/ApiGateway", "5xx", HTTP),
    "WebSocket API": alarm("AWS/ApiGateway", "ConnectCount", HTTP),
    "unknown API": alarm("AWS/ApiGateway", "5xx", "!FindInMap [A, b, c]"),
    "schedule, by error code": alarm(
        "AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount_AccessDenied"
    ),
    "namespace of the user": alarm("My/Service", "errors"),
    "both branches": alarm(
        "AWS/ApiGateway", "!If [Rest, 5XXError, 5xx]", "[{Name: !If [Rest, ApiName, ApiId], Value: orders}]"
    ),
    "NAT gateway": alarm("AWS/NATGateway", "ErrorPortAllocation"),
    "a namespace that is not known": alarm("AWS/Unheard", "Errors"),
    "two letters": alarm("AWS/Lambda", "Durations2"),
    "a metric that is not close": alarm("AWS/NATGateway", "Tomorrow"),
}

BAD = {
    "exchanged": case(alarm("AWS/Lambda", "Erorrs"), "Erorrs", "Errors"),
    "schedule": case(alarm("AWS/Scheduler", "TargetErrorsCount"), "TargetErrorsCount", "TargetErrorCount"),
    "missing letter": case(alarm("AWS/Lambda", "Throtles"), "Throtles", "Throttles"),
    "one letter more": case(
        alarm("AWS/ApiGateway", "IntegrattionLatency", REST), "IntegrattionLatency", "IntegrationLatency"
    ),
    "another letter": case(alarm("AWS/RDS", "CPUUtilisation"), "CPUUtilisation", "CPUUtilization"),
    "CloudFront": case(alarm("AWS/CloudFront", "5XXErrorRate"), "5XXErrorRate", "5xxErrorRate"),
    "default": case(alarm("AWS/CloudFront", "!Ref Watched"), "5XXErrorRate", "5xxErrorRate"),
    "one branch": case(
        alarm("AWS/CloudFront", "!If [Rest, 5XXErrorRate, 5xxErrorRate]"),
        "5XXErrorRate when Rest is true",
        "5xxErrorRate",
    ),
    "RDS": case(alarm("AWS/RDS", "CpuUtilization"), "CpuUtilization", "CPUUtilization"),
    "Lambda": case(alarm("AWS/Lambda", "throttles"), "throttles", "Throttles"),
    "case of a REST API": case(alarm("AWS/ApiGateway", "5xxError", REST), "5xxError", "5XXError"),
    "HTTP's of a REST API": case(alarm("AWS/ApiGateway", "5xx", REST), "5xx", "5XXError"),
    "REST's of an HTTP API": case(alarm("AWS/ApiGateway", "4XXError", HTTP), "4XXError", "4xx"),
    "namespace": (
        alarm("AWS/NatGateway", "ErrorPortAllocation"),
        "Resources/High/Properties/Namespace",
        "Namespace is AWS/NatGateway, which is AWS/NATGateway in CloudWatch: the alarm never has "
        "data. Use AWS/NATGateway.",
    ),
    "namespace of REST APIs": (
        alarm("AWS/APIGateway", "Count"),
        "Resources/High/Properties/Namespace",
        "Namespace is AWS/APIGateway, which is AWS/ApiGateway in CloudWatch: the alarm never has "
        "data. Use AWS/ApiGateway.",
    ),
    "metric of a NAT gateway": (
        alarm("AWS/NATGateway", "PacketDropCount"),
        "Resources/High/Properties/MetricName",
        "MetricName is PacketDropCount: AWS/NATGateway writes PacketsDropCount, and the alarm "
        "never has data. Use PacketsDropCount.",
    ),
    "CloudFront's of a REST API": case(
        alarm("AWS/ApiGateway", "5xxErrorRate", REST), "5xxErrorRate", "5XXError"
    ),
    "plural": (
        """
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: AWS/NATGateway, MetricName: ErrorPortAllocations}
""",
        "Resources/Alarm/Properties/MetricName",
        "MetricName is ErrorPortAllocations: AWS/NATGateway writes ErrorPortAllocation, "
        "and the alarm never has data. Use ErrorPortAllocation.",
    ),
}

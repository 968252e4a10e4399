"""Thresholds and the units of metrics."""

from ..harness import row


def alarm(
    metric: str, threshold: str, operator: str = "GreaterThanThreshold", more: str = "Statistic: Average"
) -> str:
    """Return a template with a function and one alarm."""
    namespace, name = metric.split()
    return f"""
Parameters:
  Limit: {{Type: Number, Default: 200}}
Resources:
  Function: {{Type: AWS::Lambda::Function, Properties: {{Timeout: 25}}}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: {namespace}
      MetricName: {name}
      Dimensions: [{{Name: FunctionName, Value: !Ref Function}}]
      {more}
      ComparisonOperator: {operator}
      Threshold: {threshold}
"""


case = row(
    "<text>",
    "Resources/Alarm/Properties/Threshold",
    "Threshold is 200, and <found> is in seconds: the threshold looks like milliseconds. Convert it.",
)

other_case = row(
    "<text>",
    "Resources/Alarm/Properties/Threshold",
    "Threshold is <found> is in percent: the threshold looks like a share of 1. Convert it.",
)

PATH = "Resources/Alarm/Properties/Threshold"

GOOD = {
    "seconds": alarm("AWS/RDS WriteLatency", "0.2"),
    "bytes": alarm("AWS/RDS FreeableMemory", "200000000", "LessThanThreshold"),
    "milliseconds": alarm("AWS/Lambda Duration", "20000"),
    "percent": alarm("AWS/CloudFront 5xxErrorRate", "1"),
    "any": alarm("AWS/RDS CPUUtilization", "0"),
    "another metric": alarm("AWS/RDS SelectLatency", "200"),
    "sum of durations": alarm("AWS/Lambda Duration", "20", more="Statistic: Sum"),
}

BAD = {
    "milliseconds of RDS": case(alarm("AWS/RDS WriteLatency", "200"), "WriteLatency"),
    "by a parameter": case(alarm("AWS/RDS ReadLatency", "!Ref Limit"), "ReadLatency"),
    "seconds of Lambda": (
        alarm("AWS/Lambda Duration", "20", more="ExtendedStatistic: p95"),
        "Threshold is 20, and Duration is in milliseconds, not in seconds as the Timeout of "
        "Function is. Multiply it by 1000.",
    ),
    "seconds of an API": (
        alarm("AWS/ApiGateway Latency", "3"),
        "Threshold is 3, and Latency is in milliseconds: the threshold looks like seconds. Convert it.",
    ),
    "share": other_case(alarm("AWS/CloudFront 5xxErrorRate", "0.05"), "0.05, and 5xxErrorRate"),
    "share of CPU": other_case(alarm("AWS/RDS CPUUtilization", "0.8"), "0.8, and CPUUtilization"),
    "megabytes": (
        alarm("AWS/RDS FreeableMemory", "256", "LessThanThreshold"),
        "Threshold is 256, and FreeableMemory is in bytes, not in megabytes or percent. Write "
        "1000000000 for 1 GB.",
    ),
    "sum of percentages": (
        alarm("AWS/CloudFront 4xxErrorRate", "5", more="Statistic: Sum"),
        "Resources/Alarm/Properties/Statistic",
        "Statistic is Sum, and 4xxErrorRate is a percentage, of which CloudFront has only the "
        "Average. Use Average.",
    ),
}

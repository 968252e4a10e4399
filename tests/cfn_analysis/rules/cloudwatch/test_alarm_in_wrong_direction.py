"""What an alarm compares, and how."""


def alarm(metric: str, operator: str, action: str = "!Ref Topic") -> str:
    """Return a template with one alarm."""
    namespace, name = metric.split()
    return f"""
  Topic: {{Type: AWS::SNS::Topic}}
  Policy: {{Type: AWS::AutoScaling::ScalingPolicy}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmActions: [{action}]
      Namespace: {namespace}
      MetricName: {name}
      Statistic: Average
      ComparisonOperator: {operator}
      Threshold: 10
"""


PATH = "Resources/Alarm/Properties/ComparisonOperator"

GOOD = {
    "little memory": alarm("AWS/RDS FreeableMemory", "LessThanThreshold"),
    "many errors": alarm("AWS/Lambda Errors", "GreaterThanThreshold"),
    "either way": alarm("AWS/RDS CPUUtilization", "LessThanThreshold"),
    "band": alarm("AWS/Lambda Errors", "LessThanLowerOrGreaterThanUpperThreshold").replace(
        "LessThanLowerOr", ""
    ),
    "scaling": alarm("AWS/Lambda Errors", "LessThanThreshold", "!Ref Policy"),
    "one's own": alarm("Own Errors", "LessThanThreshold"),
}

BAD = {
    "much memory": (
        alarm("AWS/RDS FreeableMemory", "GreaterThanThreshold"),
        "ComparisonOperator is GreaterThanThreshold: the alarm fires when FreeableMemory is high, "
        "which is good. Reverse it.",
    ),
    "few errors": (
        alarm("AWS/Lambda Errors", "LessThanThreshold"),
        "ComparisonOperator is LessThanThreshold: the alarm fires when Errors is low, which is "
        "good. Reverse it.",
    ),
    "healthy": (
        alarm("AWS/Route53 HealthCheckStatus", "GreaterThanOrEqualToThreshold"),
        "ComparisonOperator is GreaterThanOrEqualToThreshold: the alarm fires when "
        "HealthCheckStatus is high, which is good. Reverse it.",
    ),
}

"""Alarms and their thresholds."""


def alarm(
    metric: str, threshold: str, operator: str = "GreaterThanThreshold", statistic: str = "Average"
) -> str:
    """Return a template with one alarm."""
    namespace, name = metric.split()
    return f"""
Parameters:
  Limit: {{Type: Number, Default: 120}}
Resources:
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: {namespace}
      MetricName: {name}
      Statistic: {statistic}
      ComparisonOperator: {operator}
      Threshold: {threshold}
"""


GOOD = {
    "switched off": alarm("AWS/RDS CPUUtilization", "!Ref Limit")
    .replace("Resources:", "Conditions:\n  Limited: !Not [!Equals [!Ref Limit, '120']]\nResources:")
    .replace("::Alarm\n", "::Alarm\n    Condition: Limited\n"),
    "percent": alarm("AWS/RDS CPUUtilization", "70"),
    "equal": alarm("AWS/RDS CPUUtilization", "100", "GreaterThanOrEqualToThreshold"),
    "count": alarm("AWS/Lambda Errors", "0", statistic="Sum"),
    "share": alarm("AWS/ApiGateway 5XXError", "0.05"),
    "a metric of one's own": alarm("Own CPUUtilization", "200"),
}

BAD = {
    "more than all": (
        alarm("AWS/RDS CPUUtilization", "100"),
        "Resources/Alarm/Properties/Threshold",
        "Threshold is 100, and Average of CPUUtilization is from 0 to 100: GreaterThanThreshold "
        "is never true.",
    ),
    "parameter": (
        alarm("AWS/RDS CPUUtilization", "!Ref Limit"),
        "Resources/Alarm/Properties/Threshold",
        "Threshold is 120, and Average of CPUUtilization is from 0 to 100: GreaterThanThreshold "
        "is never true.",
    ),
    "share in percent": (
        alarm("AWS/ApiGateway 5XXError", "5"),
        "Resources/Alarm/Properties/Threshold",
        "Threshold is 5, and Average of 5XXError is from 0 to 1: GreaterThanThreshold is never true.",
    ),
    "always": (
        alarm("AWS/Lambda Errors", "0", "GreaterThanOrEqualToThreshold", "Sum"),
        "Resources/Alarm/Properties/Threshold",
        "Threshold is 0, and Sum of Errors is 0 or more: GreaterThanOrEqualToThreshold is always true.",
    ),
    "less than nothing": (
        alarm("AWS/Lambda Errors", "0", "LessThanThreshold", "Sum"),
        "Resources/Alarm/Properties/Threshold",
        "Threshold is 0, and Sum of Errors is 0 or more: LessThanThreshold is never true.",
    ),
}

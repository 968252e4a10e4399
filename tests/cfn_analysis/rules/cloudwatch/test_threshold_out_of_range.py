"""Alarms and their thresholds."""

from ..harness import row


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


FUNCTION = """      Dimensions: [{Name: FunctionName, Value: !Ref Function}]
  Function: {Type: AWS::Lambda::Function, Properties: {ReservedConcurrentExecutions: 100}}
"""
API = """      Dimensions: [{Name: ApiName, Value: orders}]
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}}
  Method: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, Integration: {Type: AWS_PROXY}}}
"""

case = row(
    "<text>",
    "Resources/Alarm/Properties/Threshold",
    "Threshold is <found>: GreaterThanThreshold is never true.",
)

PATH = "Resources/Alarm/Properties/Threshold"

GOOD = {
    "switched off": alarm("AWS/RDS CPUUtilization", "!Ref Limit")
    .replace("Resources:", "Conditions:\n  Limited: !Not [!Equals [!Ref Limit, '120']]\nResources:")
    .replace("::Alarm\n", "::Alarm\n    Condition: Limited\n"),
    "percent": alarm("AWS/RDS CPUUtilization", "70"),
    "equal": alarm("AWS/RDS CPUUtilization", "100", "GreaterThanOrEqualToThreshold"),
    "count": alarm("AWS/Lambda Errors", "0", statistic="Sum"),
    "share": alarm("AWS/ApiGateway 5XXError", "0.05"),
    "a metric of one's own": alarm("Own CPUUtilization", "200"),
    "within the timeout": alarm("AWS/Lambda Duration", "2900", statistic="Maximum") + FUNCTION,
    "at the timeout": alarm("AWS/Lambda Duration", "3000", "GreaterThanOrEqualToThreshold", "Maximum")
    + FUNCTION,
    "any error": alarm("AWS/Lambda Errors", "0"),
    "API with an authorizer": alarm("AWS/ApiGateway Latency", "40000")
    + API
    + "  Who: {Type: AWS::ApiGateway::Authorizer}\n",
    "sum of latencies": alarm("AWS/ApiGateway Latency", "40000", statistic="Sum") + API,
    "unhealthy": alarm("AWS/Route53 HealthCheckStatus", "1", "LessThanThreshold", "Minimum"),
}

BAD = {
    "health above its highest": (
        """
  Api: {Type: AWS::ApiGateway::RestApi}
  Group: {Type: AWS::Logs::LogGroup}
  Address: {Type: AWS::EC2::EIP}
  Cluster: {Type: AWS::RDS::DBCluster}
  Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL, VisibilityConfig: {MetricName: acl},
      Rules: [{VisibilityConfig: {MetricName: limit}}]}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: AWS/RDS, MetricName: AuroraMemoryHealthState, Statistic: Maximum, Period: 60,
        EvaluationPeriods: 1, Threshold: 100, ComparisonOperator: GreaterThanThreshold,
        Dimensions: [{Name: DBClusterIdentifier, Value: a}]}
""",
        "Resources/Alarm/Properties/Threshold",
        "Threshold is 100, and Maximum of AuroraMemoryHealthState is from 0 to 10: GreaterThanThreshold is "
        "never true.",
    ),
    "more than all": case(
        alarm("AWS/RDS CPUUtilization", "100"), "100, and Average of CPUUtilization is from 0 to 100"
    ),
    "parameter": case(
        alarm("AWS/RDS CPUUtilization", "!Ref Limit"), "120, and Average of CPUUtilization is from 0 to 100"
    ),
    "share in percent": case(
        alarm("AWS/ApiGateway 5XXError", "5"), "5, and Average of 5XXError is from 0 to 1"
    ),
    "always": (
        alarm("AWS/Lambda Errors", "0", "GreaterThanOrEqualToThreshold", "Sum"),
        "Threshold is 0, and Sum of Errors is 0 or more: GreaterThanOrEqualToThreshold is always true.",
    ),
    "less than nothing": (
        alarm("AWS/Lambda Errors", "0", "LessThanThreshold", "Sum"),
        "Threshold is 0, and Sum of Errors is 0 or more: LessThanThreshold is never true.",
    ),
    "beyond the timeout": case(
        alarm("AWS/Lambda Duration", "30000", statistic="Maximum") + FUNCTION,
        "30000, and Maximum of Duration is from 0 to 3000 (Timeout of Function is 3 seconds)",
    ),
    "beyond what is reserved": case(
        alarm("AWS/Lambda ConcurrentExecutions", "100", statistic="Maximum") + FUNCTION,
        "100, and Maximum of ConcurrentExecutions is from 0 to 100 (Function has 100 "
        "ReservedConcurrentExecutions)",
    ),
    "longer than the API waits": case(
        alarm("AWS/ApiGateway Latency", "40000") + API,
        "40000, and Average of Latency is from 0 to 29000 (no integration of Api waits longer)",
    ),
    "average of errors": case(alarm("AWS/Lambda Errors", "3"), "3, and Average of Errors is from 0 to 1"),
    "health below 0": (
        alarm("AWS/Route53 HealthCheckStatus", "0", "LessThanThreshold", "Minimum"),
        "Threshold is 0, and Minimum of HealthCheckStatus is from 0 to 1: LessThanThreshold is never true.",
    ),
}

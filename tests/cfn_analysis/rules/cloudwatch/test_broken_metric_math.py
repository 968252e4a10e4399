"""Expressions of alarms."""

from ..harness import row

OPERATOR = "GreaterThanThreshold"


def alarm(*queries: str, operator: str = OPERATOR, more: str = "Threshold: 1") -> str:
    """Return a template with one alarm on these entries."""
    listed = "".join(f"\n        - {{{query}}}" for query in queries)
    return f"""
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Metrics:{listed}
      ComparisonOperator: {operator}
      {more}
"""


METRIC = "Id: m1, ReturnData: false, MetricStat: {Metric: {MetricName: a}}"
WATCHED = "Id: m1, MetricStat: {Metric: {MetricName: a}}"
BAND = "Id: band, Expression: 'ANOMALY_DETECTION_BAND(m1, 2)'"
OUTSIDE = "LessThanLowerOrGreaterThanUpperThreshold"


case = row(
    "<text>",
    "Resources/Alarm/Properties/Metrics",
    "ReturnData is true for <found>, also where it is left out: CloudWatch refuses the alarm. Set it to "
    "true for the one that the alarm watches and to false for the others.",
)

GOOD = {
    "double sign": """
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {ComparisonOperator: GreaterThanThreshold, Threshold: 1, Metrics: [{Id: e,
        Expression: 'IF(m == 0, m >= 2, m != 3)'}, {Id: m, ReturnData: false}]}
""",
    "expression": alarm(METRIC, "Id: e1, Expression: IF(m1 > 1 AND HOUR(m1) > 8, m1, 0)"),
    "search": alarm("Id: e1, Expression: \"SUM(SEARCH('{AWS/EC2,InstanceId} cpu', 'Average'))\""),
    "search in typographic quotation marks": alarm(
        "Id: e1, Expression: 'SUM(SEARCH(\u2018{AWS/EC2,InstanceId} MetricName=cpu\u2019, \u2018Sum\u2019))'"
    ),
    "query": alarm("Id: q1, Expression: SELECT AVG(cpu) FROM own, Period: 60"),
    "made by Sub": alarm("Id: e1, Expression: !Sub '${AWS::Region} + x'"),
    "band": alarm(WATCHED, BAND, operator=OUTSIDE, more="ThresholdMetricId: band"),
    "one metric": alarm(WATCHED),
}

BAD = {
    "single sign": (
        """
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {ComparisonOperator: GreaterThanThreshold, Threshold: 1, Metrics: [{Id: e,
        Expression: 'IF(m = 0, 1, 0)'}, {Id: m, ReturnData: false}]}
""",
        "Resources/Alarm/Properties/Metrics",
        "Expression IF(m = 0, 1, 0) has a single =: CloudWatch refuses the alarm. Write ==.",
    ),
    "unknown Id": (
        alarm(METRIC, "Id: e1, Expression: m1 / m2"),
        "Resources/Alarm/Properties/Metrics",
        "Expression m1 / m2 uses m2, which is not the Id of an entry: CloudWatch refuses the "
        "alarm. The Ids are m1, e1.",
    ),
    "two results": case(alarm(WATCHED, "Id: e1, Expression: m1 * 2"), "m1 and e1"),
    "no result": case(alarm(METRIC), "no entry"),
    "band without reference": (
        alarm(METRIC, BAND, operator=OUTSIDE),
        "Resources/Alarm/Properties/ComparisonOperator",
        "ComparisonOperator is LessThanLowerOrGreaterThanUpperThreshold, and ThresholdMetricId is "
        "missing: CloudWatch refuses the alarm. Set it to the Id of the ANOMALY_DETECTION_BAND, "
        "and leave out Threshold.",
    ),
    "reference to nothing": (
        alarm(WATCHED, BAND, operator=OUTSIDE, more="ThresholdMetricId: b"),
        "Resources/Alarm/Properties/ThresholdMetricId",
        "ThresholdMetricId is b, which is not the Id of an entry.",
    ),
    "band with another operator": (
        alarm(WATCHED, BAND, more="ThresholdMetricId: band"),
        "Resources/Alarm/Properties/ComparisonOperator",
        "ComparisonOperator is GreaterThanThreshold, and ThresholdMetricId is set: CloudWatch "
        "refuses the alarm. Use one of LessThanLowerOrGreaterThanUpperThreshold, "
        "LessThanLowerThreshold, GreaterThanUpperThreshold.",
    ),
}

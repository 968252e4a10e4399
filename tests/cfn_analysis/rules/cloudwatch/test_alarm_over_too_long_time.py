"""Alarms and their periods."""

from ..harness import frame

alarm = frame("""
Parameters:
  Any: {Type: Number}
Resources:
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {<properties>}}
""")

GOOD = {
    "day": alarm("Period: 300, EvaluationPeriods: 288"),
    "week": alarm("Period: 3600, EvaluationPeriods: 168, DatapointsToAlarm: 168"),
    "parameter": alarm("Period: 300, EvaluationPeriods: !Ref Any"),
}

BAD = {
    "longer": (
        alarm("Period: 300, EvaluationPeriods: 300"),
        "Resources/Alarm/Properties/EvaluationPeriods",
        "EvaluationPeriods is 300 and Period 300: that is 90000 seconds, and CloudWatch accepts at most "
        "86400.",
    ),
    "longer than a week": (
        alarm("Period: 86400, EvaluationPeriods: 8"),
        "Resources/Alarm/Properties/EvaluationPeriods",
        "EvaluationPeriods is 8 and Period 86400: that is 691200 seconds, and CloudWatch accepts "
        "at most 604800.",
    ),
}

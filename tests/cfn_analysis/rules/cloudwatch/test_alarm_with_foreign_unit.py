"""Alarms with a unit."""

from ..harness import frame

alarm = frame("""
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {<metric>, Unit: <unit>}}
""")

DURATION = "Namespace: AWS/Lambda, MetricName: Duration"

GOOD = {
    "right": alarm(DURATION, "Milliseconds"),
    "none": alarm(DURATION, "!Ref AWS::NoValue"),
    "a metric of one's own": alarm("Namespace: Own, MetricName: Duration", "Seconds"),
}

BAD = {
    "other": (
        alarm(DURATION, "Seconds"),
        "Resources/Alarm/Properties/Unit",
        "Unit is Seconds, and AWS/Lambda writes Duration in Milliseconds: the alarm never has "
        "data. Leave Unit out.",
    ),
    "latency of a database": (
        alarm("Namespace: AWS/RDS, MetricName: ReadLatency", "Milliseconds"),
        "Resources/Alarm/Properties/Unit",
        "Unit is Milliseconds, and AWS/RDS writes ReadLatency in Seconds: the alarm never has "
        "data. Leave Unit out.",
    ),
}

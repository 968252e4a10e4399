"""Alarms that fire without data."""

HEAD = """
Parameters:
  Treatment: {Type: String, Default: breaching}
Resources:
  Cluster: {Type: AWS::RDS::DBCluster}
"""

OWN = "[{Name: DBClusterIdentifier, Value: !Ref Cluster}]"
WARM_UP = "WarmUpConfiguration: {WarmUpPeriodDurationInMinutes: 60}"


def alarm(treated: str, dimensions: str = OWN, more: str = "") -> str:
    """Return a template with one alarm."""
    extra = f", {more}" if more else ""
    return (
        f"{HEAD}  Silent: {{Type: AWS::CloudWatch::Alarm, Properties: {{Namespace: AWS/RDS, MetricName: A, "
        f"Dimensions: {dimensions}, TreatMissingData: {treated}{extra}}}}}\n"
    )


def case(text: str, when: str = "", path: str = "/TreatMissingData") -> tuple[str, ...]:
    """An alarm that fires on a new stack is found."""
    return (
        text,
        f"Resources/Silent/Properties{path}",
        f"TreatMissingData is breaching{when}, and the stack creates Cluster, which the alarm watches: until "
        "that sends data, the alarm fires. Add a WarmUpConfiguration, for example with "
        "WarmUpPeriodDurationInMinutes: 60.",
    )


EXPRESSION = (
    f"{HEAD}  Silent: {{Type: AWS::CloudWatch::Alarm, Properties: {{TreatMissingData: breaching, Metrics: "
    "[{Id: m, MetricStat: {Stat: Sum, Period: 60, Metric: {Namespace: AWS/RDS, MetricName: A, "
    f"Dimensions: {OWN}}}}}}}]}}}}\n"
)

GOOD = {
    "warm-up": alarm("breaching", more=WARM_UP),
    "quiet without data": alarm("notBreaching"),
    "of another stack": alarm("breaching", "[{Name: DBClusterIdentifier, Value: !ImportValue cluster}]"),
    "of a parameter": alarm("breaching", "[{Name: DBClusterIdentifier, Value: !Ref Treatment}]"),
    "by name": alarm("breaching", "[{Name: DBClusterIdentifier, Value: shop}]"),
    "warm-up in the same branch": alarm(
        "!If [New, breaching, notBreaching]",
        more="WarmUpConfiguration: !If [New, {WarmUpPeriodDurationInMinutes: 60}, !Ref AWS::NoValue]",
    ),
    "unknown": alarm("!ImportValue a"),
}

BAD = {
    "no warm-up": case(alarm("breaching")),
    "parameter default": case(alarm("!Ref Treatment")),
    "GetAtt": case(alarm("breaching", "[{Name: A, Value: !GetAtt Cluster.Endpoint.Address}]")),
    "Sub": case(alarm("breaching", "[{Name: A, Value: !Sub '${Cluster}'}]")),
    "expression": case(EXPRESSION),
    "in one branch": case(alarm("!If [New, breaching, notBreaching]"), " when New is true"),
    "warm-up in the other branch": case(
        alarm(
            "breaching",
            more="WarmUpConfiguration: !If [New, !Ref AWS::NoValue, {WarmUpPeriodDurationInMinutes: 60}]",
        ),
        " when New is true",
    ),
}

"""Alarms of database clusters."""

from ..harness import frame, row

CLUSTER = "{Name: DBClusterIdentifier, Value: !Ref Cluster}"
ROLE = "{Name: Role, Value: WRITER}"

alarm = frame("""
Parameters:
  Watched: {Type: String, Default: CPUUtilization}
Resources:
  Cluster: {Type: AWS::RDS::DBCluster}
  High: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: AWS/RDS, <properties>}}
""")

case = row(
    alarm("<properties>"),
    "Resources/High/Properties/Dimensions",
    "Dimensions are only DBClusterIdentifier<when>: <what> then mixes all instances, and an idle "
    "reader hides a busy writer. Add Role: WRITER or READER.",
)

GOOD = {
    "role": alarm(f"MetricName: CPUUtilization, Statistic: Average, Dimensions: [{CLUSTER}, {ROLE}]"),
    "any instance": alarm(f"MetricName: CPUUtilization, Statistic: Maximum, Dimensions: [{CLUSTER}]"),
    "worst instance": alarm(f"MetricName: FreeableMemory, Statistic: Minimum, Dimensions: [{CLUSTER}]"),
    "volume": alarm(f"MetricName: VolumeBytesUsed, Statistic: Average, Dimensions: [{CLUSTER}]"),
    "instance": alarm(
        "MetricName: CPUUtilization, Statistic: Average, Dimensions: [{Name: DBInstanceIdentifier, Value: a}]"
    ),
    "unknown metric": alarm(f"MetricName: !ImportValue a, Statistic: Average, Dimensions: [{CLUSTER}]"),
    "unknown statistic": alarm(
        f"MetricName: CPUUtilization, Statistic: !ImportValue a, Dimensions: [{CLUSTER}]"
    ),
    "both branches": alarm(
        f"MetricName: CPUUtilization, Statistic: !If [Replicated, Maximum, Average], "
        f"Dimensions: !If [Replicated, [{CLUSTER}], [{CLUSTER}, {ROLE}]]"
    ),
}

BAD = {
    "average": case(
        f"MetricName: CPUUtilization, Statistic: Average, Dimensions: [{CLUSTER}]",
        "",
        "Average of CPUUtilization",
    ),
    "percentile": case(
        f"MetricName: ReadLatency, ExtendedStatistic: p99, Dimensions: [{CLUSTER}]", "", "p99 of ReadLatency"
    ),
    "parameter default": case(
        f"MetricName: !Ref Watched, Statistic: Average, Dimensions: [{CLUSTER}]",
        "",
        "Average of CPUUtilization",
    ),
    "Sub": case(
        f"MetricName: !Sub '${{Watched}}', Statistic: Average, Dimensions: [{CLUSTER}]",
        "",
        "Average of CPUUtilization",
    ),
    "role in one branch": case(
        "MetricName: DatabaseConnections, Statistic: Average, "
        f"Dimensions: [{CLUSTER}, !If [Replicated, {ROLE}, !Ref AWS::NoValue]]",
        " when Replicated is false",
        "Average of DatabaseConnections",
    ),
    "average in one branch": case(
        "MetricName: DatabaseConnections, Statistic: !If [Replicated, Average, Maximum], "
        f"Dimensions: [{CLUSTER}]",
        " when Replicated is true",
        "Average of DatabaseConnections",
    ),
}

"""Alarms on what can be dead."""

HEAD = """
Parameters:
  Treatment: {Type: String, Default: notBreaching}
Resources:
  Cluster: {Type: AWS::RDS::DBCluster}
  Instance: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster}}
  Topic: {Type: AWS::SNS::Topic}
"""

OF_CLUSTER = "{Name: DBClusterIdentifier, Value: !Ref Cluster}"
WRITER = f"[{OF_CLUSTER}, {{Name: Role, Value: WRITER}}]"


def alarm(
    logical_id: str,
    treated: str = "notBreaching",
    dimensions: str = WRITER,
    namespace: str = "AWS/RDS",
    attributes: str = "",
    more: str = "",
) -> str:
    """Return an alarm."""
    missing = f", TreatMissingData: {treated}" if treated else ""
    return (
        f"  {logical_id}: {{Type: AWS::CloudWatch::Alarm, {attributes} Properties: {{Namespace: {namespace}, "
        f"MetricName: A, Dimensions: {dimensions}{missing}{more}}}}}\n"
    )


def case(
    text: str, path: str = "Busy/Properties/TreatMissingData", thing: str = "${Cluster} (AWS/RDS)"
) -> tuple[str, ...]:
    """What no alarm notices is found once, at the first alarm on it."""
    return (
        HEAD + text,
        f"Resources/{path}",
        f"No alarm notifies when {thing} stops sending data: it can fail without an alarm. Set "
        "TreatMissingData to breaching on one of its alarms, or notify a topic with InsufficientDataActions.",
    )


EXPRESSION = (
    "  Busy: {Type: AWS::CloudWatch::Alarm, Properties: {TreatMissingData: ignore, Metrics: [{Id: m, "
    "MetricStat: {Stat: Sum, Period: 60, Metric: {Namespace: AWS/RDS, MetricName: A, "
    f"Dimensions: {WRITER}}}}}}}]}}}}\n"
)
INSTANCE = "[{Name: DBInstanceIdentifier, Value: !Ref Instance}]"

GOOD = {
    "one of several": HEAD + alarm("Busy") + alarm("Silent", "breaching"),
    "some environments are meant to sleep": HEAD
    + alarm("Busy")
    + alarm("Silent", "breaching", attributes="Condition: Protected,"),
    "on another role": HEAD + alarm("Busy") + alarm("Silent", "breaching", f"[{OF_CLUSTER}]"),
    "on an instance of the cluster": HEAD + alarm("Busy") + alarm("Silent", "breaching", INSTANCE),
    "no data, and a topic for it": HEAD + alarm("Busy", "", more=", InsufficientDataActions: [!Ref Topic]"),
    "data follow the traffic": HEAD
    + alarm("Busy", namespace="AWS/Lambda", dimensions="[{Name: FunctionName, Value: a}]"),
    "of the account": HEAD + alarm("Busy", dimensions="[]"),
    "unknown treatment": HEAD + alarm("Busy", "!ImportValue a"),
    "unknown cluster": HEAD
    + alarm("Busy", dimensions="[{Name: DBClusterIdentifier, Value: !Select [0, !Ref A]}]"),
}

BAD = {
    "all quiet": case(alarm("Busy") + alarm("Full", "ignore")),
    "default": case(alarm("Busy", ""), "Busy/Properties"),
    "switched off": case(
        alarm("Busy") + alarm("Silent", "breaching", more=", ActionsEnabled: false"),
    ),
    "another cluster": case(
        alarm("Busy") + alarm("Silent", "breaching", "[{Name: DBClusterIdentifier, Value: other}]")
    ),
    "instance": case(alarm("Busy", dimensions=INSTANCE)),
    "expression": case(EXPRESSION),
    "health check": case(
        alarm("Busy", namespace="AWS/Route53", dimensions="[{Name: HealthCheckId, Value: abc}]"),
        thing="abc (AWS/Route53)",
    ),
    "certificate": case(
        alarm("Busy", namespace="AWS/CertificateManager", dimensions="[{Name: CertificateArn, Value: abc}]"),
        thing="abc (AWS/CertificateManager)",
    ),
    "in one branch": case(
        alarm(
            "Busy",
            "!If [Protected, breaching, notBreaching]",
            "[{Name: DBClusterIdentifier, Value: !If [Protected, a, b]}]",
        ),
        "Busy/Properties/TreatMissingData",
        "b (AWS/RDS)",
    ),
}

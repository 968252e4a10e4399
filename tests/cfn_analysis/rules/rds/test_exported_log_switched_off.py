"""Good and broken Aurora clusters."""

from ..harness import row

HEAD = """
Parameters:
  Audit: {Type: String, Default: "0"}
  Any: {Type: String}
Resources:
  Audited: {Type: AWS::RDS::DBClusterParameterGroup, Properties: {Parameters: {server_audit_logging: "1"}}}
  Slow: {Type: AWS::RDS::DBParameterGroup, Properties: {Parameters: {slow_query_log: "1", log_output: FILE}}}
  SlowInCluster: {Type: AWS::RDS::DBClusterParameterGroup, Properties: {Parameters: {slow_query_log: "ON"}}}
  Fast: {Type: AWS::RDS::DBParameterGroup, Properties: {Parameters: {slow_query_log: "0"}}}
  Table: {Type: AWS::RDS::DBParameterGroup, Properties: {Parameters: {slow_query_log: 1, log_output: TABLE}}}
  Default:
    Type: AWS::RDS::DBClusterParameterGroup
    Properties: {Parameters: {server_audit_logging: !Ref Audit}}
  Sometimes:
    Type: AWS::RDS::DBClusterParameterGroup
    Properties: {Parameters: {server_audit_logging: !Sub "0"}}
"""

MESSAGE = (
    'EnableCloudwatchLogsExports exports "{log}"{when}, but {state}: Aurora does not write this log, and its '
    "log group stays empty. Set {switch} to 1 in the parameter group of the {holder}, or do not export it."
)


def audit(state: str, when: str = "") -> str:
    """Return the message about an audit log."""
    return MESSAGE.format(
        log="audit", when=when, state=state, switch="server_audit_logging", holder="cluster"
    )


def slow(state: str, when: str = "") -> str:
    """Return the message about a slow query log."""
    return MESSAGE.format(
        log="slowquery", when=when, state=state, switch="slow_query_log", holder="instances"
    )


def cluster(exports: str, group: str = "", *instances: str, engine: str = "aurora-mysql") -> str:
    """Return a template with a cluster, its parameter group, and an instance for each group."""
    named = f", DBClusterParameterGroupName: {group}" if group else ""
    text = (
        f"{HEAD}  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: {engine}, "
        f"EnableCloudwatchLogsExports: {exports}{named}}}}}\n"
    )
    for number, instance_group in enumerate(instances):
        text += (
            f"  Instance{number}: {{Type: AWS::RDS::DBInstance, "
            f"Properties: {{DBClusterIdentifier: !Ref Cluster, DBParameterGroupName: {instance_group}}}}}\n"
        )
    return text


case = row("<text>", "Resources/Cluster/Properties/EnableCloudwatchLogsExports", "<message>")

GOOD = {
    "audit": cluster("[audit]", "!Ref Audited"),
    "error log": cluster("[error]"),
    "slow query log of the instance": cluster("[slowquery]", "", "!Ref Slow"),
    "slow query log of one of two instances": cluster("[slowquery]", "", "!Ref Fast", "!Ref Slow"),
    "of the cluster": cluster("[slowquery]", "!Ref SlowInCluster", "!Ref AWS::NoValue"),
    "instances in another template": cluster("[slowquery]"),
    "group of another template": cluster("[audit]", "!ImportValue group"),
    "group of a parameter": cluster("[slowquery]", "", "!Ref Any"),
    "both branches": cluster("!If [Prod, [audit], [error]]", "!Ref Audited"),
    "another engine": cluster("[audit]", engine="aurora-postgresql"),
}

BAD = {
    "default group": case(cluster("[audit]"), audit("server_audit_logging is not set")),
    "other settings": case(
        cluster("[audit]", "!Ref SlowInCluster"), audit("server_audit_logging is not set")
    ),
    "parameter default": case(cluster("[audit]", "!Ref Default"), audit("server_audit_logging is 0")),
    "exported in one branch": case(
        cluster("!If [Prod, [audit], [error]]"),
        audit("server_audit_logging is not set", " when Prod is true"),
    ),
    "switched on in one branch": case(
        cluster("[audit]", "!If [Prod, !Ref Audited, !Ref AWS::NoValue]"),
        audit("server_audit_logging is not set", " when Prod is false"),
    ),
    "switched off": case(cluster("[slowquery]", "", "!Ref Fast"), slow("slow_query_log is 0")),
    "the instance's group comes before the cluster's": case(
        cluster("[slowquery]", "!Ref SlowInCluster", "!Ref Fast"), slow("slow_query_log is 0")
    ),
    "two instances": case(
        cluster("[slowquery]", "", "!Ref Fast", "!Ref AWS::NoValue"), slow("slow_query_log is 0 and not set")
    ),
    "log in a table": case(
        cluster("[slowquery]", "", "!Ref Table"),
        'EnableCloudwatchLogsExports exports "slowquery", but log_output is "TABLE": the log goes to no '
        "file, and only files are exported. Set log_output to FILE.",
    ),
    "nothing is slow": (
        """
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-mysql
      EnableCloudwatchLogsExports: [slowquery]
      DBClusterParameterGroupName: !Ref Parameters
  Member:
    Type: AWS::RDS::DBInstance
    Properties: {DBClusterIdentifier: !Ref Cluster}
  Parameters:
    Type: AWS::RDS::DBClusterParameterGroup
    Properties:
      Family: aurora-mysql8.0
      Parameters: {slow_query_log: 1, long_query_time: '31536000'}
""",
        "Resources/Cluster/Properties/EnableCloudwatchLogsExports",
        'EnableCloudwatchLogsExports exports "slowquery", but long_query_time is '
        "31536000 seconds: no statement takes so long, and its log group stays empty. Set "
        "long_query_time to a few seconds.",
    ),
}

"""Good and broken alarms on database connections."""

HEAD = """
Parameters:
  Class: {Type: String, Default: db.r6g.large, AllowedValues: [db.r6g.large, db.t4g.medium]}
  Small: {Type: String, Default: db.t3.medium}
  Limit: {Type: Number, Default: 100}
  Any: {Type: String}
Mappings:
  Classes: {db.r6g.large: {Small: "false"}, db.t4g.medium: {Small: "true"}}
Conditions:
  IsSmall: !Equals [!FindInMap [Classes, !Ref Class, Small], "true"]
Resources:
  Few: {Type: AWS::RDS::DBParameterGroup, Properties: {Parameters: {max_connections: "50"}}}
  Many: {Type: AWS::RDS::DBParameterGroup, Properties: {Parameters: {max_connections: 200}}}
  Formula:
    Type: AWS::RDS::DBParameterGroup
    Properties: {Parameters: {max_connections: "{DBInstanceClassMemory/1}"}}
  FewInCluster: {Type: AWS::RDS::DBClusterParameterGroup, Properties: {Parameters: {max_connections: "60"}}}
"""

MESSAGE = (
    "Threshold is {threshold} and ComparisonOperator is {operator}{when}, but an instance accepts at most "
    "{limit} connections ({source}): the alarm never fires. Increase max_connections in the parameter group "
    "of the instances, or lower the threshold."
)


def message(
    limit: str, source: str, threshold: str = "100", operator: str = "GreaterThanThreshold", when: str = ""
) -> str:
    """Return the whole message."""
    return MESSAGE.format(threshold=threshold, operator=operator, when=when, limit=limit, source=source)


def watched(
    *instances: str,
    threshold: str = "100",
    operator: str = "GreaterThanThreshold",
    statistic: str = "Maximum",
    dimension: str = "{Name: DBClusterIdentifier, Value: !Ref Cluster}",
    cluster: str = "",
    metric: str = "DatabaseConnections",
) -> str:
    """Return a template with an alarm on a cluster that has these instances."""
    text = f"{HEAD}  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: aurora-mysql{cluster}}}}}\n"
    for number, properties in enumerate(instances, 1):
        text += (
            f"  Instance{number}: {{Type: AWS::RDS::DBInstance, "
            f"Properties: {{DBClusterIdentifier: !Ref Cluster, {properties}}}}}\n"
        )
    return (
        f"{text}  Alarm: {{Type: AWS::CloudWatch::Alarm, Properties: {{MetricName: {metric}, Dimensions: "
        f"[{dimension}], Threshold: {threshold}, ComparisonOperator: {operator}, Statistic: {statistic}}}}}\n"
    )


PATH = "Resources/Alarm/Properties/Threshold"

GOOD = {
    "below the default": watched("DBInstanceClass: db.t3.medium", threshold="80"),
    "below max_connections": watched("DBInstanceClass: db.t3.medium, DBParameterGroupName: !Ref Many"),
    "large class": watched("DBInstanceClass: db.r6g.large"),
    "one large instance": watched("DBInstanceClass: db.t3.medium", "DBInstanceClass: db.r5.large"),
    "limit by formula": watched("DBInstanceClass: db.t3.medium, DBParameterGroupName: !Ref Formula"),
    "group of another template": watched(
        "DBInstanceClass: db.t3.medium, DBParameterGroupName: !ImportValue group"
    ),
    "class not known": watched("DBInstanceClass: !Ref Any"),
    "threshold that follows the class": watched(
        "DBInstanceClass: !Ref Class", threshold="!If [IsSmall, 80, 500]"
    ),
    "the limit itself": watched(
        "DBInstanceClass: db.t3.medium", threshold="90", operator="GreaterThanOrEqualToThreshold"
    ),
    "too few connections": watched("DBInstanceClass: db.t3.medium", operator="LessThanThreshold"),
    "sum of several": watched("DBInstanceClass: db.t3.medium", statistic="Sum"),
    "another metric": watched("DBInstanceClass: db.t3.medium", metric="CPUUtilization"),
    "cluster of another template": watched(
        "DBInstanceClass: db.t3.medium", dimension="{Name: DBClusterIdentifier, Value: other}"
    ),
    "instances of another template": watched(),
}

BAD = {
    "literal": (
        watched("DBInstanceClass: db.t3.medium"),
        message("90", "the default of db.t3.medium"),
    ),
    "parameter defaults": (
        watched("DBInstanceClass: !Ref Small", threshold="!Ref Limit"),
        message("90", "the default of db.t3.medium"),
    ),
    "allowed value": (
        watched("DBInstanceClass: !Ref Class"),
        message("90", "the default of db.t4g.medium"),
    ),
    "allowed value, beside a condition that asks a map about the class": (
        watched("DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [IsSmall, false, true]"),
        message("90", "the default of db.t4g.medium", when=" when IsSmall is true"),
    ),
    "two instances of one class": (
        watched("DBInstanceClass: !Ref Class", "DBInstanceClass: !Ref Class"),
        message("90", "the default of db.t4g.medium"),
    ),
    "max_connections of the instance": (
        watched("DBInstanceClass: db.r5.large, DBParameterGroupName: !Ref Few"),
        message("50", 'max_connections is "50"'),
    ),
    "max_connections of the cluster": (
        watched("DBInstanceClass: db.r5.large", cluster=", DBClusterParameterGroupName: !Ref FewInCluster"),
        message("60", 'max_connections is "60"'),
    ),
    "one more than the limit": (
        watched("DBInstanceClass: db.t3.medium", threshold="91", operator="GreaterThanOrEqualToThreshold"),
        message("90", "the default of db.t3.medium", "91", "GreaterThanOrEqualToThreshold"),
    ),
    "largest class": (
        watched("DBInstanceClass: db.r8g.48xlarge", threshold="9000"),
        message("8000", "the default of db.r8g.48xlarge", "9000"),
    ),
    "threshold in one branch": (
        watched("DBInstanceClass: db.t3.medium", threshold="!If [Prod, 100, 50]"),
        message("90", "the default of db.t3.medium", when=" when Prod is true"),
    ),
    "class in one branch": (
        watched("DBInstanceClass: !If [Prod, db.r6g.large, db.t3.medium]"),
        message("90", "the default of db.t3.medium", when=" when Prod is false"),
    ),
    "one instance": (
        watched(
            "DBInstanceClass: db.t3.medium",
            "DBInstanceClass: db.r5.large",
            dimension="{Name: DBInstanceIdentifier, Value: !Ref Instance1}",
        ),
        message("90", "the default of db.t3.medium"),
    ),
}

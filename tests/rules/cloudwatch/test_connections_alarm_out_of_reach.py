"""E9046 on good and broken alarms on database connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ConnectionsAlarmOutOfReach

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Class: {Type: String, Default: db.r6g.large, AllowedValues: [db.r6g.large, db.t4g.medium]}
  Small: {Type: String, Default: db.t3.medium}
  Limit: {Type: Number, Default: 100}
  Any: {Type: String}
Mappings:
  Classes: {db.r6g.large: {Small: "false"}, db.t4g.medium: {Small: "true"}}
Conditions:
  Prod: !Equals [!Ref Any, prod]
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
    "Threshold is {threshold} and ComparisonOperator is {operator}{when}, but an instance takes at most "
    "{limit} connections ({source}): the alarm never fires. Raise max_connections in the parameter group of "
    "the instances, or lower the threshold."
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


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(watched("DBInstanceClass: db.t3.medium", threshold="80"), id="below the default"),
        pytest.param(
            watched("DBInstanceClass: db.t3.medium, DBParameterGroupName: !Ref Many"),
            id="below max_connections",
        ),
        pytest.param(watched("DBInstanceClass: db.r6g.large"), id="large class"),
        pytest.param(
            watched("DBInstanceClass: db.t3.medium", "DBInstanceClass: db.r5.large"), id="one large instance"
        ),
        pytest.param(
            watched("DBInstanceClass: db.t3.medium, DBParameterGroupName: !Ref Formula"),
            id="limit by formula",
        ),
        pytest.param(
            watched("DBInstanceClass: db.t3.medium, DBParameterGroupName: !ImportValue group"),
            id="group of another template",
        ),
        pytest.param(watched("DBInstanceClass: !Ref Any"), id="class not known"),
        pytest.param(
            watched("DBInstanceClass: !Ref Class", threshold="!If [IsSmall, 80, 500]"),
            id="threshold that follows the class",
        ),
        pytest.param(
            watched(
                "DBInstanceClass: db.t3.medium", threshold="90", operator="GreaterThanOrEqualToThreshold"
            ),
            id="the limit itself",
        ),
        pytest.param(
            watched("DBInstanceClass: db.t3.medium", operator="LessThanThreshold"), id="too few connections"
        ),
        pytest.param(watched("DBInstanceClass: db.t3.medium", statistic="Sum"), id="sum of several"),
        pytest.param(watched("DBInstanceClass: db.t3.medium", metric="CPUUtilization"), id="another metric"),
        pytest.param(
            watched("DBInstanceClass: db.t3.medium", dimension="{Name: DBClusterIdentifier, Value: other}"),
            id="cluster of another template",
        ),
        pytest.param(watched(), id="instances of another template"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A threshold passes that an instance can reach, or that may be reached for all we know."""
    assert judge(ConnectionsAlarmOutOfReach, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            watched("DBInstanceClass: db.t3.medium"),
            message("90", "the default of db.t3.medium"),
            id="literal",
        ),
        pytest.param(
            watched("DBInstanceClass: !Ref Small", threshold="!Ref Limit"),
            message("90", "the default of db.t3.medium"),
            id="parameter defaults",
        ),
        pytest.param(
            watched("DBInstanceClass: !Ref Class"),
            message("90", "the default of db.t4g.medium"),
            id="allowed value",
        ),
        pytest.param(
            watched("DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [IsSmall, false, true]"),
            message("90", "the default of db.t4g.medium", when=" when IsSmall is true"),
            id="allowed value, beside a condition that asks a map about the class",
        ),
        pytest.param(
            watched("DBInstanceClass: !Sub 'db.t3.large'", threshold="135"),
            message("135", "the default of db.t3.large", "135"),
            id="Sub",
        ),
        pytest.param(
            watched("DBInstanceClass: !Ref Class", "DBInstanceClass: !Ref Class"),
            message("90", "the default of db.t4g.medium"),
            id="two instances of one class",
        ),
        pytest.param(
            watched("DBInstanceClass: db.r5.large, DBParameterGroupName: !Ref Few"),
            message("50", 'max_connections is "50"'),
            id="max_connections of the instance",
        ),
        pytest.param(
            watched(
                "DBInstanceClass: db.r5.large", cluster=", DBClusterParameterGroupName: !Ref FewInCluster"
            ),
            message("60", 'max_connections is "60"'),
            id="max_connections of the cluster",
        ),
        pytest.param(
            watched(
                "DBInstanceClass: db.t3.medium",
                threshold="91",
                operator="GreaterThanOrEqualToThreshold",
            ),
            message("90", "the default of db.t3.medium", "91", "GreaterThanOrEqualToThreshold"),
            id="one more than the limit",
        ),
        pytest.param(
            watched("DBInstanceClass: db.t3.medium", threshold="!If [Prod, 100, 50]"),
            message("90", "the default of db.t3.medium", when=" when Prod is true"),
            id="threshold in one branch",
        ),
        pytest.param(
            watched("DBInstanceClass: !If [Prod, db.r6g.large, db.t3.medium]"),
            message("90", "the default of db.t3.medium", when=" when Prod is false"),
            id="class in one branch",
        ),
        pytest.param(
            watched(
                "DBInstanceClass: db.t3.medium",
                "DBInstanceClass: db.r5.large",
                dimension="{Name: DBInstanceIdentifier, Value: !Ref Instance1}",
            ),
            message("90", "the default of db.t3.medium"),
            id="one instance",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, expected: str) -> None:
    """A threshold that no instance reaches is found."""
    assert judge(ConnectionsAlarmOutOfReach, text) == [("Resources/Alarm/Properties/Threshold", expected)]

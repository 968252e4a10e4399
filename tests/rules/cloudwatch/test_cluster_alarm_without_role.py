"""W9016 on alarms of database clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ClusterAlarmWithoutRole

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Watched: {Type: String, Default: CPUUtilization}
Conditions:
  Replicated: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
  Cluster: {Type: AWS::RDS::DBCluster}
"""

CLUSTER = "{Name: DBClusterIdentifier, Value: !Ref Cluster}"
ROLE = "{Name: Role, Value: WRITER}"


def alarm(properties: str) -> str:
    """Return a template with one alarm of these properties."""
    return (
        f"{HEAD}  High: {{Type: AWS::CloudWatch::Alarm, Properties: {{Namespace: AWS/RDS, {properties}}}}}\n"
    )


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param(
            f"MetricName: CPUUtilization, Statistic: Average, Dimensions: [{CLUSTER}, {ROLE}]", id="role"
        ),
        pytest.param(
            f"MetricName: CPUUtilization, Statistic: Maximum, Dimensions: [{CLUSTER}]", id="any instance"
        ),
        pytest.param(
            f"MetricName: FreeableMemory, Statistic: Minimum, Dimensions: [{CLUSTER}]", id="worst instance"
        ),
        pytest.param(
            f"MetricName: VolumeBytesUsed, Statistic: Average, Dimensions: [{CLUSTER}]", id="volume"
        ),
        pytest.param(
            "MetricName: CPUUtilization, Statistic: Average, "
            "Dimensions: [{Name: DBInstanceIdentifier, Value: a}]",
            id="instance",
        ),
        pytest.param(
            f"MetricName: !ImportValue a, Statistic: Average, Dimensions: [{CLUSTER}]", id="unknown metric"
        ),
        pytest.param(
            f"MetricName: CPUUtilization, Statistic: !ImportValue a, Dimensions: [{CLUSTER}]",
            id="unknown statistic",
        ),
        pytest.param(
            f"MetricName: CPUUtilization, Statistic: !If [Replicated, Maximum, Average], "
            f"Dimensions: !If [Replicated, [{CLUSTER}], [{CLUSTER}, {ROLE}]]",
            id="both branches",
        ),
    ],
)
def test_accepts(judge: Judge, properties: str) -> None:
    """An alarm passes that says which instance, or that one instance alone can raise."""
    assert judge(ClusterAlarmWithoutRole, alarm(properties)) == []


@pytest.mark.parametrize(
    ("properties", "when", "what"),
    [
        pytest.param(
            f"MetricName: CPUUtilization, Statistic: Average, Dimensions: [{CLUSTER}]",
            "",
            "Average of CPUUtilization",
            id="average",
        ),
        pytest.param(
            f"MetricName: ReadLatency, ExtendedStatistic: p99, Dimensions: [{CLUSTER}]",
            "",
            "p99 of ReadLatency",
            id="percentile",
        ),
        pytest.param(
            f"MetricName: !Ref Watched, Statistic: Average, Dimensions: [{CLUSTER}]",
            "",
            "Average of CPUUtilization",
            id="parameter default",
        ),
        pytest.param(
            f"MetricName: !Sub '${{Watched}}', Statistic: Average, Dimensions: [{CLUSTER}]",
            "",
            "Average of CPUUtilization",
            id="Sub",
        ),
        pytest.param(
            "MetricName: DatabaseConnections, Statistic: Average, "
            f"Dimensions: [{CLUSTER}, !If [Replicated, {ROLE}, !Ref AWS::NoValue]]",
            " when Replicated is false",
            "Average of DatabaseConnections",
            id="role in one branch",
        ),
        pytest.param(
            "MetricName: DatabaseConnections, Statistic: !If [Replicated, Average, Maximum], "
            f"Dimensions: [{CLUSTER}]",
            " when Replicated is true",
            "Average of DatabaseConnections",
            id="average in one branch",
        ),
    ],
)
def test_refuses(judge: Judge, properties: str, when: str, what: str) -> None:
    """An average over all instances of a cluster is found."""
    assert judge(ClusterAlarmWithoutRole, alarm(properties)) == [
        (
            "Resources/High/Properties/Dimensions",
            f"Dimensions are DBClusterIdentifier alone{when}: {what} then mixes all instances, and an idle "
            "reader hides a busy writer. Add Role: WRITER or READER.",
        )
    ]
